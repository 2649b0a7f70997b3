//! `GET /verify`, the form for reverse proxies: 204, 401 or 403, whatever happens.

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
