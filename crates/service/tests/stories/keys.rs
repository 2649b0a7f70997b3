//! Management keys.

use crate::world::{World, code, kinds, operator, secret, stranger};
use domain::Code;
use domain::audit::{Caller, EventKind};
use domain::key::KeyScope;
use domain::policy::{Action, Actor, permit};
use domain::token::{ExpiryRequest, TokenName, TokenSecret};
use service::Error;
use service::key::{create, create_scoped, find_actor};
use sqlx::PgPool;
use time::Duration;

async fn key(
    world: &World,
    caller: &Caller,
    name: &str,
    expiry: ExpiryRequest,
) -> Result<TokenSecret, Error> {
    create(&world.service, caller, &TokenName::parse(name).expect("a name"), expiry).await
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_key_is_a_machine_with_a_name(pool: PgPool) {
    let world = World::new(pool).await;
    let (made, log) = world.log_of(key(&world, &operator(), "deploy", ExpiryRequest::Never)).await;
    let made = made.expect("a key");
    assert!(made.expose().starts_with("tkm_"));
    assert_eq!(kinds(&log), [EventKind::KeyCreated]);
    let actor =
        find_actor(&world.service, made.expose()).await.expect("an answer").expect("a machine");
    assert!(matches!(&actor, Actor::Machine { name, .. } if name == "deploy"));
    assert_eq!(actor.id(), log[0].subject_id);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_key_expires_at_the_very_instant(pool: PgPool) {
    let world = World::new(pool).await;
    let made = key(&world, &operator(), "deploy", ExpiryRequest::Days(1)).await.expect("a key");
    world.pass(Duration::days(1) - Duration::microseconds(1));
    assert!(find_actor(&world.service, made.expose()).await.expect("an answer").is_some());
    world.pass(Duration::microseconds(1));
    assert!(find_actor(&world.service, made.expose()).await.expect("an answer").is_none());
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_no_key_is_nobody(pool: PgPool) {
    let world = World::new(pool).await;
    let token = world.token(&world.team("platform").await, "import").await;
    let made = key(&world, &operator(), "deploy", ExpiryRequest::Never).await.expect("a key");
    let other_prefix = made.expose().replace("tkm_", "ntk_");
    let unknown = format!("tkm_{}", "A".repeat(43));
    for offered in
        ["", "tkm_", secret(&token), &other_prefix, &unknown, &format!("{}=", made.expose())]
    {
        assert!(
            find_actor(&world.service, offered).await.expect("an answer").is_none(),
            "{offered}"
        );
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_key_is_no_token(pool: PgPool) {
    let world = World::new(pool).await;
    let made = key(&world, &operator(), "deploy", ExpiryRequest::Never).await.expect("a key");
    assert_eq!(world.verify(made.expose()).await, "unknown");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_key_that_was_ended_is_nobody(pool: PgPool) {
    let world = World::new(pool).await;
    let made = key(&world, &operator(), "deploy", ExpiryRequest::Never).await.expect("a key");
    sqlx::query("UPDATE management_keys SET revoked_at = now()")
        .execute(&world.pool)
        .await
        .expect("ended");
    assert!(find_actor(&world.service, made.expose()).await.expect("an answer").is_none());
    // Its name is free again.
    assert!(key(&world, &operator(), "deploy", ExpiryRequest::Never).await.is_ok());
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_name_is_taken_whatever_its_case(pool: PgPool) {
    let world = World::new(pool).await;
    key(&world, &operator(), "deploy", ExpiryRequest::Never).await.expect("a key");
    assert_eq!(
        code(key(&world, &operator(), "DEPLOY", ExpiryRequest::Never).await),
        Code::NameTaken
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn only_the_operator_makes_keys(pool: PgPool) {
    let world = World::new(pool).await;
    let (owner, machine) = (world.owner().await, world.machine("deploy").await);
    for (caller, expected) in
        [(stranger(), Code::Unauthenticated), (owner, Code::Forbidden), (machine, Code::Forbidden)]
    {
        assert_eq!(code(key(&world, &caller, "more", ExpiryRequest::Never).await), expected);
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_key_for_verification_may_do_nothing_else(pool: PgPool) {
    let world = World::new(pool).await;
    let name = TokenName::parse("proxy").expect("a name");
    let scopes = [KeyScope::Verify];
    let operator = operator();
    let making = create_scoped(&world.service, &operator, &name, ExpiryRequest::Never, &scopes);
    let (made, log) = world.log_of(making).await;
    assert_eq!(log[0].detail, [("scopes".to_owned(), "verify".to_owned())]);
    let made = made.expect("a key");
    let actor = find_actor(&world.service, made.expose()).await.expect("an answer");
    let actor = actor.expect("a verifier");
    for action in Action::ALL {
        assert_eq!(permit(&actor, *action).is_ok(), *action == Action::Verify, "{action:?}");
    }
}
