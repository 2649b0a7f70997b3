//! A request that is sent twice makes one token.

use crate::world::{World, asked, code, secret};
use domain::Code;
use domain::audit::Caller;
use domain::team::Team;
use service::token::Created;
use service::{Error, IdempotencyKey};
use sqlx::PgPool;
use time::Duration;

async fn send(world: &World, caller: &Caller, team: &Team, name: &str) -> Result<Created, Error> {
    let key = IdempotencyKey::parse("order 66").expect("a key");
    service::token::create(&world.service, caller, asked(team, name), Some(key)).await
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_same_request_twice_is_one_token_with_its_secret_for_ten_minutes(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let team = world.team("platform").await;
    let first = send(&world, &owner, &team, "import").await.expect("a token");
    assert!(!first.replayed);

    world.pass(Duration::minutes(10) - Duration::microseconds(1));
    let (again, log) = world.log_of(send(&world, &owner, &team, "import")).await;
    let again = again.expect("the same token");
    assert!(again.replayed);
    assert_eq!(again.token, first.token);
    assert_eq!(secret(&again), secret(&first));
    assert!(log.is_empty(), "a replay changes nothing");

    world.pass(Duration::microseconds(1));
    let late = send(&world, &owner, &team, "import").await.expect("the same token");
    assert_eq!(late.token.id, first.token.id);
    assert!(late.secret.is_none());
}

#[sqlx::test(migrations = "../../migrations")]
async fn another_request_with_the_key_is_refused(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let team = world.team("platform").await;
    send(&world, &owner, &team, "import").await.expect("a token");
    assert_eq!(code(send(&world, &owner, &team, "export").await), Code::IdempotencyMismatch);
}

#[sqlx::test(migrations = "../../migrations")]
async fn two_at_once_with_one_key_make_one_token(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let team = world.team("platform").await;
    let (one, two) =
        tokio::join!(send(&world, &owner, &team, "import"), send(&world, &owner, &team, "import"));
    let (one, two) = (one.expect("a token"), two.expect("the same token"));
    assert_eq!(one.token.id, two.token.id);
    assert_eq!(secret(&one), secret(&two));
    assert!(one.replayed != two.replayed);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_key_belongs_to_who_sent_it(pool: PgPool) {
    let world = World::new(pool).await;
    let (owner, machine) = (world.owner().await, world.machine("deploy").await);
    let team = world.team("platform").await;
    let one = send(&world, &owner, &team, "import").await.expect("a token");
    let two = send(&world, &machine, &team, "export").await.expect("another token");
    assert_ne!(one.token.id, two.token.id);
    assert!(!two.replayed);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_replay_of_a_revoked_token_has_no_secret(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let team = world.team("platform").await;
    let made = send(&world, &owner, &team, "import").await.expect("a token");
    service::token::revoke(
        &world.service,
        &owner,
        made.token.id,
        domain::token::Revocation::default(),
    )
    .await
    .expect("ended");
    let again = send(&world, &owner, &team, "import").await.expect("the same token");
    assert!(again.secret.is_none());
}

#[sqlx::test(migrations = "../../migrations")]
async fn without_an_encryption_key_a_replay_has_no_secret(pool: PgPool) {
    let world = World::with_keys(pool, None).await;
    let owner = world.owner().await;
    let team = world.team("platform").await;
    let made = send(&world, &owner, &team, "import").await.expect("a token");
    assert!(made.secret.is_some());
    let again = send(&world, &owner, &team, "import").await.expect("the same token");
    assert_eq!(again.token.id, made.token.id);
    assert!(again.secret.is_none());
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_refused_request_does_not_use_up_its_key(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let team = world.team("platform").await;
    world.token(&team, "import").await;
    assert_eq!(code(send(&world, &owner, &team, "import").await), Code::NameTaken);
    assert!(send(&world, &owner, &team, "export").await.is_ok());
}

#[test]
fn a_key_is_printable_ascii() {
    for good in ["a", "order 66", &"~".repeat(255)] {
        assert!(IdempotencyKey::parse(good).is_ok(), "{good:?}");
    }
    for bad in ["", "é", "a\0", "a\n", &"a".repeat(256)] {
        let refused = IdempotencyKey::parse(bad).expect_err("refused");
        assert_eq!(refused.code, Code::IdempotencyKeyInvalid, "{bad:?}");
    }
}
