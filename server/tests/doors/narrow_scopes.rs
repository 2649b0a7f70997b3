//! `POST /api/tokens/{id}/scopes/narrow`.

use crate::app::{TestApp, text};
use http::Method;
use serde_json::json;
use sqlx::PgPool;

#[sqlx::test(migrations = "../migrations")]
async fn a_token_keeps_what_is_said_and_loses_the_rest(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let body = json!({ "name": "import", "team_id": app.team("platform").await, "scopes": ["images:*", "audio"] });
    let made = app.post("/api/tokens").json(&body).await.json();
    let path = format!("/api/tokens/{}/scopes/narrow", text(&made, "id"));
    let narrowed = app.post(&path).json(&json!({ "scopes": ["images:read"] })).await.json();
    assert_eq!(narrowed["scopes"], json!(["images:read"]));
    for (scope, valid) in [("images:read", true), ("images:write", false), ("audio", false)] {
        let body = json!({ "token": text(&made, "token"), "scopes": [scope] });
        let answer = app.ask(Method::POST, "/api/verify").json(&body).await.json();
        assert_eq!(answer["valid"], valid, "{scope}");
    }
    let wider = app.post(&path).json(&json!({ "scopes": ["audio"] })).await;
    assert_eq!(wider.problem(), "409 scopes_wider scopes");
}

#[sqlx::test(migrations = "../migrations")]
async fn what_cannot_be_is_refused(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let made = app.token(&app.team("platform").await, "import").await;
    let path = format!("/api/tokens/{}/scopes/narrow", text(&made, "id"));
    for (body, problem) in [
        (json!({ "scopes": [] }), "422 scopes_empty scopes"),
        (json!({ "scopes": ["No!"] }), "422 scope_invalid scopes"),
        (json!({}), "400 body_malformed"),
    ] {
        assert_eq!(app.post(&path).json(&body).await.problem(), problem);
    }
    let body = json!({ "scopes": ["images:read"] });
    let nothing = app.post("/api/tokens/nonsense/scopes/narrow").json(&body).await;
    assert_eq!(nothing.problem(), "404 not_found");
    app.post(&path.replace("scopes/narrow", "revoke")).send().await;
    assert_eq!(app.post(&path).json(&body).await.problem(), "409 already_ended");
}
