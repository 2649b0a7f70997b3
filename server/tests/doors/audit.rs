//! `GET /api/audit`.

use crate::app::{TestApp, text};
use insta::assert_snapshot;
use sqlx::PgPool;

#[sqlx::test(migrations = "../migrations")]
async fn the_log_says_who_did_what(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let made = app.token(&app.team("platform").await, "import").await;
    let ended = app.post(&format!("/api/tokens/{}/revoke", text(&made, "id"))).send().await;
    let log = app.get("/api/audit").send().await;
    assert_snapshot!(log.shown());
    assert_eq!(log.json()["items"][0]["request_id"], ended.header("x-request-id"));
}

#[sqlx::test(migrations = "../migrations")]
async fn the_log_has_pages(pool: PgPool) {
    let app = TestApp::new(pool).await;
    app.team("platform").await;
    let first = app.get("/api/audit?limit=1").send().await.json();
    let last = app
        .get(&format!("/api/audit?limit=1&cursor={}", text(&first, "next_cursor")))
        .send()
        .await
        .json();
    assert_eq!(
        (&first["items"][0]["action"], &last["items"][0]["action"]),
        (&"team_created".into(), &"key_created".into())
    );
    assert!(last["next_cursor"].is_null());
    for (query, problem) in [
        ("cursor=nonsense", "400 cursor_invalid cursor"),
        ("cursor=99999999999999999999", "400 cursor_invalid cursor"),
        ("limit=0", "422 limit_range limit"),
        ("colour=red", "400 query_malformed"),
    ] {
        assert_eq!(
            app.get(&format!("/api/audit?{query}")).send().await.problem(),
            problem,
            "{query}"
        );
    }
}
