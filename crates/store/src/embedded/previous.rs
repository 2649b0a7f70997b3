//! What an earlier run may have left: a Postgres that is still shutting down, or its `postmaster.pid`.
//!
//! Owns the decision that nothing runs on the cluster any more. Never kills anything. Start reading at [`wait_for_end`].
//!
//! Every process of our Postgres inherits, as its standard input, a handle on which `postgres.lock` is locked. The lock is
//! therefore free exactly when all of them have ended, whatever became of process ids and of `postmaster.pid`.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::EmbeddedError;
use super::cluster::path_in;
use super::lock;

/// A fast shutdown writes everything out first, which may take a while on a slow disk.
const PATIENCE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(20);

/// Waits until no process of an earlier Postgres is left, and returns the locked file for the next one to inherit.
pub(super) fn wait_for_end(data_dir: &Path) -> Result<File, EmbeddedError> {
    let path = data_dir.join("postgres.lock");
    let file = lock::open(&path)?;
    let began = Instant::now();
    while !lock::take(file.try_lock()).map_err(EmbeddedError::data_dir(&path))? {
        if began.elapsed() > PATIENCE {
            let cluster = path_in(data_dir);
            let pid = recorded_pid(&cluster);
            return Err(EmbeddedError::StillEnding { cluster, pid, waited_s: PATIENCE.as_secs() });
        }
        thread::sleep(POLL);
    }
    clear_pid_file(&path_in(data_dir))?;
    Ok(file)
}

/// Postgres refuses to start when the process that `postmaster.pid` names exists, even if the number now belongs to something
/// else, or to a dead process that nobody has reaped (in a container whose first process does not). It treats the file of
/// a process that is gone itself, with more checks than we could do.
fn clear_pid_file(cluster: &Path) -> Result<(), EmbeddedError> {
    let Some(pid) = recorded_pid(cluster) else {
        return Ok(());
    };
    match works_in(pid, cluster) {
        Ok(true) => {
            return Err(EmbeddedError::ForeignServer { cluster: cluster.to_path_buf(), pid });
        }
        Ok(false) => {}
        Err(_) if is_dead_but_not_reaped(pid) => {}
        // No such process, or one that we may not look at: Postgres decides.
        Err(_) => return Ok(()),
    }
    tracing::info!(
        pid,
        "removing a stale postmaster.pid: its process is dead or another program's"
    );
    let path = cluster.join("postmaster.pid");
    fs::remove_file(&path).map_err(EmbeddedError::data_dir(&path))
}

/// The state follows the name, which is in parentheses and may hold any character (`proc(5)`).
fn is_dead_but_not_reaped(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(')').is_some_and(|(_, rest)| rest.trim_start().starts_with(['Z', 'X']))
}

fn recorded_pid(cluster: &Path) -> Option<u32> {
    let text = fs::read_to_string(cluster.join("postmaster.pid")).ok()?;
    text.lines().next()?.trim().parse().ok()
}

/// Whether the process works in `dir`, as every Postgres does in its cluster. Compares the directories themselves, not their
/// names.
fn works_in(pid: u32, dir: &Path) -> io::Result<bool> {
    let (there, here) = (fs::metadata(format!("/proc/{pid}/cwd"))?, fs::metadata(dir)?);
    Ok((there.dev(), there.ino()) == (here.dev(), here.ino()))
}
