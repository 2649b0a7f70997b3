//! `GET` and `POST /api/teams`.

use crate::app::TestApp;
use insta::assert_snapshot;
use serde_json::json;
use sqlx::PgPool;
use time::Duration;

#[sqlx::test(migrations = "../migrations")]
async fn a_team_needs_a_name(pool: PgPool) {
    let app = TestApp::new(pool).await;
    assert_snapshot!(app.post("/api/teams").json(&json!({ "name": " platform " })).await.shown());
}

#[sqlx::test(migrations = "../migrations")]
async fn teams_are_listed_newest_first(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let body = json!({ "name": "platform", "description": "Builds", "reveal_allowed": true });
    let team = app.post("/api/teams").json(&body).await.text_of("id");
    app.token(&team, "import").await;
    app.pass(Duration::milliseconds(1));
    app.post("/api/teams").json(&json!({ "name": "data" })).await;
    assert_snapshot!(app.get("/api/teams").send().await.shown());
    let first = app.get("/api/teams?limit=1").send().await.json();
    let cursor = crate::app::text(&first, "next_cursor");
    let last = app.get(&format!("/api/teams?limit=1&cursor={cursor}")).send().await.json();
    assert_eq!(last["items"][0]["name"], "platform");
    assert!(last["next_cursor"].is_null());
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_wrong_is_named(pool: PgPool) {
    let app = TestApp::new(pool).await;
    app.post("/api/teams").json(&json!({ "name": "platform" })).await;
    for (body, problem) in [
        (json!({ "name": "PLATFORM" }), "409 name_taken name"),
        (json!({}), "422 empty name"),
        (json!({ "name": "x".repeat(256) }), "422 too_long name"),
        (json!({ "name": "a\u{0}b" }), "422 control_character name"),
        (json!({ "name": "a", "description": "x".repeat(501) }), "422 too_long description"),
        (json!({ "name": "a", "reveal_allowed": "yes" }), "400 body_malformed reveal_allowed"),
        (json!({ "name": "a", "colour": "red" }), "400 body_malformed"),
    ] {
        assert_eq!(app.post("/api/teams").json(&body).await.problem(), problem, "{body}");
    }
    for (query, problem) in [
        ("limit=0", "422 limit_range limit"),
        ("cursor=nonsense", "400 cursor_invalid cursor"),
        ("team_id=x", "400 query_malformed"),
    ] {
        assert_eq!(
            app.get(&format!("/api/teams?{query}")).send().await.problem(),
            problem,
            "{query}"
        );
    }
}
