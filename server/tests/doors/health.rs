//! `GET /healthz` and `GET /readyz`.

use crate::app::TestApp;
use http::Method;
use insta::assert_snapshot;
use sqlx::PgPool;

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
