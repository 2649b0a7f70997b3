//! `GET /api/usage` and `GET /api/tokens/{id}/usage`.

use crate::app::{Answer, TestApp, Who, text};
use domain::token::ExpiryRequest;
use http::Method;
use insta::assert_snapshot;
use serde_json::{Value, json};
use sqlx::PgPool;
use time::Duration;

/// A token that was used in several ways; its team's id and itself.
async fn used(app: &TestApp) -> (String, Value) {
    let team = app.team("platform").await;
    let body = json!({ "name": "import", "team_id": team, "scopes": ["images:*", "audio"] });
    let made = app.post("/api/tokens").json(&body).await.json();
    let token = text(&made, "token");
    let verify = async |scopes: Value, origin: &str| {
        let body = json!({ "token": token, "scopes": scopes, "origin": origin, "user_agent": "curl/8.0", "route": "/images?key=1" });
        app.ask(Method::POST, "/api/verify").json(&body).await
    };
    verify(json!(["images:read"]), "192.0.2.1").await;
    verify(json!(["video"]), "192.0.2.1").await;
    app.pass(Duration::hours(1));
    verify(json!([]), "2001:db8::1").await;
    app.ask(Method::POST, "/api/verify").json(&json!({ "token": "nonsense" })).await;
    service::usage::flush(&app.service).await.expect("flushed");
    (team, made)
}

async fn of_token(app: &TestApp, made: &Value, query: &str) -> Answer {
    app.get(&format!("/api/tokens/{}/usage{query}", text(made, "id"))).send().await
}

