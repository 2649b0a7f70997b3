//! What is answered while the database has not been heard of: everything but verification, health and metrics is 503.

use super::console::file;
use super::{Failure, Web};
use app::backend::waiting::page;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use domain::{Code, OffsetDateTime};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use service::Service;
use service::verify::Trust;

/// In how many seconds it is worth asking again.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("5");
/// The page has a style and an icon, both ours.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; frame-ancestors 'none'; base-uri 'none'",
);

/// Lets requests through once the service is open.
pub async fn gate(State(web): State<Web>, request: Request, next: Next) -> Response {
    if web.service.is_open() {
        return next.run(request).await;
    }
    // The page below needs them, and they need nothing: not even to be asked who calls, for which there would have to be a database.
    let path = request.uri().path();
    if path.starts_with("/pkg/") || path == "/favicon.svg" {
        return file(State(web), request).await;
    }
    let headers = request.headers();
    let mut response = if wants_page(&request) {
        let page = page(headers, verifies_until(&web.service).map(shown).as_deref());
        let mut response = (StatusCode::SERVICE_UNAVAILABLE, Html(page)).into_response();
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, POLICY);
        response
    } else {
        Failure::from(Code::Unavailable).into_response()
    };
    response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER);
    response
}

fn wants_page(request: &Request) -> bool {
    let path = request.uri().path();
    let program = path.starts_with("/api/") || path.starts_with("/fn/");
    !program && accepts_html(request.headers())
}

/// Whether a person is likely to look at the answer.
pub(super) fn accepts_html(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

/// Why the service is not open, and what it can do; `None` when it is.
pub(super) fn reason(service: &Service) -> Option<String> {
    if service.is_open() {
        return None;
    }
    let Some(restored) = service.snapshot().and_then(|snapshot| snapshot.restored()) else {
        return Some("the database was not heard of yet".to_owned());
    };
    let as_of = shown(restored.as_of);
    let then = match verifies_until(service) {
        Some(until) => format!("known tokens are verified until {}", shown(until)),
        None => "every token is refused".to_owned(),
    };
    Some(format!("the database does not answer; started from the snapshot of {as_of}, {then}"))
}

/// Until when known tokens are verified; `None` when that is over.
fn verifies_until(service: &Service) -> Option<OffsetDateTime> {
    let restored = service.snapshot().and_then(|snapshot| snapshot.restored())?;
    (service.index().trust() == Trust::WhatIsKnown).then_some(restored.good_until)
}

/// A time for people, to the second.
pub fn shown(at: OffsetDateTime) -> String {
    let (date, (hour, minute, second)) = (at.date(), at.time().as_hms());
    format!("{date} {hour:02}:{minute:02}:{second:02} UTC")
}
