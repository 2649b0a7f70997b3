//! The cluster on disk: paths, ownership, and everything that must be true before Postgres is spawned.
//!
//! Owns the order of preparation. Never spawns the server. Start reading at [`Cluster::open`].

use std::fs::{self, DirBuilder, Permissions};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown, lchown};
use std::path::{Path, PathBuf};

use super::binaries::{self, Binaries};
use super::lock::{Role, ServerLock};
use super::user::ServerUser;
use super::{EmbeddedConfig, EmbeddedError, initdb, previous, socket};

/// A cluster that is ready to be served, and ours alone while this value lives.
#[derive(Debug)]
pub(super) struct Cluster {
    pub data_dir: PathBuf,
    pub socket_dir: PathBuf,
    pub user: ServerUser,
    pub binaries: Binaries,
    _lock: ServerLock,
}

impl Cluster {
    /// Takes the data directory, waits for an orphan of an earlier run, and makes the cluster if there is none. Blocks; call
    /// it on the thread that will spawn the server.
    pub fn open(config: &EmbeddedConfig, role: Role) -> Result<Self, EmbeddedError> {
        let data_dir = make_data_dir(&config.data_dir)?;
        let lock = ServerLock::acquire(&data_dir, role)?;
        let dir = path_in(&data_dir);
        let user = ServerUser::choose(&dir)?;
        let binaries = binaries::find(&config.bin_search, &dir, &user)?;
        user.check_enters(&data_dir, &binaries.postgres())?;
        drop(previous::wait_for_end(&data_dir)?);
        let socket_dir = socket::prepare(&data_dir, &user)?;
        lock.record(Some(&socket_dir)).map_err(EmbeddedError::data_dir(&data_dir))?;
        let cluster = Self { data_dir, socket_dir, user, binaries, _lock: lock };
        cluster.make_if_missing()?;
        Ok(cluster)
    }

    /// Postgres' own data directory.
    pub fn dir(&self) -> PathBuf {
        path_in(&self.data_dir)
    }

    /// Cleans up what need not stay between two runs.
    pub fn close(&self) {
        socket::tidy(&self.socket_dir, &self.data_dir);
    }

    fn make_if_missing(&self) -> Result<(), EmbeddedError> {
        let dir = self.dir();
        if dir.join("PG_VERSION").is_file() {
            return self.take_over();
        }
        let in_the_way = fs::read_dir(&dir).is_ok_and(|mut entries| entries.next().is_some());
        if in_the_way { Err(EmbeddedError::NotACluster { path: dir }) } else { initdb::run(self) }
    }

    /// Gives a cluster that came to belong to root (a restored backup) to Postgres' user.
    fn take_over(&self) -> Result<(), EmbeddedError> {
        let dir = self.dir();
        let meta = fs::symlink_metadata(&dir).map_err(EmbeddedError::data_dir(&dir))?;
        if self.user.switch && meta.uid() != self.user.uid {
            give(&dir, &self.user)?;
        }
        Ok(())
    }
}

/// Where the cluster of a data directory is.
pub(super) fn path_in(data_dir: &Path) -> PathBuf {
    data_dir.join("postgres")
}

/// Makes a directory that only `user` can enter.
pub(super) fn make_private(dir: &Path, user: &ServerUser) -> Result<(), EmbeddedError> {
    DirBuilder::new().mode(0o700).create(dir).map_err(EmbeddedError::data_dir(dir))?;
    if user.switch {
        chown(dir, Some(user.uid), Some(user.gid)).map_err(EmbeddedError::data_dir(dir))?;
    }
    Ok(())
}

/// The data directory, absolute and without symbolic links. One that we make is closed to others, as far as Postgres' user
/// need not pass through it.
fn make_data_dir(path: &Path) -> Result<PathBuf, EmbeddedError> {
    if !path.exists() {
        fs::create_dir_all(path).map_err(EmbeddedError::data_dir(path))?;
        let mode = if nix::unistd::geteuid().is_root() { 0o711 } else { 0o700 };
        fs::set_permissions(path, Permissions::from_mode(mode))
            .map_err(EmbeddedError::data_dir(path))?;
    }
    fs::canonicalize(path).map_err(EmbeddedError::data_dir(path))
}

/// The top comes last, so that an interrupted change of owner is taken up again by the next start.
fn give(path: &Path, user: &ServerUser) -> Result<(), EmbeddedError> {
    let meta = fs::symlink_metadata(path).map_err(EmbeddedError::data_dir(path))?;
    if meta.is_dir() {
        for entry in fs::read_dir(path).map_err(EmbeddedError::data_dir(path))? {
            give(&entry.map_err(EmbeddedError::data_dir(path))?.path(), user)?;
        }
    }
    lchown(path, Some(user.uid), Some(user.gid)).map_err(EmbeddedError::data_dir(path))
}
