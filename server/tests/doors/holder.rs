//! `GET /api/whoami` and `POST /api/verify/self-revoke`: for whoever holds a token.

use crate::app::{Answer, TestApp, Who, text};
use domain::token::ExpiryRequest;
use http::Method;
use insta::assert_snapshot;
use serde_json::json;
use sqlx::PgPool;
use time::Duration;

async fn token(app: &TestApp) -> (String, String) {
    let made = app.token(&app.team("platform").await, "import").await;
    (text(&made, "id"), text(&made, "token"))
}

async fn whoami(app: &TestApp, secret: &str) -> Answer {
    app.ask(Method::GET, "/api/whoami").by(&Who::Key(secret.to_owned())).send().await
}

async fn self_revoke(app: &TestApp, secret: &str) -> Answer {
    app.ask(Method::POST, "/api/verify/self-revoke").header("x-api-key", secret).send().await
}

async fn set(app: &TestApp, statement: &'static str) {
    sqlx::query(statement).execute(&app.pool).await.expect("set");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_token_learns_what_it_is(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (_, token) = token(&app).await;
    assert_snapshot!(whoami(&app, &token).await.shown());
    let by_header = app.ask(Method::GET, "/api/whoami").header("x-api-key", &token).send().await;
    assert_eq!(by_header.text_of("name"), "import");
    // Asking who one is costs nothing of a limit.
    set(&app, "UPDATE tokens SET rate_requests = 1, rate_seconds = 60").await;
    for _ in 0..3 {
        assert_eq!(whoami(&app, &token).await.status, 200);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_management_key_learns_what_it_is(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let Who::Key(full) = app.key.clone() else { panic!("a key") };
    let Who::Key(verify) = app.verify_key_named("proxy", ExpiryRequest::Days(1)).await else {
        panic!("a key")
    };
    let told = whoami(&app, &full).await.json();
    assert_eq!((told["kind"].as_str(), &told["scopes"]), (Some("management_key"), &json!(null)));
    assert_snapshot!(whoami(&app, &verify).await.shown());
    app.pass(Duration::days(1));
    assert_eq!(whoami(&app, &verify).await.problem(), "401 unauthenticated");
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_not_good_learns_why_and_no_more(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (_, token) = token(&app).await;
    let unknown = format!("ntk_{}", "A".repeat(43));
    let told = async |secret: &str| {
        let answer = whoami(&app, secret).await;
        (answer.problem(), answer.header("x-verify-code").to_owned())
    };
    let unauthenticated = |code: &str| ("401 unauthenticated".to_owned(), code.to_owned());
    assert_eq!(told(&unknown).await, unauthenticated("unknown"));
    assert_eq!(told("nonsense").await, unauthenticated("malformed"));
    set(&app, "UPDATE tokens SET disabled_at = now()").await;
    assert_eq!(told(&token).await, unauthenticated("disabled"));
    set(&app, "UPDATE tokens SET disabled_at = NULL, allowed_cidrs = '{10.0.0.0/8}'").await;
    assert_eq!(told(&token).await, ("403 forbidden".to_owned(), "origin_denied".to_owned()));
    let nobody = app.ask(Method::GET, "/api/whoami").send().await;
    assert_eq!(nobody.problem(), "401 unauthenticated");
    // A session is a person's, who has a page for that.
    let owner = app.owner().await;
    let session = app.session(&owner).await;
    let person = app.ask(Method::GET, "/api/whoami").by(&session).send().await;
    assert_eq!(person.problem(), "401 unauthenticated");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_token_ends_itself_and_the_log_says_so(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (id, token) = token(&app).await;
    assert_snapshot!(self_revoke(&app, &token).await.shown());
    assert_eq!(self_revoke(&app, &token).await.problem(), "409 already_ended");
    let log = app.get("/api/audit").send().await.json();
    let last = &log["items"][0];
    assert_eq!(
        (&last["action"], &last["actor_kind"], &last["actor"], &last["subject_id"]),
        (&json!("token_revoked"), &json!("holder"), &json!("import"), &json!(id))
    );
    let verdict = app.post("/api/verify").json(&json!({ "token": token })).await;
    assert_eq!(verdict.text_of("code"), "revoked");
}

#[sqlx::test(migrations = "../migrations")]
async fn mirrors_and_verifiers_are_told_and_the_receipt_says_who_refuses_it(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (_, token) = token(&app).await;
    let mut following = app.follow().await;
    let receipt = &self_revoke(&app, &token).await.json()["receipt"];
    assert_eq!(receipt["parties"][0]["name"], "doors");
    following.turn().await.expect("a turn");
    let counted: (i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM audit_events WHERE touches_mirrors AND actor_kind = 'holder'), (SELECT count(*) FROM revocation_receipts)",
    )
    .fetch_one(&app.pool)
    .await
    .expect("counts");
    assert_eq!(counted, (1, 1));
}

#[sqlx::test(migrations = "../migrations")]
async fn whoever_finds_a_token_can_end_it_in_whatever_state(pool: PgPool) {
    let app = TestApp::new(pool).await;
    for state in [
        "UPDATE tokens SET expires_at = now() - interval '1 day'",
        "UPDATE tokens SET disabled_at = now()",
        "UPDATE tokens SET allowed_cidrs = '{10.0.0.0/8}'",
        "UPDATE tokens SET rate_requests = 1, rate_seconds = 60",
    ] {
        set(&app, "DELETE FROM tokens").await;
        set(&app, "DELETE FROM teams").await;
        let (_, token) = token(&app).await;
        set(&app, state).await;
        assert_eq!(self_revoke(&app, &token).await.text_of("status"), "revoked", "{state}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_no_token_ends_nothing(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (_, token) = token(&app).await;
    let Who::Key(key) = app.key.clone() else { panic!("a key") };
    let unknown = format!("ntk_{}", "A".repeat(43));
    for secret in [&*unknown, "nonsense", "", &key] {
        assert_eq!(self_revoke(&app, secret).await.problem(), "401 unauthenticated", "{secret}");
    }
    // Nor does the secret before a rotation, once the overlap is over; until then it is the token's.
    let retired = "UPDATE tokens SET retired_hash = secret_hash, secret_hash = sha256('next'), retired_until = '2026-11-22 10:00:01Z'";
    set(&app, retired).await;
    app.pass(Duration::seconds(1));
    assert_eq!(self_revoke(&app, &token).await.problem(), "401 unauthenticated");
    app.pass(-Duration::seconds(1));
    assert_eq!(self_revoke(&app, &token).await.text_of("status"), "revoked");
}
