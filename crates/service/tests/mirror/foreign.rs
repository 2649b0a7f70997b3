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

    world.delete_foreign().await.expect("let go");
    assert_eq!(world.push().await.work.deleted, 2);
    assert_eq!(world.paths(), [token.path]);
    assert_eq!(world.mirror().await.foreign_waiting(), 0);
    let none = world.delete_foreign().await;
    assert_eq!(none.expect_err("there are none").refusals().first().code, Code::NotHeld);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_person_lets_go_of_no_more_than_were_seen(pool: PgPool) {
    let world = World::new(pool).await;
    world.write(&path(1), "{}");
    world.push().await;
    world.delete_foreign().await.expect("let go");
    world.write(&path(2), "{}");
    assert_eq!(world.push().await.work.deleted, 0);
    assert_eq!(world.mirror().await.foreign_waiting(), 2, "nobody has seen the second");
    // One for another: as many as were seen, and not those.
    let shown = world.mirror().await.foreign_digest;
    world.remove(&path(1));
    world.write(&path(3), "{}");
    world.reconcile().await;
    let ended = mirror::delete_foreign(&world.service, &world.owner, "files", shown.as_ref()).await;
    assert_eq!(ended.expect_err("refused").refusals().first().code, Code::ListChanged);
    assert_eq!(world.mirror().await.foreign_waiting(), 2);
    world.delete_foreign().await.expect("let go");
    assert_eq!(world.push().await.work.deleted, 2);
}

/// What a person confirms while a run is under way is what they saw, and not what that run finds.
#[sqlx::test(migrations = "../../migrations")]
async fn a_confirmation_is_not_for_what_a_run_finds_meanwhile(pool: PgPool) {
    let world = World::new(pool).await;
    world.write(&path(1), "{}");
    world.push().await;
    // As if they did it after the run had begun.
    world.sql("UPDATE mirrors SET foreign_ended = 1, foreign_digest = decode(repeat('00', 32), 'hex')").await;
    world.write(&path(2), "{}");
    for _ in 0..2 {
        assert_eq!(world.reconcile().await.work.deleted, 0);
        assert_eq!(world.mirror().await.foreign_waiting(), 2);
    }
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

#[sqlx::test(migrations = "../../migrations")]
async fn they_are_adopted_at_the_start_where_that_is_configured(pool: PgPool) {
    let world = World::new(pool).await;
    let token = world.create("taken", None).await;
    world.push().await;
    let target = world.target.clone().adopting_at_start(true);
    let world = world.with(target).await;
    world.write(&path(1), &told("by name", "images", "null"));
    world.write(&path(2), &told("taken", "images", "null"));
    assert_eq!(world.push().await.foreign, 1);
    assert_eq!((world.events("token_adopted").await, world.events("mirror_adopted").await), (1, 1));
    // Once, and not at each look at everything.
    world.write(&path(3), &told("later", "images", "null"));
    assert_eq!(world.reconcile().await.foreign, 2);
    assert_eq!(world.events("token_adopted").await, 1);
    // What was revoked, what is there and what nobody can read stays as it is, at the next start too.
    let kept = world.files()[&token.path].clone();
    world.revoke(&token).await;
    world.push().await;
    world.write(&token.path, &kept);
    world.write(&path(4), "no record");
    let target = world.target.clone().adopting_at_start(true);
    let world = world.with(target).await;
    let run = world.push().await;
    // The name is free by now.
    assert_eq!((run.work.deleted, run.foreign), (1, 1));
    assert!(!world.paths().contains(&token.path));
    assert_eq!(world.events("token_adopted").await, 3);
    assert!(world.mirror().await.adopting.is_none(), "nothing is under way");
}

/// How far it is is told while it runs: seen here by a trigger, as a person sees it.
#[sqlx::test(migrations = "../../migrations")]
async fn an_adoption_tells_how_far_it_is(pool: PgPool) {
    let world = World::new(pool.clone()).await;
    world.push().await;
    for n in 1..=150 {
        world.write(&path(n), &told(&format!("job {n}"), "images", "null"));
    }
    world.sql("CREATE TABLE public.steps AS SELECT 0::bigint AS total, 0::bigint AS done, 0::bigint AS taken LIMIT 0").await;
    world
        .sql(
            "CREATE FUNCTION step() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                 INSERT INTO public.steps VALUES (NEW.adopt_total, NEW.adopt_done, NEW.adopt_taken);
                 RETURN NULL;
             END $$",
        )
        .await;
    world.sql("CREATE TRIGGER step AFTER UPDATE OF adopt_done ON mirrors FOR EACH ROW WHEN (NEW.adopt_done IS NOT NULL) EXECUTE FUNCTION step()").await;
    mirror::ask(&world.service, &world.owner, "files", Asked::Adopt).await.expect("asked");
    world.push().await;
    let steps: Vec<(i64, i64, i64)> =
        sqlx::query_as("SELECT * FROM steps").fetch_all(&pool).await.expect("steps");
    assert_eq!(steps, [(150, 0, 0), (150, 100, 100), (150, 150, 150)]);
}

/// A long adoption holds up no revocation, and a person can stop it: seen here by triggers, which do what people do meanwhile.
#[sqlx::test(migrations = "../../migrations")]
async fn a_long_adoption_hears_of_revocations_and_of_a_pause(pool: PgPool) {
    let world = World::new(pool).await;
    let token = world.create("one", None).await;
    world.push().await;
    for n in 1..=250 {
        world.write(&path(n), &told(&format!("job {n}"), "images", "null"));
    }
    world
        .sql(
            "CREATE FUNCTION meanwhile() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                 IF NEW.adopt_done = 100 THEN UPDATE public.tokens SET revoked_at = '2026-11-22 10:00Z' WHERE name = 'one'; END IF;
                 IF NEW.adopt_done = 200 THEN NEW.paused_at := '2026-11-22 10:00Z'; END IF;
                 RETURN NEW;
             END $$",
        )
        .await;
    world.sql("CREATE TRIGGER meanwhile BEFORE UPDATE OF adopt_done ON mirrors FOR EACH ROW EXECUTE FUNCTION meanwhile()").await;
    mirror::ask(&world.service, &world.owner, "files", Asked::Adopt).await.expect("asked");
    world.push().await;
    assert!(!world.paths().contains(&token.path) && world.head().denies(&token.hash()));
    let mirror = world.mirror().await;
    assert_eq!((mirror.status(), mirror.asked), (Status::Paused, Some(Asked::Adopt)));
    assert_eq!(world.events("token_adopted").await, 200);
    world.sql("DROP TRIGGER meanwhile ON mirrors").await;
    mirror::resume(&world.service, &world.owner, "files").await.expect("resumed");
    assert_eq!(world.push().await.foreign, 0);
    assert_eq!((world.events("token_adopted").await, world.mirror().await.asked), (250, None));
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
