//! `POST /api/tokens/{id}/disable` and `/enable`.

use crate::app::{TestApp, text};
use serde_json::{Value, json};
use sqlx::PgPool;

#[sqlx::test(migrations = "../migrations")]
async fn a_token_is_switched_off_and_on(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let made = app.token(&app.team("platform").await, "import").await;
    let path = format!("/api/tokens/{}", text(&made, "id"));
    let verdict = async || {
        let asked = json!({ "token": text(&made, "token") });
        app.post("/api/verify").json(&asked).await.text_of("code")
    };

    let off = app.post(&format!("{path}/disable")).send().await;
    assert_eq!((off.status.as_u16(), off.text_of("status").as_str()), (200, "disabled"));
    assert_eq!(off.text_of("disabled_at"), "2026-11-22T10:00:00Z");
    assert_eq!(app.get(&path).send().await.json(), off.json());
    assert_eq!(verdict().await, "disabled");
    let again = app.post(&format!("{path}/disable")).send().await;
    assert_eq!(again.problem(), "409 already_disabled");

    let on = app.post(&format!("{path}/enable")).send().await.json();
    assert_eq!((&on["status"], &on["disabled_at"]), (&json!("active"), &Value::Null));
    assert_eq!(verdict().await, "valid");
    let again = app.post(&format!("{path}/enable")).send().await;
    assert_eq!(again.problem(), "409 not_disabled");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_token_is_switched_off_until_a_moment(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let made = app.token(&app.team("platform").await, "import").await;
    let path = format!("/api/tokens/{}", text(&made, "id"));
    let disable = async |body: Value| app.post(&format!("{path}/disable")).json(&body).await;
    for until in [json!("soon"), json!("2026-11-22T10:00:00Z"), json!("2046-11-22T10:00:00Z")] {
        let refused = disable(json!({ "until": until })).await;
        assert_eq!(refused.problem(), "422 until_invalid until");
    }
    let off = disable(json!({ "until": "2026-11-22T12:00:00+01:00" })).await.json();
    assert_eq!(
        (&off["status"], &off["disabled_until"]),
        (&json!("disabled"), &json!("2026-11-22T11:00:00Z"))
    );
    assert_eq!(off["disabled_at"], "2026-11-22T10:00:00Z");
    app.pass(time::Duration::hours(1));
    let over = app.get(&path).send().await.json();
    assert_eq!((&over["status"], &over["disabled_until"]), (&json!("active"), &Value::Null));
    assert_eq!(over["disabled_at"], Value::Null);
}

#[sqlx::test(migrations = "../migrations")]
async fn what_has_ended_or_is_not_there(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let made = app.token(&app.team("platform").await, "import").await;
    let path = format!("/api/tokens/{}", text(&made, "id"));
    app.post(&format!("{path}/revoke")).send().await;
    for verb in ["disable", "enable"] {
        let ended = app.post(&format!("{path}/{verb}")).send().await;
        assert_eq!(ended.problem(), "409 already_ended");
        let nothing = app.post(&format!("/api/tokens/nonsense/{verb}")).send().await;
        assert_eq!(nothing.problem(), "404 not_found");
    }
}
