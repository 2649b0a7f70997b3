//! A Postgres of a test's own, that may be killed.

use sqlx::postgres::PgConnectOptions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use store::embedded::{Embedded, EmbeddedConfig};
use tempfile::TempDir;

/// The running Postgres. It is supervised, so that it starts again when it is killed.
pub struct Cluster {
    data: TempDir,
    embedded: Embedded,
}

impl Cluster {
    /// Starts it.
    pub async fn start() -> Self {
        let data = tempfile::Builder::new()
            .permissions(std::fs::Permissions::from_mode(0o755))
            .tempdir()
            .expect("a directory");
        let path = std::env::var_os("PATH").unwrap_or_default();
        let config = EmbeddedConfig {
            data_dir: data.path().join("data"),
            bin_search: std::env::split_paths(&path).collect(),
        };
        let embedded = Embedded::start(config).await.expect("a Postgres of its own");
        Self { data, embedded }
    }

    /// How to connect to it.
    pub fn options(&self) -> PgConnectOptions {
        self.embedded.connect_options()
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
    pub async fn stop(self) {
        self.embedded.stop().await;
    }
}
