//! `GET /healthz`: alive. `GET /readyz`: able to do all of its work, or why not. `GET /readyz/verify`: able to verify, if only known tokens.

use super::{Web, waiting};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use domain::Code;
use http::StatusCode;
use serde_json::json;
use service::verify::{Bar, Trust};
use std::time::Duration;

/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/readyz/verify", get(readyz_verify))
}

async fn healthz() -> &'static str {
    "ok"
}

async fn readyz(State(web): State<Web>) -> Response {
    if let Some(bar) = web.service.index().barred() {
        return unready(barred(bar));
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

/// For what balances verification: 200 for as long as known tokens are answered for, whether the database is there or not.
async fn readyz_verify(State(web): State<Web>) -> Response {
    let index = web.service.index();
    let trust = match index.trust() {
        Trust::All => "all",
        Trust::WhatIsKnown => "known",
        // It asks the database each time, and can do no more than that.
        Trust::TheDatabase => return readyz(State(web)).await,
        Trust::Nothing => {
            let over = "the database does not answer, and the time for known tokens is over";
            return unready(index.barred().map_or(over, barred));
        }
    };
    Json(json!({ "status": "ready", "trust": trust })).into_response()
}

const fn barred(bar: Bar) -> &'static str {
    match bar {
        Bar::Clock => "the clock is apart from the database's",
        Bar::Name => "another instance has this one's name",
    }
}

fn unready(reason: &str) -> Response {
    let body = json!({ "status": "unready", "code": Code::Unavailable.as_str(), "reason": reason });
    (StatusCode::SERVICE_UNAVAILABLE, Json(body)).into_response()
}
