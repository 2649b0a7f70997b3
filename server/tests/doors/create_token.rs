//! `POST /api/tokens`. What is bad about a body is in [`crate::bad_input`].

use crate::app::TestApp;
use insta::assert_snapshot;
use serde_json::{Value, json};
use sqlx::PgPool;
use time::Duration;

fn body(team_id: &str) -> Value {
    json!({ "name": "import", "team_id": team_id, "scopes": ["images:write", "images:read"] })
}

#[sqlx::test(migrations = "../migrations")]
async fn a_token_needs_a_name_a_team_and_scopes(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let team = app.team("platform").await;
    let made = app.post("/api/tokens").json(&body(&team)).await;
    assert_snapshot!(made.shown());
    assert_eq!(made.header("location"), format!("/api/tokens/{}", made.text_of("id")));
    let secret = made.text_of("token");
    assert_eq!(secret.len(), 47);
    assert!(secret.starts_with("ntk_"));
}

#[sqlx::test(migrations = "../migrations")]
async fn everything_can_be_said(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let mut body = body(&app.team("platform").await);
    body["description"] = "Nightly import\r\nof images".into();
    body["expires_days"] = 30.into();
    body["not_before"] = "2026-11-22T12:00:00+01:00".into();
    body["allowed_cidrs"] = json!(["10.1.2.3/8", "192.0.2.7"]);
    body["rate_limit"] = json!({ "requests": 100, "seconds": 60 });
    body["uses_limit"] = json!({ "count": 1000, "per": "week" });
    body["revealable"] = true.into();
    assert_snapshot!(app.post("/api/tokens").json(&body).await.shown());
}

#[sqlx::test(migrations = "../migrations")]
async fn an_expiry_may_be_an_instant_in_any_offset(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let mut body = body(&app.team("platform").await);
    body["expires_at"] = "2026-12-24T20:00:00+02:00".into();
    let made = app.post("/api/tokens").json(&body).await;
    assert_eq!(made.text_of("expires_at"), "2026-12-24T18:00:00Z");
}

#[sqlx::test(migrations = "../migrations")]
async fn null_days_are_never(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let mut body = body(&app.team("platform").await);
    body["expires_days"] = Value::Null;
    let made = app.post("/api/tokens").json(&body).await;
    assert_eq!(made.status, 201);
    assert_eq!(made.json()["expires_at"], Value::Null);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_request_sent_twice_makes_one_token(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let body = body(&app.team("platform").await);
    let send = || app.post("/api/tokens").header("idempotency-key", "order 66").json(&body);
    let first = send().await;
    let again = send().await;
    assert_eq!(first.json(), again.json());
    assert_eq!(
        (first.header("idempotency-replayed"), again.header("idempotency-replayed")),
        ("", "true")
    );
    app.pass(Duration::minutes(10));
    assert_snapshot!(send().await.shown());
}

#[sqlx::test(migrations = "../migrations")]
async fn a_key_is_for_one_request(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let mut body = body(&app.team("platform").await);
    app.post("/api/tokens").header("idempotency-key", "order 66").json(&body).await;
    body["name"] = "export".into();
    let other = app.post("/api/tokens").header("idempotency-key", "order 66").json(&body).await;
    assert_snapshot!(other.shown());
}

#[sqlx::test(migrations = "../migrations")]
async fn a_name_that_is_taken_is_a_conflict(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let body = body(&app.team("platform").await);
    app.post("/api/tokens").json(&body).await;
    assert_snapshot!(app.post("/api/tokens").json(&body).await.shown());
}

#[sqlx::test(migrations = "../migrations")]
async fn without_an_encryption_key_nothing_is_revealable(pool: PgPool) {
    let app = TestApp::with_keys(pool, None).await;
    let mut body = body(&app.team("platform").await);
    assert_eq!(app.post("/api/tokens").json(&body).await.status, 201);
    body["name"] = "export".into();
    body["revealable"] = true.into();
    assert_eq!(app.post("/api/tokens").json(&body).await.problem(), "409 reveal_off revealable");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_condition_that_cannot_be_is_refused_on_its_field(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let team = app.team("platform").await;
    let many: Vec<String> = (0..51).map(|n| format!("10.0.{n}.0/24")).collect();
    for (field, value, problem) in [
        ("not_before", json!("tomorrow"), "422 not_before_invalid"),
        ("not_before", json!("0000-01-01T00:00:00Z"), "422 not_before_invalid"),
        ("not_before", json!("2026-11-23T10:00:00Z"), "422 not_before_late"),
        ("allowed_cidrs", json!(["10.0.0.0/33"]), "422 cidr_invalid"),
        ("allowed_cidrs", json!(many), "422 cidrs_too_many"),
        ("allowed_cidrs", json!("10.0.0.0/8"), "400 body_malformed"),
        ("rate_limit", json!({ "requests": 0, "seconds": 60 }), "422 rate_range"),
        ("rate_limit", json!({ "requests": 1.5, "seconds": 60 }), "422 rate_range"),
        ("rate_limit", json!({ "requests": 100 }), "422 rate_range"),
        ("uses_limit", json!({ "count": 0 }), "422 uses_range"),
        ("uses_limit", json!({ "count": 1_000_000_001, "per": "day" }), "422 uses_range"),
        ("uses_limit", json!({ "count": 1, "per": "year" }), "422 uses_range"),
        ("uses_limit", json!({ "per": "day" }), "422 uses_range"),
        ("uses_limit", json!({ "count": "many" }), "422 uses_range"),
    ] {
        let mut body = body(&team);
        body["expires_days"] = 1.into();
        body[field] = value;
        let refused = app.post("/api/tokens").json(&body).await;
        assert_eq!(refused.problem(), format!("{problem} {field}"));
    }
}
