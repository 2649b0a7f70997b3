//! A command's way into the private Postgres: beside a running server, or on one of its own for as long as it takes.
//!
//! Owns that commands which run at the same time do not pull the server from under each other: whoever started it waits for
//! its guests before stopping. Never stops a server that it did not start. Start reading at [`Visit::begin`].

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use tokio::time::{Instant, sleep};

use super::lock::{GuestLock, Role};
use super::{Embedded, EmbeddedConfig, EmbeddedError, attach};

/// How long a host waits for its guests, and a guest for a host that is ending.
const PATIENCE: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(20);

/// Access to the private Postgres for one command. Finish with [`Visit::end`].
#[derive(Debug)]
pub struct Visit {
    stay: Stay,
}

#[derive(Debug)]
enum Stay {
    Guest { options: Box<PgConnectOptions>, _lock: GuestLock },
    Host { embedded: Embedded, data_dir: PathBuf },
}

impl Visit {
    /// Uses the server that runs on the data directory, or starts one. Of commands that begin together one starts it and
    /// the others use it.
    ///
    /// # Errors
    /// Those of [`attach`](super::attach) and of [`Embedded::start`].
    pub async fn begin(config: EmbeddedConfig) -> Result<Self, EmbeddedError> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(stay) = as_guest(&config.data_dir).await? {
                return Ok(Self { stay });
            }
            let data_dir = config.data_dir.clone();
            match Embedded::start_as(config.clone(), Role::Command).await {
                Ok(embedded) => {
                    return Ok(Self { stay: Stay::Host { embedded, data_dir } });
                }
                // Another command was faster: be its guest.
                Err(EmbeddedError::AlreadyRunning { .. }) if Instant::now() < deadline => {
                    sleep(POLL).await
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// How to connect.
    pub fn connect_options(&self) -> PgConnectOptions {
        match &self.stay {
            Stay::Guest { options, .. } => options.as_ref().clone(),
            Stay::Host { embedded, .. } => embedded.connect_options(),
        }
    }

    /// Leaves; a server that was started for this visit is stopped, after other commands have finished with it (up to
    /// 30 s). Close your connections first.
    pub async fn end(self) {
        if let Stay::Host { embedded, data_dir } = self.stay {
            let deadline = Instant::now() + PATIENCE;
            let alone = loop {
                match GuestLock::try_exclusive(&data_dir) {
                    Ok(None) if Instant::now() < deadline => sleep(POLL).await,
                    Ok(alone) => break alone,
                    Err(error) => {
                        tracing::warn!(%error, "cannot tell whether other commands use the server");
                        break None;
                    }
                }
            };
            embedded.stop().await;
            drop(alone);
        }
    }
}

/// A place at the running server; `None` when there is none.
async fn as_guest(data_dir: &Path) -> Result<Option<Stay>, EmbeddedError> {
    if !data_dir.exists() {
        return Ok(None);
    }
    let deadline = Instant::now() + PATIENCE;
    let lock = loop {
        match GuestLock::try_shared(data_dir)? {
            Some(lock) => break lock,
            None if Instant::now() > deadline => {
                return Err(EmbeddedError::AlreadyRunning {
                    data_dir: data_dir.to_path_buf(),
                    pid: None,
                });
            }
            None => sleep(POLL).await,
        }
    };
    let options = attach(data_dir).await?;
    Ok(options.map(|options| Stay::Guest { options: Box::new(options), _lock: lock }))
}
