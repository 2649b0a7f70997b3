//! `GET /api/openapi.json` and `GET /api/docs`.

use crate::app::TestApp;
use http::Method;
use sqlx::PgPool;

#[sqlx::test(migrations = "../migrations")]
async fn the_committed_document_is_served_to_everybody(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let served = app.ask(Method::GET, "/api/openapi.json").send().await;
    let committed = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json"))
        .expect("docs/openapi.json");
    let committed: serde_json::Value = serde_json::from_slice(&committed).expect("JSON");
    assert_eq!(served.header("content-type"), "application/json");
    assert!(served.json() == committed, "docs/openapi.json is old: run make openapi");
}

#[sqlx::test(migrations = "../migrations")]
async fn the_page_shows_every_operation(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let page = app.ask(Method::GET, "/api/docs").send().await;
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(!page.text().contains("<script"));
    let document = app.ask(Method::GET, "/api/openapi.json").send().await.json();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for method in methods.as_object().expect("methods").keys() {
            let title = format!("<b>{}</b> <code>{path}</code>", method.to_uppercase());
            assert!(page.text().contains(&title), "{title}");
        }
    }
}
