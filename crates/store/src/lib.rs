//! What Tokenkeep remembers, in Postgres.
//!
//! Owns the SQL, the migrations, the write transaction with its audit row, and the embedded private cluster. Never decides anything, never
//! reads the environment, never talks to anything but Postgres. Start at [`Store`], then [`tx`].

pub mod audit;
pub mod embedded;
pub mod error;
pub mod idempotency;
pub mod key;
pub mod mirror;
pub mod route;
pub mod server_key;
pub mod session;
pub mod setup;
pub mod team;
pub mod token;
pub mod token_list;
pub mod tx;
pub mod usage;
pub mod user;
pub mod verify;

pub use error::Error;
pub use tx::{Stamp, Tx};

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use std::time::Duration;

/// The channel on which every committed event is announced.
pub const CHANGES: &str = "tokenkeep_changes";

/// The target of the spans that traces are made of; other spans are not exported. They have no secret in them, and no text of a stranger.
pub const TRACE: &str = "tokenkeep::trace";

/// The answers of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations");

/// A handle on the database; cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    pool: sqlx::PgPool,
}

fn pool_options(patience: Duration) -> PgPoolOptions {
    PgPoolOptions::new().max_connections(32).acquire_timeout(patience)
}

impl Store {
    /// Connects. The pool opens further connections as they are needed.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the server does not answer within `patience`; so is every later wait for a connection.
    pub async fn connect(options: PgConnectOptions, patience: Duration) -> Result<Self> {
        let pool = pool_options(patience).connect_with(options).await?;
        Ok(Self { pool })
    }

    /// Connects when somebody asks for the first time.
    pub fn lazy(options: PgConnectOptions, patience: Duration) -> Self {
        Self { pool: pool_options(patience).connect_lazy_with(options) }
    }

    /// A store on a pool that exists.
    pub const fn on(pool: sqlx::PgPool) -> Self {
        Self { pool }
    }

    /// The pool, for this crate and for the worker's listener.
    pub const fn pool(&self) -> &sqlx::PgPool {
        &self.pool
    }

    /// Applies the migrations that are missing, under an advisory lock: servers that start together wait for each other.
    ///
    /// # Errors
    /// [`Error::Migration`] when one fails, or when the database is newer than this program.
    pub async fn migrate(&self) -> Result<()> {
        MIGRATOR.run(&self.pool).await.map_err(Error::Migration)
    }

    /// Whether the database answers and has each migration of this program.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when it does not answer, [`Error::Outdated`] when migrations are missing.
    pub async fn ready(&self) -> Result<()> {
        let applied: i64 =
            sqlx::query_scalar("SELECT count(*) FROM _sqlx_migrations WHERE success")
                .fetch_one(&self.pool)
                .await
                .map_err(|error| match Error::from(error) {
                    // There is no table of migrations yet.
                    Error::Broken(_) => Error::Outdated,
                    other => other,
                })?;
        let wanted = MIGRATOR.iter().filter(|m| !m.migration_type.is_down_migration()).count();
        if usize::try_from(applied).is_ok_and(|applied| applied >= wanted) {
            Ok(())
        } else {
            Err(Error::Outdated)
        }
    }

    /// The database's clock, to compare with ours.
    ///
    /// # Errors
    /// As every read.
    pub async fn now(&self) -> Result<time::OffsetDateTime> {
        Ok(sqlx::query_scalar!(r#"SELECT clock_timestamp() AS "now!""#)
            .fetch_one(&self.pool)
            .await?)
    }

    /// The version of the server, as a number: 150018 is 15.18.
    ///
    /// # Errors
    /// As every read.
    pub async fn server_version(&self) -> Result<i32> {
        let version: String = sqlx::query_scalar("SELECT current_setting('server_version_num')")
            .fetch_one(&self.pool)
            .await?;
        Ok(version.parse().unwrap_or_default())
    }

    /// Closes the connections, once they are given back.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}
