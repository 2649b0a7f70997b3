//! What a server function is given with its request, and how an error leaves it.

use crate::Refusal;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use domain::Code;
use domain::audit::Caller;
use domain::policy::Actor;
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use service::Service;
use wire::Problem;

/// How the server wants its cookies.
#[derive(Clone, Copy, Debug)]
pub struct Cookies {
    /// Only over HTTPS.
    pub secure: bool,
}

/// How people reach the console: scheme and host, without a slash at the end.
#[derive(Clone, Debug)]
pub struct PublicUrl(pub String);

/// The configured public URL; else, for an example on a page, the host that the request named.
pub fn public_url() -> String {
    match use_context::<PublicUrl>() {
        Some(PublicUrl(url)) => url.trim_end_matches('/').to_owned(),
        None => {
            format!("http://{}", header_of(&header::HOST).unwrap_or_else(|| "localhost".to_owned()))
        }
    }
}

/// The service, and who calls it by which request.
///
/// # Errors
/// `internal` when the server forgot to provide them.
pub fn service_and_caller() -> Result<(Service, Caller), Refusal> {
    let service = use_context::<Service>().ok_or_else(|| misbuilt("no service"))?;
    Ok((service, caller()))
}

/// The service, and a caller who is somebody: for a form, whose fields are judged only after that, so that nobody corrects them in vain.
///
/// # Errors
/// `unauthenticated`; `internal` when the server forgot to provide them.
pub fn service_and_person() -> Result<(Service, Caller), service::Error> {
    let service = use_context::<Service>().ok_or(Code::Internal)?;
    let caller = caller();
    if caller.actor == Actor::Anonymous {
        Err(Code::Unauthenticated.into())
    } else {
        Ok((service, caller))
    }
}

/// Who calls; nobody known if the server did not say.
pub fn caller() -> Caller {
    use_context::<Parts>()
        .and_then(|parts| parts.extensions.get::<Caller>().cloned())
        .unwrap_or_else(|| Caller::local(Actor::Anonymous))
}

/// The id of the request, empty if it has none.
pub fn request_id() -> String {
    caller().request_id.map(|id| id.to_string()).unwrap_or_default()
}

pub(super) fn misbuilt(what: &str) -> Refusal {
    tracing::error!(what, request_id = request_id(), "the console is not given what it needs");
    Refusal::new(Problem::of(&domain::Code::Internal.into(), request_id()))
}

/// The one way in which an error of `service` leaves a server function. A fault is logged here, once, with its chain.
pub fn refused(error: impl Into<service::Error>) -> Refusal {
    let error = error.into();
    if let service::Error::Fault(fault) = &error {
        tracing::error!(request_id = request_id(), fault = fault.chain(), "fault");
    }
    let problem = Problem::of(&error.refusals(), request_id());
    // A browser that posts a form without JavaScript is redirected; everybody else is told by the status. A page sets its own status.
    if is_call() && !accepts_html() {
        set_status(problem.status);
    }
    Refusal::new(problem)
}

/// Whether this is a call of a server function, and not the rendering of a page.
fn is_call() -> bool {
    use_context::<Parts>().is_some_and(|parts| {
        let path = parts.uri.path();
        path.starts_with("/fn/") || path.starts_with("/tokens/fn/")
    })
}

/// Whether the answer is shown by a browser without JavaScript.
pub fn accepts_html() -> bool {
    header_of(&header::ACCEPT).is_some_and(|accept| accept.contains("text/html"))
}

/// A header of the request.
pub fn header_of(name: &HeaderName) -> Option<String> {
    let parts = use_context::<Parts>()?;
    parts.headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// A cookie of the request (RFC 6265, section 5.4).
pub fn cookie_of(name: &str) -> Option<String> {
    let parts = use_context::<Parts>()?;
    parts
        .headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value.to_owned())
}

/// Sets the status of the answer.
pub fn set_status(status: u16) {
    if let (Some(answer), Ok(status)) =
        (use_context::<ResponseOptions>(), StatusCode::from_u16(status))
    {
        answer.set_status(status);
    }
}

/// Adds a header to the answer. A value that no header can carry is left out.
pub fn add_header(name: HeaderName, value: &str) {
    if let (Some(answer), Ok(value)) =
        (use_context::<ResponseOptions>(), HeaderValue::from_str(value))
    {
        answer.append_header(name, value);
    }
}

/// Sets a cookie: `rest` are its attributes beyond `SameSite` and `Secure`.
pub fn set_cookie(name: &str, value: &str, same_site: &str, rest: &str) {
    let secure = use_context::<Cookies>().is_none_or(|cookies| cookies.secure);
    let secure = if secure { "; Secure" } else { "" };
    add_header(
        header::SET_COOKIE,
        &format!("{name}={value}; SameSite={same_site}; {rest}{secure}"),
    );
}
