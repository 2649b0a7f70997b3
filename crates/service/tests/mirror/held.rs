//! Stories of plans that delete a large share.

use crate::world::World;
use domain::Code;
use domain::mirror::{Format, Status};
use domain::token::TokenQuery;
use domain::token::{Conditions, Overlap};
use domain::verify::{Origins, UsesLimit};
use service::{mirror, token};
use sqlx::PgPool;

#[sqlx::test(migrations = "../../migrations")]
async fn a_wiped_database_is_held_until_a_person_releases_it_once(pool: PgPool) {
    let world = World::new(pool).await;
    world.create_many(12).await;
    world.reconcile().await;
    world.sql("DELETE FROM tokens").await;
    for _ in 0..2 {
        let run = world.reconcile().await;
        assert_eq!((run.held, run.work.deleted), (12, 0));
    }
    assert_eq!(world.paths().len(), 12);
    let mirror = world.mirror().await;
    assert_eq!((mirror.status(), mirror.held_deletes), (Status::Held, 12));
    assert_eq!(world.events("mirror_held").await, 1, "told once, not with each run");

    mirror::release(&world.service, &world.owner, "files").await.expect("released");
    assert_eq!(world.events("mirror_released").await, 1);
    let again = mirror::release(&world.service, &world.owner, "files").await.expect_err("once");
    assert_eq!(again.refusals().first().code, Code::NotHeld);
    assert_eq!(world.reconcile().await.work.deleted, 12);
    let mirror = world.mirror().await;
    assert_eq!((mirror.status(), mirror.held_deletes), (Status::Current, 0));
    assert_eq!(mirror.objects, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_release_covers_no_more_than_what_was_held(pool: PgPool) {
    let world = World::new(pool).await;
    world.create_many(20).await;
    world.reconcile().await;
    world.sql("DELETE FROM tokens WHERE name > 'job 08'").await;
    assert_eq!(world.reconcile().await.held, 11);
    mirror::release(&world.service, &world.owner, "files").await.expect("released");
    world.sql("DELETE FROM tokens").await;
    assert_eq!(world.reconcile().await.held, 20);
    assert_eq!(world.paths().len(), 20);
    assert_eq!(world.mirror().await.status(), Status::Held);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_revocation_does_not_wait_behind_a_hold(pool: PgPool) {
    let world = World::new(pool).await;
    let token = world.create("revoked meanwhile", None).await;
    world.create_many(12).await;
    world.reconcile().await;
    world.sql("DELETE FROM tokens WHERE name LIKE 'job%'").await;
    world.revoke(&token).await;
    let run = world.reconcile().await;
    assert_eq!((run.held, run.work.deleted), (12, 1));
    assert!(!world.paths().contains(&token.path));
}

#[sqlx::test(migrations = "../../migrations")]
async fn many_revocations_are_not_held(pool: PgPool) {
    let world = World::new(pool).await;
    world.create_many(12).await;
    world.reconcile().await;
    world.sql("UPDATE tokens SET revoked_at = now()").await;
    let run = world.reconcile().await;
    assert_eq!((run.held, run.work.deleted), (0, 12));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_restored_database_ends_the_hold_by_itself(pool: PgPool) {
    let world = World::new(pool).await;
    world.create_many(12).await;
    world.reconcile().await;
    world.sql("CREATE TABLE backup AS TABLE tokens").await;
    world.sql("DELETE FROM tokens").await;
    assert_eq!(world.reconcile().await.held, 12);
    world.sql("INSERT INTO tokens TABLE backup").await;
    // Written by another transaction now, so that they are put anew.
    let run = world.reconcile().await;
    assert_eq!((run.held, run.work.deleted), (0, 0));
    assert_eq!(world.paths().len(), 12);
    assert_eq!(world.mirror().await.status(), Status::Current);
}

/// Rotated, disabled, bound to networks, put off, with so many uses: each is known to be not for readers of that format any more, or to be said anew.
#[sqlx::test(migrations = "../../migrations")]
async fn what_people_did_to_many_tokens_is_not_held(pool: PgPool) {
    // Two are switched off and two have uses. Of two that are rotated both secrets are told, and the six that are bound.
    after_changes(World::new(pool).await, 3 + 3 + 2 * 2).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn readers_who_do_not_know_conditions_are_told_less(pool: PgPool) {
    after_changes(World::new(pool).await.written_for(Format::TokenManager).await, 2 * 2).await;
}

async fn after_changes(world: World, told: u64) {
    world.create_many(12).await;
    world.reconcile().await;
    change_each(&world).await;
    let run = world.push().await;
    assert_eq!((run.held, run.work.put), (0, told));
    assert_eq!(world.paths().len() as u64, told);
    let run = world.reconcile().await;
    assert_eq!((run.work.put, run.work.deleted), (0, 0));
}

async fn change_each(world: &World) {
    let query = TokenQuery::default();
    let page = token::list(&world.service, &world.owner, &query).await.expect("a list");
    for (n, one) in page.tokens.iter().enumerate() {
        let later = world.service.now() + time::Duration::DAY;
        let not_before = (n % 5 == 0).then_some(later);
        let origins = Origins::parse((n % 5 == 1).then_some("10.0.0.0/8")).expect("a network");
        let uses = (n % 5 == 3).then(|| UsesLimit::parse(1000, None).expect("a limit"));
        let conditions = Conditions { not_before, origins, uses, ..Conditions::default() };
        if n % 5 == 2 {
            token::disable(&world.service, &world.owner, one.id).await.expect("disabled");
        } else if !conditions.is_empty() {
            let done = token::change_conditions(&world.service, &world.owner, one.id, conditions);
            done.await.expect("changed");
        } else {
            let overlap = Overlap::parse(None).expect("a day");
            let done = token::rotate(&world.service, &world.owner, one.id, overlap, None);
            done.await.expect("rotated");
        }
    }
}
