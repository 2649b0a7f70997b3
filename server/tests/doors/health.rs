//! `GET /healthz`, `GET /readyz` and `GET /readyz/verify`.

use crate::app::TestApp;
use http::Method;
use insta::assert_snapshot;
use service::VerifySettings;
use service::verify::Trust;
use sqlx::PgPool;
use std::time::Duration;

#[sqlx::test(migrations = "../migrations")]
async fn alive_and_ready(pool: PgPool) {
    let app = TestApp::new(pool).await;
    assert_snapshot!("alive", app.ask(Method::GET, "/healthz").send().await.shown());
    assert_snapshot!("ready", app.ask(Method::GET, "/readyz").send().await.shown());
}

#[sqlx::test(migrations = "../migrations")]
async fn without_the_database_alive_but_not_ready(pool: PgPool) {
    let app = TestApp::new(pool).await;
    app.pool.close().await;
    assert_eq!(app.ask(Method::GET, "/healthz").send().await.status, 200);
    assert_snapshot!(app.ask(Method::GET, "/readyz").send().await.shown());
}

#[sqlx::test(migrations = "../migrations")]
async fn a_missing_migration_is_not_ready(pool: PgPool) {
    let app = TestApp::new(pool).await;
    sqlx::query("DELETE FROM _sqlx_migrations WHERE version = 1")
        .execute(&app.pool)
        .await
        .expect("one less");
    assert_snapshot!(app.ask(Method::GET, "/readyz").send().await.shown());
}

#[sqlx::test(migrations = "../migrations")]
async fn without_the_database_it_verifies_what_it_knows(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let ready = async || {
        let answer = app.ask(Method::GET, "/readyz/verify").send().await;
        (answer.status.as_u16(), answer.text_of("trust"))
    };
    // It asks the database each time: then it is what /readyz says.
    let answer = app.ask(Method::GET, "/readyz/verify").send().await;
    assert_eq!(answer.text(), r#"{"status":"ready"}"#);
    let _following = app.follow().await;
    assert_eq!(ready().await, (200, "all".to_owned()));
    app.pool.close().await;
    while app.service.index().trust() == Trust::All {
        tokio::task::yield_now().await;
    }
    assert_eq!(ready().await, (200, "known".to_owned()));
    assert_eq!(app.ask(Method::GET, "/readyz").send().await.status, 503);
}

#[sqlx::test(migrations = "../migrations")]
async fn whoever_refuses_everything_is_not_ready_to_verify(pool: PgPool) {
    let none = VerifySettings { budget: Duration::ZERO, ..VerifySettings::default() };
    let app = TestApp::verifying(pool, none).await;
    let _following = app.follow().await;
    while app.service.index().trust() == Trust::All {
        tokio::task::yield_now().await;
    }
    assert_snapshot!(app.ask(Method::GET, "/readyz/verify").send().await.shown());
}
