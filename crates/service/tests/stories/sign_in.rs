//! Signing in and out.

use crate::world::{EMAIL, PASSWORD, World, code, kinds, stranger};
use domain::Code;
use domain::audit::{Caller, EventKind};
use domain::id::UserId;
use domain::policy::Actor;
use domain::user::{Email, Password, User};
use service::Error;
use service::user::{find_actor, sign_in, sign_out};
use sqlx::PgPool;

async fn try_it(
    world: &World,
    caller: &Caller,
    email: &str,
    password: &str,
) -> Result<User, Error> {
    let email = Email::parse(email).expect("an address");
    let password = Password::offer(password.to_owned()).expect("a password");
    sign_in(&world.service, caller, email, password).await
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_owner_signs_in_and_out(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    // An address is the same in any case.
    let (user, log) =
        world.log_of(try_it(&world, &stranger(), "Owner@Example.com", PASSWORD)).await;
    assert_eq!(Some(user.expect("the owner").id.to_string()), owner.actor.id());
    assert_eq!(kinds(&log), [EventKind::SignedIn]);
    assert_eq!((log[0].actor_kind.as_str(), log[0].actor_label.as_str()), ("person", EMAIL));

    let (done, log) = world.log_of(sign_out(&world.service, &owner)).await;
    done.expect("signed out");
    assert_eq!(kinds(&log), [EventKind::SignedOut]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_wrong_password_and_an_unknown_address_read_alike(pool: PgPool) {
    let world = World::new(pool).await;
    world.owner().await;
    for (email, password) in
        [(EMAIL, "wrong horse battery staple"), ("nobody@example.com", PASSWORD)]
    {
        let (done, log) = world.log_of(try_it(&world, &stranger(), email, password)).await;
        assert_eq!(code(done), Code::CredentialsWrong, "{email}");
        assert_eq!(kinds(&log), [EventKind::SignInRefused]);
        assert_eq!(log[0].actor_kind, "anonymous");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_was_typed_is_not_in_the_log(pool: PgPool) {
    let world = World::new(pool).await;
    world.owner().await;
    let typed = "my-password-by-mistake@example.com";
    try_it(&world, &stranger(), typed, "some other thing").await.expect_err("refused");
    let rows: Vec<String> = sqlx::query_scalar("SELECT e::text FROM audit_events e")
        .fetch_all(&world.pool)
        .await
        .expect("the log");
    assert!(rows.iter().any(|row| row.contains("sign_in_refused")));
    assert!(!rows.iter().any(|row| row.contains("mistake") || row.contains("some other thing")));
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_account_is_tried_ten_times_and_then_not_for_a_while(pool: PgPool) {
    let world = World::new(pool).await;
    world.owner().await;
    let caller = stranger();
    let attempt = || try_it(&world, &caller, EMAIL, "wrong horse battery staple");
    // All at once: the throttle counts before any of them is hashed.
    let done = tokio::join!(
        attempt(),
        attempt(),
        attempt(),
        attempt(),
        attempt(),
        attempt(),
        attempt(),
        attempt(),
        attempt(),
        attempt(),
        attempt()
    );
    assert_eq!(code(done.0), Code::CredentialsWrong);
    assert_eq!(code(done.9), Code::CredentialsWrong);
    assert_eq!(code(done.10), Code::TooManyAttempts);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_throttled_attempt_is_refused_even_with_the_right_password(pool: PgPool) {
    let world = World::new(pool).await;
    world.owner().await;
    let caller = stranger();
    let wrong = || try_it(&world, &caller, EMAIL, "wrong horse battery staple");
    let right = try_it(&world, &caller, EMAIL, PASSWORD);
    let done = tokio::join!(
        wrong(),
        wrong(),
        wrong(),
        wrong(),
        wrong(),
        wrong(),
        wrong(),
        wrong(),
        wrong(),
        wrong(),
        right
    );
    assert_eq!(code(done.10), Code::TooManyAttempts);
}

#[sqlx::test(migrations = "../../migrations")]
async fn one_address_cannot_try_many_accounts(pool: PgPool) {
    let world = World::new(pool).await;
    let caller = Caller { origin: Some([192, 0, 2, 7].into()), ..stranger() };
    let emails: Vec<_> = (0..21).map(|n| format!("user{n}@example.com")).collect();
    let done = all(emails.iter().map(|email| try_it(&world, &caller, email, PASSWORD))).await;
    let codes: Vec<_> = done.into_iter().map(code).collect();
    assert_eq!(codes.iter().filter(|code| **code == Code::TooManyAttempts).count(), 1);

    let neighbour = Caller { origin: Some([192, 0, 2, 8].into()), ..stranger() };
    let other = try_it(&world, &neighbour, "user99@example.com", PASSWORD).await;
    assert_eq!(code(other), Code::CredentialsWrong);
}

/// Starts each at once, and waits for all.
async fn all<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut waiting: Vec<_> = futures.map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        for (future, done) in &mut waiting {
            if done.is_none()
                && let std::task::Poll::Ready(output) = future.as_mut().poll(context)
            {
                *done = Some(output);
            }
        }
        if waiting.iter().all(|(_, done)| done.is_some()) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    waiting.into_iter().filter_map(|(_, done)| done).collect()
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_session_of_somebody_who_is_gone_is_nobodys(pool: PgPool) {
    let world = World::new(pool).await;
    let found =
        find_actor(&world.service, UserId::from(uuid::Uuid::nil())).await.expect("an answer");
    assert_eq!(found, None::<Actor>);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_password_is_stored_as_argon2id_with_owasp_parameters(pool: PgPool) {
    let world = World::new(pool).await;
    world.owner().await;
    let stored: String = sqlx::query_scalar("SELECT password_hash FROM users")
        .fetch_one(&world.pool)
        .await
        .expect("a hash");
    assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
}
