//! `/api/mirrors`, and where a token is.

use crate::app::{TestApp, text};
use insta::assert_snapshot;
use serde_json::json;
use sqlx::PgPool;

const PATH: &str = "/api/mirrors/files";

/// Does to the database what a run does.
async fn sql(app: &TestApp, statement: &'static str) {
    sqlx::raw_sql(statement).execute(&app.pool).await.expect(statement);
}

/// An app with a mirror that has seen nothing yet.
async fn with_mirror(pool: PgPool) -> TestApp {
    let app = TestApp::new(pool).await;
    sql(&app, "INSERT INTO mirrors (name, target) VALUES ('files', '/mirror')").await;
    app
}

#[sqlx::test(migrations = "../migrations")]
async fn mirrors_are_listed_and_each_is_told_with_what_it_did(pool: PgPool) {
    let app = TestApp::new(pool).await;
    assert_eq!(app.get("/api/mirrors").send().await.json(), json!([]));
    let made = app.token(&app.team("platform").await, "import").await;
    sql(&app, "INSERT INTO mirrors (name, target, seen) VALUES ('files', '/mirror', pg_current_snapshot())").await;
    app.post(&format!("/api/tokens/{}/revoke", text(&made, "id"))).send().await;
    sql(&app, "
        UPDATE revocations SET revoked_at = '2026-11-22 10:00Z';
        UPDATE mirrors SET objects = 7, failures = 6, failing_since = '2026-11-22 09:00Z', last_run_at = '2026-11-22 09:50Z',
            error_class = 'denied', error = 'permission denied', observed_at = '2026-11-22 08:00Z', missing = 1, altered = 2, others = 3,
            foreign_total = 4, foreign_ended = 1, foreign_some = '{01010101,02020202}',
            foreign_digest = decode(repeat('0a', 32), 'hex'), adopt_total = 4, adopt_done = 3, adopt_taken = 2,
            foreign_routes = '[{\"path\":\"/api/image\",\"code\":null},{\"path\":\"/video\",\"code\":\"path_overlaps\"}]', planned_at = '2026-11-22 07:00Z',
            plan = '{\"missing\":1,\"altered\":0,\"others\":0,\"foreign\":2,\"foreign_some\":[\"01010101\"],\"ended\":3,\"gone\":4,\"unchanged\":5,\"some\":[\"+ 0a0b0c0d\"]}';
        INSERT INTO mirror_runs (mirror, kind, began_at, ended_at, put, deleted, calls, bytes, error_class, error) VALUES
            ('files', 'whole', '2026-11-22 08:00Z', '2026-11-22 08:00:01Z', 1, 2, 3, 4, NULL, NULL),
            ('files', 'changes', '2026-11-22 09:50Z', '2026-11-22 09:50:00.25Z', 0, 0, 1, 0, 'denied', 'permission denied')").await;
    assert_snapshot!(app.get(PATH).send().await.shown());
    let listed = app.get("/api/mirrors").send().await.json();
    assert_eq!(
        (&listed[0]["may_still_accept"], &listed[0]["foreign_waiting"]),
        (&json!(1), &json!(3))
    );
    assert_eq!(listed[0]["runs"], json!(null));
    assert_eq!(app.get("/api/mirrors/nowhere").send().await.problem(), "404 not_found");
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_asked_for_is_told_until_it_is_done(pool: PgPool) {
    let app = with_mirror(pool).await;
    for (verb, asked) in [("push", "look"), ("plan", "plan"), ("adopt", "adopt")] {
        let answer = app.post(&format!("{PATH}/{verb}")).send().await;
        assert_eq!((answer.status.as_u16(), answer.text_of("asked")), (202, asked.to_owned()));
        let nowhere = app.post(&format!("/api/mirrors/nowhere/{verb}")).send().await;
        assert_eq!(nowhere.problem(), "404 not_found");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_mirror_is_paused_and_resumed(pool: PgPool) {
    let app = with_mirror(pool).await;
    for _ in 0..2 {
        let paused = app.post(&format!("{PATH}/pause")).send().await;
        assert_eq!((paused.status.as_u16(), paused.text_of("status")), (200, "paused".to_owned()));
        assert_eq!(paused.text_of("paused_at"), "2026-11-22T10:00:00Z");
    }
    for verb in ["push", "plan", "adopt"] {
        let refused = app.post(&format!("{PATH}/{verb}")).send().await;
        assert_eq!(refused.problem(), "409 mirror_paused");
    }
    let resumed = app.post(&format!("{PATH}/resume")).send().await;
    assert_eq!((resumed.status.as_u16(), resumed.text_of("status")), (200, "behind".to_owned()));
}

#[sqlx::test(migrations = "../migrations")]
async fn what_waits_for_a_person_is_let_go_once(pool: PgPool) {
    let app = with_mirror(pool).await;
    for verb in ["release", "delete-foreign"] {
        let none = app.post(&format!("{PATH}/{verb}")).send().await;
        assert_eq!(none.problem(), "409 not_held", "{verb}");
    }
    sql(&app, "UPDATE mirrors SET held_deletes = 12, held_digest = decode(repeat('0a', 32), 'hex'), foreign_total = 3,
        foreign_digest = decode(repeat('0b', 32), 'hex'), last_ok_at = now()").await;
    let shown = app.get(PATH).send().await;
    assert_eq!(shown.text_of("status"), "held");
    let (held, foreign) = (shown.text_of("held_digest"), shown.text_of("foreign_digest"));
    // What was shown is what is confirmed.
    for verb in ["release", "delete-foreign"] {
        for digest in [String::new(), "?digest=".to_owned(), format!("?digest={}", "0c".repeat(32))]
        {
            let refused = app.post(&format!("{PATH}/{verb}{digest}")).send().await;
            assert_eq!(refused.problem(), "409 list_changed", "{verb}{digest}");
        }
    }
    let released = app.post(&format!("{PATH}/release?digest={held}")).send().await;
    assert_eq!(
        (released.status.as_u16(), released.json()["held_deletes"].clone()),
        (202, json!(0))
    );
    let ended = app.post(&format!("{PATH}/delete-foreign?digest={foreign}")).send().await;
    assert_eq!((ended.status.as_u16(), ended.json()["foreign_waiting"].clone()), (202, json!(0)));
}

#[sqlx::test(migrations = "../migrations")]
async fn where_a_token_is_and_since_when(pool: PgPool) {
    let app = with_mirror(pool).await;
    let made = app.token(&app.team("platform").await, "import").await;
    let path = format!("/api/tokens/{}", text(&made, "id"));
    let told = async || {
        let told = app.get(&format!("{path}/mirrors")).send().await.json();
        (text(&told[0], "presence"), told[0]["since"].clone())
    };
    let at = json!("2026-11-22T10:00:00Z");
    assert_eq!(told().await, ("coming".to_owned(), at.clone()));

    sql(
        &app,
        "UPDATE mirrors SET seen = pg_current_snapshot(), last_ok_at = '2026-11-22 10:00:02Z';
        INSERT INTO mirror_runs (mirror, kind, began_at, ended_at, put, deleted, calls, bytes)
        VALUES ('files', 'changes', '2026-11-22 10:00Z', '2026-11-22 10:00:01Z', 1, 0, 1, 1)",
    )
    .await;
    assert_eq!(told().await, ("holds".to_owned(), json!("2026-11-22T10:00:01Z")));

    app.pass(time::Duration::MINUTE);
    app.post(&format!("{path}/revoke")).send().await;
    assert_eq!(told().await, ("may_accept".to_owned(), json!("2026-11-22T10:01:00Z")));
    sql(&app, "UPDATE mirrors SET seen = pg_current_snapshot()").await;
    assert_eq!(told().await, ("absent".to_owned(), json!(null)));
    let nothing = "/api/tokens/00000000-0000-0000-0000-000000000000/mirrors";
    assert_eq!(app.get(nothing).send().await.problem(), "404 not_found");
}
