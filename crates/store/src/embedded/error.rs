//! What can go wrong with the private Postgres, each with its mend.
//!
//! Owns the sentences an operator reads. Never holds a secret or a statement.

use std::io;
use std::path::{Path, PathBuf};

/// Why the private Postgres is not available, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmbeddedError {
    /// The data directory, or something of ours in it, cannot be read or written.
    #[error(
        "cannot use {path}: {source}. Make it readable and writable for the user that runs Tokenkeep, or choose another \
         data directory",
        path = .path.display()
    )]
    DataDir {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// Another process runs the cluster of this data directory.
    #[error(
        "another Tokenkeep{pid} already uses the data directory {data_dir}. Stop it first, or choose another data directory",
        pid = process(*.pid),
        data_dir = .data_dir.display()
    )]
    AlreadyRunning {
        /// The data directory.
        data_dir: PathBuf,
        /// The process, where known.
        pid: Option<u32>,
    },

    /// A process holds the data directory, but its server did not accept a connection in time.
    #[error(
        "Tokenkeep{pid} uses the data directory {data_dir}, but its Postgres did not answer within {waited_s} s ({reason}). \
         Try again when that server is ready, or look at its log",
        pid = process(*.pid),
        data_dir = .data_dir.display()
    )]
    NotAnswering {
        /// The data directory.
        data_dir: PathBuf,
        /// The process, where known.
        pid: Option<u32>,
        /// How long was waited, in seconds.
        waited_s: u64,
        /// The last refusal.
        reason: String,
    },

    /// A Postgres that we did not start runs on the cluster.
    #[error(
        "a Postgres server that Tokenkeep did not start (process {pid}) uses {cluster}. Stop it with pg_ctl or kill -INT \
         {pid}, then start again",
        cluster = .cluster.display()
    )]
    ForeignServer {
        /// The cluster directory.
        cluster: PathBuf,
        /// The foreign postmaster.
        pid: u32,
    },

    /// The Postgres of an earlier run has not ended.
    #[error(
        "the Postgres of an earlier run{pid} was still shutting down after {waited_s} s, in {cluster}. Wait until it has \
         ended, then start again",
        pid = process(*.pid),
        cluster = .cluster.display()
    )]
    StillEnding {
        /// The cluster directory.
        cluster: PathBuf,
        /// Its postmaster, where known.
        pid: Option<u32>,
        /// How long was waited, in seconds.
        waited_s: u64,
    },

    /// No usable binaries.
    #[error(
        "no usable Postgres ({wanted}) was found. Install Debian's package `postgresql`, or name a server with a database \
         URL. Looked in: {looked}"
    )]
    NoPostgres {
        /// Which versions would do.
        wanted: String,
        /// Where was looked, with the reason for each refusal.
        looked: String,
    },

    /// The cluster was made by a major version that is not installed.
    #[error(
        "the cluster {cluster} was made by Postgres {wanted}, which was not found among: {found}. Install it (Debian: \
         `postgresql-{wanted}`), or move the data over with pg_upgrade or pg_dump",
        cluster = .cluster.display()
    )]
    WrongVersion {
        /// The cluster directory.
        cluster: PathBuf,
        /// The major version of the cluster.
        wanted: u32,
        /// What was found, and why it will not do.
        found: String,
    },

    /// Running as root, and there is no unprivileged user to run Postgres as.
    #[error(
        "Postgres does not run as root, and there is neither a user `postgres` nor `nobody`. Add one of them, or run \
         Tokenkeep as an ordinary user"
    )]
    NoServerUser,

    /// Postgres' user cannot enter a directory on the way.
    #[error(
        "Postgres runs as the user {user}, which may not enter {dir}. Run `chmod o+x {dir}`, or choose a data directory \
         elsewhere, such as /var/lib/tokenkeep",
        dir = .dir.display()
    )]
    Closed {
        /// The first closed directory on the way.
        dir: PathBuf,
        /// The user.
        user: String,
    },

    /// The cluster belongs to somebody else.
    #[error(
        "{path} belongs to the user {owner}, but Tokenkeep runs as {user}. Run it as {owner} or as root, or give the \
         directory over with `chown -R {user} {path}`",
        path = .path.display()
    )]
    WrongOwner {
        /// The cluster directory.
        path: PathBuf,
        /// Its owner.
        owner: String,
        /// Who we are.
        user: String,
    },

    /// The place of the cluster is taken by something else.
    #[error("{path} is in the way: it is not empty and not a Postgres cluster. Move it elsewhere", path = .path.display())]
    NotACluster {
        /// The directory.
        path: PathBuf,
    },

    /// The place of the socket directory is taken by somebody else.
    #[error(
        "{path} cannot hold the Postgres socket: {reason}. Remove it, or use a data directory with a shorter path",
        path = .path.display()
    )]
    SocketDir {
        /// The directory.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },

    /// The cluster could not be made; what was half made is removed.
    #[error("initdb could not make the cluster {cluster}: {reason}", cluster = .cluster.display())]
    InitFailed {
        /// The cluster directory.
        cluster: PathBuf,
        /// The last lines of initdb.
        reason: String,
    },

    /// The server ended, or did not become ready, while it was being started.
    #[error("Postgres did not start in {cluster}: {reason}", cluster = .cluster.display())]
    StartFailed {
        /// The cluster directory.
        cluster: PathBuf,
        /// The last lines of Postgres.
        reason: String,
    },

    /// A program could not be run at all.
    #[error(
        "cannot run {program}: {source}. When Tokenkeep runs as root it needs the right to change user (CAP_SETUID, \
         CAP_SETGID); an ordinary user needs neither",
        program = .program.display()
    )]
    Spawn {
        /// The program.
        program: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// The server runs, but refused to create the database.
    #[error("the private Postgres refused to create its database: {0}")]
    Database(#[from] sqlx::Error),
}

impl EmbeddedError {
    /// For `map_err` on whatever is done to `path` in the data directory.
    pub(super) fn data_dir(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::DataDir { path, source }
    }
}

fn process(pid: Option<u32>) -> String {
    pid.map(|pid| format!(" (process {pid})")).unwrap_or_default()
}
