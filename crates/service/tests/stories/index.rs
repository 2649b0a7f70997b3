//! The index: what verifies from memory, and how it keeps to the truth.

use crate::world::{START, World, patient, secret};
use domain::verify::receipt::{PartyKind, Receipt, Standing};
use service::VerifySettings;
use service::token::Created;
use service::verify::receipt::{await_receipt, get_receipt};
use service::verify::{Bar, Following, Trust};
use sqlx::{AssertSqlSafe, PgPool};
use std::time::{Duration, Instant};

/// A world whose tokens are followed by `tokens-1`.
async fn followed(pool: PgPool) -> (World, Following) {
    let world = World::new(pool).await;
    let mut following = Following::new(world.service.clone(), "tokens-1");
    following.turn().await.expect("loaded");
    (world, following)
}

async fn revoke(world: &World, made: &Created) -> Receipt {
    let caller = world.anybody().await;
    let id = made.token.id;
    service::token::revoke(&world.service, &caller, id, domain::token::Revocation::default())
        .await
        .expect("ended");
    get_receipt(&world.service, &caller, id).await.expect("a receipt")
}

async fn write(pool: &PgPool, made: &Created, set: &str) {
    let statement = format!("UPDATE tokens SET {set} WHERE id = '{}'", made.token.id);
    sqlx::query(AssertSqlSafe(statement)).execute(pool).await.expect("written");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_loaded_needs_no_database(pool: PgPool) {
    let world = World::new(pool).await;
    let made = world.token(&world.team("platform").await, "import").await;
    let mut following = Following::new(world.service.clone(), "tokens-1");
    following.turn().await.expect("loaded");
    assert_eq!(world.service.index().len(), 1);
    world.service.store().close().await;
    assert_eq!(world.verify(secret(&made)).await, "valid");
    assert_eq!(world.verify_for(secret(&made), &["images:delete"]).await, "scope_denied");
    world.pass(time::Duration::days(10_000));
    assert_eq!(world.service.index().trust(), Trust::All);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_new_token_is_good_before_its_change_was_heard(pool: PgPool) {
    let (world, _following) = followed(pool).await;
    let made = world.token(&world.team("platform").await, "import").await;
    assert_eq!(world.service.index().len(), 0);
    assert_eq!(world.verify(secret(&made)).await, "valid");
}

#[sqlx::test(migrations = "../../migrations")]
async fn whoever_changed_a_token_is_answered_by_it_at_once(pool: PgPool) {
    let (world, mut following) = followed(pool).await;
    let team = world.team("platform").await;
    let caller = world.anybody().await;
    let follower = tokio::spawn(async move {
        loop {
            following.wait().await;
            following.turn().await.expect("a look");
        }
    });
    for round in 0..20 {
        let made = world.token(&team, &format!("import {round}")).await;
        let id = made.token.id;
        assert_eq!(world.verify(secret(&made)).await, "valid");
        service::token::disable(&world.service, &caller, id).await.expect("off");
        assert_eq!(world.verify(secret(&made)).await, "disabled");
        service::token::enable(&world.service, &caller, id).await.expect("on");
        assert_eq!(world.verify(secret(&made)).await, "valid");
        service::token::revoke(&world.service, &caller, id, domain::token::Revocation::default())
            .await
            .expect("ended");
        assert_eq!(world.verify(secret(&made)).await, "revoked");
    }
    follower.abort();
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_revocation_is_refused_and_its_receipt_says_since_when(pool: PgPool) {
    let (world, mut following) = followed(pool).await;
    let made = world.token(&world.team("platform").await, "import").await;
    following.turn().await.expect("a look");

    let receipt = revoke(&world, &made).await;
    let [party] = &receipt.parties[..] else { panic!("one verifier: {receipt:?}") };
    assert_eq!((party.kind, &*party.name), (PartyKind::Verifier, "tokens-1"));
    // Until it looks, it may accept the token, and no longer than its lease.
    assert!(
        matches!(party.standing, Standing::MayAccept { until: Some(at) } if at > receipt.revoked_at)
    );
    assert!(!receipt.refused_by_every_verifier());
    assert_eq!(world.verify(secret(&made)).await, "valid");

    following.turn().await.expect("a look");
    assert_eq!(world.verify(secret(&made)).await, "revoked");
    let caller = world.anybody().await;
    let receipt = get_receipt(&world.service, &caller, made.token.id).await.expect("a receipt");
    assert!(
        matches!(receipt.parties[0].standing, Standing::Refuses { after: Some(_) }),
        "{receipt:?}"
    );
    assert!(receipt.refused_by_every_verifier());
}

#[sqlx::test(migrations = "../../migrations")]
async fn waiting_ends_when_every_verifier_refuses(pool: PgPool) {
    let (world, mut one) = followed(pool).await;
    let other_world = world.restarted(None, 8).await;
    let mut other = Following::new(other_world.service.clone(), "tokens-2");
    other.turn().await.expect("loaded");
    let made = world.token(&world.team("platform").await, "import").await;
    one.turn().await.expect("a look");
    other.turn().await.expect("a look");

    revoke(&world, &made).await;
    let caller = world.anybody().await;
    let looks = async {
        one.turn().await.expect("a look");
        other.turn().await.expect("a look");
    };
    let (receipt, ()) = tokio::join!(await_receipt(&world.service, &caller, made.token.id), looks);
    let receipt = receipt.expect("a receipt");
    assert!(receipt.refused_by_every_verifier(), "{receipt:?}");
    assert_eq!(receipt.parties.len(), 2);
    assert_eq!(other_world.verify(secret(&made)).await, "revoked");
    // One that leaves is waited for no longer.
    other.leave().await;
    let next = world.token(&world.team("data").await, "export").await;
    let receipt = revoke(&world, &next).await;
    assert_eq!(receipt.parties.len(), 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn no_transaction_slips_under_a_look(pool: PgPool) {
    let (world, mut following) = followed(pool.clone()).await;
    let team = world.team("platform").await;
    let early = world.token(&team, "early").await;
    following.turn().await.expect("a look");

    // It writes first and commits last; what is committed between the two must not hide it.
    let mut slow = pool.begin().await.expect("a transaction");
    sqlx::query("UPDATE tokens SET revoked_at = now() WHERE id = $1")
        .bind(early.token.id.uuid())
        .execute(&mut *slow)
        .await
        .expect("written");
    let late = world.token(&team, "late").await;
    following.turn().await.expect("a look");
    assert_eq!(world.verify(secret(&early)).await, "valid");
    assert_eq!(world.verify(secret(&late)).await, "valid");
    slow.commit().await.expect("committed");
    following.turn().await.expect("a look");
    assert_eq!(world.verify(secret(&early)).await, "revoked");
}

// A database that crashes may give the number of a transaction that was seen, and forgotten, to a revocation.
#[sqlx::test(migrations = "../../migrations")]
async fn what_was_seen_is_looked_for_again_until_the_database_wrote_that_down(pool: PgPool) {
    let (world, mut following) = followed(pool.clone()).await;
    world.token(&world.team("platform").await, "import").await;
    let before = world.service.index().changes();

    let mut others = pool.begin().await.expect("a transaction");
    sqlx::query("SELECT FROM verifiers FOR UPDATE").execute(&mut *others).await.expect("held");
    assert!(following.turn().await.is_err(), "its line cannot be written");
    assert_eq!(world.service.index().changes(), before + 1, "it is applied all the same");
    others.rollback().await.expect("let go");

    following.turn().await.expect("a look");
    assert_eq!(world.service.index().changes(), before + 2, "and once more");
    following.turn().await.expect("a look");
    assert_eq!(world.service.index().changes(), before + 2, "now it is written down");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_was_loaded_is_loaded_again_until_the_database_wrote_that_down(pool: PgPool) {
    let (world, mut following) = followed(pool.clone()).await;
    let before = world.service.index().changes();
    sqlx::query("TRUNCATE tokens CASCADE").execute(&pool).await.expect("cleared");

    let mut others = pool.begin().await.expect("a transaction");
    sqlx::query("SELECT FROM verifiers FOR UPDATE").execute(&mut *others).await.expect("held");
    assert!(following.turn().await.is_err(), "its line cannot be written");
    assert_eq!(world.service.index().changes(), before + 1, "it is loaded all the same");
    others.rollback().await.expect("let go");

    following.turn().await.expect("a look");
    assert_eq!(world.service.index().changes(), before + 2, "and once more");
    following.turn().await.expect("a look");
    assert_eq!(world.service.index().changes(), before + 2, "now it is written down");
}

#[sqlx::test(migrations = "../../migrations")]
async fn conditions_come_with_the_change(pool: PgPool) {
    let (world, mut following) = followed(pool.clone()).await;
    let made = world.token(&world.team("platform").await, "import").await;
    for (set, code) in [
        ("disabled_at = now()", "disabled"),
        ("disabled_at = NULL, not_before = '2027-01-01'", "not_yet_valid"),
        ("not_before = NULL, allowed_cidrs = '{10.0.0.0/8}'", "origin_denied"),
        ("allowed_cidrs = NULL, scopes = '{}'", "valid"),
        ("expires_at = '2026-01-01'", "expired"),
        ("expires_at = NULL", "valid"),
    ] {
        write(&pool, &made, set).await;
        following.turn().await.expect("a look");
        assert_eq!(world.verify(secret(&made)).await, code, "{set}");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_retired_secret_is_good_until_the_overlap_ends(pool: PgPool) {
    let (world, mut following) = followed(pool.clone()).await;
    let made = world.token(&world.team("platform").await, "import").await;
    let rotate = "retired_hash = secret_hash, secret_hash = decode(repeat('ab', 32), 'hex'), retired_until = '2026-11-22 11:00+00'";
    write(&pool, &made, rotate).await;
    assert_eq!(world.verify(secret(&made)).await, "valid");
    following.turn().await.expect("a look");
    assert_eq!(world.service.index().len(), 2);
    assert_eq!(world.verify(secret(&made)).await, "valid");
    world.pass(time::Duration::hours(1));
    assert_eq!(world.verify(secret(&made)).await, "rotated");
}

#[sqlx::test(migrations = "../../migrations")]
async fn limits_are_kept_and_shared_among_instances(pool: PgPool) {
    let (world, mut following) = followed(pool.clone()).await;
    let made = world.token(&world.team("platform").await, "import").await;
    write(&pool, &made, "rate_requests = 4, rate_seconds = 60").await;
    following.turn().await.expect("a look");
    for _ in 0..4 {
        assert_eq!(world.verify(secret(&made)).await, "valid");
    }
    assert_eq!(world.verify(secret(&made)).await, "rate_limited");
    // What is refused counts for nothing, and a change of the token gives nothing back.
    write(&pool, &made, "description = 'changed'").await;
    following.turn().await.expect("a look");
    assert_eq!(world.verify(secret(&made)).await, "rate_limited");
    world.pass(time::Duration::seconds(15));
    assert_eq!(world.verify(secret(&made)).await, "valid");
    assert_eq!(world.verify(secret(&made)).await, "rate_limited");

    let second = world.restarted(None, 8).await;
    let mut other = Following::new(second.service.clone(), "tokens-2");
    other.turn().await.expect("loaded");
    following.turn().await.expect("a look");
    assert_eq!(world.service.index().instances(), 2);
    world.pass(time::Duration::minutes(2));
    assert_eq!(world.verify(secret(&made)).await, "valid");
    assert_eq!(world.verify(secret(&made)).await, "valid");
    assert_eq!(world.verify(secret(&made)).await, "rate_limited");
}

#[sqlx::test(migrations = "../../migrations")]
async fn of_too_many_tokens_the_hottest_are_kept(pool: PgPool) {
    let few = VerifySettings { resident_max: 2, ..patient() };
    let world = World::verifying(pool, few).await;
    let team = world.team("platform").await;
    let mut made = Vec::new();
    for n in 0..5 {
        made.push(world.token(&team, &format!("job {n}")).await);
    }
    let mut following = Following::new(world.service.clone(), "tokens-1");
    following.turn().await.expect("loaded");
    assert_eq!(world.service.index().len(), 0);
    for made in &made {
        assert_eq!(world.verify(secret(made)).await, "valid");
    }
    assert!((1..=2).contains(&world.service.index().len()));
    for made in &made {
        revoke(&world, made).await;
    }
    following.turn().await.expect("a look");
    for made in &made {
        assert_eq!(world.verify(secret(made)).await, "revoked");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_index_that_outgrows_its_room_keeps_the_hottest(pool: PgPool) {
    let few = VerifySettings { resident_max: 2, ..patient() };
    let world = World::verifying(pool, few).await;
    let team = world.team("platform").await;
    let mut following = Following::new(world.service.clone(), "tokens-1");
    following.turn().await.expect("loaded");
    let mut made = Vec::new();
    for n in 0..4 {
        made.push(world.token(&team, &format!("job {n}")).await);
    }
    following.turn().await.expect("a look");
    assert_eq!(world.service.index().len(), 4);
    following.turn().await.expect("a look");
    assert_eq!(world.service.index().len(), 0);
    assert_eq!(world.verify(secret(&made[3])).await, "valid");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_nobody_issued_is_remembered_until_somebody_does(pool: PgPool) {
    let (world, mut following) = followed(pool.clone()).await;
    let made = world.token(&world.team("platform").await, "import").await;
    let stranger = format!("ntk_{}", "A".repeat(43));
    assert_eq!(world.verify(&stranger).await, "unknown");
    write(&pool, &made, "secret_hash = decode('ddd223ff8ae99cb0ae79848c28edb357a1dca0321336fed82d57e6baa5107d49', 'hex')").await;
    assert_eq!(world.verify(&stranger).await, "unknown");
    following.turn().await.expect("a look");
    assert_eq!(world.verify(&stranger).await, "valid");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_expired_is_let_go(pool: PgPool) {
    let world = World::new(pool.clone()).await;
    let made = world.token(&world.team("platform").await, "import").await;
    write(&pool, &made, "expires_at = '2026-11-22 09:59+00'").await;
    let mut following = Following::new(world.service.clone(), "tokens-1");
    following.turn().await.expect("loaded");
    assert_eq!(world.service.index().len(), 0);
    assert_eq!(world.service.now(), START);
    assert_eq!(world.verify(secret(&made)).await, "expired");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_lost_database_is_noticed_and_what_is_known_goes_on(pool: PgPool) {
    let (world, _following) = followed(pool.clone()).await;
    let made = world.token(&world.team("platform").await, "import").await;
    let mut following = Following::new(world.service.clone(), "tokens-1");
    following.turn().await.expect("loaded");
    // Nobody looks any more.
    let began = Instant::now();
    while world.service.index().trust() == Trust::All {
        assert!(began.elapsed() < Duration::from_secs(5), "the loss is not noticed");
        tokio::task::yield_now().await;
    }
    assert_eq!(world.service.index().trust(), Trust::WhatIsKnown);
    assert_eq!(world.verify(secret(&made)).await, "valid");
    assert_eq!(world.verify(&format!("ntk_{}", "A".repeat(43))).await, "unavailable");
    following.turn().await.expect("it is back");
    assert_eq!(world.verify(&format!("ntk_{}", "A".repeat(43))).await, "unknown");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_wrong_clock_refuses_everything(pool: PgPool) {
    let world = World::verifying(pool, VerifySettings::default()).await;
    let made = world.token(&world.team("platform").await, "import").await;
    // The story's clock is not the database's.
    world.pass(time::Duration::days(400));
    let mut following = Following::new(world.service.clone(), "tokens-1");
    following.turn().await.expect("loaded");
    assert_eq!(world.service.index().barred(), Some(Bar::Clock));
    assert_eq!(world.verify(secret(&made)).await, "unavailable");
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_later_of_two_with_one_name_has_it(pool: PgPool) {
    let (world, mut first) = followed(pool.clone()).await;
    let made = world.token(&world.team("platform").await, "import").await;
    let second = world.restarted(None, 8).await;
    let mut later = Following::new(second.service.clone(), "tokens-1");
    later.turn().await.expect("loaded");
    first.turn().await.expect("a look");
    assert_eq!(world.service.index().barred(), Some(Bar::Name));
    assert_eq!(world.verify(secret(&made)).await, "unavailable");
    assert_eq!(second.verify(secret(&made)).await, "valid");
    // A row that was swept away is written again.
    sqlx::query("DELETE FROM verifiers").execute(&pool).await.expect("swept");
    later.turn().await.expect("a look");
    later.turn().await.expect("a look");
    assert_eq!(second.service.index().barred(), None);
}
