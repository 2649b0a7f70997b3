//! Rate limits: counted from the first request, whoever answers it, and once for both secrets of a token.

use crate::world::{World, patient, secret};
use domain::token::Overlap;
use domain::verify::Verdict;
use service::VerifySettings;
use service::token::Created;
use service::verify::snapshot::{Keeper, SnapshotSettings, restore};
use service::verify::{Asked, Following, Trust, answer_all};
use sqlx::PgPool;

/// A token of four requests in a minute.
async fn limited(world: &World) -> Created {
    let made = world.token(&world.team("platform").await, "import").await;
    sqlx::query("UPDATE tokens SET rate_requests = 4, rate_seconds = 60")
        .execute(&world.pool)
        .await
        .expect("limited");
    made
}

async fn rotated(world: &World, made: &Created) -> Created {
    let caller = world.anybody().await;
    let overlap = Overlap::parse(Some(3600)).expect("an hour");
    let id = made.token.id;
    service::token::rotate(&world.service, &caller, id, overlap, None).await.expect("rotated")
}

/// Of so many requests, those that were good.
async fn good(world: &World, secret: &str, requests: usize) -> usize {
    let mut good = 0;
    for _ in 0..requests {
        good += usize::from(world.verify(secret).await == "valid");
    }
    good
}

#[sqlx::test(migrations = "../../migrations")]
async fn whoever_asks_the_database_counts_too(pool: PgPool) {
    let world = World::new(pool).await;
    let made = limited(&world).await;
    assert_eq!(world.service.index().trust(), Trust::TheDatabase);
    assert_eq!(good(&world, secret(&made), 3).await, 3);
    // And what was counted stays so when the token is in memory.
    let mut following = Following::new(world.service.clone(), "tokens-1");
    following.turn().await.expect("loaded");
    assert_eq!(world.service.index().trust(), Trust::All);
    assert_eq!(good(&world, secret(&made), 5).await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_token_that_is_not_followed_yet_is_counted(pool: PgPool) {
    let world = World::new(pool).await;
    let mut following = Following::new(world.service.clone(), "tokens-1");
    following.turn().await.expect("loaded");
    let made = limited(&world).await;
    assert_eq!(world.service.index().len(), 0);
    assert_eq!(good(&world, secret(&made), 3).await, 3);
    following.turn().await.expect("a look");
    assert_eq!(world.service.index().len(), 1);
    assert_eq!(good(&world, secret(&made), 5).await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn where_the_hottest_are_kept_the_first_request_counts(pool: PgPool) {
    let few = VerifySettings { resident_max: 1, ..patient() };
    let world = World::verifying(pool, few).await;
    let made = limited(&world).await;
    let team = world.team("data").await;
    let others = [world.token(&team, "one").await, world.token(&team, "two").await];
    let mut following = Following::new(world.service.clone(), "tokens-1");
    following.turn().await.expect("loaded");
    let mut valid = 0;
    for _ in 0..6 {
        valid += good(&world, secret(&made), 1).await;
        // They take its place.
        for other in &others {
            assert_eq!(world.verify(secret(other)).await, "valid");
        }
    }
    assert_eq!(valid, 4);
}

#[sqlx::test(migrations = "../../migrations")]
async fn in_a_batch_each_counts(pool: PgPool) {
    let world = World::new(pool).await;
    let made = limited(&world).await;
    let asked = [Asked { offered: secret(&made), ..Asked::default() }; 6];
    let told =
        answer_all(&world.service, &asked, |answer| matches!(answer.verdict, Verdict::Valid(_)))
            .await;
    assert_eq!(told, [true, true, true, true, false, false]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn both_secrets_of_a_rotation_share_one_limit(pool: PgPool) {
    let world = World::new(pool).await;
    let made = limited(&world).await;
    let mut following = Following::new(world.service.clone(), "tokens-1");
    following.turn().await.expect("loaded");
    assert_eq!(good(&world, secret(&made), 2).await, 2);
    let fresh = rotated(&world, &made).await;
    following.turn().await.expect("a look");
    assert_eq!(world.service.index().len(), 2);
    assert_eq!(good(&world, secret(&fresh), 1).await, 1);
    assert_eq!(good(&world, secret(&made), 3).await, 1);
    assert_eq!(good(&world, secret(&fresh), 1).await, 0);

    // Loaded anew, they still share it.
    let next = world.restarted(None, 8).await;
    let mut following = Following::new(next.service.clone(), "tokens-2");
    following.turn().await.expect("loaded");
    assert_eq!(good(&next, secret(&fresh), 1).await, 1);
    assert_eq!(next.service.index().instances(), 2);
    assert_eq!(good(&next, secret(&made), 2).await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn asked_of_the_database_they_share_it_too(pool: PgPool) {
    let world = World::new(pool).await;
    let made = limited(&world).await;
    let fresh = rotated(&world, &made).await;
    assert_eq!(good(&world, secret(&fresh), 3).await, 3);
    assert_eq!(good(&world, secret(&made), 3).await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn from_a_snapshot_they_share_it_too(pool: PgPool) {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("snapshot");
    let settings = SnapshotSettings { path, instance: "tokens-1".to_owned() };
    let key = vault::Sealer::generate_key();
    let world = World::keeping(pool, &key, settings.clone(), patient()).await;
    let made = limited(&world).await;
    let fresh = rotated(&world, &made).await;
    let mut following = Following::new(world.service.clone(), "tokens-1");
    following.turn().await.expect("loaded");
    let mut keeper = Keeper::new(world.service.clone()).expect("it keeps one");
    keeper.write().expect("written");
    let next = world.cut_off(Some(&key), settings, patient());
    restore(&next.service).expect("usable");
    assert_eq!(good(&next, secret(&fresh), 3).await, 3);
    assert_eq!(good(&next, secret(&made), 3).await, 1);
}
