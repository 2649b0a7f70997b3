//! Stories of plans that delete a large share.

use crate::world::{NOW, World};
use domain::Code;
use domain::mirror::{Format, Status};
use domain::token::TokenQuery;
use domain::token::{Conditions, Overlap};
use domain::verify::{Origins, UsesLimit};
use service::token;
use sqlx::PgPool;
use time::Duration;

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

    world.release().await.expect("released");
    assert_eq!(world.events("mirror_released").await, 1);
    let again = world.release().await.expect_err("once");
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
    world.release().await.expect("released");
    world.sql("DELETE FROM tokens").await;
    assert_eq!(world.reconcile().await.held, 20);
    assert_eq!(world.paths().len(), 20);
    assert_eq!(world.mirror().await.status(), Status::Held);
}

/// As many as were confirmed, but not the same: one was restored, and another was lost.
#[sqlx::test(migrations = "../../migrations")]
async fn a_release_is_for_those_that_were_shown(pool: PgPool) {
    let world = World::new(pool).await;
    world.create_many(14).await;
    world.reconcile().await;
    world.sql("CREATE TABLE backup AS TABLE tokens").await;
    world.sql("DELETE FROM tokens WHERE name <> 'job 00'").await;
    assert_eq!(world.reconcile().await.held, 13);
    let shown = world.mirror().await.held_digest;
    world.sql("DELETE FROM tokens").await;
    world.sql("INSERT INTO tokens SELECT * FROM backup WHERE name = 'job 01'").await;
    // Confirmed before anybody saw that, so that the next run asks anew.
    world.release().await.expect("released");
    let run = world.reconcile().await;
    assert_eq!((run.held, run.work.deleted), (13, 0));
    assert_eq!(world.paths().len(), 14);
    // And after: what was shown is not what is held.
    let release = service::mirror::release(&world.service, &world.owner, "files", shown.as_ref());
    let refused = release.await.expect_err("refused");
    assert_eq!(refused.refusals().first().code, Code::ListChanged);
    world.release().await.expect("released");
    assert_eq!(world.reconcile().await.work.deleted, 13);
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

/// Whoever is held is refused until a person says what becomes of it.
#[sqlx::test(migrations = "../../migrations")]
async fn the_head_tells_of_what_is_held(pool: PgPool) {
    let world = World::new(pool).await;
    let token = world.create("one", None).await;
    world.create_many(20).await;
    world.push().await;
    world.sql("DELETE FROM tokens").await;
    world.sql("UPDATE secrets_gone SET at = '2026-11-22 10:00Z'").await;
    world.push().await;
    assert_eq!(world.mirror().await.held_deletes, 21);
    world.set_clock(NOW + Duration::hours(3));
    world.push().await;
    assert_eq!(world.head().written_at, NOW + Duration::hours(3));
    assert!(world.head().denies(&token.hash()) && world.paths().contains(&token.path));
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

/// A secret that a second rotation drops while the mirror is away was ended by a person, and is not a row that is gone.
#[sqlx::test(migrations = "../../migrations")]
async fn what_rotations_dropped_is_not_held(pool: PgPool) {
    let world = World::new(pool).await;
    world.create_many(12).await;
    world.push().await;
    for _ in 0..2 {
        world
            .sql("UPDATE tokens SET retired_hash = secret_hash, retired_until = '2027-01-01Z', secret_hash = sha256(secret_hash)")
            .await;
    }
    let run = world.push().await;
    assert_eq!((run.held, run.work.put, run.work.deleted), (0, 24, 12));
    // Also by a look at everything, and when the feed of the verifiers has forgotten them.
    for n in 1..3_u8 {
        world.write(&crate::foreign::path(n), "{}");
    }
    world.sql("INSERT INTO secrets_gone (hash, why, at) VALUES (decode(repeat('01', 32), 'hex'), 'replaced', now() - interval '8 days')").await;
    world.sql("INSERT INTO secrets_gone (hash, why, at) VALUES (decode(repeat('02', 32), 'hex'), 'key', now() - interval '8 days')").await;
    service::sweep::sweep(&world.service).await.expect("swept");
    let run = world.reconcile().await;
    assert_eq!((run.held, run.work.deleted, run.foreign), (0, 1, 1), "a key's hash was no token's");
}

/// What ended long ago is in no cache of a reader: to remove its row is no news to a mirror, and nothing that a person is asked about.
#[sqlx::test(migrations = "../../migrations")]
async fn what_is_purged_is_neither_denied_nor_held(pool: PgPool) {
    let world = World::new(pool).await;
    world.create_many(12).await;
    world.push().await;
    let paths = world.paths();
    world.sql("UPDATE tokens SET created_at = '2026-01-01Z', expires_at = '2026-02-01Z'").await;
    assert_eq!(world.push().await.work.deleted, 12);
    service::sweep::sweep(&world.service).await.expect("swept");
    assert_eq!(world.events("tokens_purged").await, 1);
    world.sql("UPDATE secrets_gone SET at = '2026-11-22 09:59Z'").await;
    let run = world.push().await;
    assert_eq!((run.held, run.foreign), (0, 0));
    world.set_clock(crate::NOW + time::Duration::minutes(10));
    world.reconcile().await;
    let bytes = std::fs::read(world.root().join("head.json")).expect("a head");
    let head = record::Head::read(&bytes).expect("readable");
    for path in &paths {
        let hash = path.trim_start_matches("tokens/").trim_end_matches(".json");
        let hash = domain::token::SecretHash::from_hex(hash).expect("a hash");
        assert!(!head.denies(&hash));
        world.write(path, "{}");
    }
    let run = world.reconcile().await;
    assert_eq!((run.held, run.foreign, run.work.deleted), (0, 0, 12), "they had ended");
    // Also when the feed of the verifiers has forgotten them.
    world.sql("UPDATE secrets_gone SET at = now() - interval '8 days'").await;
    service::sweep::sweep(&world.service).await.expect("swept");
    world.write(&paths[0], "{}");
    assert_eq!(world.reconcile().await.work.deleted, 1);
}

/// Rows that were truncated are gone, as rows that were deleted: nobody takes their records for somebody else's.
#[sqlx::test(migrations = "../../migrations")]
async fn a_truncated_table_is_held_and_nothing_of_it_is_foreign(pool: PgPool) {
    let world = World::new(pool).await;
    world.create_many(12).await;
    world.push().await;
    world.sql("TRUNCATE tokens CASCADE").await;
    let run = world.push().await;
    assert_eq!((run.held, run.foreign, run.work.deleted), (12, 0, 0));
    let name = world.target.name();
    let asked = domain::mirror::state::Asked::Adopt;
    service::mirror::ask(&world.service, &world.owner, name, asked).await.expect("asked");
    world.push().await;
    assert_eq!(world.events("token_adopted").await, 0);
    world.release().await.expect("released");
    assert_eq!(world.push().await.work.deleted, 12);
}
