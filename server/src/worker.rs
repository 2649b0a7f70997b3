//! The clock: what the server does without being asked.
//!
//! Owns when to do it. Never knows how: each loop calls a use case of `service`. Every loop survives its own panics, and ends when the
//! server stops. Start at [`start`].

mod mirror;
mod snapshot;
mod sweep;
mod usage;
mod verify;

use service::Service;
use service::verify::Following;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long the loops may take to end.
const PATIENCE: Duration = Duration::from_secs(2);

/// The loops that run.
pub struct Workers {
    tracker: TaskTracker,
    stopped: CancellationToken,
}

/// Starts every loop. They end when `stop` is cancelled; what answers need goes on until [`Workers::finish`].
pub fn start(service: &Service, following: Following, stop: &CancellationToken) -> Workers {
    let tracker = TaskTracker::new();
    tracker.spawn(sweep::run(service.clone(), stop.clone()));
    tracker.spawn(mirror::run_all(service.clone(), stop.clone()));
    let stopped = CancellationToken::new();
    tracker.spawn(verify::run(following, stopped.clone()));
    tracker.spawn(snapshot::run(service.clone(), stopped.clone()));
    tracker.spawn(usage::run(service.clone(), stopped.clone()));
    tracker.close();
    Workers { tracker, stopped }
}

impl Workers {
    /// Waits until every loop has ended, at most two seconds: a disk that hangs must not keep the server from stopping.
    pub async fn finish(self) {
        self.stopped.cancel();
        if tokio::time::timeout(PATIENCE, self.tracker.wait()).await.is_err() {
            tracing::warn!("a loop did not end in time");
        }
    }
}
