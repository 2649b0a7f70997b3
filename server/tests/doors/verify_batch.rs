//! `POST /api/verify/batch`.

use crate::app::{Answer, TestApp, text};
use http::Method;
use insta::assert_snapshot;
use serde_json::{Value, json};
use sqlx::PgPool;

async fn ask(app: &TestApp, items: &Value) -> Answer {
    app.ask(Method::POST, "/api/verify/batch").json(&json!({ "items": items })).await
}

fn codes(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{}", answer.shown());
    let json = answer.json();
    let results = json["results"].as_array().expect("results");
    results.iter().map(|result| text(result, "code")).collect()
}

fn unknown() -> String {
    format!("ntk_{}", "A".repeat(43))
}

#[sqlx::test(migrations = "../migrations")]
async fn each_item_has_its_answer_in_its_place(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let team = app.team("platform").await;
    let good = text(&app.token(&team, "import").await, "token");
    let ended = app.token(&team, "ended").await;
    app.post(&format!("/api/tokens/{}/revoke", text(&ended, "id"))).send().await;
    let items = json!([
        { "token": good, "scopes": ["images:read"] },
        { "token": "nonsense" },
        { "token": good, "scopes": ["audio"], "origin": "192.0.2.1" },
        { "token": unknown() },
        { "token": text(&ended, "token") },
    ]);
    let expected = ["valid", "malformed", "scope_denied", "unknown", "revoked"];
    let asked = ask(&app, &items).await;
    assert_eq!(codes(&asked), expected);
    assert_snapshot!(asked.shown());
    // From memory it is the same.
    let _following = app.follow().await;
    assert_eq!(codes(&ask(&app, &items).await), expected);
    assert_eq!(codes(&ask(&app, &json!([])).await), Vec::<String>::new());
}

#[sqlx::test(migrations = "../migrations")]
async fn a_thousand_are_answered_and_no_more(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let good = text(&app.token(&app.team("platform").await, "import").await, "token");
    let mut items = vec![json!({ "token": unknown() }); 999];
    items.push(json!({ "token": good }));
    let told = codes(&ask(&app, &json!(items)).await);
    assert_eq!(told.len(), 1_000);
    assert_eq!((told[0].as_str(), told[999].as_str()), ("unknown", "valid"));
    items.push(json!({ "token": good }));
    assert_eq!(ask(&app, &json!(items)).await.problem(), "422 items_too_many items");
}

#[sqlx::test(migrations = "../migrations")]
async fn an_item_that_breaks_a_rule_is_named(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let good = json!({ "token": "x", "scopes": ["images:read"], "origin": "192.0.2.1" });
    for (item, problem) in [
        (json!({ "token": "x", "scopes": ["a b"] }), "422 scope_invalid items[2].scopes"),
        (json!({ "token": "x", "origin": "here" }), "422 address_invalid items[2].origin"),
        (json!({ "token": 7 }), "400 body_malformed items[2].token"),
        (json!({ "token": "x", "scopes": "a" }), "400 body_malformed items[2].scopes"),
        (json!({ "token": "x", "scopes": [7] }), "400 body_malformed items[2].scopes"),
        (json!({ "scopes": [] }), "400 body_malformed items[2]"),
        (json!({ "token": "x", "colour": "red" }), "400 body_malformed items[2]"),
        (json!(7), "400 body_malformed items[2]"),
    ] {
        let answer = ask(&app, &json!([good, good, item])).await;
        assert_eq!(answer.problem(), problem, "{item}");
    }
    assert_eq!(ask(&app, &json!(7)).await.problem(), "400 body_malformed items");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_limit_counts_each_item(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let good = text(&app.token(&app.team("platform").await, "import").await, "token");
    sqlx::query("UPDATE tokens SET rate_requests = 2, rate_seconds = 60")
        .execute(&app.pool)
        .await
        .expect("limited");
    let _following = app.follow().await;
    let answer = ask(&app, &json!([{ "token": good }, { "token": good }, { "token": good }])).await;
    assert_eq!(codes(&answer), ["valid", "valid", "rate_limited"]);
    assert_eq!(answer.json()["results"][2]["retry_after_seconds"], 30);
}

#[sqlx::test(migrations = "../migrations")]
async fn without_the_database_each_that_cannot_be_told_says_so(pool: PgPool) {
    let app = TestApp::new(pool).await;
    app.pool.close().await;
    let answer = ask(&app, &json!([{ "token": unknown() }, { "token": "nonsense" }])).await;
    assert_eq!(codes(&answer), ["unavailable", "malformed"]);
    assert_eq!(answer.json()["results"][0]["valid"], false);
}
