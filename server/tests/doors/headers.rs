//! Headers that every answer has.

use crate::app::TestApp;
use http::Method;
use sqlx::PgPool;

#[sqlx::test(migrations = "../migrations")]
async fn every_answer_is_guarded(pool: PgPool) {
    let app = TestApp::new(pool).await;
    for path in [
        "/api/tokens",
        "/api/nothing",
        "/healthz",
        "/verify",
        "/api/docs",
        "/sign-in",
        "/pkg/tokenkeep.js",
    ] {
        let answer = app.get(path).header("accept", "text/html").send().await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        let policy = answer.header("content-security-policy");
        for part in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert_eq!(answer.headers.get_all("content-security-policy").iter().count(), 1, "{path}");
        assert!(!policy.contains("unsafe-inline"), "{path}: {policy}");
        let cache = if path.starts_with("/pkg/") { "no-cache" } else { "no-store" };
        assert_eq!(answer.header("cache-control"), cache, "{path}");
        assert!(!answer.headers.contains_key("server"), "{path}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_page_has_a_nonce_of_its_own(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let nonce = async || {
        let page = app.ask(Method::GET, "/sign-in").header("accept", "text/html").send().await;
        let policy = page.header("content-security-policy").to_owned();
        let nonce = policy
            .split("'nonce-")
            .nth(1)
            .and_then(|rest| rest.split('\'').next())
            .expect("a nonce")
            .to_owned();
        for script in page.text().split("<script").skip(1) {
            assert!(script.contains(&format!("nonce=\"{nonce}\"")), "<script{script}");
        }
        nonce
    };
    assert_ne!(nonce().await, nonce().await);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_large_answer_is_compressed(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let answer =
        app.ask(Method::GET, "/api/openapi.json").header("accept-encoding", "br").send().await;
    assert_eq!(answer.header("content-encoding"), "br");
    let small = app.ask(Method::GET, "/healthz").header("accept-encoding", "br").send().await;
    assert_eq!(small.header("content-encoding"), "");
}
