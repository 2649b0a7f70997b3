//! A start while the database is away: on a snapshot of what an earlier life of this server knew.

use super::{Database, PATIENCE, Server, Stop, check_version, open_database, options, silent};
use crate::config::Config;
use service::Service;
use service::verify::snapshot::{Restored, restore};
use std::time::Duration;
use store::{Error, Store};

/// How long the database may take where a server could start without it.
const PATIENCE_WITH_SNAPSHOT: Duration = Duration::from_secs(2);

/// Opens the database for `serve`. Where a snapshot is kept, it is one that need not answer yet: see [`begin`].
///
/// # Errors
/// [`Stop`], with what to do.
pub async fn open(config: &Config, path: Option<&str>) -> Result<Database, Stop> {
    match &config.database_url {
        Some(url) if config.snapshot_path.is_some() => {
            let store = Store::lazy(options(url)?, PATIENCE);
            Ok(Database { store, server: Server::Theirs })
        }
        _ => open_database(config, path).await,
    }
}

/// Waits for the database. Where it does not answer soon and there is a snapshot to start from, the service verifies from that, and what it started from is
/// answered; `None` when the database answers.
///
/// # Errors
/// [`Stop`]: neither of them is there.
pub async fn begin(service: &Service, store: &Store) -> Result<Option<Restored>, Stop> {
    if service.snapshot().is_none() {
        answers(store).await?;
        return Ok(None);
    }
    match tokio::time::timeout(PATIENCE_WITH_SNAPSHOT, store.server_version()).await {
        Ok(Ok(version)) => return check_version(version).map(|()| None),
        Ok(Err(Error::Unavailable(_))) | Err(_) => {}
        Ok(Err(error)) => return Err(silent(&error)),
    }
    let restoring = tokio::task::spawn_blocking({
        let service = service.clone();
        move || restore(&service)
    });
    let unusable = match restoring.await {
        Ok(Ok(restored)) => return Ok(Some(restored)),
        Ok(Err(unusable)) => unusable.to_string(),
        Err(died) => died.to_string(),
    };
    tracing::warn!(
        reason = unusable,
        "the database does not answer, and the snapshot cannot be started from"
    );
    let answered = answers(store).await;
    answered.map(|()| None).map_err(|Stop(reason)| {
        Stop(format!("{reason}. The snapshot cannot be started from either: {unusable}."))
    })
}

/// Whether the database answers, and is one that we can use.
///
/// # Errors
/// [`Stop`], with what to do.
pub async fn answers(store: &Store) -> Result<(), Stop> {
    check_version(store.server_version().await.map_err(|error| silent(&error))?)
}
