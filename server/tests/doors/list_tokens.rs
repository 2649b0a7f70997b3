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
        ("team_id=", "422 team_unknown team_id"),
        ("q=-", "422 search_wordless q"),
        ("q=ntk_aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3a", "422 search_secret q"),
        ("status=gone", "422 status_unknown status"),
        ("status=active,", "422 status_unknown status"),
        ("scope=a%20b", "422 scope_invalid scope"),
        ("expires_days=0", "422 days_range expires_days"),
        ("expires_days=", "422 days_range expires_days"),
        ("expires_days=soon", "422 days_range expires_days"),
        ("unused=ever", "422 days_range unused"),
        ("revealable=", "400 query_malformed revealable"),
        ("revealable=maybe", "400 query_malformed revealable"),
        ("sort=colour", "422 sort_unknown sort"),
        ("limit=1&limit=2", "400 query_malformed"),
    ] {
        for path in ["/api/tokens", "/api/tokens/count"] {
            let answer = app.get(&format!("{path}?{query}")).send().await;
            assert_eq!(answer.problem(), problem, "{path} {query}");
        }
    }
}

fn names(page: &serde_json::Value) -> Vec<String> {
    let rows = page["items"].as_array().expect("rows");
    rows.iter().map(|row| crate::app::text(row, "name")).collect()
}

#[sqlx::test(migrations = "../migrations")]
async fn a_cursor_is_good_for_its_own_list_only_and_leads_back(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let team = app.team("platform").await;
    for name in ["b", "a", "c"] {
        app.token(&team, name).await;
    }
    let first = app.get("/api/tokens?sort=name&limit=2").send().await.json();
    assert_eq!(names(&first), ["a", "b"]);
    assert!(first["previous_cursor"].is_null());
    let next = crate::app::text(&first, "next_cursor");
    let second = app.get(&format!("/api/tokens?sort=name&limit=2&cursor={next}")).send().await;
    let second = second.json();
    assert_eq!(names(&second), ["c"]);
    let back = crate::app::text(&second, "previous_cursor");
    let again = app.get(&format!("/api/tokens?sort=name&limit=2&cursor={back}")).send().await;
    assert_eq!(names(&again.json()), ["a", "b"]);
    for other in ["sort=-name", "sort=expires", "sort=name&revealable=true", "sort=name&q=a"] {
        let answer = app.get(&format!("/api/tokens?{other}&cursor={next}")).send().await;
        assert_eq!(answer.problem(), "400 cursor_invalid cursor", "{other}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_list_is_searched_and_counted(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let team = app.team("platform").await;
    for name in ["billing_import", "billing export", "支付服务"] {
        app.token(&team, name).await;
    }
    for (query, found) in [
        ("q=bill", 2),
        ("q=EXP%20bill", 1),
        ("q=%E6%9C%8D%E5%8A%A1", 1),
        ("q=illing", 0),
        ("status=working", 3),
        ("status=ended", 0),
        ("unused=never&scope=images:read", 3),
        ("expires_days=3650", 0),
        ("revealable=true", 3),
    ] {
        let page = app.get(&format!("/api/tokens?{query}")).send().await.json();
        assert_eq!(names(&page).len(), found, "{query}");
        let count = app.get(&format!("/api/tokens/count?{query}")).send().await.json();
        assert_eq!(count, serde_json::json!({ "count": found, "more": false }), "{query}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_secret_in_the_body_finds_its_token(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let team = app.team("platform").await;
    let made = app.token(&team, "import").await;
    let (id, secret) = (crate::app::text(&made, "id"), crate::app::text(&made, "token"));
    let rotated = app.post(&format!("/api/tokens/{id}/rotate")).json(&serde_json::json!({})).await;
    let renewed = crate::app::text(&rotated.json(), "token");
    for secret in [&secret, &renewed] {
        let body = serde_json::json!({ "token": secret });
        let found = app.post("/api/tokens/find").json(&body).await;
        assert_eq!(crate::app::text(&found.json(), "id"), id);
        assert!(!found.text().contains(secret.as_str()));
    }
    for other in ["ntk_", &format!("{}A", &renewed[..46])] {
        let body = serde_json::json!({ "token": other });
        assert_eq!(app.post("/api/tokens/find").json(&body).await.problem(), "404 not_found");
    }
}
