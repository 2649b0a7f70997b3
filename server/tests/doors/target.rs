//! `/api/mirrors`: the targets that people add.

use crate::app::{TestApp, text};
use http::Method;
use insta::assert_snapshot;
use serde_json::{Value, json};
use sqlx::PgPool;

const SECRET: &str = "cf-canary-0123456789";

fn body() -> Value {
    json!({
        "name": "edge",
        "kind": "kv",
        "settings": {
            "account_id": "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a",
            "namespace_id": "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
            "api_base": "http://127.0.0.1:9/client/v4",
            "api_token": SECRET,
        },
    })
}

fn bucket() -> Value {
    let at = "http://127.0.0.1:9";
    json!({ "endpoint": at, "bucket": "mirror", "access_key": "AK", "secret_key": SECRET })
}

#[sqlx::test(migrations = "../migrations")]
async fn a_mirror_is_added_and_its_secret_is_not_said_again(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let answer = app.post("/api/mirrors").json(&body()).await;
    assert_eq!(answer.header("location"), "/api/mirrors/edge");
    let shown = answer.shown();
    assert!(!shown.contains(SECRET));
    assert_snapshot!(shown);
    let listed = app.get("/api/mirrors").send().await.json();
    assert_eq!((&listed[0]["kind"], &listed[0]["set_in"]), (&json!("kv"), &json!("console")));
    assert_eq!(listed[0]["settings"], json!(null));
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_absent_stays_as_it_is(pool: PgPool) {
    let app = TestApp::new(pool).await;
    app.post("/api/mirrors").json(&body()).await;
    let patch = async |body: Value| {
        app.ask(Method::PATCH, "/api/mirrors/edge").by(&app.key).json(&body).await
    };
    let changed = patch(json!({ "version": 1, "settings": { "format": "token-manager" } })).await;
    let settings = changed.json()["settings"].clone();
    assert_eq!(
        (&settings["version"], &settings["secrets"]["api_token"]),
        (&json!(2), &json!(true))
    );
    assert_eq!(settings["values"]["format"], "token-manager");
    assert_eq!(settings["values"]["api_base"], "http://127.0.0.1:9/client/v4");
    let gone = patch(json!({ "settings": { "format": "" } })).await.json();
    assert_eq!(gone["settings"]["values"]["format"], json!(null));

    for (wrong, problem) in [
        (json!({ "version": 1 }), "409 mirror_changed"),
        (json!({ "settings": { "api_base": "" } }), "422 secret_not_kept api_token"),
        (json!({ "settings": { "account_id": "" } }), "422 empty account_id"),
        (json!({ "settings": { "bucket": "mirror" } }), "400 body_malformed bucket"),
        (json!({ "settings": { "colour": "red" } }), "400 body_malformed settings"),
        (json!({ "kind": "s3" }), "400 body_malformed kind"),
    ] {
        assert_eq!(patch(wrong.clone()).await.problem(), problem, "{wrong}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_wrong_is_named(pool: PgPool) {
    let app = TestApp::new(pool).await;
    app.post("/api/mirrors").json(&body()).await;
    let with = |more: Value| {
        let mut settings = bucket();
        settings.as_object_mut().expect("fields").extend(more.as_object().expect("fields").clone());
        json!({ "name": "other", "kind": "s3", "settings": settings })
    };
    let named =
        |name: &str, kind: &str| json!({ "name": name, "kind": kind, "settings": bucket() });
    for (asked, problem) in [
        (body(), "409 name_taken name"),
        (named("", "s3"), "422 empty name"),
        (named("files", "s3"), "422 mirror_name_invalid name"),
        (named("other", "files"), "422 mirror_kind_unknown kind"),
        (named("other", "kv"), "400 body_malformed endpoint"),
        (with(json!({ "bucket": "" })), "422 empty bucket"),
        (with(json!({ "bucket": "x" })), "422 setting_invalid bucket"),
        (with(json!({ "endpoint": "http://a/b" })), "422 url_invalid endpoint"),
        (with(json!({ "endpoint": "http://169.254.169.254" })), "422 address_forbidden endpoint"),
        (with(json!({ "endpoint": "http://2852039166" })), "422 address_forbidden endpoint"),
        (with(json!({ "secret_key": "a b" })), "422 secret_invalid secret_key"),
        (with(json!({ "format": "seed" })), "422 setting_invalid format"),
    ] {
        let answer = app.post("/api/mirrors").json(&asked).await;
        assert_eq!(answer.problem(), problem, "{}", asked["settings"]["endpoint"]);
    }
    let again = json!({ "name": "again", "kind": "kv", "settings": body()["settings"] });
    assert_eq!(app.post("/api/mirrors").json(&again).await.problem(), "409 place_taken");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_probe_says_what_failed(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let asked = json!({ "kind": "s3", "settings": bucket() });
    let told = app.post("/api/mirrors/test").json(&asked).await.json();
    assert_eq!((&told["usable"], &told["failed_step"]), (&json!(false), &json!("write")));
    assert_eq!(text(&told, "error_class"), "transient");
    assert_eq!(text(&told, "target"), "http://127.0.0.1:9/mirror");
    app.post("/api/mirrors").json(&body()).await;
    let told = app.post("/api/mirrors/edge/test").send().await.json();
    assert_eq!((&told["usable"], &told["failed_step"]), (&json!(false), &json!("write")));
    let nothing = app.post("/api/mirrors/nothing/test").send().await;
    assert_eq!(nothing.problem(), "404 not_found");
    let near = json!({ "kind": "git", "settings": { "url": "http://[fe80::1]/a", "username": "a", "token": "b" } });
    let refused = app.post("/api/mirrors/test").json(&near).await;
    assert_eq!(refused.problem(), "422 address_forbidden url");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_mirror_is_deleted_at_once_or_emptied_first(pool: PgPool) {
    let app = TestApp::new(pool).await;
    app.post("/api/mirrors").json(&body()).await;
    let delete = |path: &'static str| app.ask(Method::DELETE, path).by(&app.key).send();
    let emptying = delete("/api/mirrors/edge?empty=true").await;
    assert_eq!(emptying.status, 202);
    assert_eq!(emptying.text_of("emptying_since"), "2026-11-22T10:00:00Z");
    let changed = app.ask(Method::PATCH, "/api/mirrors/edge").by(&app.key).json(&json!({})).await;
    assert_eq!(changed.problem(), "409 mirror_emptying");
    assert_eq!(delete("/api/mirrors/edge").await.status, 204);
    assert_eq!(delete("/api/mirrors/edge").await.problem(), "404 not_found");
    let configured = "INSERT INTO mirrors (name, target) VALUES ('files', '/mirror')";
    sqlx::query(configured).execute(&app.pool).await.expect("a mirror");
    assert_eq!(delete("/api/mirrors/files").await.problem(), "409 mirror_configured");
}

#[sqlx::test(migrations = "../migrations")]
async fn without_an_encryption_key_no_secret_is_kept(pool: PgPool) {
    let app = TestApp::with_keys(pool, None).await;
    let answer = app.post("/api/mirrors").json(&body()).await;
    assert_eq!(answer.problem(), "409 sealing_off api_token");
    assert_eq!(app.get("/api/mirrors").send().await.json(), json!([]));
}
