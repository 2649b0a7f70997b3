//! `GET /healthz`: alive. `GET /readyz`: able to work, or why not.

use super::{Web, waiting};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use domain::Code;
use http::StatusCode;
use serde_json::json;
use service::verify::Bar;
use std::time::Duration;

/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) fn routes() -> Router<Web> {
    Router::new().route("/healthz", get(healthz)).route("/readyz", get(readyz))
}

async fn healthz() -> &'static str {
    "ok"
}

async fn readyz(State(web): State<Web>) -> Response {
    match web.service.index().barred() {
        Some(Bar::Clock) => return unready("the clock is apart from the database's"),
        Some(Bar::Name) => return unready("another instance has this one's name"),
        None => {}
    }
    if let Some(reason) = waiting::reason(&web.service) {
        return unready(&reason);
    }
    let ready = tokio::time::timeout(PATIENCE, web.service.store().ready()).await;
    let reason = match ready {
        Ok(Ok(())) => return Json(json!({ "status": "ready" })).into_response(),
        Ok(Err(store::Error::Outdated)) => "migrations are missing",
        Ok(Err(_)) | Err(_) => "the database does not answer",
    };
    unready(reason)
}

fn unready(reason: &str) -> Response {
    let body = json!({ "status": "unready", "code": Code::Unavailable.as_str(), "reason": reason });
    (StatusCode::SERVICE_UNAVAILABLE, Json(body)).into_response()
}
