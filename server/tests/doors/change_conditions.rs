//! `POST /api/tokens/{id}/conditions`.

use crate::app::{TestApp, text};
use serde_json::{Value, json};
use sqlx::PgPool;

fn body() -> Value {
    json!({ "not_before": null, "allowed_cidrs": ["10.0.0.0/8"], "rate_limit": { "requests": 5, "seconds": 1 },
            "uses_limit": { "count": 1000, "per": "day" } })
}

async fn path(app: &TestApp) -> String {
    let made = app.token(&app.team("platform").await, "import").await;
    format!("/api/tokens/{}/conditions", text(&made, "id"))
}

#[sqlx::test(migrations = "../migrations")]
async fn all_of_them_are_replaced(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let path = path(&app).await;
    let changed = app.post(&path).json(&body()).await.json();
    assert_eq!(changed["allowed_cidrs"], json!(["10.0.0.0/8"]));
    assert_eq!(changed["rate_limit"], json!({ "requests": 5, "seconds": 1 }));
    assert_eq!(changed["uses_limit"], json!({ "count": 1000, "per": "day" }));
    assert_eq!(
        (&changed["uses_left"], &changed["uses_refill_at"]),
        (&json!(1000), &json!("2026-11-23T00:00:00Z"))
    );
    let later = json!({ "not_before": "2026-11-23T00:00:00Z", "allowed_cidrs": [], "rate_limit": null, "uses_limit": { "count": 5 } });
    let changed = app.post(&path).json(&later).await.json();
    assert_eq!((&changed["status"], &changed["rate_limit"]), (&json!("scheduled"), &Value::Null));
    assert_eq!(changed["allowed_cidrs"], json!([]));
    assert_eq!(changed["uses_limit"], json!({ "count": 5, "per": null }));
    assert_eq!((&changed["uses_left"], &changed["uses_refill_at"]), (&json!(5), &Value::Null));
}

/// A limit that somebody forgot to send is not lifted by it.
#[sqlx::test(migrations = "../migrations")]
async fn all_of_them_have_to_be_there(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let path = path(&app).await;
    for missing in ["not_before", "allowed_cidrs", "rate_limit", "uses_limit"] {
        let mut body = body();
        body.as_object_mut().expect("an object").remove(missing);
        assert_eq!(app.post(&path).json(&body).await.problem(), "400 body_malformed", "{missing}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn what_cannot_be_is_refused(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let path = path(&app).await;
    for (field, value, problem) in [
        ("not_before", json!("soon"), "422 not_before_invalid not_before"),
        ("allowed_cidrs", json!(["::/129"]), "422 cidr_invalid allowed_cidrs"),
        ("rate_limit", json!({ "requests": 1, "seconds": 86_401 }), "422 rate_range rate_limit"),
        ("uses_limit", json!({ "count": 0 }), "422 uses_range uses_limit"),
    ] {
        let mut body = body();
        body[field] = value;
        assert_eq!(app.post(&path).json(&body).await.problem(), problem);
    }
    let nothing = app.post("/api/tokens/nonsense/conditions").json(&body()).await;
    assert_eq!(nothing.problem(), "404 not_found");
    app.post(&path.replace("conditions", "revoke")).send().await;
    assert_eq!(app.post(&path).json(&body()).await.problem(), "409 already_ended");
}
