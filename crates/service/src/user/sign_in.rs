//! Signing in and out.

use crate::{Result, Service};
use domain::Code;
use domain::audit::{Caller, Event, EventKind, SubjectKind};
use domain::policy::{Action, permit};
use domain::user::{Email, Password, User};

/// Checks an address and a password. A wrong password and an unknown address take as long and read alike.
///
/// # Errors
/// `too_many_attempts`, `credentials_wrong`; a fault.
pub async fn sign_in(
    service: &Service,
    caller: &Caller,
    email: Email,
    password: Password,
) -> Result<User> {
    let attempt = permit(&caller.actor, Action::Session)?;
    if !service.throttle().allows(caller.origin, email.as_str()) {
        return Err(Code::TooManyAttempts.into());
    }
    let found = service.store().find_credentials(&email).await?;
    let (user, stored) = found.map(|found| (found.user, found.password_hash)).unzip();
    let good = service.passwords().matches(password, stored).await?;
    let Some(user) = user.filter(|_| good) else {
        // What was typed as an address may have been a password: the log only says that somebody failed.
        let event = Event::new(EventKind::SignInRefused, SubjectKind::Session, None, "sign-in");
        let tx = service.store().begin(attempt).await?;
        service.commit(tx, caller, event).await?;
        return Err(Code::CredentialsWrong.into());
    };
    let person = permit(&super::actor(user.clone()), Action::Session)?;
    let id = Some(user.id.to_string());
    let event = Event::new(EventKind::SignedIn, SubjectKind::User, id, user.email.as_str());
    let tx = service.store().begin(person).await?;
    service.commit(tx, caller, event).await?;
    Ok(user)
}

/// Notes that somebody signed out; the door ends the session.
///
/// # Errors
/// A fault.
pub async fn sign_out(service: &Service, caller: &Caller) -> Result<()> {
    let tx = service.store().begin(permit(&caller.actor, Action::Session)?).await?;
    let event = Event::new(
        EventKind::SignedOut,
        SubjectKind::User,
        caller.actor.id(),
        caller.actor.label(),
    );
    service.commit(tx, caller, event).await
}
