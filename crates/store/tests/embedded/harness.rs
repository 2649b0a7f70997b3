//! A place for a cluster, and looking at it from outside.
//!
//! Owns no test. Waits only for conditions, in bounded time.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use store::embedded::{Embedded, EmbeddedConfig};
use tempfile::TempDir;

/// A directory that Postgres' user can pass through, with the data directory `data` in it.
pub struct Place {
    pub dir: TempDir,
}

impl Place {
    pub fn new() -> Self {
        let open = Permissions::from_mode(0o711);
        Self { dir: tempfile::Builder::new().permissions(open).tempdir().unwrap() }
    }

    pub fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    pub fn cluster(&self) -> PathBuf {
        self.data().join("postgres")
    }

    pub fn config(&self) -> EmbeddedConfig {
        config(&self.data())
    }

    /// A cluster that was used once and is stopped.
    pub async fn used() -> Self {
        let place = Self::new();
        Embedded::start(place.config()).await.unwrap().stop().await;
        place
    }

    pub fn postmaster(&self) -> Option<u32> {
        let text = fs::read_to_string(self.cluster().join("postmaster.pid")).ok()?;
        text.lines().next()?.parse().ok()
    }

    /// What a server with this process id leaves when it is killed.
    pub fn write_pid_files(&self, pid: u32) {
        let cluster = self.cluster();
        let owner = fs::metadata(&cluster).unwrap();
        let text =
            format!("{pid}\n{}\n1700000000\n5432\n/nowhere\n\n  0 0\nready\n", cluster.display());
        for path in [cluster.join("postmaster.pid"), self.data().join("run/.s.PGSQL.5432.lock")] {
            fs::write(&path, &text).unwrap();
            chown(path, Some(owner.uid()), Some(owner.gid())).unwrap();
        }
    }

    /// Whether the last shutdown was an orderly one: the state that `pg_control` holds, at the same offset since Postgres 9
    /// (`ControlFileData.state`, `DB_SHUTDOWNED` = 1).
    pub fn is_clean(&self) -> bool {
        let control = fs::read(self.cluster().join("global/pg_control")).unwrap();
        control[16..20] == 1_u32.to_ne_bytes()
    }
}

pub fn config(data_dir: &Path) -> EmbeddedConfig {
    EmbeddedConfig { data_dir: data_dir.to_path_buf(), bin_search: Vec::new() }
}

pub fn is_root() -> bool {
    nix::unistd::geteuid().is_root()
}

/// Connects and asks one thing.
pub async fn ask(
    options: &PgConnectOptions,
    question: &'static str,
) -> Result<String, sqlx::Error> {
    let mut connection = PgConnection::connect_with(options).await?;
    let answer = sqlx::query_scalar(question).fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(answer)
}

/// Connects and does one thing.
pub async fn run(options: &PgConnectOptions, statement: &'static str) {
    let mut connection = PgConnection::connect_with(options).await.unwrap();
    sqlx::query(statement).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// Waits until `what` gives something.
pub async fn until<T>(mut what: impl AsyncFnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = what().await {
            return found;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "waited for a minute in vain");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
