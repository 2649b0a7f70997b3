//! `GET /metrics`.

use crate::app::{Answer, Ask, TestApp, text};
use http::Method;
use serde_json::json;
use sqlx::PgPool;

async fn metrics(app: &TestApp) -> Answer {
    Ask::new(&app.measured(), Method::GET, "/metrics").send().await
}

#[sqlx::test(migrations = "../migrations")]
async fn nobody_finds_them_unless_they_are_on(pool: PgPool) {
    let app = TestApp::new(pool).await;
    assert_eq!(app.get("/metrics").send().await.problem(), "404 not_found");
}

#[sqlx::test(migrations = "../migrations")]
async fn answers_are_counted_and_measured_and_no_token_is_named(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let made = app.token(&app.team("platform").await, "import").await;
    for token in [text(&made, "token"), "nonsense".to_owned()] {
        app.ask(Method::POST, "/api/verify").json(&json!({ "token": token })).await;
    }
    sqlx::query(
        "INSERT INTO mirrors (name, target, last_ok_at) VALUES ('files', '/srv \"x\"', $1)",
    )
    .bind(app.service.now())
    .execute(&app.pool)
    .await
    .expect("a mirror");
    let answer = metrics(&app).await;
    assert_eq!(answer.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    for line in [
        "tokenkeep_verify_total{outcome=\"valid\"} 1",
        "tokenkeep_verify_total{outcome=\"malformed\"} 1",
        "tokenkeep_verify_total{outcome=\"revoked\"} 0",
        "tokenkeep_verify_duration_seconds_bucket{outcome=\"valid\",le=\"+Inf\"} 1",
        "tokenkeep_verify_duration_seconds_count{outcome=\"valid\"} 1",
        "tokenkeep_verify_duration_seconds_count{outcome=\"revoked\"} 0",
        "tokenkeep_index_trust{state=\"database\"} 1",
        "tokenkeep_usage_flush_lag_seconds 0",
        "tokenkeep_usage_waiting 1",
        "tokenkeep_usage_overflow_total{part=\"token\"} 0",
        "tokenkeep_mirror_pending{mirror=\"files\"} 1",
        "tokenkeep_mirror_lag_seconds{mirror=\"files\"} 0",
    ] {
        assert!(answer.text().lines().any(|found| found == line), "{line}\n{}", answer.text());
    }
    // Each name is told of once, and before its lines.
    let help = answer.text().lines().filter(|line| line.starts_with("# HELP ")).count();
    let kinds = answer.text().lines().filter(|line| line.starts_with("# TYPE ")).count();
    assert_eq!((help, kinds), (15, 15));
    assert!(
        answer.text().lines().any(|line| line.contains("le=\"0.000001\"")),
        "{}",
        answer.text()
    );
    for secret in [text(&made, "id"), text(&made, "token"), "import".to_owned()] {
        assert!(!answer.text().contains(&secret));
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn scopes_that_cannot_be_read_are_a_refusal_that_counts(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let made = app.token(&app.team("platform").await, "import").await;
    let _following = app.follow().await;
    for (path, header) in [("/verify?scope=a%20b", "a"), ("/verify/", "?"), ("/verify", "(")] {
        let ask = app.ask(Method::GET, path).header("x-api-key", &text(&made, "token"));
        let answer = ask.header("x-required-scopes", header).send().await;
        assert_eq!((answer.status.as_u16(), answer.header("x-verify-code")), (403, "scope_denied"));
    }
    let answer = metrics(&app).await;
    let line = "tokenkeep_verify_total{outcome=\"scope_denied\"} 3";
    assert!(answer.text().lines().any(|found| found == line), "{}", answer.text());
}

#[sqlx::test(migrations = "../migrations")]
async fn without_the_database_the_rest_is_told(pool: PgPool) {
    let app = TestApp::new(pool).await;
    app.pool.close().await;
    let answer = metrics(&app).await;
    assert_eq!(answer.status, 200);
    assert!(answer.text().contains("tokenkeep_index_tokens 0"));
    assert!(!answer.text().contains("tokenkeep_mirror"));
}
