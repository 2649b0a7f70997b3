//! Making the cluster, once.
//!
//! Owns that a cluster is either whole or absent: it is made in `postgres.new` and renamed. Never touches an existing cluster.
//! Start reading at [`run`].

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::cluster::{Cluster, make_private};
use super::{DATABASE, EmbeddedError, logs, process};

/// How long the last writes of an interrupted initdb may disturb the removal of what it left.
const REMOVAL_PATIENCE: Duration = Duration::from_secs(5);

/// Makes the cluster; on failure nothing is left of it.
pub(super) fn run(cluster: &Cluster) -> Result<(), EmbeddedError> {
    let fresh = cluster.data_dir.join("postgres.new");
    tracing::info!(cluster = %cluster.dir().display(), user = cluster.user.name, "making the private Postgres cluster");
    let made = make(cluster, &fresh, "C.UTF-8").or_else(|error| match error {
        EmbeddedError::InitFailed { reason, .. } if reason.contains("locale") => {
            make(cluster, &fresh, "C")
        }
        other => Err(other),
    });
    let placed = made.and_then(|()| place(cluster, &fresh));
    if placed.is_err() {
        let _ = remove(&fresh);
    }
    placed
}

fn make(cluster: &Cluster, fresh: &Path, locale: &str) -> Result<(), EmbeddedError> {
    remove(fresh).map_err(EmbeddedError::data_dir(fresh))?;
    make_private(fresh, &cluster.user)?;
    let program = cluster.binaries.initdb();
    let mut command = cluster.user.command(&program, &cluster.data_dir);
    command.arg("-D").arg(fresh).args([
        "-U",
        DATABASE,
        "-E",
        "UTF8",
        "--data-checksums",
        "--no-instructions",
    ]);
    // Whoever can enter the 0700 socket directory owns the files anyway; nobody comes over the network.
    command.args(["--auth-local=trust", "--auth-host=reject", &format!("--locale={locale}")]);
    process::bind_to_this_thread(&mut command);
    let output = command.output().map_err(|source| EmbeddedError::Spawn { program, source })?;
    if output.status.success() {
        return Ok(());
    }
    Err(EmbeddedError::InitFailed {
        cluster: cluster.dir(),
        reason: logs::summary(String::from_utf8_lossy(&output.stderr).lines(), output.status),
    })
}

/// Puts the whole cluster in its place, durably.
fn place(cluster: &Cluster, fresh: &Path) -> Result<(), EmbeddedError> {
    fs::rename(fresh, cluster.dir())
        .and_then(|()| File::open(&cluster.data_dir)?.sync_all())
        .map_err(EmbeddedError::data_dir(&cluster.dir()))
}

fn remove(dir: &Path) -> io::Result<()> {
    let began = Instant::now();
    loop {
        match fs::remove_dir_all(dir) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) if began.elapsed() > REMOVAL_PATIENCE => return Err(error),
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => {
                thread::sleep(Duration::from_millis(20));
            }
            other => return other,
        }
    }
}