#[sqlx::test(migrations = "../migrations")]
async fn a_token_says_how_it_was_used(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (_, made) = used(&app).await;
    assert_snapshot!(of_token(&app, &made, "?from=2026-11-22T09:30:00Z").await.shown());
    let token = app.get(&format!("/api/tokens/{}", text(&made, "id"))).send().await;
    assert_eq!(token.text_of("last_used_at"), "2026-11-22T11:00:00Z");
    let list = app.get("/api/tokens").send().await.json();
    assert_eq!(list["items"][0]["last_used_at"], "2026-11-22T11:00:00Z");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_token_that_nobody_used_says_so(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let made = app.token(&app.team("platform").await, "import").await;
    let json = of_token(&app, &made, "").await.json();
    assert_eq!((&json["last_used"], &json["totals"]["valid"]), (&Value::Null, &json!(0)));
    assert_eq!(json["scopes"]["proposal"], "unknown");
    assert_eq!(json["series"].as_array().expect("a series").len(), 8);
}

#[sqlx::test(migrations = "../migrations")]
async fn what_would_be_missed_of_a_token_is_told_and_what_is_tried_after_its_end(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (_, made) = used(&app).await;
    let path = format!("/api/tokens/{}", text(&made, "id"));
    let impact = async || app.get(&format!("{path}/impact")).send().await.json();
    let told = impact().await;
    assert_eq!((&told["last_24h"]["valid"], &told["last_24h"]["refused"]), (&json!(2), &json!(1)));
    assert_eq!((&told["last_7d"]["valid"], &told["origins_7d"]), (&json!(2), &json!(2)));
    assert_eq!(told["last_used"]["at"], "2026-11-22T11:00:00Z");
    assert_eq!(told["tries_since_end"], Value::Null);
    let asked = told["scopes_asked"].as_array().expect("a list");
    assert!(asked.contains(&json!("images:read")) && asked.contains(&json!("video")), "{asked:?}");

    app.pass(Duration::days(2));
    app.post(&format!("{path}/revoke")).json(&json!({ "reason": "leaked" })).await;
    assert_eq!(impact().await["tries_since_end"], 0);
    for _ in 0..2 {
        let body = json!({ "token": text(&made, "token"), "origin": "192.0.2.1" });
        assert_eq!(app.post("/api/verify").json(&body).await.text_of("code"), "revoked");
    }
    service::usage::flush(&app.service).await.expect("flushed");
    let told = impact().await;
    assert_eq!((&told["last_24h"]["valid"], &told["last_24h"]["refused"]), (&json!(0), &json!(2)));
    assert_eq!((&told["last_7d"]["valid"], &told["tries_since_end"]), (&json!(2), &json!(2)));
    let log = app.get("/api/audit").send().await.json();
    let after = &log["items"][0];
    assert_eq!(
        (&after["action"], &after["detail"]["reason"]),
        (&json!("token_used_after_end"), &json!("leaked"))
    );
    let nothing = app.get("/api/tokens/nonsense/impact").send().await;
    assert_eq!(nothing.problem(), "404 not_found");
}

#[sqlx::test(migrations = "../migrations")]
async fn all_tokens_and_a_team_are_summed(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (team, _) = used(&app).await;
    assert_snapshot!(app.get("/api/usage?step=day&from=2026-11-22T00:00:00Z").send().await.shown());
    let other = app.team("data").await;
    for (team, valid, refused, top) in [(team, 2, 1, 1), (other, 0, 0, 0)] {
        let json = app.get(&format!("/api/usage?team_id={team}")).send().await.json();
        assert_eq!(json["totals"]["valid"], valid);
        assert_eq!(json["totals"]["refused"], refused);
        assert_eq!(json["top"].as_array().expect("a list").len(), top);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn the_series_is_exported(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (_, made) = used(&app).await;
    let query = "?from=2026-11-22T10:00:00Z&format=";
    let csv = of_token(&app, &made, &format!("{query}csv")).await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8; header=present");
    assert_eq!(csv.header("content-disposition"), "attachment; filename=\"usage.csv\"");
    let lines = "from,code,count\r\n2026-11-22T10:00:00Z,valid,1\r\n2026-11-22T10:00:00Z,scope_denied,1\r\n2026-11-22T11:00:00Z,valid,1\r\n";
    assert_eq!(csv.text(), lines);
    let jsonl = app.get(&format!("/api/usage{query}jsonl")).send().await;
    assert_eq!(jsonl.header("content-type"), "application/jsonl");
    let last = jsonl.text().lines().last().expect("a line").to_owned();
    let last: Value = serde_json::from_str(&last).expect("JSON");
    assert_eq!(last, json!({ "from": "2026-11-22T11:00:00Z", "code": "malformed", "count": 1 }));
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_asked_for_is_judged(pool: PgPool) {
    let app = TestApp::new(pool).await;
    for (query, problem) in [
        ("from=yesterday", "422 span_invalid from"),
        ("to=tomorrow", "422 span_invalid to"),
        ("from=2026-11-22T10:00:00Z&to=2026-11-21T10:00:00Z", "422 span_invalid from"),
        ("from=2025-01-01T00:00:00Z", "422 span_invalid from"),
        ("step=minute", "400 query_malformed"),
        ("format=xml", "400 query_malformed"),
        ("colour=red", "400 query_malformed"),
        ("team_id=x", "422 team_unknown team_id"),
    ] {
        assert_eq!(
            app.get(&format!("/api/usage?{query}")).send().await.problem(),
            problem,
            "{query}"
        );
    }
    let nothing = app.get("/api/tokens/00000000-0000-7000-8000-000000000000/usage").send().await;
    assert_eq!(nothing.problem(), "404 not_found");
    assert_eq!(app.get("/api/tokens/x/usage").send().await.problem(), "404 not_found");
    let stranger = app.ask(Method::GET, "/api/usage?from=nonsense").send().await;
    assert_eq!(stranger.problem(), "401 unauthenticated");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_proxy_tells_with_what_and_on_which_path(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let made = app.token(&app.team("platform").await, "import").await;
    for (header, sent, route) in [
        ("x-original-uri", "/images/7?token=secret", json!("/images/7")),
        ("x-forwarded-uri", "/audio#x", json!("/audio")),
        ("x-other", "/video", Value::Null),
    ] {
        app.pass(Duration::seconds(1));
        let ask = app.ask(Method::GET, "/verify").header("x-api-key", &text(&made, "token"));
        ask.header("user-agent", "n8n").header(header, sent).send().await;
        service::usage::flush(&app.service).await.expect("flushed");
        let last = &of_token(&app, &made, "").await.json()["last_used"];
        assert_eq!((&last["route"], &last["user_agent"]), (&route, &json!("n8n")));
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_worker_tells_what_it_saw(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let team = app.team("platform").await;
    let id = text(&app.token(&team, "import").await, "id");
    let key = app.verify_key_named("edge", ExpiryRequest::Never).await;
    let told = |token: &str, code: &str, count: u32| json!({ "token_id": token, "code": code, "route": "/api/image", "status": 200, "count": count, "duration_ms": 7 });
    let nobody = "00000000-0000-0000-0000-000000000000";
    let items = json!([
        told(&id, "valid", 3),
        told(&id, "scope_denied", 2),
        told(&id, "of a later version", 9),
        told(nobody, "valid", 5),
    ]);
    let report = |body: serde_json::Value, who: &Who| {
        let ask = app.ask(Method::POST, "/api/usage/report").by(who);
        async move { ask.json(&body).await }
    };
    let answer = report(json!({ "worker": "eu", "items": items }), &key).await;
    assert_eq!(answer.status, 204);
    service::usage::flush(&app.service).await.expect("flushed");
    let usage = app.get(&format!("/api/tokens/{id}/usage")).send().await.json();
    assert_eq!(usage["totals"]["valid"], 3, "{usage}");
    assert_eq!(usage["totals"]["reasons"], json!({ "scope_denied": 2 }));
    assert_eq!(usage["last_used"]["user_agent"], "eu", "{usage}");
    assert_eq!(usage["last_used"]["route"], "/api/image");
    let all: i64 = sqlx::query_scalar("SELECT count(*) FROM usage_hours WHERE token_id = $1::uuid")
        .bind(nobody)
        .fetch_one(&app.pool)
        .await
        .expect("a count");
    assert_eq!(all, 0);
    let many = vec![told(&id, "valid", 1); 1_001];
    let answer = report(json!({ "worker": "eu", "items": many }), &key).await;
    assert_eq!(answer.problem(), "422 items_too_many items");
    let answer = report(json!({ "worker": " ", "items": [] }), &key).await;
    assert_eq!(answer.problem(), "422 empty worker");
    let answer = report(json!({ "worker": "eu", "items": [] }), &Who::Nobody).await;
    assert_eq!(answer.problem(), "401 unauthenticated");
}
