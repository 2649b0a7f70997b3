//! `POST /api/tokens/{id}/rotate` and `/rotate/finish`.

use crate::app::{TestApp, text};
use serde_json::{Value, json};
use sqlx::PgPool;
use time::Duration;

async fn verdict(app: &TestApp, token: &Value) -> String {
    let asked = json!({ "token": text(token, "token") });
    app.post("/api/verify").json(&asked).await.text_of("code")
}

#[sqlx::test(migrations = "../migrations")]
async fn a_token_gets_another_secret(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let made = app.token(&app.team("platform").await, "import").await;
    let path = format!("/api/tokens/{}/rotate", text(&made, "id"));
    let answer = app.post(&path).json(&json!({ "overlap_seconds": 3600 })).await;
    assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, "no-store"));
    let new = answer.json();
    assert_eq!(new["id"], made["id"]);
    assert_ne!((&new["token"], &new["display"]), (&made["token"], &made["display"]));
    assert_eq!(new["retired_until"], "2026-11-22T11:00:00Z");
    assert_eq!(
        (verdict(&app, &made).await, verdict(&app, &new).await),
        ("valid".into(), "valid".into())
    );
    let again = app.post(&path).json(&json!({})).await;
    assert_eq!(again.problem(), "409 overlap_running");

    let done = app.post(&format!("{path}/finish")).send().await.json();
    assert_eq!(done["retired_until"], Value::Null);
    assert_eq!(
        (verdict(&app, &made).await, verdict(&app, &new).await),
        ("rotated".into(), "valid".into())
    );
    assert_eq!(app.post(&format!("{path}/finish")).send().await.problem(), "409 no_overlap");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_day_is_the_overlap_unless_another_is_asked_for(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let made = app.token(&app.team("platform").await, "import").await;
    let path = format!("/api/tokens/{}/rotate", text(&made, "id"));
    for bad in [json!(-1), json!(604_801), json!("a day"), json!(1.5)] {
        let refused = app.post(&path).json(&json!({ "overlap_seconds": bad })).await;
        assert_eq!(refused.problem(), "422 overlap_range overlap_seconds");
    }
    let new = app.post(&path).json(&json!({})).await;
    assert_eq!(new.text_of("retired_until"), "2026-11-23T10:00:00Z");
    app.pass(Duration::DAY);
    assert_eq!(verdict(&app, &made).await, "rotated");
    let seen = app.get(&format!("/api/tokens/{}", text(&made, "id"))).send().await.json();
    assert_eq!(seen["retired_until"], Value::Null);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_rotation_sent_twice_is_one(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let made = app.token(&app.team("platform").await, "import").await;
    let path = format!("/api/tokens/{}/rotate", text(&made, "id"));
    let body = json!({});
    let send = || app.post(&path).header("idempotency-key", "order 66").json(&body);
    let (first, again) = (send().await, send().await);
    assert_eq!(first.json(), again.json());
    assert_eq!(
        (first.header("idempotency-replayed"), again.header("idempotency-replayed")),
        ("", "true")
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn what_has_ended_or_is_not_there(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let made = app.token(&app.team("platform").await, "import").await;
    let path = format!("/api/tokens/{}", text(&made, "id"));
    app.post(&format!("{path}/revoke")).send().await;
    for verb in ["rotate", "rotate/finish"] {
        let ended = app.post(&format!("{path}/{verb}")).json(&json!({})).await;
        assert_eq!(ended.problem(), "409 already_ended");
        let nothing = app.post(&format!("/api/tokens/nonsense/{verb}")).json(&json!({})).await;
        assert_eq!(nothing.problem(), "404 not_found");
    }
}
