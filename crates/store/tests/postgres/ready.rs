//! Whether the database can be worked with.

use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use std::time::Duration;
use store::{Error, Store};

#[sqlx::test(migrations = "../../migrations")]
async fn a_migrated_database_is_ready(pool: PgPool) {
    let store = Store::on(pool);
    store.ready().await.expect("ready");
    assert!(store.server_version().await.expect("a version") >= 140_000);
    store.now().await.expect("the time");
}

#[sqlx::test(migrations = false)]
async fn an_empty_database_is_outdated(pool: PgPool) {
    assert!(matches!(Store::on(pool).ready().await, Err(Error::Outdated)));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_missing_migration_is_outdated(pool: PgPool) {
    sqlx::query(
        "DELETE FROM _sqlx_migrations WHERE version = (SELECT max(version) FROM _sqlx_migrations)",
    )
    .execute(&pool)
    .await
    .expect("one less");
    assert!(matches!(Store::on(pool).ready().await, Err(Error::Outdated)));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_half_applied_migration_is_outdated(pool: PgPool) {
    sqlx::query("UPDATE _sqlx_migrations SET success = false WHERE version = 1")
        .execute(&pool)
        .await
        .expect("one failed");
    assert!(matches!(Store::on(pool).ready().await, Err(Error::Outdated)));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_closed_pool_is_unavailable(pool: PgPool) {
    let store = Store::on(pool);
    store.close().await;
    assert!(matches!(store.ready().await, Err(Error::Unavailable(_))));
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable() {
    // A port that was free a moment ago, on which nobody listens.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|socket| socket.local_addr())
        .expect("a port")
        .port();
    let pool = PgPoolOptions::new()
        .acquire_timeout(Duration::from_millis(50))
        .connect_lazy(&format!("postgres://nobody@127.0.0.1:{port}/none"))
        .expect("a pool");
    assert!(matches!(Store::on(pool).ready().await, Err(Error::Unavailable(_))));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_server_that_is_told_to_stop_is_unavailable(pool: PgPool) {
    let mut connection = pool.acquire().await.expect("a connection");
    let error = sqlx::query("SELECT pg_terminate_backend(pg_backend_pid())")
        .execute(&mut *connection)
        .await
        .expect_err("its own connection is cut");
    assert!(matches!(Error::from(error), Error::Unavailable(_)));
}
