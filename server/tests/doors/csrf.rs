//! Requests from other sites: unsafe methods need the same origin, or no browser at all.

use crate::app::{ORIGIN, TestApp, Who};
use http::Method;
use insta::assert_snapshot;
use serde_json::json;
use sqlx::PgPool;

async fn post(
    app: &TestApp,
    who: &Who,
    headers: &[(&'static str, &str)],
    name: &str,
) -> crate::app::Answer {
    let mut ask = app.ask(Method::POST, "/api/teams").by(who).header("host", "tokens.example.com");
    for (name, value) in headers {
        ask = ask.header(name, value);
    }
    ask.json(&json!({ "name": name })).await
}

#[sqlx::test(migrations = "../migrations")]
async fn another_site_is_refused(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let owner = app.owner().await;
    let session = app.session(&owner).await;
    for headers in [
        [("sec-fetch-site", "cross-site")].as_slice(),
        &[("sec-fetch-site", "same-site")],
        &[("origin", "http://evil.example.com")],
        &[("origin", "null")],
        &[("origin", "http://tokens.example.com.evil.example.com")],
        &[("sec-fetch-site", "cross-site"), ("origin", "http://evil.example.com")],
    ] {
        let answer = post(&app, &session, headers, "platform").await;
        assert_eq!(answer.problem(), "403 origin_refused", "{headers:?}");
    }
    let teams = app.get("/api/teams").send().await.json();
    assert_eq!(teams["items"], json!([]));
    assert_snapshot!(
        post(&app, &session, &[("sec-fetch-site", "cross-site")], "platform").await.shown()
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn our_own_pages_and_programs_may(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let owner = app.owner().await;
    let session = app.session(&owner).await;
    for (number, headers) in [
        [].as_slice(),
        &[("sec-fetch-site", "same-origin")],
        &[("sec-fetch-site", "none")],
        &[("origin", ORIGIN)],
        &[("sec-fetch-site", "same-origin"), ("origin", ORIGIN)],
    ]
    .into_iter()
    .enumerate()
    {
        let answer = post(&app, &session, headers, &format!("team {number}")).await;
        assert_eq!(answer.status, 201, "{headers:?}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn looking_is_allowed_from_everywhere(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let answer = app.get("/api/teams").header("sec-fetch-site", "cross-site").send().await;
    assert_eq!(answer.status, 200);
}

#[sqlx::test(migrations = "../migrations")]
async fn no_other_site_reads_an_answer(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let answer = app.get("/api/teams").header("origin", "http://evil.example.com").send().await;
    assert!(!answer.headers.contains_key("access-control-allow-origin"));
    let preflight = app
        .ask(Method::OPTIONS, "/api/teams")
        .header("origin", "http://evil.example.com")
        .header("access-control-request-method", "POST")
        .send()
        .await;
    assert!(!preflight.headers.contains_key("access-control-allow-origin"));
}
