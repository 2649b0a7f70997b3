//! What is answered while the database has not been heard of.

use crate::app::{Ask, TestApp};
use http::Method;
use sqlx::PgPool;

#[sqlx::test(migrations = "../migrations")]
async fn programs_hear_that_it_is_unavailable(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let router = app.not_open();
    for (method, path) in [
        (Method::GET, "/api/tokens"),
        (Method::POST, "/api/tokens"),
        (Method::GET, "/api/whoami"),
        (Method::POST, "/api/verify/self-revoke"),
        (Method::POST, "/fn/sign_in"),
        (Method::GET, "/api/openapi.json"),
        (Method::GET, "/nothing"),
    ] {
        let answer = Ask::new(&router, method, path).by(&app.key).send().await;
        assert_eq!(answer.problem(), "503 unavailable", "{path}");
        assert_eq!(answer.header("retry-after"), "5");
    }
    assert_eq!(Ask::new(&router, Method::GET, "/healthz").send().await.status, 200);
    let unready = Ask::new(&router, Method::GET, "/readyz").send().await;
    assert_eq!(unready.status, 503);
    assert_eq!(unready.text_of("reason"), "the database was not heard of yet");
}

#[sqlx::test(migrations = "../migrations")]
async fn people_see_a_page_in_their_language(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let router = app.not_open();
    for (language, title) in [
        ("en", "The database does not answer"),
        ("zh-CN", "数据库没有响应"),
        ("zh-TW", "資料庫沒有回應"),
    ] {
        for path in ["/", "/tokens", "/sign-in"] {
            let asked = Ask::new(&router, Method::GET, path)
                .header("accept", "text/html")
                .header("accept-language", language);
            let answer = asked.send().await;
            assert_eq!(answer.status, 503);
            let page = answer.text();
            assert!(page.starts_with("<!DOCTYPE html>") && page.contains(title), "{page}");
            assert!(page.contains(&format!("<html lang=\"{language}\"")), "{page}");
            assert!(page.contains(&format!("<title>{title} · Tokenkeep</title>")), "{page}");
            assert!(!page.contains("<script"), "{page}");
            assert!(answer.header("content-security-policy").contains("style-src 'self'"));
        }
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn its_files_need_nobody_to_be_known(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let session = app.session(&app.owner().await).await;
    let router = app.not_open();
    app.pool.close().await;
    let answer = Ask::new(&router, Method::GET, "/pkg/tokenkeep.js").by(&session).send().await;
    assert_eq!(answer.status, 200);
}
