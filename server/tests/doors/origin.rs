//! Where a request comes from, as the audit log, the limit on sign-in attempts and the answers about tokens have it.

use crate::app::{Ask, TestApp, text};
use http::Method;
use serde_json::json;
use sqlx::PgPool;

const PROXY: &str = "10.0.0.1";
const CALLER: &str = "198.51.100.9";

/// A request that the proxy hands on for a caller who says to be somebody else.
fn by_proxy<'a>(ask: Ask<'a>, caller: &str) -> Ask<'a> {
    ask.from(PROXY).header("x-forwarded-for", &format!("203.0.113.1, {caller}"))
}

async fn logged_origin(app: &TestApp) -> String {
    app.get("/api/audit").send().await.json()["items"][0]["origin"].to_string()
}

#[sqlx::test(migrations = "../migrations")]
async fn the_audit_log_has_the_caller_and_not_the_proxy(pool: PgPool) {
    let app = TestApp::new(pool).await.behind(PROXY);
    by_proxy(app.post("/api/teams"), CALLER).json(&json!({ "name": "one" })).await;
    assert_eq!(logged_origin(&app).await, format!("\"{CALLER}\""));
    // Whoever reaches the server past the proxy is who they are.
    let direct = app.post("/api/teams").from("192.0.2.7").header("x-forwarded-for", CALLER);
    direct.json(&json!({ "name": "two" })).await;
    assert_eq!(logged_origin(&app).await, "\"192.0.2.7\"");
}

#[sqlx::test(migrations = "../migrations")]
async fn without_the_setting_nobody_is_believed(pool: PgPool) {
    let app = TestApp::new(pool).await;
    by_proxy(app.post("/api/teams"), CALLER).json(&json!({ "name": "one" })).await;
    assert_eq!(logged_origin(&app).await, format!("\"{PROXY}\""));
}

#[sqlx::test(migrations = "../migrations")]
async fn each_caller_behind_the_proxy_has_attempts_of_their_own(pool: PgPool) {
    let app = TestApp::new(pool).await.behind(PROXY);
    let attempt = async |caller: &str, account: usize| {
        let form = format!("email=somebody{account}%40example.com&password=wrong+password+here");
        let ask = app.ask(Method::POST, "/fn/sign_in").header("accept", "application/json");
        let answer = by_proxy(ask.header("origin", crate::app::ORIGIN), caller).form(&form).await;
        answer.text_of("code")
    };
    // Each three seconds give one attempt back: on a slow machine there are more than twenty.
    let mut tried = 0;
    let refused = loop {
        let answer = attempt(CALLER, tried).await;
        if answer != "credentials_wrong" || tried > 200 {
            break answer;
        }
        tried += 1;
    };
    assert_eq!(refused, "too_many_attempts");
    assert!(tried >= 20, "{tried}");
    assert_eq!(attempt("198.51.100.10", 201).await, "credentials_wrong");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_list_of_networks_is_not_passed_by_what_a_caller_says(pool: PgPool) {
    let app = TestApp::new(pool).await.behind(PROXY);
    let token = text(&app.token(&app.team("platform").await, "import").await, "token");
    sqlx::query("UPDATE tokens SET allowed_cidrs = '{203.0.113.0/24}'")
        .execute(&app.pool)
        .await
        .expect("bound");
    let ask = |caller: &str| {
        by_proxy(app.ask(Method::GET, "/verify").header("x-api-key", &token), caller).send()
    };
    let answer = ask(CALLER).await;
    assert_eq!((answer.status.as_u16(), answer.header("x-verify-code")), (403, "origin_denied"));
    assert_eq!(ask("unknown").await.status, 403);
    assert_eq!(ask("203.0.113.77").await.status, 204);
}
