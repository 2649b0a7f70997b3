//! `POST /api/tokens/{id}/extend`.

use crate::app::{TestApp, text};
use serde_json::{Value, json};
use sqlx::PgPool;
use time::Duration;

#[sqlx::test(migrations = "../migrations")]
async fn an_end_is_put_off(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let team = app.team("platform").await;
    let body = json!({ "name": "import", "team_id": team, "scopes": ["*"], "expires_days": 1 });
    let made = app.post("/api/tokens").json(&body).await.json();
    let path = format!("/api/tokens/{}/extend", text(&made, "id"));
    let extend = async |body: Value| app.post(&path).json(&body).await;
    for (body, problem) in [
        (json!({}), "422 empty expires_at"),
        (json!({ "never": true, "expires_days": 1 }), "422 expires_twice expires_at"),
        (json!({ "expires_days": 0 }), "422 expires_days_range expires_days"),
        (json!({ "expires_at": "soon" }), "422 expires_at_invalid expires_at"),
        (json!({ "expires_at": "2026-11-22T11:00:00Z" }), "422 expires_sooner expires_at"),
    ] {
        assert_eq!(extend(body).await.problem(), problem);
    }
    let later = extend(json!({ "expires_days": 30 })).await;
    assert_eq!(
        (later.header("etag"), later.text_of("expires_at").as_str()),
        ("\"2\"", "2026-12-22T10:00:00Z")
    );
    let late = app.post(&path).header("if-match", "\"1\"").json(&json!({ "never": true })).await;
    assert_eq!(late.problem(), "412 token_changed");
    app.pass(Duration::days(30));
    assert_eq!(extend(json!({ "never": true })).await.problem(), "409 already_ended");
    let nothing = app.post("/api/tokens/nonsense/extend").json(&json!({ "never": true })).await;
    assert_eq!(nothing.problem(), "404 not_found");
}
