//! Routes for their pages. A secret that is typed goes into `service`, and nowhere else.

use super::form::{self, settle};
use super::request::{accepts_html, refused, service_and_caller, service_and_person};
use super::session::{broken, current};
use crate::apart::apart;
use crate::form_start::FormStart;
use crate::pages::route::{Asked, RouteStart, Secrets, TrialStart, Tried};
use crate::{Refusal, Seen, paths};
use domain::id::RouteId;
use domain::token::Scopes;
use domain::{Code, Refused};
use service::route::{self, Offered};
use wire::route::{BackendAuth, ChangeRoute, CreateRoute, Route, RouteTrial};

/// Where the session keeps what was tried, for the page that comes next.
const TRIED: &str = "tried_route";

/// Every route, by path.
///
/// # Errors
/// What `service` refuses, a fault.
pub async fn list() -> Result<Seen<Vec<Route>>, Refusal> {
    let (service, caller) = service_and_caller()?;
    let routes = route::list(&service, &caller).await.map_err(refused)?;
    Ok(Seen { now: service.now(), it: routes.into_iter().map(Route::from).collect() })
}

/// What the form for a new route begins with.
///
/// # Errors
/// What `service` refuses, a fault.
pub async fn start() -> Result<FormStart, Refusal> {
    // Asked only to learn whether the caller may be here: the draft is not handed out to anybody else.
    list().await?;
    form::start("create_route").await
}

/// What the form that changes a route begins with.
///
/// # Errors
/// `not_found`, what `service` refuses, a fault.
pub async fn start_change(id: &str) -> Result<Seen<RouteStart>, Refusal> {
    let (service, caller) = service_and_caller()?;
    let id = RouteId::parse(id).ok_or_else(|| refused(Code::NotFound))?;
    let found = route::get(&service, &caller, id).await.map_err(refused)?;
    let form = form::start(&change_form(id)).await?;
    Ok(Seen { now: service.now(), it: RouteStart { form, route: found.into() } })
}

/// Each route has a draft of its own: what was typed for one is not offered for another.
fn change_form(id: RouteId) -> String {
    format!("change_route:{id}")
}

