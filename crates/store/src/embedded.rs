//! The private Postgres: a cluster under the data directory, run as a supervised child of this process.
//!
//! Owns finding the binaries, making the cluster once, starting, restarting and stopping the server, and the locks that
//! keep it the only one. Never listens on the network, never runs Postgres as root, never reads the environment for itself
//! and never prints: Postgres' own lines go to `tracing`.
//!
//! Start reading at [`Embedded::start`]; [`Visit::begin`] is the way in for one command.
//!
//! What lies in the data directory:
//!
//! | name | what |
//! |---|---|
//! | `postgres/` | the cluster |
//! | `postgres.new/` | a cluster in the making; renamed when it is whole |
//! | `run/` | the socket, if its path is short enough (see `socket.rs`) |
//! | `server.lock` | held by the process that runs the cluster; says who and where |
//! | `postgres.lock` | held by Postgres itself, so that an orphan is noticed |
//! | `guests.lock` | held by commands that use another command's server |

mod attach;
mod binaries;
mod cluster;
mod error;
mod initdb;
mod life;
mod lock;
mod logs;
mod previous;
mod process;
mod ready;
mod socket;
mod supervisor;
mod user;
mod visit;

use std::path::PathBuf;

use sqlx::postgres::PgConnectOptions;

pub use attach::attach;
pub use error::EmbeddedError;
pub use visit::Visit;

use lock::Role;
use supervisor::Supervisor;

/// The database that [`Embedded::start`] creates, and the role that owns the cluster.
pub const DATABASE: &str = "tokenkeep";

/// Where the private cluster lives and where to look for Postgres.
#[derive(Clone, Debug)]
pub struct EmbeddedConfig {
    /// Made when it is missing. Everything the cluster needs is kept below it.
    pub data_dir: PathBuf,
    /// Directories to look in first for `postgres` and `initdb` (or for `pg_config`), in this order.
    pub bin_search: Vec<PathBuf>,
}

/// A running private Postgres. [`Embedded::stop`] ends it; so does dropping it, without waiting, and so does the end of this
/// process, however it comes.
#[derive(Debug)]
pub struct Embedded {
    supervisor: Supervisor,
    socket_dir: PathBuf,
    first_start: bool,
}

impl Embedded {
    /// Starts the server, after making the cluster and the database if they are missing, and returns when it accepts
    /// connections. From then on the server is started again whenever it dies.
    ///
    /// # Errors
    /// Every [`EmbeddedError`]; each says what to do. Nothing keeps running after an error.
    pub async fn start(config: EmbeddedConfig) -> Result<Self, EmbeddedError> {
        Self::start_as(config, Role::Server).await
    }

    async fn start_as(config: EmbeddedConfig, role: Role) -> Result<Self, EmbeddedError> {
        let (supervisor, socket_dir) = Supervisor::launch(config, role).await?;
        let first_start = ready::database(&supervisor, &socket_dir).await?;
        supervisor.keep_up();
        Ok(Self { supervisor, socket_dir, first_start })
    }

    /// How to connect: over the Unix socket, and the same after every restart of the server.
    pub fn connect_options(&self) -> PgConnectOptions {
        ready::options(&self.socket_dir, DATABASE)
    }

    /// Whether this start created the database.
    pub fn is_first_start(&self) -> bool {
        self.first_start
    }

    /// Stops the server: sessions are ended and the cluster is left clean. After 5 s without success it is stopped at
    /// once; the next start then replays the write-ahead log, and nothing that was committed is lost.
    pub async fn stop(self) {
        self.supervisor.stop().await;
    }
}
