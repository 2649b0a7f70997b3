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
async fn the_log_tells_of_one_subject(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let team = app.team("platform").await;
    let made = app.token(&team, "import").await;
    app.token(&team, "export").await;
    let id = text(&made, "id");
    app.post(&format!("/api/tokens/{id}/revoke")).send().await;
    let query = format!("/api/audit?subject_kind=token&subject_id={id}&limit=1");
    let first = app.get(&query).send().await.json();
    let next = text(&first, "next_cursor");
    let last = app.get(&format!("{query}&cursor={next}")).send().await.json();
    let lines = [&first, &last].map(|page| {
        let items = page["items"].as_array().expect("items");
        items.iter().map(|line| (text(line, "action"), text(line, "subject"))).collect::<Vec<_>>()
    });
    let line = |action: &str| (action.to_owned(), "import".to_owned());
    assert_eq!(lines.concat(), [line("token_revoked"), line("token_created")]);
    assert!(last["next_cursor"].is_null());
    // Of what there never was nothing is told.
    let none = "/api/audit?subject_kind=mirror&subject_id=nowhere";
    assert_eq!(app.get(none).send().await.json()["items"], serde_json::json!([]));
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
        ("subject_kind=token", "400 query_malformed subject_id"),
        ("subject_id=import", "400 query_malformed subject_kind"),
        ("subject_kind=colour&subject_id=red", "422 subject_unknown subject_kind"),
        ("subject_kind=token&subject_id=import", "422 subject_unknown subject_id"),
        ("subject_kind=token&subject_id=", "422 subject_unknown subject_id"),
        ("subject_kind=mirror&subject_id=%00", "422 control_character subject_id"),
        ("subject_kind=token&subject_kind=team", "400 query_malformed"),
        ("colour=red", "400 query_malformed"),
    ] {
        assert_eq!(
            app.get(&format!("/api/audit?{query}")).send().await.problem(),
            problem,
            "{query}"
        );
    }
}
