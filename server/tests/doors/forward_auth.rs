//! `/verify`, the form for reverse proxies: 204 (below it 200), 401 or 403, whatever happens.

use crate::app::{Answer, TestApp, text};
use http::Method;
use insta::assert_snapshot;
use serde_json::json;
use sqlx::PgPool;
use time::Duration;

async fn by_key(app: &TestApp, path: &str, token: &str) -> Answer {
    app.ask(Method::GET, path).header("x-api-key", token).send().await
}

async fn token(app: &TestApp) -> String {
    text(&app.token(&app.team("platform").await, "import").await, "token")
}

#[sqlx::test(migrations = "../migrations")]
async fn a_good_token_is_204_with_whose_it_is(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let token = token(&app).await;
    assert_snapshot!(by_key(&app, "/verify", &token).await.shown());
    let bearer = format!("Bearer {token}");
    for authorization in [bearer.clone(), bearer.replace("Bearer", "bearer")] {
        let answer =
            app.ask(Method::GET, "/verify").header("authorization", &authorization).send().await;
        assert_eq!(answer.status, 204);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn the_key_header_goes_before_the_bearer(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let token = token(&app).await;
    let ask = |key: &str, bearer: &str| {
        let ask = app.ask(Method::GET, "/verify").header("x-api-key", key);
        ask.header("authorization", &format!("Bearer {bearer}")).send()
    };
    assert_eq!(ask(&token, "nonsense").await.status, 204);
    assert_eq!(ask("nonsense", &token).await.status, 401);
}

#[sqlx::test(migrations = "../migrations")]
async fn scopes_are_asked_for_in_the_query(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let body = json!({ "name": "import", "team_id": app.team("platform").await, "scopes": ["images:*", "audio"] });
    let token = app.post("/api/tokens").json(&body).await.text_of("token");
    for (query, status) in [
        ("", 204),
        ("?scopes=images:read,audio", 204),
        ("?scope=images:read&scope=audio", 204),
        ("?scopes=images%3Aread", 204),
        ("?scopes=images%3Aread%2Caudio", 204),
        ("?scopes=images:read,video", 403),
        ("?scope=video", 403),
        ("?scope=a%20b", 403),
        ("?scope=%FF", 403),
        ("?scope=%00", 403),
        ("?scope=%", 403),
    ] {
        let answer = by_key(&app, &format!("/verify{query}"), &token).await;
        assert_eq!(answer.status, status, "{query}");
    }
    assert_snapshot!(by_key(&app, "/verify?scope=video", &token).await.shown());
}

#[sqlx::test(migrations = "../migrations")]
async fn whatever_is_wrong_is_401(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let team = app.team("platform").await;
    let short = json!({ "name": "short", "team_id": team, "scopes": ["*"], "expires_days": 1 });
    let short = app.post("/api/tokens").json(&short).await.text_of("token");
    let ended = app.token(&team, "ended").await;
    app.post(&format!("/api/tokens/{}/revoke", text(&ended, "id"))).send().await;
    app.pass(Duration::days(1));
    for (offered, code) in [
        (short.as_str(), "expired"),
        (&text(&ended, "token"), "revoked"),
        (&format!("ntk_{}", "A".repeat(43)), "unknown"),
        ("nonsense", "malformed"),
        ("", "malformed"),
    ] {
        let answer = by_key(&app, "/verify", offered).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("x-verify-code")),
            (401, code),
            "{offered}"
        );
    }
    assert_snapshot!(by_key(&app, "/verify", "nonsense").await.shown());
    let nothing = app.ask(Method::GET, "/verify").send().await;
    assert_eq!((nothing.status.as_u16(), nothing.header("x-verify-code")), (401, "malformed"));
    for authorization in ["Basic dXNlcjpwYXNz", "Bearer", "Bearer ", "nonsense"] {
        let answer =
            app.ask(Method::GET, "/verify").header("authorization", authorization).send().await;
        assert_eq!(answer.status, 401, "{authorization}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn without_the_database_it_is_403(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let token = token(&app).await;
    app.pool.close().await;
    assert_snapshot!(by_key(&app, "/verify", &token).await.shown());
}

#[sqlx::test(migrations = "../migrations")]
async fn a_proxy_with_several_instances_says_how_it_hears_that_this_one_cannot_tell(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let token = token(&app).await;
    let ask = |status: &'static str| {
        let ask = app.ask(Method::GET, "/verify").header("x-api-key", &token);
        ask.header("x-unavailable-status", status).send()
    };
    // It is about nothing else.
    assert_eq!(ask("404").await.status, 204);
    app.pool.close().await;
    for (wanted, status) in [
        ("404", 404),
        ("502", 502),
        ("503", 503),
        ("504", 504),
        ("204", 403),
        ("200", 403),
        ("é", 403),
    ] {
        let answer = ask(wanted).await;
        assert_eq!(answer.status, status, "{wanted}");
        assert_eq!(answer.header("x-verify-code"), "unavailable");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn scopes_are_asked_for_in_a_header_too(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let token = token(&app).await;
    let ask = |path: &'static str, scopes: &str| {
        let ask = app.ask(Method::GET, path).header("x-api-key", &token);
        ask.header("x-required-scopes", scopes).send()
    };
    for (path, scopes, status) in [
        ("/verify", "images:read", 204),
        ("/verify", "images:read, images:read", 204),
        ("/verify", "", 204),
        ("/verify", "images:read audio", 403),
        ("/verify", "images:read,audio", 403),
        ("/verify", "é", 403),
        // Both together: more can be asked for, never less.
        ("/verify?scope=audio", "images:read", 403),
        ("/verify?scope=images:read", "audio", 403),
        // There the query is the original request's.
        ("/verify/?scope=audio", "images:read", 200),
        ("/verify/images/1?scope=audio&scope=%", "images:read", 200),
        ("/verify/images/1", "audio", 403),
    ] {
        assert_eq!(ask(path, scopes).await.status, status, "{path} {scopes}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn any_method_and_any_path_below_it_will_do(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let token = token(&app).await;
    for method in
        [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS]
    {
        for (path, status) in [("/verify", 204), ("/verify/", 200), ("/verify/a/b%2Fc?d=e", 200)] {
            let asked = app.ask(method.clone(), path).header("x-api-key", &token).send().await;
            assert_eq!(asked.status, status, "{method} {path}");
            assert!(!asked.header("x-token-id").is_empty(), "{method} {path}");
            let stranger =
                app.ask(method.clone(), path).header("x-api-key", "nonsense").send().await;
            assert_eq!(stranger.status, 401, "{method} {path}");
        }
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn what_the_original_request_carries_does_not_matter(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let token = token(&app).await;
    // A proxy may leave the length of a body there that it does not send.
    let large = vec![b'a'; 2 * 1024 * 1024];
    let ask = app.ask(Method::POST, "/verify").header("x-api-key", &token);
    assert_eq!(ask.header("content-type", "text/plain").bytes(large).await.status, 204);
    let elsewhere = app.ask(Method::POST, "/verify").header("x-api-key", &token);
    assert_eq!(
        elsewhere.header("origin", "https://elsewhere.example.com").send().await.status,
        204
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn too_often_is_403_that_says_429_and_when(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let token = token(&app).await;
    sqlx::query("UPDATE tokens SET rate_requests = 1, rate_seconds = 45")
        .execute(&app.pool)
        .await
        .expect("limited");
    let _following = app.follow().await;
    assert_eq!(by_key(&app, "/verify", &token).await.status, 204);
    app.pass(Duration::milliseconds(500));
    assert_snapshot!(by_key(&app, "/verify", &token).await.shown());
    app.pass(Duration::seconds(45));
    assert_eq!(by_key(&app, "/verify", &token).await.status, 204);
}

#[sqlx::test(migrations = "../migrations")]
async fn no_use_left_is_403_that_says_429_where_there_are_more_later(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let token = token(&app).await;
    for (per, name) in
        [(Some("hour"), "no_use_left_until_the_refill"), (None, "no_use_left_for_good")]
    {
        sqlx::query("UPDATE tokens SET uses_count = 1, uses_per = $1, uses_since = $2")
            .bind(per)
            .bind(app.service.now())
            .execute(&app.pool)
            .await
            .expect("limited");
        app.pass(Duration::minutes(10));
        assert_eq!(by_key(&app, "/verify", &token).await.status, 204);
        assert_snapshot!(name, by_key(&app, "/verify", &token).await.shown());
    }
}

/// The question goes past memory to the database: it is one all the same.
#[sqlx::test(migrations = "../migrations")]
async fn a_question_about_uses_has_one_place_in_the_rate(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let token = token(&app).await;
    sqlx::query("UPDATE tokens SET uses_count = 9, rate_requests = 2, rate_seconds = 60")
        .execute(&app.pool)
        .await
        .expect("limited");
    let _following = app.follow().await;
    let mut codes = Vec::new();
    for _ in 0..3 {
        codes.push(by_key(&app, "/verify", &token).await.header("x-verify-code").to_owned());
    }
    assert_eq!(codes, ["", "", "rate_limited"]);
}

#[sqlx::test(migrations = "../migrations")]
async fn the_time_it_took_is_told_to_who_asks_for_it(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let token = token(&app).await;
    let took = |header: &str| {
        header.strip_prefix("verify;dur=").is_some_and(|millis| millis.parse::<f64>().is_ok())
    };
    for path in
        ["/verify?timing", "/verify?scope=images:read&timing=1", "/verify?scope=audio&timing"]
    {
        assert!(took(by_key(&app, path, &token).await.header("server-timing")), "{path}");
    }
    for path in ["/verify", "/verify/images"] {
        let ask = app.ask(Method::GET, path).header("x-api-key", &token);
        assert!(
            took(ask.header("x-server-timing", "1").send().await.header("server-timing")),
            "{path}"
        );
    }
    for path in ["/verify", "/verify?scope=audio", "/verify/images?timing"] {
        assert_eq!(by_key(&app, path, &token).await.header("server-timing"), "", "{path}");
    }
}
