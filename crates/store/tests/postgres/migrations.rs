//! Migrations, each over the sample rows of those before it.
//!
//! `samples/NNNN.sql` fills what migration NNNN brought, as a server of that time would have. A migration without one fails the test.

use sqlx::migrate::Migrator;
use sqlx::{AssertSqlSafe, PgPool};
use std::path::Path;
use store::{Error, Store};

static MIGRATOR: Migrator = sqlx::migrate!("../../migrations");

fn sample(version: i64) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(format!("tests/postgres/samples/{version:04}.sql"));
    let shown = path.display();
    std::fs::read_to_string(&path)
        .unwrap_or_else(|_| panic!("{shown} is missing: fill the tables of migration {version} there, for the next migration to run over"))
}

/// The tables of the schema, and how many rows each has.
async fn tables(pool: &PgPool) -> Vec<(String, i64)> {
    let names: Vec<String> = sqlx::query_scalar(
        "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_sqlx_migrations' ORDER BY 1",
    )
    .fetch_all(pool)
    .await
    .expect("the tables");
    let mut counted = Vec::new();
    for name in names {
        let count = sqlx::query_scalar(AssertSqlSafe(format!("SELECT count(*) FROM {name}")));
        let count = count.fetch_one(pool).await.expect("a count");
        counted.push((name, count));
    }
    counted
}

#[sqlx::test(migrations = false)]
async fn each_applies_over_what_was_there_before(pool: PgPool) {
    for migration in MIGRATOR.iter() {
        let version = migration.version;
        let before = tables(&pool).await;
        MIGRATOR
            .run_to(version, &pool)
            .await
            .unwrap_or_else(|error| panic!("migration {version}: {error}"));
        let after = tables(&pool).await;
        for (table, rows) in before {
            let kept = after.iter().find(|(name, _)| *name == table).map(|(_, rows)| *rows);
            assert!(
                kept.is_none_or(|kept| kept == rows),
                "migration {version} lost rows of {table}"
            );
        }
        sqlx::raw_sql(AssertSqlSafe(sample(version)))
            .execute(&pool)
            .await
            .unwrap_or_else(|error| panic!("the sample rows of {version}: {error}"));
    }
    let empty: Vec<_> = tables(&pool).await.into_iter().filter(|(_, rows)| *rows == 0).collect();
    assert!(empty.is_empty(), "no sample rows in {empty:?}");
    let store = Store::on(pool);
    store.migrate().await.expect("nothing is left to do");
    store.ready().await.expect("ready");
}

#[sqlx::test(migrations = false)]
async fn two_servers_that_start_together_migrate_once(pool: PgPool) {
    let store = Store::on(pool);
    let (one, two) = tokio::join!(store.migrate(), store.migrate());
    one.expect("migrated");
    two.expect("waited, and found it done");
    store.ready().await.expect("ready");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_newer_database_is_left_alone(pool: PgPool) {
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'of a later version', true, '', 0)",
    )
    .execute(&pool)
    .await
    .expect("a later migration");
    let store = Store::on(pool);
    assert!(matches!(store.migrate().await, Err(Error::Migration(_))));
    // A server of this version goes on beside it: a rolling update has both.
    store.ready().await.expect("ready");
}