/// What a draft keeps of the form of a route: no secret.
fn values(asked: &Asked) -> [(&'static str, &str); 9] {
    [
        ("path", &asked.path),
        ("backend_url", &asked.backend_url),
        ("name", &asked.name),
        ("description", &asked.description),
        ("tags", &asked.tags),
        ("scopes", &asked.scopes),
        ("auth", &asked.auth),
        ("header_name", &asked.header_name),
        ("deliver_secret", if asked.deliver_secret { "true" } else { "" }),
    ]
}

fn auth_of(asked: &Asked, secrets: Secrets) -> BackendAuth {
    let kind = if asked.auth.is_empty() { "none" } else { &asked.auth };
    BackendAuth {
        r#type: kind.to_owned(),
        header_name: Some(asked.header_name.clone()),
        token: Some(secrets.token),
        key: Some(secrets.key),
        username: Some(secrets.username),
        password: Some(secrets.password),
    }
}

/// Makes a route, and leads to its page.
///
/// # Errors
/// The rules of the fields, what `service` refuses, a fault.
pub async fn create(asked: Asked, secrets: Secrets) -> Result<(), Refusal> {
    let outcome = make(&asked, secrets).await;
    settle("create_route", paths::NEW_ROUTE, &values(&asked), outcome).await
}

async fn make(asked: &Asked, secrets: Secrets) -> Result<String, service::Error> {
    let (service, caller) = service_and_person()?;
    let request = CreateRoute {
        name: Some(asked.name.clone()),
        path: asked.path.clone(),
        backend_url: asked.backend_url.clone(),
        description: Some(asked.description.clone()),
        tags: apart(&asked.tags),
        scopes: apart(&asked.scopes),
        auth: Some(auth_of(asked, secrets)),
        deliver_secret: delivers(asked),
    };
    route::create(&service, &caller, request.try_into()?).await?;
    Ok(paths::ROUTES.to_owned())
}

/// A tick that is not seen, because nothing is asked for, is none.
fn delivers(asked: &Asked) -> bool {
    asked.deliver_secret && !matches!(&*asked.auth, "" | "none")
}

/// Changes a route, and leads back to the list.
///
/// # Errors
/// The rules of the fields, what `service` refuses, a fault.
pub async fn change(
    id: &str,
    version: i64,
    asked: Asked,
    secrets: Secrets,
    remove_secret: bool,
) -> Result<(), Refusal> {
    let Some(known) = RouteId::parse(id) else { return Err(refused(Code::NotFound)) };
    let outcome = write(known, version, &asked, secrets, remove_secret).await;
    settle(&change_form(known), &paths::route(known), &values(&asked), outcome).await
}

async fn write(
    id: RouteId,
    version: i64,
    asked: &Asked,
    secrets: Secrets,
    remove_secret: bool,
) -> Result<String, service::Error> {
    let (service, caller) = service_and_person()?;
    let request = ChangeRoute {
        version: Some(version),
        name: Some(asked.name.clone()),
        path: Some(asked.path.clone()),
        backend_url: Some(asked.backend_url.clone()),
        description: Some(asked.description.clone()),
        tags: Some(apart(&asked.tags)),
        scopes: Some(apart(&asked.scopes)),
        auth: Some(auth_of(asked, secrets)),
        remove_secret,
        deliver_secret: Some(delivers(asked)),
    };
    route::change(&service, &caller, id, request.try_into()?).await?;
    Ok(paths::ROUTES.to_owned())
}

/// Deletes a route, and leads to the list.
///
/// # Errors
/// What `service` refuses, a fault.
pub async fn delete(id: &str) -> Result<(), Refusal> {
    let page = format!("{}?dialog=delete", paths::route(id));
    settle("delete_route", &page, &[], remove(id).await).await
}

async fn remove(id: &str) -> Result<String, service::Error> {
    let (service, caller) = service_and_person()?;
    let id = RouteId::parse(id).ok_or(Refused::new(Code::NotFound))?;
    route::delete(&service, &caller, id).await?;
    Ok(paths::ROUTES.to_owned())
}

/// What the tester begins with. What was tried is handed out once.
///
/// # Errors
/// What `service` refuses, a fault.
pub async fn start_trial() -> Result<TrialStart, Refusal> {
    list().await?;
    let session = current()?;
    let mut tried = None;
    // A read first: removing what is not there would still write the session.
    if session.get_value(TRIED).await.map_err(broken)?.is_some() {
        tried = session.remove::<Tried>(TRIED).await.map_err(broken)?;
    }
    Ok(TrialStart { form: form::start("try_route").await?, tried })
}

/// Tries a request. A script is told what would become of it; for a browser without one it is kept for the page that comes next.
///
/// # Errors
/// The rules of the fields, what `service` refuses, a fault.
pub async fn attempt(
    path: String,
    token: String,
    scopes: String,
) -> Result<Option<Tried>, Refusal> {
    let outcome = judge(&path, &token, &scopes).await;
    let values = [("path", path.as_str()), ("scopes", &scopes)];
    let tried = match outcome {
        Ok(tried) if !accepts_html() => return Ok(Some(tried)),
        outcome => outcome,
    };
    let settled = match tried {
        Ok(tried) => {
            current()?.insert(TRIED, tried).await.map_err(broken)?;
            form::keep("try_route", &values).await?;
            Ok(paths::TRY_ROUTE.to_owned())
        }
        Err(error) => Err(error),
    };
    settle("try_route", paths::TRY_ROUTE, &values, settled).await.map(|()| None)
}

async fn judge(path: &str, token: &str, scopes: &str) -> Result<Tried, service::Error> {
    let (service, caller) = service_and_person()?;
    let path = path.trim();
    if path.is_empty() {
        return Err(Refused::field("path", Code::Empty).into());
    }
    let offered = if token.trim().is_empty() {
        let scopes = apart(scopes);
        if scopes.is_empty() {
            return Err(Refused::field("token", Code::Empty).into());
        }
        Offered::Scopes(Scopes::parse(scopes.iter().map(String::as_str))?)
    } else {
        Offered::Token(token, None)
    };
    let found = route::find(&service, &caller, path, &offered).await?;
    Ok(Tried { path: path.to_owned(), trial: RouteTrial::of(found.route, found.why) })
}
