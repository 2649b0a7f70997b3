//! Management keys.

use crate::world::{World, code, kinds, operator, patient, secret, stranger};
use domain::Code;
use domain::audit::{Caller, EventKind};
use domain::key::KeyScope;
use domain::policy::{Action, Actor, permit};
use domain::token::{ExpiryRequest, TokenName, TokenSecret};
use service::key::{create, create_scoped, find_actor, list, revoke};
use service::verify::{Following, VerifyAccess, admit, admit_at_once};
use service::{Error, VerifySettings};
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
    // To tell what was verified at the edge belongs to it.
    let may = |action: &Action| matches!(action, Action::Verify | Action::ReportUsage);
    for action in Action::ALL {
        assert_eq!(permit(&actor, *action).is_ok(), may(action), "{action:?}");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_revoked_key_is_nobody_and_its_name_is_free(pool: PgPool) {
    let world = World::new(pool).await;
    let made = key(&world, &operator(), "deploy", ExpiryRequest::Never).await.expect("a key");
    let other = key(&world, &operator(), "other", ExpiryRequest::Never).await.expect("a key");
    let (revoked, log) = world.log_of(revoke(&world.service, &operator(), "Deploy")).await;
    assert_eq!(kinds(&log), [EventKind::KeyRevoked]);
    assert_eq!(
        (log[0].subject_label.as_str(), log[0].subject_id.clone()),
        ("deploy", revoked.ok().map(|id| id.to_string()))
    );
    let actor = async |key: &TokenSecret| {
        find_actor(&world.service, key.expose()).await.expect("an answer")
    };
    assert!(actor(&made).await.is_none() && actor(&other).await.is_some());
    assert_eq!(code(revoke(&world.service, &operator(), "deploy").await), Code::NotFound);
    key(&world, &operator(), "deploy", ExpiryRequest::Never).await.expect("the name is free");
    // By its id too.
    let listed = list(&world.service, &operator()).await.expect("a list");
    for listed in &listed {
        let id = listed.key.id.to_string();
        revoke(&world.service, &operator(), &id).await.expect("revoked");
    }
    assert!(list(&world.service, &operator()).await.expect("a list").is_empty());
    assert!(actor(&other).await.is_none());
}

#[sqlx::test(migrations = "../../migrations")]
async fn keys_are_listed_with_what_they_changed_last(pool: PgPool) {
    let world = World::new(pool).await;
    let busy = key(&world, &operator(), "busy", ExpiryRequest::Never).await.expect("a key");
    world.pass(Duration::hours(1));
    let scoped = TokenName::parse("proxy").expect("a name");
    create_scoped(
        &world.service,
        &operator(),
        &scoped,
        ExpiryRequest::Days(1),
        &[KeyScope::Verify],
    )
    .await
    .expect("a key");
    let actor = find_actor(&world.service, busy.expose()).await.expect("an answer");
    let caller = Caller::local(actor.expect("the machine"));
    let team = crate::world::new_team("platform", false);
    service::team::create(&world.service, &caller, team).await.expect("a team");
    let changed_at = world.service.now();
    world.pass(Duration::days(2));
    let listed = list(&world.service, &operator()).await.expect("a list");
    let told: Vec<_> = listed
        .iter()
        .map(|listed| (listed.key.name.as_str(), listed.changed_at, listed.key.scopes.is_some()))
        .collect();
    assert_eq!(told, [("busy", Some(changed_at), false), ("proxy", None, true)]);
    for caller in [caller, stranger(), world.owner().await] {
        assert!(list(&world.service, &caller).await.is_err());
        assert!(revoke(&world.service, &caller, "busy").await.is_err());
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn every_server_forgets_a_revoked_key_at_its_next_look(pool: PgPool) {
    let access = VerifySettings { access: VerifyAccess::Key, ..patient() };
    let world = World::verifying(pool, access).await;
    let made = key(&world, &operator(), "proxy", ExpiryRequest::Never).await.expect("a key");
    let mut following = Following::new(world.service.clone(), "tokens-1");
    following.turn().await.expect("loaded");
    let at_once = || admit_at_once(&world.service, Some(made.expose())).map(|told| told.is_ok());
    assert!(admit(&world.service, Some(made.expose()), None).await.is_ok());
    assert_eq!(at_once(), Some(true));
    revoke(&world.service, &operator(), "proxy").await.expect("revoked");
    following.turn().await.expect("a look");
    assert_eq!(at_once(), None);
    assert_eq!(code(admit(&world.service, Some(made.expose()), None).await), Code::Unauthenticated);
}

#[sqlx::test(migrations = "../../migrations")]
async fn keys_that_ended_by_hand_are_forgotten_too(pool: PgPool) {
    let access = VerifySettings { access: VerifyAccess::Key, ..patient() };
    let world = World::verifying(pool, access).await;
    let mut following = Following::new(world.service.clone(), "tokens-1");
    following.turn().await.expect("loaded");
    for (name, ending) in [
        ("one", "UPDATE management_keys SET revoked_at = now() WHERE name = 'one'"),
        ("two", "DELETE FROM management_keys WHERE name = 'two'"),
        ("three", "TRUNCATE management_keys"),
    ] {
        let made = key(&world, &operator(), name, ExpiryRequest::Never).await.expect("a key");
        following.turn().await.expect("a look");
        assert!(admit(&world.service, Some(made.expose()), None).await.is_ok());
        assert!(admit_at_once(&world.service, Some(made.expose())).is_some(), "{name}");
        sqlx::query(ending).execute(&world.pool).await.expect("ended");
        following.turn().await.expect("a look");
        assert!(admit_at_once(&world.service, Some(made.expose())).is_none(), "{name}");
    }
}
