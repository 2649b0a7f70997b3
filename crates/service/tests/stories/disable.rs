//! A token that is switched off, and on again.

use crate::world::{World, asked, code, kinds, secret, stranger};
use domain::audit::EventKind::{TokenDisabled, TokenEnabled};
use domain::id::TokenId;
use domain::token::{ExpiryRequest, NewToken, State, Token};
use domain::{Code, Version};
use service::token::{disable, enable, get, reveal, revoke};
use sqlx::PgPool;
use time::Duration;

#[sqlx::test(migrations = "../../migrations")]
async fn a_token_is_refused_while_it_is_disabled(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let asked = NewToken { revealable: true, ..asked(&world.team("platform").await, "import") };
    let made = world.create(asked).await.expect("a token");
    let id = made.token.id;

    world.pass(Duration::minutes(5));
    let (off, log) = world.log_of(disable(&world.service, &owner, id)).await;
    let off = off.expect("disabled");
    assert_eq!(kinds(&log), [TokenDisabled]);
    assert_eq!(off.disabled_at, Some(world.service.now()));
    assert_eq!(off.state(world.service.now()), State::Disabled);
    assert_eq!(get(&world.service, &owner, id).await.expect("the token"), off);
    assert_eq!(world.verify(secret(&made)).await, "disabled");
    reveal(&world.service, &owner, id).await.expect("its sealed copy stays");

    let (on, log) = world.log_of(enable(&world.service, &owner, id)).await;
    assert_eq!(kinds(&log), [TokenEnabled]);
    let version = Version::stored(3);
    assert_eq!(on.expect("enabled"), Token { version, ..made.token.clone() });
    assert_eq!(world.verify(secret(&made)).await, "valid");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_token_is_disabled_once_and_enabled_once(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let id = world.token(&world.team("platform").await, "import").await.token.id;
    assert_eq!(code(enable(&world.service, &owner, id).await), Code::NotDisabled);
    disable(&world.service, &owner, id).await.expect("disabled");
    let (again, log) = world.log_of(disable(&world.service, &owner, id)).await;
    assert_eq!(code(again), Code::AlreadyDisabled);
    assert!(log.is_empty());
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_has_ended_is_neither_disabled_nor_enabled(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let team = world.team("platform").await;
    let expiring = NewToken { expiry: ExpiryRequest::Days(1), ..asked(&team, "expired") };
    let expired = world.create(expiring).await.expect("a token").token.id;
    let revoked = world.token(&team, "revoked").await.token.id;
    disable(&world.service, &owner, expired).await.expect("disabled");
    revoke(&world.service, &owner, revoked, domain::token::Revocation::default())
        .await
        .expect("revoked");
    world.pass(Duration::DAY);
    for id in [expired, revoked] {
        assert_eq!(code(disable(&world.service, &owner, id).await), Code::AlreadyEnded);
        assert_eq!(code(enable(&world.service, &owner, id).await), Code::AlreadyEnded);
    }
    let nothing = TokenId::from(uuid::Uuid::nil());
    assert_eq!(code(disable(&world.service, &owner, nothing).await), Code::NotFound);
    assert_eq!(code(enable(&world.service, &stranger(), expired).await), Code::Unauthenticated);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_disabled_token_can_be_revoked(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let made = world.token(&world.team("platform").await, "import").await;
    disable(&world.service, &owner, made.token.id).await.expect("disabled");
    revoke(&world.service, &owner, made.token.id, domain::token::Revocation::default())
        .await
        .expect("revoked");
    assert_eq!(world.verify(secret(&made)).await, "revoked");
}
