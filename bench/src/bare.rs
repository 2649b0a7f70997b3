//! The other side: an axum server with one handler that does nothing.

use crate::Result;
use axum::Router;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use serde_json::json;

/// Serves until it is killed; says its address on the first line.
pub async fn serve() -> Result<()> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    let router = Router::new()
        .route("/", get(|| async { "ok" }))
        .route("/verify", get(|| async { granted() }))
        .route("/api/verify", post(|| async { verdict() }));
    axum::serve(listener, router).await?;
    Ok(())
}

/// What `GET /verify` answers for a good token, always the same.
fn granted() -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert("x-token-id", HeaderValue::from_static(ID));
    headers.insert("x-team-id", HeaderValue::from_static(ID));
    headers.insert("x-token-scopes", HeaderValue::from_static("images:read svc:1"));
    guard(&mut response);
    response
}

/// What `POST /api/verify` answers for one.
fn verdict() -> Response {
    let verdict = json!({
        "valid": true, "code": "valid", "token_id": ID, "team_id": ID, "name": "service 1",
        "scopes": ["images:read", "svc:1"], "expires_at": "2027-02-20T10:00:00Z",
    });
    let mut response = axum::Json(verdict).into_response();
    guard(&mut response);
    response
}

const ID: &str = "019a0000-0000-7000-8000-000000000001";

/// The headers that every answer of Tokenkeep has.
fn guard(response: &mut Response) {
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let policy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'";
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
}
