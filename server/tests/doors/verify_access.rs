//! Who may ask whether tokens are good, where it is not open to everybody.

use crate::app::{Answer, TestApp, Who, text};
use domain::audit::Caller;
use domain::policy::Actor;
use domain::token::ExpiryRequest;
use http::Method;
use serde_json::json;
use sqlx::PgPool;
use time::Duration;

async fn asked_by(app: &TestApp, who: &Who) -> Answer {
    let ask = app.ask(Method::POST, "/api/verify").by(who);
    ask.json(&json!({ "token": "nonsense" })).await
}

async fn by_proxy(app: &TestApp, key: Option<&str>, token: &str) -> Answer {
    let ask = app.ask(Method::GET, "/verify").header("authorization", &format!("Bearer {token}"));
    key.into_iter().fold(ask, |ask, key| ask.header("x-verify-key", key)).send().await
}

#[sqlx::test(migrations = "../migrations")]
async fn a_key_for_it_or_one_for_everything_opens(pool: PgPool) {
    let app = TestApp::for_keys(pool).await;
    let verify = app.verify_key_named("proxy", ExpiryRequest::Never).await;
    for who in [&verify, &app.key] {
        assert_eq!(asked_by(&app, who).await.text_of("code"), "malformed");
        let Who::Key(key) = who else { panic!("a key") };
        let by_header = app.ask(Method::POST, "/api/verify/batch").header("x-verify-key", key);
        assert_eq!(by_header.json(&json!({ "items": [] })).await.status, 200);
    }
    for who in
        [Who::Nobody, Who::Key("nonsense".to_owned()), Who::Key(format!("tkm_{}", "A".repeat(43)))]
    {
        assert_eq!(asked_by(&app, &who).await.problem(), "401 unauthenticated");
        let batch = app.ask(Method::POST, "/api/verify/batch").by(&who);
        // Before anything of the question is read.
        assert_eq!(batch.raw_json("{nonsense").await.problem(), "401 unauthenticated");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_proxy_presents_its_key_beside_its_callers_token(pool: PgPool) {
    let app = TestApp::for_keys(pool).await;
    let Who::Key(key) = app.verify_key_named("proxy", ExpiryRequest::Never).await else {
        panic!("a key")
    };
    let body = json!({ "name": "import", "team_id": app.team("platform").await, "scopes": ["*"] });
    let token = text(&app.post("/api/tokens").json(&body).await.json(), "token");
    assert_eq!(by_proxy(&app, Some(&key), &token).await.status, 204);
    assert_eq!(by_proxy(&app, Some(&key), "nonsense").await.status, 401);
    for key in [None, Some(""), Some("nonsense"), Some(&*token)] {
        let answer = by_proxy(&app, key, &token).await;
        let header = |name| answer.header(name);
        assert_eq!(
            (answer.status.as_u16(), header("x-verify-code"), header("x-verify-status")),
            (403, "unauthenticated", "503")
        );
        assert_eq!(header("x-token-id"), "");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_key_that_expires_opens_no_longer(pool: PgPool) {
    let app = TestApp::for_keys(pool).await;
    let short = app.verify_key_named("short", ExpiryRequest::Days(1)).await;
    assert_eq!(asked_by(&app, &short).await.status, 200);
    app.pass(Duration::days(1));
    assert_eq!(asked_by(&app, &short).await.status, 401);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_key_that_was_good_is_believed_while_the_database_is_away(pool: PgPool) {
    let app = TestApp::for_keys(pool).await;
    let key = app.verify_key_named("proxy", ExpiryRequest::Never).await;
    let other = app.verify_key_named("other", ExpiryRequest::Never).await;
    assert_eq!(asked_by(&app, &key).await.status, 200);
    app.pool.close().await;
    assert_eq!(asked_by(&app, &key).await.text_of("code"), "malformed");
    assert_eq!(asked_by(&app, &other).await.problem(), "503 unavailable");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_revoked_key_opens_no_door_any_more(pool: PgPool) {
    let app = TestApp::for_keys(pool).await;
    let mut following = app.follow().await;
    let verify = app.verify_key_named("proxy", ExpiryRequest::Never).await;
    let deploy = &app.key;
    assert_eq!(asked_by(&app, &verify).await.status, 200);
    assert_eq!(app.ask(Method::GET, "/api/tokens").by(deploy).send().await.status, 200);
    let operator = Caller::local(Actor::Operator);
    for name in ["proxy", "deploy"] {
        service::key::revoke(&app.service, &operator, name).await.expect("revoked");
    }
    let answer = app.ask(Method::GET, "/api/tokens").by(deploy).send().await;
    assert_eq!(answer.problem(), "401 unauthenticated");
    following.turn().await.expect("a look");
    assert_eq!(asked_by(&app, &verify).await.problem(), "401 unauthenticated");
    assert_eq!(asked_by(&app, deploy).await.problem(), "401 unauthenticated");
}
