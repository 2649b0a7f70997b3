//! The private directory of the Unix socket.
//!
//! Owns where it is and that nobody else can get into it or have made it. Never follows a symbolic link. Start reading at
//! [`prepare`].
//!
//! The path of a Unix socket has at most 107 bytes on Linux (`unix(7)`). When the data directory's is too long, the socket
//! goes to `/tmp/tokenkeep-<device>-<inode>`, named after the data directory's own device and inode numbers.

use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use nix::libc::{O_DIRECTORY, O_NOFOLLOW};
use nix::unistd::geteuid;

use super::EmbeddedError;
use super::user::ServerUser;

/// Postgres names the socket after this number; nothing listens on the port.
pub(super) const PORT: u16 = 5432;
const LONGEST_PATH: usize = 107;

/// Makes the socket directory, 0700 and owned by `user`, and returns it.
pub(super) fn prepare(data_dir: &Path, user: &ServerUser) -> Result<PathBuf, EmbeddedError> {
    let dir = place(data_dir)?;
    make(&dir, user).map_err(|reason| EmbeddedError::SocketDir { path: dir.clone(), reason })?;
    Ok(dir)
}

/// Checks that `dir` is a directory which only its owner can enter, and that the owner is the cluster's.
pub(super) fn is_private(dir: &Path, cluster: &Path) -> bool {
    let (Ok(dir), Ok(cluster)) = (fs::symlink_metadata(dir), fs::symlink_metadata(cluster)) else {
        return false;
    };
    dir.is_dir() && dir.uid() == cluster.uid() && dir.mode() & 0o077 == 0
}

/// Removes a dead server's socket and its lock file, which would stop the next one if their process id was given to another
/// program. Only for whoever holds both locks.
pub(super) fn clear(dir: &Path) -> Result<(), EmbeddedError> {
    for name in [format!(".s.PGSQL.{PORT}"), format!(".s.PGSQL.{PORT}.lock")] {
        let path = dir.join(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(EmbeddedError::data_dir(&path)(error));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Removes a socket directory that is not below the data directory; what is below stays.
pub(super) fn tidy(dir: &Path, data_dir: &Path) {
    if !dir.starts_with(data_dir) {
        // Not empty or gone already: both are fine.
        let _ = fs::remove_dir(dir);
    }
}

fn place(data_dir: &Path) -> Result<PathBuf, EmbeddedError> {
    let near = data_dir.join("run");
    let fits = |path: &str| path.len() + format!("/.s.PGSQL.{PORT}").len() <= LONGEST_PATH;
    if near.to_str().is_some_and(fits) {
        return Ok(near);
    }
    let meta = fs::metadata(data_dir).map_err(EmbeddedError::data_dir(data_dir))?;
    Ok(PathBuf::from(format!("/tmp/tokenkeep-{:x}-{:x}", meta.dev(), meta.ino())))
}

fn make(dir: &Path, user: &ServerUser) -> Result<(), String> {
    match DirBuilder::new().mode(0o700).create(dir) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error.to_string()),
        _ => {}
    }
    own(dir, user).map_err(|error| error.to_string())
}

/// Works on an open handle, so that nothing can be put in the directory's place between check and change.
fn own(dir: &Path, user: &ServerUser) -> io::Result<()> {
    let handle = OpenOptions::new().read(true).custom_flags(O_DIRECTORY | O_NOFOLLOW).open(dir)?;
    let owner = handle.metadata()?.uid();
    if owner != user.uid && owner != geteuid().as_raw() {
        return Err(io::Error::other(format!("it belongs to the user id {owner}")));
    }
    if user.switch {
        fchown(&handle, Some(user.uid), Some(user.gid))?;
    }
    handle.set_permissions(Permissions::from_mode(0o700))
}
