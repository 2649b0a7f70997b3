//! `POST /api/tokens/{id}/revoke`.

use crate::app::{TestApp, text};
use insta::assert_snapshot;
use serde_json::json;
use service::verify::Following;
use sqlx::PgPool;
use time::Duration;

#[sqlx::test(migrations = "../migrations")]
async fn a_token_is_ended_and_stays_in_the_list(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let made = app.token(&app.team("platform").await, "import").await;
    app.pass(Duration::minutes(5));
    let path = format!("/api/tokens/{}/revoke", text(&made, "id"));
    assert_snapshot!(app.post(&path).send().await.shown());
    assert_eq!(app.post(&path).send().await.problem(), "409 already_ended");
    let page = app.get("/api/tokens").send().await.json();
    assert_eq!(page["items"][0]["status"], "revoked");
    let verdict = app.post("/api/verify").json(&json!({ "token": text(&made, "token") })).await;
    assert_eq!(verdict.text_of("code"), "revoked");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_reason_may_be_said(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let made = app.token(&app.team("platform").await, "import").await;
    let path = format!("/api/tokens/{}/revoke", text(&made, "id"));
    assert_eq!(app.post(&path).raw_json("{nonsense").await.problem(), "400 body_malformed");
    for (body, problem) in [
        (json!({ "reason": "boredom" }), "422 reason_invalid reason"),
        (json!({ "reason": 7 }), "400 body_malformed reason"),
        (json!({ "note": "a\nb" }), "422 control_character note"),
        (json!({ "why": "leaked" }), "400 body_malformed"),
    ] {
        assert_eq!(app.post(&path).json(&body).await.problem(), problem);
    }
    let body = json!({ "reason": "leaked", "note": "in a log" });
    let ended = app.post(&path).json(&body).await.json();
    assert_eq!(
        (&ended["revoke_reason"], &ended["revoke_note"]),
        (&json!("leaked"), &json!("in a log"))
    );
    let log = app.get("/api/audit").send().await.json();
    assert_eq!(log["items"][0]["detail"]["reason"], "leaked");
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_protected_stays(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let made = app.token(&app.team("platform").await, "import").await;
    let path = format!("/api/tokens/{}", text(&made, "id"));
    let protect = async |on: bool| {
        let ask = app.ask(http::Method::PATCH, &path).by(&app.key).header("if-match", "*");
        ask.json(&json!({ "protected": on })).await.json()
    };
    assert_eq!(protect(true).await["protected"], true);
    let revoke = format!("{path}/revoke");
    assert_eq!(app.post(&revoke).send().await.problem(), "409 token_protected");
    assert_eq!(protect(false).await["protected"], false);
    assert_eq!(app.post(&revoke).send().await.status, 200);
}

#[sqlx::test(migrations = "../migrations")]
async fn what_there_is_not(pool: PgPool) {
    let app = TestApp::new(pool).await;
    for id in ["00000000-0000-0000-0000-000000000000", "nonsense"] {
        assert_eq!(
            app.post(&format!("/api/tokens/{id}/revoke")).send().await.problem(),
            "404 not_found"
        );
    }
}

/// The other end of the connection to the database, without its loop: a test says when it looks.
async fn followed(app: &TestApp) -> Following {
    let mut following = Following::new(app.service.clone(), "tokens-1");
    following.turn().await.expect("loaded");
    following
}

#[sqlx::test(migrations = "../migrations")]
async fn the_receipt_says_who_refuses_it(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let made = app.token(&app.team("platform").await, "import").await;
    let mut following = followed(&app).await;
    let path = format!("/api/tokens/{}", text(&made, "id"));
    assert_eq!(app.get(&format!("{path}/receipt")).send().await.problem(), "404 not_found");

    let revoked = app.post(&format!("{path}/revoke")).send().await.json();
    assert_eq!(revoked["status"], "revoked");
    assert_eq!(revoked["receipt"]["refused_by_every_verifier"], false);
    let party = &revoked["receipt"]["parties"][0];
    assert_eq!((&party["kind"], &party["name"]), (&json!("verifier"), &json!("tokens-1")));
    assert_eq!((&party["refuses"], &party["after_ms"]), (&json!(false), &json!(null)));
    assert!(party["may_accept_until"].is_string());

    following.turn().await.expect("a look");
    let receipt = app.get(&format!("{path}/receipt")).send().await.json();
    assert_eq!(receipt["refused_by_every_verifier"], true);
    let party = &receipt["parties"][0];
    assert!(party["refuses"] == true && party["after_ms"].is_i64(), "{receipt}");
    assert_eq!(party["readers_lag_seconds"], 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn the_receipt_says_how_long_a_mirrors_readers_may_lag(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let made = app.token(&app.team("platform").await, "import").await;
    sqlx::query(
        "INSERT INTO mirrors (name, target) VALUES ('files', 'a directory'), ('kv', 'a namespace')",
    )
    .execute(&pool)
    .await
    .expect("two mirrors");
    let revoke = format!("/api/tokens/{}/revoke", text(&made, "id"));
    let revoked = app.post(&revoke).send().await.json();
    let parties = revoked["receipt"]["parties"].as_array().expect("parties").iter();
    let lags: Vec<_> = parties
        .filter(|party| party["kind"] == "mirror")
        .map(|party| (party["name"].clone(), party["readers_lag_seconds"].clone()))
        .collect();
    assert_eq!(lags, [(json!("files"), json!(0)), (json!("kv"), json!(60))]);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_revocation_can_be_waited_for(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let made = app.token(&app.team("platform").await, "import").await;
    let mut following = followed(&app).await;
    let path = format!("/api/tokens/{}/revoke?wait=true", text(&made, "id"));
    let look = async {
        // Nobody has to wait for more than this one look.
        following.wait().await;
        following.turn().await.expect("a look");
    };
    let (answer, ()) = tokio::join!(app.post(&path).send(), look);
    assert_eq!(answer.json()["receipt"]["refused_by_every_verifier"], true);
    let verdict = app.post("/api/verify").json(&json!({ "token": text(&made, "token") })).await;
    assert_eq!(verdict.text_of("code"), "revoked");
    assert_eq!(app.post(&format!("{path}&x=1")).send().await.problem(), "400 query_malformed");
}
