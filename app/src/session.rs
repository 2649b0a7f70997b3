//! Who is looking: loaded once for the whole app, and again when somebody passes the door.

use crate::{Refusal, paths};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use serde::{Deserialize, Serialize};

/// The person, if any, and whether there can be one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The address of who has signed in.
    pub person: Option<String>,
    /// Whether there is no owner yet.
    pub setup_open: bool,
}

/// The session, for every page.
#[derive(Clone, Copy)]
pub struct CurrentSession(pub Resource<Result<Session, Refusal>>);

/// Who is looking.
///
/// # Errors
/// A fault.
#[server(prefix = "/fn", endpoint = "get_session")]
pub async fn get_session() -> Result<Session, Refusal> {
    crate::backend::session::get().await
}

/// Ends the session, and leads to the door.
///
/// # Errors
/// A fault.
#[server(prefix = "/fn", endpoint = "sign_out")]
pub async fn sign_out() -> Result<(), Refusal> {
    crate::backend::session::close().await
}

/// Provides [`CurrentSession`]; must be called inside the router.
pub fn provide_session() {
    let location = use_location();
    let outside = Memo::new(move |_| paths::is_door(&location.pathname.get()));
    let session = Resource::new(move || outside.get(), |_| get_session());
    provide_context(CurrentSession(session));
}
