//! `POST /api/verify`.

use crate::app::{TestApp, Who, text};
use http::Method;
use insta::assert_snapshot;
use serde_json::{Value, json};
use sqlx::PgPool;
use time::Duration;

async fn ask(app: &TestApp, body: &Value) -> crate::app::Answer {
    app.ask(Method::POST, "/api/verify").json(body).await
}

#[sqlx::test(migrations = "../migrations")]
async fn a_good_token_is_valid(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let made = app.token(&app.team("platform").await, "import").await;
    let body = json!({ "token": text(&made, "token"), "scopes": ["images:read"] });
    assert_snapshot!(ask(&app, &body).await.shown());
}

#[sqlx::test(migrations = "../migrations")]
async fn a_token_for_something_else_still_says_whose_it_is(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let made = app.token(&app.team("platform").await, "import").await;
    let body = json!({ "token": text(&made, "token"), "scopes": ["images:read", "audio"] });
    assert_snapshot!(ask(&app, &body).await.shown());
}

#[sqlx::test(migrations = "../migrations")]
async fn each_denial_has_its_code(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let team = app.team("platform").await;
    let short = json!({ "name": "short", "team_id": team, "scopes": ["*"], "expires_days": 1 });
    let short = app.post("/api/tokens").json(&short).await.text_of("token");
    let code = async |token: &str| ask(&app, &json!({ "token": token })).await.text_of("code");
    assert_eq!(code(&short).await, "valid");
    app.pass(Duration::days(1));
    assert_eq!(code(&short).await, "expired");
    assert_eq!(code(&format!("ntk_{}", "A".repeat(43))).await, "unknown");
    for bad in ["", "nonsense", "ntk_\u{0}", &format!("{short}="), "é"] {
        assert_eq!(code(bad).await, "malformed", "{bad:?}");
    }
    let unknown = ask(&app, &json!({ "token": format!("ntk_{}", "A".repeat(43)) })).await;
    assert_snapshot!(unknown.shown());
}

#[sqlx::test(migrations = "../migrations")]
async fn who_asks_does_not_matter(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let made = app.token(&app.team("platform").await, "import").await;
    let body = json!({ "token": text(&made, "token") });
    for who in [
        Who::Nobody,
        app.key.clone(),
        Who::Key("nonsense".to_owned()),
        Who::Session("nonsense".to_owned()),
    ] {
        let answer = app.ask(Method::POST, "/api/verify").by(&who).json(&body).await;
        assert_eq!(answer.text_of("code"), "valid");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_request_is_judged(pool: PgPool) {
    let app = TestApp::new(pool).await;
    for (body, problem) in [
        (json!({ "token": "x", "scopes": ["a b"] }), "422 scope_invalid scopes"),
        (json!({ "token": "x", "scopes": "a" }), "400 body_malformed scopes"),
        (json!({ "token": 7 }), "400 body_malformed token"),
        (json!({ "scopes": [] }), "400 body_malformed"),
        (json!({ "token": "x", "colour": "red" }), "400 body_malformed"),
        (json!([]), "400 body_malformed"),
    ] {
        assert_eq!(ask(&app, &body).await.problem(), problem, "{body}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn without_the_database_there_is_no_answer(pool: PgPool) {
    let app = TestApp::new(pool).await;
    app.pool.close().await;
    let body = json!({ "token": format!("ntk_{}", "A".repeat(43)) });
    assert_snapshot!(ask(&app, &body).await.shown());
    // What has not the form of a token needs no database.
    assert_eq!(ask(&app, &json!({ "token": "nonsense" })).await.text_of("code"), "malformed");
}

#[sqlx::test(migrations = "../migrations")]
async fn uses_are_counted_down_and_told(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let team = app.team("platform").await;
    let body = json!({ "name": "trial", "team_id": team, "scopes": ["*"], "uses_limit": { "count": 2, "per": "day" } });
    let made = app.post("/api/tokens").json(&body).await;
    let asked = json!({ "token": made.text_of("token") });
    for left in [1, 0] {
        let told = ask(&app, &asked).await.json();
        assert_eq!((&told["code"], &told["uses_left"]), (&json!("valid"), &json!(left)));
    }
    let told = ask(&app, &asked).await.json();
    assert_eq!((&told["code"], &told["uses_left"]), (&json!("uses_spent"), &json!(0)));
    assert_eq!((&told["retry_after_seconds"], &told["name"]), (&json!(14 * 3600), &json!("trial")));
    let token = app.get(&format!("/api/tokens/{}", made.text_of("id"))).send().await.json();
    assert_eq!(
        (&token["uses_left"], &token["uses_refill_at"]),
        (&json!(0), &json!("2026-11-23T00:00:00Z"))
    );
}
