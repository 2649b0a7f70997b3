//! `GET /api/tokens/{id}/origins/proposal` and `POST /api/tokens/{id}/origins/lock`.

use crate::app::{TestApp, text};
use http::Method;
use insta::assert_snapshot;
use serde_json::{Value, json};
use sqlx::PgPool;
use time::Duration;

/// A token that was used from several places, two of them good.
async fn used(app: &TestApp) -> Value {
    let body = json!({ "name": "import", "team_id": app.team("platform").await, "scopes": ["images:read"] });
    let made = app.post("/api/tokens").json(&body).await.json();
    let verify = async |scope: &str, origin: Option<&str>| {
        let body = json!({ "token": text(&made, "token"), "scopes": [scope], "origin": origin });
        app.ask(Method::POST, "/api/verify").json(&body).await
    };
    verify("images:read", Some("192.0.2.7")).await;
    app.pass(Duration::days(3));
    verify("images:read", Some("2001:db8::7")).await;
    verify("audio", Some("203.0.113.9")).await;
    verify("images:read", None).await;
    service::usage::flush(&app.service).await.expect("flushed");
    made
}

fn path(made: &Value, what: &str) -> String {
    format!("/api/tokens/{}/origins/{what}", text(made, "id"))
}

#[sqlx::test(migrations = "../migrations")]
async fn what_was_learned_is_proposed_and_locked_as_it_was_shown(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let made = used(&app).await;
    let proposal = app.get(&path(&made, "proposal")).send().await;
    assert_snapshot!(proposal.shown());
    let proposal = proposal.json();
    let body =
        json!({ "allowed_cidrs": proposal["proposed"], "replaces": proposal["allowed_cidrs"] });
    let locked = app.post(&path(&made, "lock")).json(&body).await.json();
    assert_eq!(locked["allowed_cidrs"], json!(["192.0.2.7/32", "2001:db8::/64"]));
    let again = app.get(&path(&made, "proposal?days=90")).send().await.json();
    assert_eq!((&again["proposal"], &again["days"]), (&json!("fits"), &json!(90)));
    let short = app.get(&path(&made, "proposal?days=1")).send().await.json();
    assert_eq!(short["proposal"], "narrower");
    assert_eq!(short["proposed"], json!(["2001:db8::/64"]));
    assert_eq!(short["networks"][0]["origins"], 0);

    // Somebody else saw it before it was locked.
    let stale = json!({ "allowed_cidrs": ["10.0.0.0/8"], "replaces": [] });
    let stale = app.post(&path(&made, "lock")).json(&stale).await;
    assert_eq!(stale.problem(), "409 networks_changed replaces");
}

#[sqlx::test(migrations = "../migrations")]
async fn what_cannot_be_is_refused(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let made = app.token(&app.team("platform").await, "import").await;
    for (query, problem) in [
        ("days=0", "422 learn_days_range days"),
        ("days=91", "422 learn_days_range days"),
        ("days=many", "400 query_malformed"),
        ("colour=red", "400 query_malformed"),
    ] {
        let answer = app.get(&path(&made, &format!("proposal?{query}"))).send().await;
        assert_eq!(answer.problem(), problem, "{query}");
    }
    for (body, problem) in [
        (json!({ "allowed_cidrs": [], "replaces": [] }), "422 empty allowed_cidrs"),
        (json!({ "allowed_cidrs": ["::/129"], "replaces": [] }), "422 cidr_invalid allowed_cidrs"),
        (
            json!({ "allowed_cidrs": ["::/1"], "replaces": ["nonsense"] }),
            "409 networks_changed replaces",
        ),
        (json!({ "allowed_cidrs": ["::/1"] }), "400 body_malformed"),
    ] {
        assert_eq!(app.post(&path(&made, "lock")).json(&body).await.problem(), problem);
    }
    assert_eq!(app.get("/api/tokens/x/origins/proposal").send().await.problem(), "404 not_found");
    app.post(&format!("/api/tokens/{}/revoke", text(&made, "id"))).send().await;
    let body = json!({ "allowed_cidrs": ["::/1"], "replaces": [] });
    let ended = app.post(&path(&made, "lock")).json(&body).await;
    assert_eq!(ended.problem(), "409 already_ended");
    // What was learned can be looked at still.
    assert_eq!(app.get(&path(&made, "proposal")).send().await.text_of("proposal"), "unknown");
}
