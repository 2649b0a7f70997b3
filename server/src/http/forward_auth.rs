//! Is this token good? The form for reverse proxies, by header and status alone: `/verify`, and `/verify/…` for those that put the path of the
//! original request behind it.
//!
//! nginx takes 2xx, 401 and 403 from an auth subrequest and makes 500 of all else (`ngx_http_auth_request_module`), so whatever goes wrong is one
//! of them; `X-Verify-Status` says which status was meant. Start at [`routes`].

use super::fields::{offered, required_scopes, route, text, verify_key};
use super::origin::Origin;
use super::{Web, headers};
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::any;
use domain::Code;
use domain::token::{Scope, Scopes};
use domain::verify::{Denial, Record, Verdict};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use service::verify::{Answer, Asked, admit, admit_at_once, answer, answer_at_once, refuse};
use std::net::IpAddr;
use std::time::{Duration, Instant};
use uuid::Uuid;

const WITH_TIMING: HeaderName = HeaderName::from_static("x-server-timing");
const TOKEN_ID: HeaderName = HeaderName::from_static("x-token-id");
const TEAM_ID: HeaderName = HeaderName::from_static("x-team-id");
const TOKEN_SCOPES: HeaderName = HeaderName::from_static("x-token-scopes");
const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");
pub(super) const VERIFY_CODE: HeaderName = HeaderName::from_static("x-verify-code");
const UNAVAILABLE_STATUS: HeaderName = HeaderName::from_static("x-unavailable-status");
const VERIFY_STATUS: HeaderName = HeaderName::from_static("x-verify-status");

/// In how many seconds it is worth asking again when it cannot be told now.
const UNAVAILABLE_FOR: u64 = 1;

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route("/verify", any(plain))
        .route("/verify/", any(below))
        .route("/verify/{*path}", any(below))
}

/// What is wanted is in the query and in the header.
async fn plain(State(web): State<Web>, origin: Origin, headers: HeaderMap, uri: Uri) -> Response {
    Question::plain(origin, &headers, &uri).tell(&web).await
}

/// The path and the query are those of the original request: what is wanted is in the header alone. Envoy takes 200 for a yes, and no other status.
async fn below(State(web): State<Web>, origin: Origin, headers: HeaderMap) -> Response {
    Question::below(origin, &headers).tell(&web).await
}

/// The answer to a request for one of these routes, where that takes neither a look at the database nor a wait; `None` leaves it to the routes.
pub(super) fn at_once(
    web: &Web,
    peer: Option<IpAddr>,
    uri: &Uri,
    headers: &HeaderMap,
) -> Option<Response> {
    let rest = uri.path().strip_prefix("/verify")?;
    let origin = || Origin::find(peer, headers, web.trusted_proxies.as_deref());
    let question = match rest.as_bytes() {
        [] => Question::plain(origin(), headers, uri),
        [b'/', ..] => Question::below(origin(), headers),
        _ => return None,
    };
    question.tell_at_once(web)
}

/// The pattern of the route of a path that was answered at once.
pub(super) fn pattern(path: &str) -> &'static str {
    match path {
        "/verify" => "/verify",
        "/verify/" => "/verify/",
        _ => "/verify/{*path}",
    }
}

/// What a proxy asks.
struct Question<'h> {
    origin: Option<IpAddr>,
    headers: &'h HeaderMap,
    /// A scope that cannot be read cannot be granted: then there is nothing here.
    wanted: Option<Vec<Scope>>,
    timing: bool,
    /// The status of a yes.
    yes: StatusCode,
}

impl<'h> Question<'h> {
    fn plain(origin: Origin, headers: &'h HeaderMap, uri: &Uri) -> Self {
        let (wanted, timing) = in_query(uri);
        Self::of(origin, headers, wanted, timing, StatusCode::NO_CONTENT)
    }

    fn below(origin: Origin, headers: &'h HeaderMap) -> Self {
        Self::of(origin, headers, Vec::new(), false, StatusCode::OK)
    }

    fn of(
        Origin(origin): Origin,
        headers: &'h HeaderMap,
        mut wanted: Vec<String>,
        timing: bool,
        yes: StatusCode,
    ) -> Self {
        wanted.extend(required_scopes(headers));
        let wanted = Scopes::parse_wanted(wanted.iter().map(String::as_str)).ok();
        let timing = timing || headers.get(WITH_TIMING).is_some_and(|value| value == "1");
        Self { origin, headers, wanted, timing, yes }
    }

    async fn tell(&self, web: &Web) -> Response {
        let began = self.timing.then(Instant::now);
        let key = verify_key(self.headers);
        let response = match admit(&web.service, key, self.origin).await {
            Ok(()) => match self.asked() {
                Some(asked) => answer(&web.service, &asked, |answer| self.told(answer)).await,
                None => self.refused(web),
            },
            Err(error) => not_admitted(error.refusals().first().code),
        };
        timed(response, began)
    }

    fn tell_at_once(&self, web: &Web) -> Option<Response> {
        let began = self.timing.then(Instant::now);
        let response = match admit_at_once(&web.service, verify_key(self.headers))? {
            Ok(()) => match self.asked() {
                Some(asked) => answer_at_once(&web.service, &asked, |answer| self.told(answer))?,
                None => self.refused(web),
            },
            Err(error) => not_admitted(error.refusals().first().code),
        };
        Some(timed(response, began))
    }

