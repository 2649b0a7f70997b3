//! Is this token good? `POST /api/verify` for programs, `GET /verify` for reverse proxies.

use super::json::Json;
use super::{Failure, Web, identify};
use axum::Router;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::Code;
use domain::token::Scopes;
use domain::verify::{Denial, Record, Verdict};
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
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
    let verdict = service::verify::answer(&web.service, &asked.token, &wanted).await?;
    Ok(axum::Json(verdict.into()))
}

/// The forward-auth form. An auth subrequest of nginx may only answer 2xx, 401 or 403 (`ngx_http_auth_request_module`), so whatever goes wrong
/// is one of them.
async fn forward_auth(State(web): State<Web>, headers: HeaderMap, uri: Uri) -> Response {
    let Some(offered) = offered(&headers) else { return denied(Denial::Malformed.as_str()) };
    // A scope that cannot be read cannot be granted.
    let Ok(wanted) = Scopes::parse_wanted(wanted(&uri).iter().map(String::as_str)) else {
        return denied(Denial::ScopeDenied.as_str());
    };
    match service::verify::answer(&web.service, offered, &wanted).await {
        Ok(Verdict::Valid(record)) => granted(&record),
        Ok(Verdict::Denied(denial, _) | Verdict::NotKnown(denial)) => denied(denial.as_str()),
        Err(error) => {
            if let service::Error::Fault(fault) = &error {
                tracing::error!(fault = fault.chain(), "a token could not be verified");
            }
            denied(error.refusals().first().code.as_str())
        }
    }
}

/// The token of `X-API-Key`, else of `Authorization: Bearer`.
fn offered(headers: &HeaderMap) -> Option<&str> {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    text(header::HeaderName::from_static("x-api-key"))
        .or_else(|| text(header::AUTHORIZATION).and_then(identify::bearer))
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

/// 401 for what is not a good token, 403 for what is good but not enough, or cannot be answered.
fn denied(code: &'static str) -> Response {
    let good_token = code == Denial::ScopeDenied.as_str()
        || code == Code::Unavailable.as_str()
        || code == Code::Internal.as_str();
    let status = if good_token { StatusCode::FORBIDDEN } else { StatusCode::UNAUTHORIZED };
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
