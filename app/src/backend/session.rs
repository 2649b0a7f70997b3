//! The session: who has signed in, and what a session remembers.

use super::request::{misbuilt, refused, service_and_caller};
use crate::session::Session as View;
use crate::{Refusal, paths};
use axum::http::request::Parts;
use domain::policy::Actor;
use domain::user::User;
use leptos::prelude::use_context;
use service::{Fault, user};
use tower_sessions::Session;

/// The id of who has signed in, as text.
pub const USER_ID: &str = "user_id";
/// When they did, in seconds of Unix time.
pub const SIGNED_IN_AT: &str = "signed_in_at";

/// The session of this request.
///
/// # Errors
/// `internal` when the server forgot its session layer.
pub fn current() -> Result<Session, Refusal> {
    use_context::<Parts>()
        .and_then(|parts| parts.extensions.get::<Session>().cloned())
        .ok_or_else(|| misbuilt("no session"))
}

/// Turns an error of the session's store into what the caller sees.
pub(super) fn broken(error: tower_sessions::session::Error) -> Refusal {
    refused(Fault::new("the session", error))
}

/// Who is looking.
///
/// # Errors
/// A fault.
pub async fn get() -> Result<View, Refusal> {
    let (service, caller) = service_and_caller()?;
    match &caller.actor {
        Actor::Person { email, .. } => Ok(View { person: Some(email.clone()), setup_open: false }),
        _ => {
            let setup_open = user::setup_open(&service).await.map_err(refused)?;
            Ok(View { person: None, setup_open })
        }
    }
}

/// Opens the session of a person. Its id changes, so that an id from before is worth nothing; drafts go along.
///
/// # Errors
/// A fault.
pub async fn open(user: &User) -> Result<(), Refusal> {
    let (service, _) = service_and_caller()?;
    let session = current()?;
    session.cycle_id().await.map_err(broken)?;
    session.insert(USER_ID, user.id.to_string()).await.map_err(broken)?;
    let now = service.now().unix_timestamp();
    // Its first use too: the page that follows asks several things at once, and whoever notes it late would bring back a draft that
    // another of them has just taken.
    session.insert("seen_at", now).await.map_err(broken)?;
    session.insert(SIGNED_IN_AT, now).await.map_err(broken)
}

/// Ends the session, and leads to the door.
///
/// # Errors
/// A fault.
pub async fn close() -> Result<(), Refusal> {
    let (service, caller) = service_and_caller()?;
    if caller.actor != Actor::Anonymous {
        user::sign_out(&service, &caller).await.map_err(refused)?;
    }
    let session = current()?;
    // There is nothing to delete for who was never in.
    if session.id().is_some() {
        session.flush().await.map_err(broken)?;
    }
    leptos_axum::redirect(paths::SIGN_IN);
    Ok(())
}
