//! `GET /api/tokens`.

use crate::app::TestApp;
use insta::assert_snapshot;
use sqlx::PgPool;
use time::Duration;

#[sqlx::test(migrations = "../migrations")]
async fn a_page_has_the_newest_first_and_never_a_secret(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let team = app.team("platform").await;
    let mut secrets = Vec::new();
    for name in ["import", "export"] {
        app.pass(Duration::milliseconds(1));
        let made = app.token(&team, name).await;
        secrets.push(crate::app::text(&made, "token"));
    }
    let page = app.get("/api/tokens").send().await;
    assert_snapshot!(page.shown());
    assert!(!secrets.iter().any(|secret| page.text().contains(secret)));
}

#[sqlx::test(migrations = "../migrations")]
async fn an_empty_list_is_a_page_too(pool: PgPool) {
    let app = TestApp::new(pool).await;
    assert_snapshot!(app.get("/api/tokens").send().await.shown());
}

#[sqlx::test(migrations = "../migrations")]
async fn the_cursor_leads_to_the_end(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let team = app.team("platform").await;
    for name in ["a", "b", "c", "d", "e"] {
        app.pass(Duration::milliseconds(1));
        app.token(&team, name).await;
    }
    let mut names = Vec::new();
    let mut path = "/api/tokens?limit=2".to_owned();
    loop {
        let page = app.get(&path).send().await.json();
        names.extend(
            page["items"].as_array().expect("rows").iter().map(|row| crate::app::text(row, "name")),
        );
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/api/tokens?limit=2&cursor={cursor}");
    }
    assert_eq!(names, ["e", "d", "c", "b", "a"]);
}

#[sqlx::test(migrations = "../migrations")]
async fn one_teams_tokens(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (one, other) = (app.team("platform").await, app.team("data").await);
    app.token(&one, "import").await;
    app.token(&other, "export").await;
    let page = app.get(&format!("/api/tokens?team_id={one}")).send().await.json();
    assert_eq!(page["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(page["items"][0]["name"], "import");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_status_is_told_as_of_now(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let team = app.team("platform").await;
    let body =
        serde_json::json!({ "name": "short", "team_id": team, "scopes": ["*"], "expires_days": 1 });
    app.post("/api/tokens").json(&body).await;
    app.pass(Duration::days(1));
    let page = app.get("/api/tokens").send().await.json();
    assert_eq!(page["items"][0]["status"], "expired");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_query_is_judged(pool: PgPool) {
    let app = TestApp::new(pool).await;
    for (query, problem) in [
        ("limit=0", "422 limit_range limit"),
        ("limit=201", "422 limit_range limit"),
        ("limit=-1", "422 limit_range limit"),
        ("limit=9223372036854775807", "422 limit_range limit"),
        ("limit=many", "400 query_malformed"),
        ("limit=", "400 query_malformed"),
        ("cursor=nonsense", "400 cursor_invalid cursor"),
        ("cursor=", "400 cursor_invalid cursor"),
        ("cursor=%00", "400 cursor_invalid cursor"),
        ("cursor=%FF", "400 cursor_invalid cursor"),
        ("team_id=platform", "422 team_unknown team_id"),
        ("colour=red", "400 query_malformed"),
        ("limit=1&limit=2", "400 query_malformed"),
    ] {
        let answer = app.get(&format!("/api/tokens?{query}")).send().await;
        assert_eq!(answer.problem(), problem, "{query}");
    }
}
