//! The first owner: by the one-time link, or by the operator; never twice.

use crate::world::{EMAIL, PASSWORD, World, code, kinds, operator, password, stranger};
use domain::Code;
use domain::audit::{Caller, EventKind};
use domain::policy::Actor;
use domain::user::{Email, User};
use service::Error;
use sqlx::PgPool;
use time::Duration;

async fn link(world: &World) -> String {
    let caller = Caller::local(Actor::Clock);
    let link = service::user::create_setup_link(&world.service, &caller).await.expect("an answer");
    link.expect("a link").expose().to_owned()
}

async fn set_up(world: &World, link: &str, email: &str) -> Result<User, Error> {
    let email = Email::parse(email).expect("an address");
    service::user::create_owner(&world.service, &stranger(), link, email, password(PASSWORD)).await
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_link_makes_the_owner_and_is_used_up(pool: PgPool) {
    let world = World::new(pool).await;
    let link = link(&world).await;
    assert!(service::user::setup_open(&world.service).await.expect("an answer"));
    let (owner, log) = world.log_of(set_up(&world, &link, EMAIL)).await;
    assert_eq!(owner.expect("the owner").email.as_str(), EMAIL);
    assert_eq!(kinds(&log), [EventKind::OwnerCreated]);
    assert_eq!(log[0].actor_kind, "anonymous");
    assert!(!service::user::setup_open(&world.service).await.expect("an answer"));

    assert_eq!(code(set_up(&world, &link, "second@example.com").await), Code::SetupDone);
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM setup_links")
        .fetch_one(&world.pool)
        .await
        .expect("a count");
    assert_eq!(left, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_wrong_link_makes_nobody(pool: PgPool) {
    let world = World::new(pool).await;
    let right = link(&world).await;
    for wrong in
        ["", "tks_short", &format!("tks_{}", "A".repeat(43)), &right.replace("tks_", "ntk_")]
    {
        assert_eq!(code(set_up(&world, wrong, EMAIL).await), Code::SetupLinkInvalid, "{wrong:?}");
    }
    assert!(set_up(&world, &right, EMAIL).await.is_ok());
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_link_is_good_for_24_hours(pool: PgPool) {
    let world = World::new(pool).await;
    let link = link(&world).await;
    world.pass(Duration::hours(24));
    assert_eq!(code(set_up(&world, &link, EMAIL).await), Code::SetupLinkInvalid);
    world.pass(-Duration::microseconds(1));
    assert!(set_up(&world, &link, EMAIL).await.is_ok());
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_new_link_takes_the_place_of_the_old_one(pool: PgPool) {
    let world = World::new(pool).await;
    let (old, new) = (link(&world).await, link(&world).await);
    assert_eq!(code(set_up(&world, &old, EMAIL).await), Code::SetupLinkInvalid);
    assert!(set_up(&world, &new, EMAIL).await.is_ok());
}

#[sqlx::test(migrations = "../../migrations")]
async fn two_set_ups_at_once_make_one_owner(pool: PgPool) {
    let world = World::new(pool).await;
    let link = link(&world).await;
    let ((one, two), log) = world
        .log_of(async {
            tokio::join!(set_up(&world, &link, EMAIL), set_up(&world, &link, "second@example.com"))
        })
        .await;
    assert!(one.is_ok() != two.is_ok());
    assert_eq!(kinds(&log), [EventKind::OwnerCreated]);
    let owners: i64 = sqlx::query_scalar("SELECT count(*) FROM users")
        .fetch_one(&world.pool)
        .await
        .expect("a count");
    assert_eq!(owners, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_operator_and_the_link_at_once_make_one_owner(pool: PgPool) {
    let world = World::new(pool).await;
    let link = link(&world).await;
    let email = Email::parse("operator@example.com").expect("an address");
    let caller = operator();
    let by_operator =
        service::user::create_owner_by_operator(&world.service, &caller, email, password(PASSWORD));
    let (one, two) = tokio::join!(set_up(&world, &link, EMAIL), by_operator);
    assert!(one.is_ok() != two.is_ok());
}

#[sqlx::test(migrations = "../../migrations")]
async fn with_an_owner_there_is_no_link(pool: PgPool) {
    let world = World::new(pool).await;
    world.owner().await;
    let caller = Caller::local(Actor::Clock);
    let (link, log) = world.log_of(service::user::create_setup_link(&world.service, &caller)).await;
    assert!(link.expect("an answer").is_none());
    assert!(log.is_empty());
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_operator_makes_no_second_owner(pool: PgPool) {
    let world = World::new(pool).await;
    world.owner().await;
    let email = Email::parse("second@example.com").expect("an address");
    let again = service::user::create_owner_by_operator(
        &world.service,
        &operator(),
        email,
        password(PASSWORD),
    )
    .await;
    assert_eq!(code(again), Code::SetupDone);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_stranger_is_no_operator(pool: PgPool) {
    let world = World::new(pool).await;
    let email = Email::parse(EMAIL).expect("an address");
    let made = service::user::create_owner_by_operator(
        &world.service,
        &stranger(),
        email,
        password(PASSWORD),
    )
    .await;
    assert_eq!(code(made), Code::Forbidden);
}

#[sqlx::test(migrations = "../../migrations")]
async fn links_cannot_be_guessed_quickly(pool: PgPool) {
    let world = World::new(pool).await;
    link(&world).await;
    // The limit is ten a minute; more than it, in case a slow machine earns some back.
    let mut codes = Vec::new();
    for _ in 0..100 {
        codes.push(code(set_up(&world, "tks_guess", EMAIL).await));
    }
    assert!(codes[..10].iter().all(|code| *code == Code::SetupLinkInvalid));
    assert!(codes.contains(&Code::TooManyAttempts));
}
