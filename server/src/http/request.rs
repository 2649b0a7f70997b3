//! The outermost layer: gives each request an id, finds where it comes from, writes its line in the log, and turns failures into problem documents.
//!
//! The log has the route's pattern, never the query string or a header: there are secrets in both.

use super::origin::Origin;
use super::{Failure, Web};
use crate::trace;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use domain::id::RequestId;
use http::{HeaderValue, header};
use std::time::Instant;
use wire::Problem;

/// See the module.
pub async fn answer(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let now = web.service.now();
    let id = web.service.random(|rng| RequestId::generate(now, rng));
    let origin = Origin::of_request(request.extensions(), request.headers(), &web);
    request.extensions_mut().insert(id);
    request.extensions_mut().insert(origin);
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());

    let mut response = next.run(request).await;

    let id = id.to_string();
    if let Some(failure) = response.extensions_mut().remove::<Failure>() {
        response = told(&failure, &id, response);
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-request-id", value);
    }
    tracing::debug!(
        request_id = id,
        trace_id = trace::current().map(tracing::field::display),
        %method,
        route = route.as_deref().unwrap_or("-"),
        status = response.status().as_u16(),
        micros = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX),
        "answered"
    );
    response
}

/// Turns a failure into a problem document, and does nothing else: for the path on which an id for each request would cost more than its answer.
pub fn explain(web: &Web, mut response: Response) -> Response {
    let Some(failure) = response.extensions_mut().remove::<Failure>() else { return response };
    let now = web.service.now();
    let id = web.service.random(|rng| RequestId::generate(now, rng)).to_string();
    let mut response = told(&failure, &id, response);
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-request-id", value);
    }
    response
}

/// The log's line of a failure, and its answer.
fn told(failure: &Failure, id: &str, response: Response) -> Response {
    if let Some(fault) = &failure.fault {
        let trace_id = trace::current().map(tracing::field::display);
        tracing::error!(request_id = id, trace_id, fault = &**fault, "a request failed");
    }
    problem(failure, id, response)
}

/// The problem document of a failure, with the headers that the handler gave.
fn problem(failure: &Failure, id: &str, response: Response) -> Response {
    let meanwhile = failure.meanwhile.clone();
    let document = Problem { meanwhile, ..Problem::of(&failure.refusals, id) };
    let body = serde_json::to_vec(&document).unwrap_or_default();
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts
        .headers
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    parts.headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if parts.status == http::StatusCode::UNAUTHORIZED {
        parts.headers.entry(header::WWW_AUTHENTICATE).or_insert(HeaderValue::from_static("Bearer"));
    }
    Response::from_parts(parts, body.into())
}
