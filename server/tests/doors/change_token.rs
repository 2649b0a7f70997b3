//! `PATCH /api/tokens/{id}`, and what `If-Match` does for every verb that changes a token.

use crate::app::{Answer, TestApp, text};
use http::Method;
use serde_json::{Value, json};
use sqlx::PgPool;

async fn made(app: &TestApp) -> (String, Answer) {
    let made = app.token(&app.team("platform").await, "import").await;
    let path = format!("/api/tokens/{}", text(&made, "id"));
    let seen = app.get(&path).send().await;
    (path, seen)
}

async fn patch(app: &TestApp, path: &str, tag: &str, body: &Value) -> Answer {
    app.ask(Method::PATCH, path).by(&app.key).header("if-match", tag).json(body).await
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_absent_stays(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (path, seen) = made(&app).await;
    assert_eq!(seen.header("etag"), "\"1\"");
    let body = json!({ "tags": ["Prod", "billing", "prod"] });
    let changed = patch(&app, &path, seen.header("etag"), &body).await;
    assert_eq!((changed.status.as_u16(), changed.header("etag")), (200, "\"2\""));
    let (changed, before) = (changed.json(), seen.json());
    assert_eq!(changed["tags"], json!(["billing", "prod"]));
    assert_eq!((&changed["name"], &changed["version"]), (&before["name"], &json!(2)));
    let body = json!({ "name": "export", "description": "" });
    let changed = patch(&app, &path, "\"2\"", &body).await.json();
    assert_eq!((&changed["name"], &changed["description"]), (&json!("export"), &json!("")));
    assert_eq!(changed["tags"], json!(["billing", "prod"]));
    assert_eq!(app.get(&path).send().await.json(), changed);
}

#[sqlx::test(migrations = "../migrations")]
async fn who_saw_another_state_is_told_what_happened(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (path, _) = made(&app).await;
    let body = json!({ "name": "export" });
    patch(&app, &path, "\"1\"", &body).await;
    let late = patch(&app, &path, "\"1\"", &json!({ "name": "mine" })).await;
    assert_eq!(late.problem(), "412 token_changed");
    let late = late.json();
    let meanwhile = late["meanwhile"].as_array().expect("a list");
    assert_eq!(meanwhile.len(), 1);
    assert_eq!(meanwhile[0]["action"], "token_changed");
    assert_eq!(meanwhile[0]["detail"]["name_before"], "import");
    assert_eq!(meanwhile[0]["detail"]["name_after"], "export");
    assert_eq!(app.get(&path).send().await.text_of("name"), "export");
    // A weak tag may stand for two states, and a tag of somebody else's for none of ours.
    for tag in ["W/\"2\"", "\"abc\"", "2", "\"7\""] {
        let refused = patch(&app, &path, tag, &body).await;
        assert_eq!(refused.problem(), "412 token_changed", "{tag}");
    }
    for tag in ["*", "\"1\", \"2\""] {
        assert_eq!(patch(&app, &path, tag, &body).await.status, 200, "{tag}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn the_state_has_to_be_named(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (path, _) = made(&app).await;
    let blind = app.ask(Method::PATCH, &path).by(&app.key).json(&json!({ "name": "mine" })).await;
    assert_eq!(blind.problem(), "428 if_match_required");
    for (body, problem) in [
        (json!({ "name": " " }), "422 empty name"),
        (json!({ "tags": ["a b"] }), "422 tag_invalid tags"),
        (json!({ "tags": "prod" }), "400 body_malformed tags"),
        (json!({ "scopes": ["*"] }), "400 body_malformed scopes"),
    ] {
        assert_eq!(patch(&app, &path, "*", &body).await.problem(), problem);
    }
    let nothing = patch(&app, "/api/tokens/nonsense", "*", &json!({})).await;
    assert_eq!(nothing.problem(), "404 not_found");
}

#[sqlx::test(migrations = "../migrations")]
async fn every_verb_judges_the_state_where_it_is_named(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (path, _) = made(&app).await;
    patch(&app, &path, "*", &json!({ "name": "export" })).await;
    let conditions =
        json!({ "not_before": null, "allowed_cidrs": [], "rate_limit": null, "uses_limit": null });
    for (verb, body) in [
        ("conditions", conditions),
        ("origins/lock", json!({ "allowed_cidrs": ["10.0.0.0/8"], "replaces": [] })),
        ("scopes/narrow", json!({ "scopes": ["images:read"] })),
        ("rotate", json!({})),
        ("rotate/finish", json!({})),
        ("extend", json!({ "never": true })),
        ("disable", json!({})),
        ("enable", json!({})),
        ("revoke", json!({})),
    ] {
        let late =
            app.post(&format!("{path}/{verb}")).header("if-match", "\"1\"").json(&body).await;
        assert_eq!(late.problem(), "412 token_changed", "{verb}");
        assert_eq!(late.json()["meanwhile"][0]["action"], "token_changed", "{verb}");
    }
    // Without it, as before.
    let off = app.post(&format!("{path}/disable")).send().await;
    assert_eq!((off.status.as_u16(), off.header("etag")), (200, "\"3\""));
    let revoke = app.post(&format!("{path}/revoke")).header("if-match", "\"3\"").send().await;
    assert_eq!((revoke.status.as_u16(), revoke.header("etag")), (200, "\"4\""));
}
