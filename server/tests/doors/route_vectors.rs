//! The vectors of `crates/domain/vectors/routes.json`, through the tester.

use crate::app::TestApp;
use serde_json::{Value, json};
use sqlx::PgPool;

#[sqlx::test(migrations = "../migrations")]
async fn the_tester_answers_as_the_vectors_do(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let file = include_str!("../../../crates/domain/vectors/routes.json");
    let file: Value = serde_json::from_str(file).expect("JSON");
    for (path, route) in file["routes"].as_object().expect("routes") {
        let mut body = json!({ "path": path, "backend_url": route["url"], "tags": route["tags"] });
        if !route["scopes"].is_null() {
            body["scopes"] = route["scopes"].clone();
        }
        assert_eq!(app.post("/api/routes").json(&body).await.status, 201, "{path}");
    }
    // A query is left out by the tester, and a token has a scope at least.
    let told = file["vectors"].as_array().expect("vectors").iter().filter(|vector| {
        vector["path"].as_str().is_some_and(|path| !path.contains('?'))
            && vector["scopes"].as_array().is_some_and(|scopes| !scopes.is_empty())
    });
    for vector in told {
        let body = json!({ "path": vector["path"], "scopes": vector["scopes"] });
        let answer = app.post("/api/routes/test").json(&body).await.json();
        assert_eq!(answer["why"], vector["why"], "{}", vector["name"]);
        assert_eq!(answer["route"]["path"], vector["route"], "{}", vector["name"]);
    }
}
