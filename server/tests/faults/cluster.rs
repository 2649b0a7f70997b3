//! A Postgres of a test's own, that may be killed.

use sqlx::ConnectOptions as _;
use sqlx::postgres::PgConnectOptions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use store::embedded::{Embedded, EmbeddedConfig};
use tempfile::TempDir;

/// A Postgres that can be stopped and started again. It is supervised, so that it starts again when it is killed.
pub struct Cluster {
    data: TempDir,
    running: Option<Embedded>,
}

impl Cluster {
    /// Starts one.
    pub async fn start() -> Self {
        let data = tempfile::Builder::new()
            .permissions(std::fs::Permissions::from_mode(0o755))
            .tempdir()
            .expect("a directory");
        let mut cluster = Self { data, running: None };
        cluster.start_again().await;
        cluster
    }

    /// Starts it, with the data that it had.
    pub async fn start_again(&mut self) {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let config = EmbeddedConfig {
            data_dir: self.data.path().join("data"),
            bin_search: std::env::split_paths(&path).collect(),
        };
        self.running = Some(Embedded::start(config).await.expect("a Postgres of its own"));
    }

    /// How to connect to it.
    pub fn options(&self) -> PgConnectOptions {
        self.running.as_ref().expect("it runs").connect_options()
    }

    /// The same as a URL.
    pub fn url(&self) -> String {
        self.options().to_url_lossy().to_string()
    }

    /// Its directory: where its pid is.
    pub fn directory(&self) -> PathBuf {
        let mut left = vec![self.data.path().to_owned()];
        while let Some(directory) = left.pop() {
            if directory.join("postmaster.pid").exists() {
                return directory;
            }
            let entries = std::fs::read_dir(&directory).into_iter().flatten().flatten();
            left.extend(entries.map(|entry| entry.path()).filter(|path| path.is_dir()));
        }
        panic!("no cluster under {}", self.data.path().display());
    }

    /// Stops it.
    pub async fn stop(&mut self) {
        self.running.take().expect("it runs").stop().await;
    }
}
