//! A token that gets another secret, while the former one still works for a while.

use crate::world::{World, asked, code, kinds, secret, stranger};
use domain::Code;
use domain::audit::EventKind::{TokenRotated, TokenRotationFinished};
use domain::token::{ExpiryRequest, NewToken, Overlap};
use service::token::{Created, finish_rotation, reveal, revoke, rotate};
use service::{Error, IdempotencyKey};
use sqlx::PgPool;
use time::Duration;

const HOUR: i64 = 3600;

fn overlap(seconds: i64) -> Overlap {
    Overlap::parse(Some(seconds)).expect("an overlap")
}

async fn rotated(world: &World, made: &Created, seconds: i64) -> Result<Created, Error> {
    let anybody = world.anybody().await;
    rotate(&world.service, &anybody, made.token.id, overlap(seconds), None).await
}

#[sqlx::test(migrations = "../../migrations")]
async fn both_secrets_work_until_the_overlap_is_over(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let made = world.token(&world.team("platform").await, "import").await;
    let id = made.token.id;
    let (new, log) = world.log_of(rotated(&world, &made, HOUR)).await;
    let new = new.expect("another secret");
    assert_eq!(kinds(&log), [TokenRotated]);
    assert_eq!(new.token.id, id);
    assert_ne!(secret(&new), secret(&made));
    assert_eq!(new.token.display, new.secret.as_ref().expect("a secret").display());
    assert_eq!(new.token.retired_until, Some(world.service.now() + Duration::HOUR));
    assert_eq!(service::token::get(&world.service, &owner, id).await.expect("it"), new.token);
    assert_eq!(
        (world.verify(secret(&made)).await, world.verify(secret(&new)).await),
        ("valid", "valid")
    );

    world.pass(Duration::HOUR);
    assert_eq!(
        (world.verify(secret(&made)).await, world.verify(secret(&new)).await),
        ("rotated", "valid")
    );
    let third = rotated(&world, &made, 0).await.expect("a third secret");
    assert_eq!(
        (world.verify(secret(&new)).await, world.verify(secret(&third)).await),
        ("rotated", "valid")
    );
    assert_eq!(world.verify(secret(&made)).await, "unknown");
}

#[sqlx::test(migrations = "../../migrations")]
async fn one_overlap_at_a_time_which_can_be_finished(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let made = world.token(&world.team("platform").await, "import").await;
    let id = made.token.id;
    assert_eq!(code(finish_rotation(&world.service, &owner, id).await), Code::NoOverlap);
    let new = rotated(&world, &made, HOUR).await.expect("another secret");
    assert_eq!(code(rotated(&world, &made, HOUR).await), Code::OverlapRunning);
    world.pass(Duration::MINUTE);
    let (done, log) = world.log_of(finish_rotation(&world.service, &owner, id)).await;
    assert_eq!(done.expect("finished").retired_until, Some(world.service.now()));
    assert_eq!(kinds(&log), [TokenRotationFinished]);
    assert_eq!(
        (world.verify(secret(&made)).await, world.verify(secret(&new)).await),
        ("rotated", "valid")
    );
    assert_eq!(code(finish_rotation(&world.service, &owner, id).await), Code::NoOverlap);
    rotated(&world, &made, HOUR).await.expect("a third secret");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_ends_the_token_ends_both_secrets(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let team = world.team("platform").await;
    let expiring = NewToken { expiry: ExpiryRequest::Days(1), ..asked(&team, "expiring") };
    let expiring = world.create(expiring).await.expect("a token");
    let new = rotated(&world, &expiring, 7 * 24 * HOUR).await.expect("another secret");
    assert_eq!(new.token.retired_until, expiring.token.expires_at);
    let revoked = world.token(&team, "revoked").await;
    rotated(&world, &revoked, HOUR).await.expect("another secret");
    revoke(&world.service, &owner, revoked.token.id, domain::token::Revocation::default())
        .await
        .expect("revoked");
    world.pass(Duration::DAY);
    assert_eq!(world.verify(secret(&expiring)).await, "expired");
    assert_eq!(world.verify(secret(&revoked)).await, "revoked");
    for ended in [&expiring, &revoked] {
        assert_eq!(code(rotated(&world, ended, HOUR).await), Code::AlreadyEnded);
        let finished = finish_rotation(&world.service, &owner, ended.token.id).await;
        assert_eq!(code(finished), Code::AlreadyEnded);
    }
    let nobody = rotate(&world.service, &stranger(), new.token.id, overlap(0), None).await;
    assert_eq!(code(nobody), Code::Unauthenticated);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_sealed_copy_is_of_the_new_secret(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let asked = NewToken { revealable: true, ..asked(&world.team("platform").await, "import") };
    let made = world.create(asked).await.expect("a token");
    let new = rotated(&world, &made, HOUR).await.expect("another secret");
    let (_, shown) = reveal(&world.service, &owner, made.token.id).await.expect("revealed");
    assert_eq!(shown.expose(), secret(&new));

    // Nothing to seal with: what was sealed is of no use any more, and goes.
    let keyless = world.restarted(None, 8).await;
    keyless.pass(Duration::HOUR);
    let new = rotated(&keyless, &made, 0).await.expect("another secret");
    assert!(!new.token.revealable);
    assert_eq!(code(reveal(&keyless.service, &owner, made.token.id).await), Code::NotRevealable);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_same_rotation_twice_is_one(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let team = world.team("platform").await;
    let key = |text| Some(IdempotencyKey::parse(text).expect("a key"));
    let asked = asked(&team, "import");
    let made = service::token::create(&world.service, &owner, asked.clone(), key("create")).await;
    let id = made.expect("a token").token.id;
    let send =
        async |seconds, text| rotate(&world.service, &owner, id, overlap(seconds), key(text)).await;
    let first = send(HOUR, "rotate").await.expect("another secret");
    world.pass(Duration::MINUTE);
    let (again, log) = world.log_of(send(HOUR, "rotate")).await;
    let again = again.expect("the same");
    assert!(again.replayed && log.is_empty());
    assert_eq!((secret(&again), &again.token), (secret(&first), &first.token));
    assert_eq!(code(send(0, "rotate").await), Code::IdempotencyMismatch);
    assert_eq!(code(send(HOUR, "create").await), Code::IdempotencyMismatch);

    // The secret that the token was made with is not handed out for the one that it has.
    let late = service::token::create(&world.service, &owner, asked, key("create")).await;
    assert!(late.expect("the token").secret.is_none());
    world.pass(Duration::minutes(10));
    assert!(send(HOUR, "rotate").await.expect("the same").secret.is_none());
}
