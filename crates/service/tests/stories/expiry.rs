//! When a token is over, to the microsecond.

use crate::world::{START, World, asked, refused, secret};
use domain::token::{ExpiryRequest, State};
use domain::{Code, Refused};
use sqlx::PgPool;
use time::Duration;

#[sqlx::test(migrations = "../../migrations")]
async fn a_token_expires_at_the_very_instant(pool: PgPool) {
    let world = World::new(pool).await;
    let team = world.team("platform").await;
    let mut asked = asked(&team, "import");
    asked.expiry = ExpiryRequest::Days(7);
    let made = world.create(asked).await.expect("a token");
    assert_eq!(made.token.expires_at, Some(START + Duration::days(7)));

    world.pass(Duration::days(7) - Duration::microseconds(1));
    assert_eq!(world.verify(secret(&made)).await, "valid");
    world.pass(Duration::microseconds(1));
    assert_eq!(world.verify(secret(&made)).await, "expired");
    assert_eq!(made.token.state(world.service.now()), State::Expired);
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_expired_token_can_be_ended_too_and_is_revoked_then(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let mut asked = asked(&world.team("platform").await, "import");
    asked.expiry = ExpiryRequest::Days(1);
    let made = world.create(asked).await.expect("a token");
    world.pass(Duration::days(2));
    service::token::revoke(
        &world.service,
        &owner,
        made.token.id,
        domain::token::Revocation::default(),
    )
    .await
    .expect("ended");
    assert_eq!(world.verify(secret(&made)).await, "revoked");
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_expiry_must_be_ahead_and_within_ten_years(pool: PgPool) {
    let world = World::new(pool).await;
    let team = world.team("platform").await;
    for (at, code) in [
        (START, Code::ExpiresInPast),
        (START - Duration::days(1), Code::ExpiresInPast),
        (START + Duration::days(3651), Code::ExpiresDaysRange),
    ] {
        let mut asked = asked(&team, "import");
        asked.expiry = ExpiryRequest::At(at);
        assert_eq!(refused(world.create(asked).await), Refused::field("expires_at", code), "{at}");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_instant_is_kept_to_the_microsecond(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let mut asked = asked(&world.team("platform").await, "import");
    asked.expiry = ExpiryRequest::At(START + Duration::nanoseconds(1_999));
    let made = world.create(asked).await.expect("a token");
    let stored =
        service::token::get(&world.service, &owner, made.token.id).await.expect("the token");
    assert_eq!(made.token.expires_at, Some(START + Duration::microseconds(1)));
    assert_eq!(stored.expires_at, made.token.expires_at);
}
