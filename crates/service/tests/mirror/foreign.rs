//! Stories of records that nobody here issued.

use crate::world::World;
use domain::Code;
use domain::mirror::state::Asked;
use domain::mirror::{Key, Status};
use domain::token::TokenQuery;
use service::{mirror, token};
use sqlx::PgPool;

/// Where a record is that nobody here issued.
pub fn path(n: u8) -> String {
    Key::from_slice(&[n; 32]).expect("32 bytes").path()
}

#[sqlx::test(migrations = "../../migrations")]
async fn they_wait_for_a_person_and_hold_up_nothing(pool: PgPool) {
    let world = World::new(pool).await;
    world.write(&path(1), "{}");
    world.write(&path(2), "{}");
    let token = world.create("one", None).await;
    let run = world.push().await;
    assert_eq!((run.work.put, run.work.deleted, run.foreign, run.held), (1, 0, 2, 0));
    let told = world.mirror().await;
    assert_eq!((told.status(), told.foreign_waiting()), (Status::Current, 2));
    assert_eq!(told.drift.foreign_some, ["01010101", "02020202"]);
    assert_eq!(world.paths().len(), 3);

    mirror::delete_foreign(&world.service, &world.owner, "files").await.expect("let go");
    assert_eq!(world.push().await.work.deleted, 2);
    assert_eq!(world.paths(), [token.path]);
    assert_eq!(world.mirror().await.foreign_waiting(), 0);
    let none = mirror::delete_foreign(&world.service, &world.owner, "files").await;
    assert_eq!(none.expect_err("there are none").refusals().first().code, Code::NotHeld);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_person_lets_go_of_no_more_than_were_seen(pool: PgPool) {
    let world = World::new(pool).await;
    world.write(&path(1), "{}");
    world.push().await;
    mirror::delete_foreign(&world.service, &world.owner, "files").await.expect("let go");
    world.write(&path(2), "{}");
    assert_eq!(world.push().await.work.deleted, 0);
    assert_eq!(world.mirror().await.foreign_waiting(), 2, "nobody has seen the second");
}

fn told(name: &str, team: &str, expires_at: &str) -> String {
    format!(
        r#"{{"name":"{name}","team_id":"{team}","scopes":["image"],"created_at":"2025-11-19T08:00:00.123456","expires_at":{expires_at}}}"#
    )
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_person_takes_them_for_tokens_where_their_team_is_known(pool: PgPool) {
    let world = World::new(pool).await;
    world.create("taken", None).await;
    world.push().await;
    world.write(&path(1), &told("by name", "images", "null"));
    world.write(&path(2), &told("by id", &world.team.to_string(), r#""2027-01-01T00:00:00""#));
    world.write(&path(3), &told("no such team", "video", "null"));
    world.write(&path(4), &told("taken", "images", "null"));
    world.write(&path(5), &told("over", "images", r#""2026-01-01T00:00:00""#));
    world.write(&path(6), "not a record");
    assert_eq!(world.reconcile().await.foreign, 6);
    mirror::ask(&world.service, &world.owner, "files", Asked::Adopt).await.expect("asked");
    assert_eq!(world.push().await.foreign, 4);
    assert_eq!(world.events("token_adopted").await, 2);
    assert_eq!(world.events("mirror_adopted").await, 1);
    let told = world.mirror().await;
    assert_eq!((told.foreign_waiting(), told.asked), (4, None));

    let page = token::list(&world.service, &world.owner, &TokenQuery::default()).await;
    let items = page.expect("a list").tokens;
    let adopted = items.iter().find(|one| one.name.as_str() == "by name").expect("a token");
    assert_eq!(
        (adopted.created_by.as_str(), adopted.display.as_str()),
        ("mirror files", "sha256:01010101…")
    );
    assert!(!adopted.revealable && adopted.team == world.team);
    // What is a token now is written as every other.
    assert_eq!(world.push().await.work.put, 2);
    assert!(world.files()[&path(1)].contains(r#""revision":"#));
}

/// What a person ended is not brought back by a mirror that still has it.
#[sqlx::test(migrations = "../../migrations")]
async fn what_was_ended_never_comes_back(pool: PgPool) {
    let world = World::new(pool).await;
    let (revoked, deleted) =
        (world.create("revoked", None).await, world.create("deleted", None).await);
    world.push().await;
    let kept = world.files();
    world.revoke(&revoked).await;
    world.sql("DELETE FROM tokens WHERE name = 'deleted'").await;
    world.push().await;
    // Also when the feed of the verifiers has forgotten it.
    world.sql("UPDATE secrets_gone SET at = now() - interval '8 days'").await;
    world.sql("INSERT INTO secrets_gone (hash, at) VALUES (NULL, now() - interval '8 days')").await;
    service::sweep::sweep(&world.service).await.expect("swept");
    for token in [&revoked, &deleted] {
        world.write(&token.path, &kept[&token.path]);
    }
    mirror::ask(&world.service, &world.owner, "files", Asked::Adopt).await.expect("asked");
    let run = world.push().await;
    assert_eq!((run.work.deleted, run.foreign), (2, 0));
    assert_eq!(world.events("token_adopted").await, 0);
    assert_eq!(world.paths(), [""; 0]);
}
