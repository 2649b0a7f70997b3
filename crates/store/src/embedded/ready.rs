//! Waiting until the server answers, and creating the database.
//!
//! Owns the connect options of the private cluster. Never changes anything but to create the one database. Start reading at
//! [`database`].

use std::io;
use std::path::Path;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{Connection, PgConnection};
use tokio::time::{Instant, sleep, timeout};

use super::socket::PORT;
use super::supervisor::{Phase, Supervisor};
use super::{DATABASE, EmbeddedError};

/// After a crash the write-ahead log is replayed first.
const LONGEST_START: Duration = Duration::from_secs(300);
const ONE_TRY: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(20);

/// How to connect to `database` over the socket in `socket_dir`. Everything that the driver might take from the environment
/// and that matters here is set.
pub(super) fn options(socket_dir: &Path, database: &str) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass()
        .socket(socket_dir)
        .port(PORT)
        .username(DATABASE)
        .database(database)
        .ssl_mode(PgSslMode::Disable)
        .application_name("tokenkeep")
}

/// Connects once, in bounded time.
pub(super) async fn connect(options: &PgConnectOptions) -> Result<PgConnection, sqlx::Error> {
    match timeout(ONE_TRY, PgConnection::connect_with(options)).await {
        Ok(result) => result,
        Err(_) => Err(sqlx::Error::Io(io::ErrorKind::TimedOut.into())),
    }
}

/// Waits until the server accepts connections and makes sure that the database exists. True if it had to be created.
pub(super) async fn database(
    supervisor: &Supervisor,
    socket_dir: &Path,
) -> Result<bool, EmbeddedError> {
    let mut connection = first_connection(supervisor, &options(socket_dir, "postgres")).await?;
    let found: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = 'tokenkeep')")
            .fetch_one(&mut connection)
            .await?;
    if !found {
        sqlx::query("CREATE DATABASE tokenkeep").execute(&mut connection).await?;
    }
    connection.close().await?;
    Ok(!found)
}

async fn first_connection(
    supervisor: &Supervisor,
    options: &PgConnectOptions,
) -> Result<PgConnection, EmbeddedError> {
    let phase = supervisor.phase();
    let deadline = Instant::now() + LONGEST_START;
    loop {
        let refusal = match connect(options).await {
            Ok(connection) => return Ok(connection),
            Err(error) => error,
        };
        match &*phase.borrow() {
            Phase::Running => {}
            Phase::Failed(reason) => return Err(supervisor.start_failed(reason.clone())),
            Phase::Ended => return Err(supervisor.start_failed("it was stopped".to_owned())),
        }
        if Instant::now() > deadline {
            return Err(supervisor.start_failed(refusal.to_string()));
        }
        sleep(POLL).await;
    }
}
