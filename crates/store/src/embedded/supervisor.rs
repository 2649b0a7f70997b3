//! The handle on the thread that keeps Postgres up.
//!
//! Owns what that thread and we share, and the way to end the server. Never spawns it (see `life.rs`) and never talks SQL.
//! Start reading at [`Supervisor::launch`].

use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::sync::{oneshot, watch};
use tokio::time::timeout;

use super::cluster::{self, Cluster};
use super::lock::Role;
use super::{EmbeddedConfig, EmbeddedError, life};

/// Fast, immediate, and last of all: each with the time it is given.
const SHUTDOWN: [(Signal, Duration); 3] = [
    (Signal::SIGINT, Duration::from_secs(5)),
    (Signal::SIGQUIT, Duration::from_secs(2)),
    (Signal::SIGKILL, Duration::from_secs(2)),
];

/// How the server is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Starting, up, or being started again.
    Running,
    /// It never came up; nothing runs any more.
    Failed(String),
    /// It was asked to end, and has.
    Ended,
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub child: Option<Pid>,
    pub ending: bool,
    /// Once it was up it is started again without end.
    pub was_up: bool,
}

#[derive(Debug)]
pub(super) struct Shared {
    state: Mutex<State>,
    wake: Condvar,
    pub phase: watch::Sender<Phase>,
}

/// The handle on the supervising thread. Dropping it asks the server to end, without waiting.
#[derive(Debug)]
pub(super) struct Supervisor {
    shared: Arc<Shared>,
    cluster_dir: PathBuf,
}

impl Supervisor {
    /// Prepares the cluster and spawns the server, and returns the handle and the socket directory as soon as it is prepared.
    pub async fn launch(
        config: EmbeddedConfig,
        role: Role,
    ) -> Result<(Self, PathBuf), EmbeddedError> {
        let (tell, told) = oneshot::channel();
        let expected_dir = cluster::path_in(&config.data_dir);
        let shared = Arc::new(Shared {
            state: Mutex::default(),
            wake: Condvar::new(),
            phase: watch::Sender::new(Phase::Running),
        });
        let theirs = Arc::clone(&shared);
        // A thread of its own, because the parent-death signal follows the thread that spawned.
        let life = move || match Cluster::open(&config, role) {
            Err(error) => drop(tell.send(Err(error))),
            Ok(cluster) => {
                let dirs = (cluster.dir(), cluster.socket_dir.clone());
                if tell.send(Ok(dirs)).is_ok() {
                    life::supervise(&theirs, cluster);
                }
            }
        };
        let spawned = thread::Builder::new().name("postgres".to_owned()).spawn(life);
        spawned.map_err(|source| EmbeddedError::Spawn { program: "a thread".into(), source })?;
        match told.await {
            Ok(prepared) => {
                prepared.map(|(cluster_dir, socket_dir)| (Self { shared, cluster_dir }, socket_dir))
            }
            Err(_) => Err(EmbeddedError::StartFailed {
                cluster: expected_dir,
                reason: "its thread ended".to_owned(),
            }),
        }
    }

    /// To be told how the server is doing.
    pub fn phase(&self) -> watch::Receiver<Phase> {
        self.shared.phase.subscribe()
    }

    /// The error for a start that came to nothing.
    pub fn start_failed(&self, reason: String) -> EmbeddedError {
        EmbeddedError::StartFailed { cluster: self.cluster_dir.clone(), reason }
    }

    /// From now on the server is started again whenever it ends.
    pub fn keep_up(&self) {
        self.shared.lock().was_up = true;
    }

    /// Ends the server, and returns when it has ended.
    pub async fn stop(self) {
        let mut phase = self.phase();
        for (signal, patience) in SHUTDOWN {
            self.shared.end(signal);
            if timeout(patience, phase.wait_for(|phase| *phase != Phase::Running)).await.is_ok() {
                return;
            }
            tracing::warn!(%signal, waited = ?patience, "Postgres did not stop in time");
        }
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        self.shared.end(Signal::SIGINT);
    }
}

impl Shared {
    pub fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The child is only reaped under the same mutex, so the signal never meets a stranger.
    fn end(&self, signal: Signal) {
        let mut state = self.lock();
        state.ending = true;
        if let Some(pid) = state.child {
            let _ = kill(pid, signal);
        }
        self.wake.notify_all();
    }

    /// Whether the thread should go on after `delay`.
    pub fn pause(&self, delay: Duration) -> bool {
        let state = self.lock();
        let (state, _) = self
            .wake
            .wait_timeout_while(state, delay, |state| !state.ending)
            .unwrap_or_else(PoisonError::into_inner);
        !state.ending
    }
}