    /// What is asked for cannot be read.
    fn refused(&self, web: &Web) -> Response {
        refuse(&web.service, Denial::ScopeDenied, &Asked::default(), |answer| self.told(answer))
    }

    /// What is asked of the service. Without a token it is asked about none, which is malformed as any other text that is no token.
    fn asked(&self) -> Option<Asked<'_>> {
        let headers = self.headers;
        let offered = offered(headers).unwrap_or_default();
        let wanted = self.wanted.as_deref()?;
        let (user_agent, route) = (text(headers, &header::USER_AGENT), route(headers));
        Some(Asked { offered, wanted, origin: self.origin, user_agent, route })
    }

    fn told(&self, answer: Answer<'_>) -> Response {
        match answer.verdict {
            Verdict::Valid(record) => granted(record, self.yes),
            Verdict::NotKnown(Denial::Unavailable) => {
                let mut response = denied(Denial::Unavailable, None);
                if let Some(status) = handed_on(self.headers) {
                    *response.status_mut() = status;
                }
                response
            }
            Verdict::Denied(denial, _) | Verdict::NotKnown(denial) => {
                denied(denial, answer.retry_after_seconds())
            }
        }
    }
}

/// The status that makes the proxy ask another instance when this one cannot tell. A proxy that has several says which; none of these lets anybody
/// through.
fn handed_on(headers: &HeaderMap) -> Option<StatusCode> {
    match text(headers, &UNAVAILABLE_STATUS)? {
        "404" => Some(StatusCode::NOT_FOUND),
        "502" => Some(StatusCode::BAD_GATEWAY),
        "503" => Some(StatusCode::SERVICE_UNAVAILABLE),
        "504" => Some(StatusCode::GATEWAY_TIMEOUT),
        _ => None,
    }
}

fn timed(mut response: Response, began: Option<Instant>) -> Response {
    if let Some(began) = began {
        response.headers_mut().insert(SERVER_TIMING, server_timing(began.elapsed()));
    }
    response
}

/// The scopes of `?scopes=a,b` or `?scope=a&scope=b`, and whether `?timing` is there.
fn in_query(uri: &Uri) -> (Vec<String>, bool) {
    if uri.query().is_none() {
        return (Vec::new(), false);
    }
    // A query that cannot be taken apart wants what nobody has.
    let Ok(Query(pairs)) = Query::<Vec<(String, String)>>::try_from_uri(uri) else {
        return (vec!["?".to_owned()], false);
    };
    let wanted = pairs
        .iter()
        .filter(|(name, _)| matches!(name.as_str(), "scope" | "scopes"))
        .flat_map(|(_, value)| value.split(',').map(str::to_owned));
    (wanted.collect(), pairs.iter().any(|(name, _)| name == "timing"))
}

fn granted(record: &Record, status: StatusCode) -> Response {
    let mut response = headers::guarded(status);
    let headers = response.headers_mut();
    headers.insert(TOKEN_ID, hyphenated(record.id.uuid()));
    headers.insert(TEAM_ID, hyphenated(record.team.uuid()));
    if let Ok(scopes) = HeaderValue::try_from(record.scopes.joined()) {
        headers.insert(TOKEN_SCOPES, scopes);
    }
    response
}

fn hyphenated(id: Uuid) -> HeaderValue {
    let mut text = Uuid::encode_buffer();
    let text = id.as_hyphenated().encode_lower(&mut text);
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""))
}

/// 401 for what is not a good token, 403 for what is good but not for this, or cannot be told.
fn denied(denial: Denial, retry_after_seconds: Option<u64>) -> Response {
    let status =
        if denial.is_of_the_token() { StatusCode::UNAUTHORIZED } else { StatusCode::FORBIDDEN };
    let meant = match denial {
        Denial::RateLimited => Some(("429", retry_after_seconds.unwrap_or(1))),
        // Where none is ever given again, waiting helps nobody.
        Denial::UsesSpent => retry_after_seconds.map(|seconds| ("429", seconds)),
        Denial::Unavailable => Some(("503", UNAVAILABLE_FOR)),
        _ => None,
    };
    refused(status, denial.as_str(), meant)
}

/// The proxy may not ask. That is nothing for its caller to mend, who is not let through and may hear 503.
fn not_admitted(code: Code) -> Response {
    refused(StatusCode::FORBIDDEN, code.as_str(), Some(("503", UNAVAILABLE_FOR)))
}

/// A refusal, and the status that was meant where proxies would not take it, with the seconds after which to ask again.
fn refused(status: StatusCode, code: &'static str, meant: Option<(&'static str, u64)>) -> Response {
    let mut response = headers::guarded(status);
    // A code is a word of ours, with nothing in it that JSON writes otherwise.
    *response.body_mut() = format!(r#"{{"valid":false,"code":"{code}"}}"#).into();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(VERIFY_CODE, HeaderValue::from_static(code));
    if status == StatusCode::UNAUTHORIZED {
        // RFC 6750, section 3.
        headers.insert(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static("Bearer error=\"invalid_token\""),
        );
    }
    if let Some((status, seconds)) = meant {
        headers.insert(VERIFY_STATUS, HeaderValue::from_static(status));
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

/// What the answer took (W3C Server Timing, section 2), in milliseconds.
fn server_timing(took: Duration) -> HeaderValue {
    let value = format!("verify;dur={:.3}", took.as_secs_f64() * 1_000.0);
    HeaderValue::from_str(&value).unwrap_or(HeaderValue::from_static("verify"))
}
