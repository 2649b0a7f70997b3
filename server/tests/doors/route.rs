//! `/api/routes`.

use crate::app::{TestApp, text};
use http::Method;
use insta::assert_snapshot;
use serde_json::{Value, json};
use sqlx::PgPool;

const SECRET: &str = "sk-canary-0123456789";

fn body() -> Value {
    json!({
        "name": "images",
        "path": "/api/image/",
        "backend_url": "https://Images.example/v1/",
        "description": "What draws",
        "tags": ["media", "llm"],
        "auth": { "type": "api-key", "header_name": "X-Key", "key": SECRET },
        "deliver_secret": true,
    })
}

async fn made(app: &TestApp, body: &Value) -> Value {
    let answer = app.post("/api/routes").json(body).await;
    assert_eq!(answer.status, 201);
    let made = answer.json();
    assert_eq!(answer.header("location"), format!("/api/routes/{}", text(&made, "id")));
    made
}

#[sqlx::test(migrations = "../migrations")]
async fn everything_can_be_said_and_the_secret_is_not_said_again(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let answer = app.post("/api/routes").json(&body()).await;
    let shown = answer.shown().replace(&answer.text_of("id"), "[id]");
    assert!(!shown.contains(SECRET));
    assert_snapshot!(shown);
}

#[sqlx::test(migrations = "../migrations")]
async fn routes_are_listed_by_path_with_their_places(pool: PgPool) {
    let app = TestApp::new(pool).await;
    for path in ["/api/image/admin", "/api", "/api/image", "/Z"] {
        made(&app, &json!({ "path": path, "backend_url": "http://10.0.0.7" })).await;
    }
    let list = app.get("/api/routes").send().await.json();
    let told = |route: &Value| format!("{} {} {}", route["path"], route["below"], route["above"]);
    let told: Vec<_> = list["items"].as_array().expect("a list").iter().map(told).collect();
    assert_eq!(
        told,
        [
            r#""/Z" null []"#,
            r#""/api" null ["/api/image","/api/image/admin"]"#,
            r#""/api/image" "/api" ["/api/image/admin"]"#,
            r#""/api/image/admin" "/api/image" []"#,
        ]
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_absent_stays_as_it_is(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let route = made(&app, &body()).await;
    let path = format!("/api/routes/{}", text(&route, "id"));
    let patch = async |body: Value| app.ask(Method::PATCH, &path).by(&app.key).json(&body).await;
    let changed =
        patch(json!({ "name": "", "scopes": ["images:read"], "version": 1 })).await.json();
    assert_eq!((&changed["name"], &changed["version"]), (&Value::Null, &json!(2)));
    for field in ["path", "backend_url", "tags", "auth", "deliver_secret", "description"] {
        assert_eq!(changed[field], route[field], "{field}");
    }
    assert_eq!(patch(json!({ "version": 1 })).await.problem(), "409 route_changed");
    // Another name for the header keeps the key; another kind does not.
    let other = json!({ "auth": { "type": "api-key", "header_name": "X-Other" } });
    assert_eq!(patch(other).await.json()["auth"]["has_secret"], true);
    let gone = patch(json!({ "remove_secret": true })).await.json();
    assert_eq!(
        (&gone["auth"]["has_secret"], &gone["deliver_secret"]),
        (&json!(false), &json!(false))
    );
    assert_eq!(
        patch(json!({ "deliver_secret": true })).await.problem(),
        "422 secret_missing deliver_secret"
    );

    assert_eq!(app.ask(Method::DELETE, &path).by(&app.key).send().await.status, 204);
    assert_eq!(app.get(&path).send().await.problem(), "404 not_found");
    assert_eq!(app.ask(Method::DELETE, &path).by(&app.key).send().await.problem(), "404 not_found");
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_wrong_is_named(pool: PgPool) {
    let app = TestApp::new(pool).await;
    made(&app, &body()).await;
    let many: Vec<_> = (0..21).map(|n| n.to_string()).collect();
    for (wrong, problem) in [
        (json!({ "path": "/api/image" }), "409 path_taken path"),
        (json!({ "path": "" }), "422 empty path"),
        (json!({ "path": "api" }), "422 path_invalid path"),
        (json!({ "path": "/api/../x" }), "422 path_invalid path"),
        (json!({ "path": "/a%2fb" }), "422 path_invalid path"),
        (json!({ "path": format!("/{}", "a".repeat(255)) }), "422 too_long path"),
        (json!({ "backend_url": "images.example" }), "422 url_invalid backend_url"),
        (json!({ "backend_url": "https://u:p@images.example" }), "422 url_invalid backend_url"),
        (json!({ "backend_url": "https://images.example/#x" }), "422 url_invalid backend_url"),
        (json!({ "tags": ["a b"] }), "422 tag_invalid tags"),
        (json!({ "tags": many }), "422 tags_too_many tags"),
        (json!({ "scopes": ["No!"] }), "422 scope_invalid scopes"),
        (json!({ "name": "a\u{0}" }), "422 control_character name"),
        (json!({ "auth": { "type": "digest" } }), "422 auth_invalid auth"),
        (json!({ "auth": { "type": "api-key" } }), "422 empty header_name"),
        (
            json!({ "auth": { "type": "api-key", "header_name": "Host" } }),
            "422 header_invalid header_name",
        ),
        (json!({ "auth": { "type": "bearer", "token": "a\r\nX: y" } }), "422 secret_invalid token"),
        (json!({ "auth": { "type": "basic", "username": "ada" } }), "422 empty password"),
        (
            json!({ "auth": { "type": "bearer" }, "deliver_secret": true }),
            "422 secret_missing deliver_secret",
        ),
        (json!({ "path": 7 }), "400 body_malformed path"),
        (json!({ "colour": "red" }), "400 body_malformed"),
    ] {
        let mut asked = json!({ "path": "/other", "backend_url": "https://images.example" });
        let fields = wrong.as_object().expect("fields").clone();
        asked.as_object_mut().expect("an object").extend(fields);
        assert_eq!(app.post("/api/routes").json(&asked).await.problem(), problem, "{wrong}");
    }
    for id in ["nonsense", "00000000-0000-0000-0000-000000000000"] {
        let answer = app.get(&format!("/api/routes/{id}")).send().await;
        assert_eq!(answer.problem(), "404 not_found");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_request_is_tried(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let route =
        made(&app, &json!({ "path": "/api/image", "backend_url": "http://10.0.0.7" })).await;
    let token = app.token(&app.team("platform").await, "import").await;
    let tried = app.post("/api/routes/test");
    let body = json!({ "path": "/api/image/x", "token": text(&token, "token") });
    let tried = tried.json(&body).await.json();
    assert_eq!(tried["route"]["id"], route["id"]);
    assert_eq!((&tried["allowed"], &tried["why"]), (&json!(false), &json!("scope_denied")));
    for (body, why) in [
        (json!({ "path": "/api/image", "scopes": ["image"] }), "resource"),
        (json!({ "path": "/api/imagezzz", "scopes": ["*"] }), "route_missing"),
        (json!({ "path": "/api/../x", "scopes": ["*"] }), "path_unreadable"),
        (json!({ "path": "/api/image", "token": "nonsense" }), "malformed"),
    ] {
        assert_eq!(app.post("/api/routes/test").json(&body).await.text_of("why"), why, "{body}");
    }
    for (body, problem) in [
        (json!({ "path": "/a" }), "422 empty token"),
        (json!({ "path": "/a", "scopes": [] }), "422 scopes_empty scopes"),
        (json!({ "path": "/a", "token": "a", "scopes": ["*"] }), "400 body_malformed scopes"),
        (json!({ "path": "/a", "token": "a", "origin": "x" }), "422 address_invalid origin"),
    ] {
        assert_eq!(app.post("/api/routes/test").json(&body).await.problem(), problem, "{body}");
    }
}
