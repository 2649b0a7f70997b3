//! Is this token good? `POST /api/verify` for programs, `GET /verify` for reverse proxies.

use super::json::Json;
use super::origin::Origin;
use super::{Failure, Web, identify};
use axum::Router;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::token::Scopes;
use domain::verify::{Denial, Record, Verdict};
use domain::{Code, Refused};
use http::header::HeaderName;
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use service::verify::{Asked, answer};
use std::net::IpAddr;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use wire::Problem;
use wire::verify::{VerifyAnswer, VerifyRequest};

pub(super) fn routes() -> Router<Web> {
    let (router, _) = documented().split_for_parts();
    router.route("/verify", get(forward_auth))
}

pub(super) fn documented() -> OpenApiRouter<Web> {
    OpenApiRouter::new().routes(routes!(verify))
}

/// Is this token good, for these scopes?
#[utoipa::path(
    post,
    path = "/api/verify",
    tag = "verify",
    request_body = VerifyRequest,
    responses(
        (status = 200, description = "The answer; `valid` says it.", body = VerifyAnswer),
        (status = 422, description = "A scope breaks the grammar.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database does not answer: treat the token as refused.", body = Problem,
         content_type = "application/problem+json"),
    ),
    security(())
)]
async fn verify(
    State(web): State<Web>,
    Json(asked): Json<VerifyRequest>,
) -> Result<axum::Json<VerifyAnswer>, Failure> {
    let wanted = Scopes::parse_wanted(asked.scopes.iter().map(String::as_str))?;
    let origin = asked.origin.as_deref().map(parse_origin).transpose()?;
    let (user_agent, route) = (asked.user_agent.as_deref(), asked.route.as_deref().map(path_of));
    let asked = Asked { offered: &asked.token, wanted: &wanted, origin, user_agent, route };
    let answered = answer(&web.service, &asked, |answer| match answer.verdict {
        Verdict::NotKnown(Denial::Unavailable) => None,
        verdict => Some(axum::Json(verdict.into())),
    });
    Ok(answered.await.ok_or(Code::Unavailable)?)
}

fn parse_origin(text: &str) -> Result<IpAddr, Refused> {
    text.trim().parse().map_err(|_| Refused::field("origin", Code::AddressInvalid))
}

/// The forward-auth form. An auth subrequest of nginx may only answer 2xx, 401 or 403 (`ngx_http_auth_request_module`), so whatever goes wrong
/// is one of them.
async fn forward_auth(
    State(web): State<Web>,
    Origin(origin): Origin,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let Some(offered) = offered(&headers) else { return denied(Denial::Malformed) };
    // A scope that cannot be read cannot be granted.
    let Ok(wanted) = Scopes::parse_wanted(wanted(&uri).iter().map(String::as_str)) else {
        return denied(Denial::ScopeDenied);
    };
    let (user_agent, route) = (text(&headers, &header::USER_AGENT), route(&headers));
    let asked = Asked { offered, wanted: &wanted, origin, user_agent, route };
    answer(&web.service, &asked, |answer| match answer.verdict {
        Verdict::Valid(record) => granted(record),
        Verdict::Denied(denial, _) | Verdict::NotKnown(denial) => denied(denial),
    })
    .await
}

/// The token of `X-API-Key`, else of `Authorization: Bearer`.
fn offered(headers: &HeaderMap) -> Option<&str> {
    text(headers, &HeaderName::from_static("x-api-key"))
        .or_else(|| text(headers, &header::AUTHORIZATION).and_then(identify::bearer))
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

/// The path that was asked for at the proxy: Traefik and Caddy send `X-Forwarded-Uri`, nginx is commonly told to send `X-Original-URI`.
fn route(headers: &HeaderMap) -> Option<&str> {
    ["x-forwarded-uri", "x-original-uri"]
        .into_iter()
        .find_map(|name| text(headers, &HeaderName::from_static(name)))
        .map(path_of)
}

/// A path without its query, where secrets are.
fn path_of(uri: &str) -> &str {
    uri.split(['?', '#']).next().unwrap_or_default()
}

/// The scopes of `?scopes=a,b` or `?scope=a&scope=b`.
fn wanted(uri: &Uri) -> Vec<String> {
    // A query that cannot be taken apart wants what nobody has.
    let Ok(Query(pairs)) = Query::<Vec<(String, String)>>::try_from_uri(uri) else {
        return vec!["?".to_owned()];
    };
    pairs
        .iter()
        .filter(|(name, _)| matches!(name.as_str(), "scope" | "scopes"))
        .flat_map(|(_, value)| value.split(',').map(str::to_owned))
        .collect()
}

fn granted(record: &Record) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let mut put = |name: &'static str, value: String| {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    };
    put("x-token-id", record.id.to_string());
    put("x-team-id", record.team.to_string());
    put("x-token-scopes", record.scopes.to_strings().join(" "));
    response
}

/// 401 for what is not a good token, 403 for what is good but not for this, or cannot be told.
fn denied(denial: Denial) -> Response {
    let code = denial.as_str();
    let status =
        if denial.is_of_the_token() { StatusCode::UNAUTHORIZED } else { StatusCode::FORBIDDEN };
    let mut response =
        (status, axum::Json(serde_json::json!({ "valid": false, "code": code }))).into_response();
    let headers = response.headers_mut();
    headers.insert("x-verify-code", HeaderValue::from_static(code));
    if status == StatusCode::UNAUTHORIZED {
        // RFC 6750, section 3.
        headers.insert(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static("Bearer error=\"invalid_token\""),
        );
    }
    response
}
