//! Showing a secret again: only where it was asked for, allowed, and still can be opened.

use crate::world::{World, asked, code, kinds, refused, secret};
use domain::audit::{Caller, EventKind};
use domain::team::Team;
use domain::token::{ExpiryRequest, NewToken};
use domain::{Code, Refused};
use service::token::{Created, reveal};
use sqlx::PgPool;
use vault::Sealer;

fn revealable(team: &Team) -> NewToken {
    NewToken { revealable: true, ..asked(team, "import") }
}

/// An owner, and a revealable token.
async fn sealed(world: &World) -> (Caller, Created) {
    let owner = world.owner().await;
    let team = world.team("platform").await;
    let made = world.create(revealable(&team)).await.expect("a revealable token");
    (owner, made)
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_revealable_token_is_shown_again_and_the_log_says_who_saw_it(pool: PgPool) {
    let world = World::new(pool).await;
    let (owner, made) = sealed(&world).await;
    assert!(made.token.revealable);
    let (shown, log) = world.log_of(reveal(&world.service, &owner, made.token.id)).await;
    let (token, again) = shown.expect("the secret");
    assert_eq!(again.expose(), secret(&made));
    assert_eq!(token.id, made.token.id);
    assert_eq!(kinds(&log), [EventKind::TokenRevealed]);
    assert_eq!(log[0].actor_id, owner.actor.id());
    assert_eq!(log[0].subject_id, Some(made.token.id.to_string()));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_team_must_allow_it(pool: PgPool) {
    let world = World::new(pool).await;
    let team = world.team_as("platform", false).await;
    let refusal = Refused::field("revealable", Code::RevealNotAllowed);
    assert_eq!(refused(world.create(revealable(&team)).await), refusal);
}

#[sqlx::test(migrations = "../../migrations")]
async fn without_a_key_nothing_is_sealed(pool: PgPool) {
    let world = World::with_keys(pool, None).await;
    let team = world.team("platform").await;
    let refusal = Refused::field("revealable", Code::RevealOff);
    assert_eq!(refused(world.create(revealable(&team)).await), refusal);
    assert!(world.create(asked(&team, "import")).await.is_ok());
}

#[sqlx::test(migrations = "../../migrations")]
async fn without_a_key_nothing_is_revealed(pool: PgPool) {
    let world = World::new(pool).await;
    let (owner, made) = sealed(&world).await;
    let without = world.restarted(None, 8).await;
    let (shown, log) = world.log_of(reveal(&without.service, &owner, made.token.id)).await;
    assert_eq!(code(shown), Code::RevealOff);
    assert!(log.is_empty());
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_token_that_was_not_sealed_cannot_be_shown(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let made = world.token(&world.team("platform").await, "import").await;
    assert_eq!(code(reveal(&world.service, &owner, made.token.id).await), Code::NotRevealable);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_revoked_token_is_not_shown_and_its_copy_is_gone(pool: PgPool) {
    let world = World::new(pool).await;
    let (owner, made) = sealed(&world).await;
    service::token::revoke(
        &world.service,
        &owner,
        made.token.id,
        domain::token::Revocation::default(),
    )
    .await
    .expect("ended");
    assert_eq!(code(reveal(&world.service, &owner, made.token.id).await), Code::AlreadyEnded);
    let copies: i64 = sqlx::query_scalar("SELECT count(*) FROM tokens WHERE sealed IS NOT NULL")
        .fetch_one(&world.pool)
        .await
        .expect("a count");
    assert_eq!(copies, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_expired_token_is_not_shown(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let mut asked = revealable(&world.team("platform").await);
    asked.expiry = ExpiryRequest::Days(1);
    let made = world.create(asked).await.expect("a token");
    world.pass(time::Duration::days(1));
    assert_eq!(code(reveal(&world.service, &owner, made.token.id).await), Code::AlreadyEnded);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_the_old_key_sealed_opens_after_a_rotation(pool: PgPool) {
    let (old, new) = (Sealer::generate_key(), Sealer::generate_key());
    let world = World::with_keys(pool, Some(&old)).await;
    let (owner, made) = sealed(&world).await;
    let rotated = world.restarted(Some(&format!("{},{}", *new, *old)), 8).await;
    let (_, shown) = reveal(&rotated.service, &owner, made.token.id).await.expect("the secret");
    assert_eq!(shown.expose(), secret(&made));
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_a_lost_key_sealed_stays_closed_and_says_so(pool: PgPool) {
    let world = World::new(pool).await;
    let (owner, made) = sealed(&world).await;
    let lost = world.restarted(Some(&Sealer::generate_key()), 8).await;
    let (shown, log) = world.log_of(reveal(&lost.service, &owner, made.token.id)).await;
    assert_eq!(code(shown), Code::SealedWithLostKey);
    assert!(log.is_empty());
    assert_eq!(lost.verify(secret(&made)).await, "valid");
}
