//! Who is calling: the management key, else the session's cookie.

use crate::app::{Ask, TestApp, Who};
use domain::token::ExpiryRequest;
use http::Method;
use sqlx::PgPool;
use time::Duration;

async fn status(app: &TestApp, who: &Who) -> u16 {
    app.get("/api/tokens").by(who).send().await.status.as_u16()
}

#[sqlx::test(migrations = "../migrations")]
async fn a_key_opens_until_it_expires(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let key = app.key_named("short", ExpiryRequest::Days(1)).await;
    assert_eq!(status(&app, &key).await, 200);
    app.pass(Duration::days(1));
    assert_eq!(status(&app, &key).await, 401);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_bad_key_is_not_mended_by_a_good_cookie(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let owner = app.owner().await;
    let session = app.session(&owner).await;
    assert_eq!(status(&app, &session).await, 200);
    for authorization in ["Bearer nonsense", "Basic dXNlcjpwYXNz", "Bearer"] {
        let answer =
            app.get("/api/tokens").by(&session).header("authorization", authorization).send().await;
        assert_eq!(answer.problem(), "401 unauthenticated", "{authorization}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn the_scheme_may_be_in_any_case(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let Who::Key(key) = &app.key else { panic!("a key") };
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let answer = app
            .ask(Method::GET, "/api/tokens")
            .header("authorization", &format!("{scheme} {key}"))
            .send()
            .await;
        assert_eq!(answer.status, 200, "{scheme}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_key_in_the_query_is_no_key(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let Who::Key(key) = &app.key else { panic!("a key") };
    let answer = app.ask(Method::GET, &format!("/api/teams?access_token={key}")).send().await;
    assert_eq!(answer.problem(), "401 unauthenticated");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_session_lasts_twelve_hours_whatever_happens(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let owner = app.owner().await;
    let session = app.session(&owner).await;
    for _ in 0..11 {
        app.pass(Duration::hours(1));
        assert_eq!(status(&app, &session).await, 200);
    }
    app.pass(Duration::hours(1));
    assert_eq!(status(&app, &session).await, 401);
    // It is gone, not only refused.
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM sessions")
        .fetch_one(&app.pool)
        .await
        .expect("a count");
    assert_eq!(left, 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_session_of_somebody_who_is_gone_is_nobodys(pool: PgPool) {
    let app = TestApp::new(pool).await;
    for user in ["00000000-0000-0000-0000-000000000000", "nonsense"] {
        let session = app.session(user).await;
        assert_eq!(status(&app, &session).await, 401, "{user}");
    }
    assert_eq!(status(&app, &Who::Session("nonsense".to_owned())).await, 401);
}

#[sqlx::test(migrations = "../migrations")]
async fn over_tls_the_cookie_has_another_name(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let owner = app.owner().await;
    let session = app.session(&owner).await;
    let Who::Session(id) = &session else { panic!("a session") };
    let router = app.over_tls();
    let plain = Ask::new(&router, Method::GET, "/api/tokens").by(&session).send().await;
    assert_eq!(plain.problem(), "401 unauthenticated");
    let cookie = format!("__Host-tokenkeep_session={id}");
    let host = Ask::new(&router, Method::GET, "/api/tokens").header("cookie", &cookie).send().await;
    assert_eq!(host.status, 200);
}
