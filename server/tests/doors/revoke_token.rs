//! `POST /api/tokens/{id}/revoke`.

use crate::app::{TestApp, text};
use insta::assert_snapshot;
use serde_json::json;
use sqlx::PgPool;
use time::Duration;

#[sqlx::test(migrations = "../migrations")]
async fn a_token_is_ended_and_stays_in_the_list(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let made = app.token(&app.team("platform").await, "import").await;
    app.pass(Duration::minutes(5));
    let path = format!("/api/tokens/{}/revoke", text(&made, "id"));
    assert_snapshot!(app.post(&path).send().await.shown());
    assert_eq!(app.post(&path).send().await.problem(), "409 already_ended");
    let page = app.get("/api/tokens").send().await.json();
    assert_eq!(page["items"][0]["status"], "revoked");
    let verdict = app.post("/api/verify").json(&json!({ "token": text(&made, "token") })).await;
    assert_eq!(verdict.text_of("code"), "revoked");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_body_is_not_read(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let made = app.token(&app.team("platform").await, "import").await;
    let path = format!("/api/tokens/{}/revoke", text(&made, "id"));
    assert_eq!(app.post(&path).raw_json("{nonsense").await.status, 200);
}

#[sqlx::test(migrations = "../migrations")]
async fn what_there_is_not(pool: PgPool) {
    let app = TestApp::new(pool).await;
    for id in ["00000000-0000-0000-0000-000000000000", "nonsense"] {
        assert_eq!(
            app.post(&format!("/api/tokens/{id}/revoke")).send().await.problem(),
            "404 not_found"
        );
    }
}
