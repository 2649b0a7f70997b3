//! A token from its making to its end.

use crate::world::{START, World, asked, code, secret};
use domain::Code;
use domain::id::TokenId;
use domain::token::State;
use sqlx::PgPool;
use time::Duration;

#[sqlx::test(migrations = "../../migrations")]
async fn a_token_is_made_used_and_ended(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let team = world.team("platform").await;

    let made = service::token::create(&world.service, &owner, asked(&team, "import"), None)
        .await
        .expect("a token");
    assert_eq!(world.verify(secret(&made)).await, "valid");
    assert_eq!(made.token.created_at, START);
    assert_eq!(made.token.created_by, crate::world::EMAIL);

    world.pass(Duration::minutes(5));
    let ended = service::token::revoke(
        &world.service,
        &owner,
        made.token.id,
        domain::token::Revocation::default(),
    )
    .await
    .expect("ended");
    assert_eq!(ended.revoked_at, Some(START + Duration::minutes(5)));
    assert_eq!(world.verify(secret(&made)).await, "revoked");

    // The row stays for whoever asks.
    let seen = service::token::get(&world.service, &owner, made.token.id).await.expect("the token");
    assert_eq!(seen, ended);
    assert_eq!(seen.state(world.service.now()), State::Revoked);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_token_ends_once(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let made = world.token(&world.team("platform").await, "import").await;
    service::token::revoke(
        &world.service,
        &owner,
        made.token.id,
        domain::token::Revocation::default(),
    )
    .await
    .expect("ended");
    let again = service::token::revoke(
        &world.service,
        &owner,
        made.token.id,
        domain::token::Revocation::default(),
    )
    .await;
    assert_eq!(code(again), Code::AlreadyEnded);
}

#[sqlx::test(migrations = "../../migrations")]
async fn two_people_who_end_a_token_at_once_end_it_once(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let made = world.token(&world.team("platform").await, "import").await;
    let end = || {
        service::token::revoke(
            &world.service,
            &owner,
            made.token.id,
            domain::token::Revocation::default(),
        )
    };
    let ((one, two), log) = world.log_of(async { tokio::join!(end(), end()) }).await;
    assert!(one.is_ok() != two.is_ok());
    assert_eq!(log.len(), 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_token_that_nobody_made_is_not_found(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let id = TokenId::from(uuid::Uuid::nil());
    assert_eq!(code(service::token::get(&world.service, &owner, id).await), Code::NotFound);
    assert_eq!(
        code(
            service::token::revoke(
                &world.service,
                &owner,
                id,
                domain::token::Revocation::default()
            )
            .await
        ),
        Code::NotFound
    );
    assert_eq!(code(service::token::reveal(&world.service, &owner, id).await), Code::NotFound);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_offered_is_judged(pool: PgPool) {
    let world = World::new(pool).await;
    let made = world.token(&world.team("platform").await, "import").await;
    let secret = secret(&made);
    assert_eq!(world.verify_for(secret, &["images:read"]).await, "valid");
    assert_eq!(world.verify_for(secret, &["images:read", "images:write"]).await, "valid");
    assert_eq!(world.verify_for(secret, &["images:read", "audio"]).await, "scope_denied");
    assert_eq!(world.verify(&format!("ntk_{}", "A".repeat(43))).await, "unknown");
    for bad in [
        "",
        "import",
        &secret[..46],
        &format!("{secret}A"),
        &format!("{secret}\0"),
        &format!(" {secret}"),
    ] {
        assert_eq!(world.verify(bad).await, "malformed", "{bad:?}");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn only_the_hash_of_the_secret_is_stored(pool: PgPool) {
    let world = World::new(pool).await;
    let made = world.token(&world.team("platform").await, "import").await;
    let stored: (Vec<u8>, Option<String>, String) =
        sqlx::query_as("SELECT secret_hash, sealed, display FROM tokens")
            .fetch_one(&world.pool)
            .await
            .expect("a row");
    let secret = secret(&made);
    assert_eq!(stored.0, made.secret.as_ref().expect("a secret").hash().bytes());
    assert_eq!(stored.1, None);
    assert_eq!(stored.2, format!("{}…{}", &secret[..12], &secret[43..]));
}
