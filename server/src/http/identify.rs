//! Who is calling: a management key in `Authorization: Bearer`, else the session of the cookie, else nobody.

use super::fields::bearer;
use super::origin::Origin;
use super::{Failure, Web};
use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::audit::Caller;
use domain::id::{RequestId, UserId};
use domain::policy::Actor;
use domain::{Code, Expected};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, header};
use store::Store;
use time::Duration;
use tower_sessions::cookie::SameSite;
use tower_sessions::{Expiry, Session, SessionManagerLayer};

/// A session ends after this time without a request (ASVS 5.0, 7.3.1).
const IDLE: Duration = Duration::hours(1);
/// A session ends after this time whatever happens (ASVS 5.0, 7.3.2).
const LIFE: Duration = Duration::hours(12);
/// How often a session's last use is written down.
const TOUCH: Duration = Duration::minutes(5);

/// A caller who is somebody. The anonymous are turned away before anything else of their request is read.
pub struct Known(pub Caller);

impl<S: Send + Sync> FromRequestParts<S> for Known {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        match parts.extensions.get::<Caller>() {
            Some(caller) if caller.actor != Actor::Anonymous => Ok(Self(caller.clone())),
            _ => Err(Code::Unauthenticated.into()),
        }
    }
}

/// The cookie of sessions. The `__Host-` prefix keeps neighbours of the domain from setting it (RFC 6265bis, section 4.1.3.2).
pub fn sessions(web: &Web) -> SessionManagerLayer<Store> {
    SessionManagerLayer::new(web.service.store().clone())
        .with_name(if web.secure { "__Host-tokenkeep_session" } else { "tokenkeep_session" })
        .with_http_only(true)
        // Lax, so that a link from a ticket opens the console signed in; unsafe methods are checked for their origin.
        .with_same_site(SameSite::Lax)
        .with_secure(web.secure)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(IDLE))
}

/// Puts the [`Caller`] into the request.
pub async fn identify(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    // Taken out first: a body is not to be shared between threads, so that a request is not held while we wait.
    let authorization = request.headers().get(header::AUTHORIZATION).cloned();
    let session = request.extensions().get::<Session>().cloned();
    let actor = match actor(&web, authorization, session).await {
        Ok(actor) => actor,
        Err(failure) => return failure.into_response(),
    };
    let Origin(origin) = Origin::of(request.extensions());
    let request_id = request.extensions().get::<RequestId>().copied();
    let expected = expected(request.headers());
    request.extensions_mut().insert(Caller { actor, request_id, origin, expected });
    next.run(request).await
}

/// Which state of a thing the request may change (`If-Match`). What is no text names no state.
fn expected(headers: &HeaderMap) -> Expected {
    let values = headers.get_all(header::IF_MATCH).iter();
    Expected::parse(values.map(|value| value.to_str().unwrap_or_default()))
}

async fn actor(
    web: &Web,
    authorization: Option<HeaderValue>,
    session: Option<Session>,
) -> Result<Actor, Failure> {
    if let Some(authorization) = authorization {
        let offered = authorization.to_str().ok().and_then(bearer).unwrap_or_default();
        let machine = service::key::find_actor(&web.service, offered).await?;
        // A key that is not good does not fall back to the cookie beside it.
        return Ok(machine.unwrap_or(Actor::Anonymous));
    }
    match session {
        Some(session) => person(web, &session).await,
        None => Ok(Actor::Anonymous),
    }
}

async fn person(web: &Web, session: &Session) -> Result<Actor, Failure> {
    let lost = |error: tower_sessions::session::Error| -> Failure {
        Failure {
            fault: Some(format!("reading a session: {error}").into()),
            ..Code::Unavailable.into()
        }
    };
    let Some(user_id) = session.get::<String>("user_id").await.map_err(lost)? else {
        return Ok(Actor::Anonymous);
    };
    let now = web.service.now().unix_timestamp();
    let signed_in_at = session.get::<i64>("signed_in_at").await.map_err(lost)?.unwrap_or(0);
    let user = UserId::parse(&user_id).filter(|_| now - signed_in_at < LIFE.whole_seconds());
    let actor = match user {
        Some(id) => service::user::find_actor(&web.service, id).await?,
        None => None,
    };
    let Some(actor) = actor else {
        session.flush().await.map_err(lost)?;
        return Ok(Actor::Anonymous);
    };
    let seen_at = session.get::<i64>("seen_at").await.map_err(lost)?.unwrap_or(0);
    if now - seen_at > TOUCH.whole_seconds() {
        session.insert("seen_at", now).await.map_err(lost)?;
    }
    Ok(actor)
}
