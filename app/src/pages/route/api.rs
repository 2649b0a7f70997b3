//! What the pages of routes ask the server.

// On the module, as the macro does not hand it on to the browser's half of the function.
#![allow(clippy::too_many_arguments, reason = "one for each field of the form")]

use crate::form_start::FormStart;
use crate::{Refusal, Seen};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use wire::route::{Route, RouteTrial};

/// What is typed into the form of a route, but for its secrets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Its path.
    pub path: String,
    /// Its backend.
    pub backend_url: String,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Its tags, apart by spaces or commas.
    pub tags: String,
    /// Its scopes, apart by spaces or commas.
    pub scopes: String,
    /// What the backend asks for.
    pub auth: String,
    /// The header of an API key.
    pub header_name: String,
    /// Whether the secret is delivered.
    pub deliver_secret: bool,
}

/// The secrets that are typed into it. No `Debug`.
pub struct Secrets {
    /// A bearer token.
    pub token: String,
    /// An API key.
    pub key: String,
    /// A user name.
    pub username: String,
    /// Its password.
    pub password: String,
}

/// What the form that changes a route begins with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteStart {
    /// The form.
    pub form: FormStart,
    /// The route as it is.
    pub route: Route,
}

/// What the tester begins with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrialStart {
    /// The form.
    pub form: FormStart,
    /// What was tried last, where no script shows it.
    pub tried: Option<Tried>,
}

/// A request that was tried. It holds no token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    /// Its path.
    pub path: String,
    /// What would become of it.
    pub trial: RouteTrial,
}

/// Every route, by path.
///
/// # Errors
/// `unauthenticated`, a fault.
#[server(prefix = "/fn", endpoint = "list_routes")]
pub async fn list_routes() -> Result<Seen<Vec<Route>>, Refusal> {
    crate::backend::route::list().await
}

/// What the form for a new route begins with.
///
/// # Errors
/// `unauthenticated`, a fault.
#[server(prefix = "/fn", endpoint = "start_route")]
pub async fn start_route() -> Result<FormStart, Refusal> {
    crate::backend::route::start().await
}

/// What the form that changes a route begins with.
///
/// # Errors
/// `unauthenticated`, `not_found`, a fault.
#[server(prefix = "/fn", endpoint = "start_route_change")]
pub async fn start_route_change(
    #[server(default)] id: String,
) -> Result<Seen<RouteStart>, Refusal> {
    crate::backend::route::start_change(&id).await
}

/// What the tester begins with.
///
/// # Errors
/// `unauthenticated`, a fault.
#[server(prefix = "/fn", endpoint = "start_trial")]
pub async fn start_trial() -> Result<TrialStart, Refusal> {
    crate::backend::route::start_trial().await
}

/// Makes a route, and leads to its page.
///
/// # Errors
/// `path_taken`, the rules of the fields, `unauthenticated`, a fault.
#[server(prefix = "/fn", endpoint = "create_route")]
pub async fn create_route(
    #[server(default)] path: String,
    #[server(default)] backend_url: String,
    #[server(default)] name: String,
    #[server(default)] description: String,
    #[server(default)] tags: String,
    #[server(default)] scopes: String,
    #[server(default)] auth: String,
    #[server(default)] header_name: String,
    #[server(default)] token: String,
    #[server(default)] key: String,
    #[server(default)] username: String,
    #[server(default)] password: String,
    #[server(default)] deliver_secret: bool,
) -> Result<(), Refusal> {
    let asked = Asked {
        path,
        backend_url,
        name,
        description,
        tags,
        scopes,
        auth,
        header_name,
        deliver_secret,
    };
    crate::backend::route::create(asked, Secrets { token, key, username, password }).await
}

/// Changes a route, and leads back to the list.
///
/// # Errors
/// `path_taken`, `route_changed`, the rules of the fields, `unauthenticated`, `not_found`, a fault.
#[server(prefix = "/fn", endpoint = "change_route")]
pub async fn change_route(
    #[server(default)] id: String,
    #[server(default)] version: i64,
    #[server(default)] path: String,
    #[server(default)] backend_url: String,
    #[server(default)] name: String,
    #[server(default)] description: String,
    #[server(default)] tags: String,
    #[server(default)] scopes: String,
    #[server(default)] auth: String,
    #[server(default)] header_name: String,
    #[server(default)] token: String,
    #[server(default)] key: String,
    #[server(default)] username: String,
    #[server(default)] password: String,
    #[server(default)] deliver_secret: bool,
    #[server(default)] remove_secret: bool,
) -> Result<(), Refusal> {
    let asked = Asked {
        path,
        backend_url,
        name,
        description,
        tags,
        scopes,
        auth,
        header_name,
        deliver_secret,
    };
    let secrets = Secrets { token, key, username, password };
    crate::backend::route::change(&id, version, asked, secrets, remove_secret).await
}

/// Deletes a route, and leads to the list.
///
/// # Errors
/// `unauthenticated`, `not_found`, a fault.
#[server(prefix = "/fn", endpoint = "delete_route")]
pub async fn delete_route(#[server(default)] id: String) -> Result<(), Refusal> {
    crate::backend::route::delete(&id).await
}

/// Tries a request with a token, or with scopes where there is none. Without a script the answer is on the page that comes next.
///
/// # Errors
/// The rules of the fields, `unauthenticated`, a fault.
#[server(prefix = "/fn", endpoint = "try_route")]
pub async fn try_route(
    #[server(default)] path: String,
    #[server(default)] token: String,
    #[server(default)] scopes: String,
) -> Result<Option<Tried>, Refusal> {
    crate::backend::route::attempt(path, token, scopes).await
}
