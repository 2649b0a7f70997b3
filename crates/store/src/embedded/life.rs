//! The life of the thread that keeps Postgres up: spawn, wait, and again.
//!
//! Owns when the server is started again. Must stay on one thread, because the parent-death signal follows the thread that
//! spawned. Start reading at [`supervise`].

use std::process::Child;
use std::time::{Duration, Instant};

use nix::sys::wait::{Id, WaitPidFlag, waitid};
use nix::unistd::Pid;

use super::cluster::Cluster;
use super::logs::Tail;
use super::supervisor::{Phase, Shared};
use super::{EmbeddedError, previous, process, socket};

const FIRST_DELAY: Duration = Duration::from_millis(100);
const LONGEST_DELAY: Duration = Duration::from_secs(30);
/// A server that was up for so long is not in a loop of crashes.
const STEADY: Duration = Duration::from_secs(60);
/// How often the first start is tried before the caller hears of it.
const FIRST_START_TRIES: u32 = 3;

/// The life of the thread. The cluster's lock is freed before anybody hears of the end.
pub(super) fn supervise(shared: &Shared, cluster: Cluster) {
    let last = keep_running(shared, &cluster);
    cluster.close();
    drop(cluster);
    shared.phase.send_replace(last);
}

fn keep_running(shared: &Shared, cluster: &Cluster) -> Phase {
    let mut tries = 0;
    loop {
        let began = Instant::now();
        let reason = match run_once(shared, cluster) {
            Ok(reason) => reason,
            Err(error) => error.to_string(),
        };
        let (ending, was_up) = {
            let state = shared.lock();
            (state.ending, state.was_up)
        };
        if ending {
            return Phase::Ended;
        }
        tries = if began.elapsed() > STEADY { 1 } else { tries + 1 };
        if !was_up && tries >= FIRST_START_TRIES {
            return Phase::Failed(reason);
        }
        let delay = FIRST_DELAY.saturating_mul(1 << (tries - 1).min(10)).min(LONGEST_DELAY);
        tracing::warn!(reason, ?delay, "Postgres ended; starting it again");
        if !shared.pause(delay) {
            return Phase::Ended;
        }
    }
}

/// Spawns the server, waits until it has ended and tells why, as far as it said.
fn run_once(shared: &Shared, cluster: &Cluster) -> Result<String, EmbeddedError> {
    let alive = previous::wait_for_end(&cluster.data_dir)?;
    socket::clear(&cluster.socket_dir)?;
    let tail = Tail::default();
    let mut child = {
        let mut state = shared.lock();
        if state.ending {
            return Ok(String::new());
        }
        let child = process::spawn(cluster, alive)?;
        state.child = Some(pid_of(&child));
        child
    };
    let said_all = child.stderr.take().map(|lines| tail.follow(lines));
    // Waits without reaping: until then the number cannot be given to another process.
    while waitid(Id::Pid(pid_of(&child)), WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT)
        == Err(nix::Error::EINTR)
    {}
    let mut state = shared.lock();
    state.child = None;
    let end = child.wait().map_or_else(|error| error.to_string(), |status| status.to_string());
    drop(state);
    if let Some(said_all) = said_all {
        let _ = said_all.recv_timeout(Duration::from_millis(500));
    }
    Ok(tail.summary(end))
}

fn pid_of(child: &Child) -> Pid {
    Pid::from_raw(child.id().cast_signed())
}
