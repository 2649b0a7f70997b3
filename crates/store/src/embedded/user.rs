//! The user that Postgres runs as.
//!
//! Owns the choice (ourselves, or an unprivileged user when we are root) and what that user may enter. Never keeps
//! supplementary groups or our environment, which may hold keys. Start reading at [`ServerUser::choose`].

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use nix::unistd::{Uid, User, getegid, geteuid};

use super::EmbeddedError;

/// The user that Postgres runs as. `switch` says that it is not ourselves.
#[derive(Clone, Debug)]
pub(super) struct ServerUser {
    pub uid: u32,
    pub gid: u32,
    pub name: String,
    pub switch: bool,
}

impl ServerUser {
    /// Ourselves; for root the owner of an existing cluster, else `postgres`, else `nobody`.
    pub fn choose(cluster: &Path) -> Result<Self, EmbeddedError> {
        let owner = fs::symlink_metadata(cluster).ok();
        if geteuid().is_root() {
            return Self::for_root(owner.as_ref());
        }
        let uid = geteuid().as_raw();
        let ourselves = Self { uid, gid: getegid().as_raw(), name: name_of(uid), switch: false };
        match owner {
            Some(owner) if owner.uid() != uid => Err(EmbeddedError::WrongOwner {
                path: cluster.to_path_buf(),
                owner: name_of(owner.uid()),
                user: ourselves.name,
            }),
            _ => Ok(ourselves),
        }
    }

    fn for_root(owner: Option<&Metadata>) -> Result<Self, EmbeddedError> {
        if let Some(owner) = owner.filter(|owner| owner.uid() != 0) {
            let (uid, gid) = (owner.uid(), owner.gid());
            return Ok(Self { uid, gid, name: name_of(uid), switch: true });
        }
        let found = ["postgres", "nobody"].into_iter().find_map(|name| {
            let user = User::from_name(name).ok().flatten()?;
            (!user.uid.is_root()).then_some(user)
        });
        let user = found.ok_or(EmbeddedError::NoServerUser)?;
        Ok(Self { uid: user.uid.as_raw(), gid: user.gid.as_raw(), name: user.name, switch: true })
    }

    /// A command that runs as this user, in `dir`, with an empty environment and nothing on stdin.
    pub fn command(&self, program: &Path, dir: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("LC_ALL", "C").env("PATH", "/usr/bin:/bin");
        command.current_dir(dir).stdin(Stdio::null());
        if self.switch {
            // Setting the uid as root also clears the supplementary groups (documented by std).
            command.gid(self.gid).uid(self.uid);
        }
        command
    }

    /// The first directory on the way to `path` that this user may not enter, by the permission bits.
    pub fn closed_on_the_way(&self, path: &Path) -> Option<PathBuf> {
        let mut ways: Vec<&Path> = path.ancestors().collect();
        ways.reverse();
        ways.into_iter()
            .find(|dir| fs::metadata(dir).is_ok_and(|meta| meta.is_dir() && !self.may_enter(&meta)))
            .map(Path::to_path_buf)
    }

    /// Checks, by running `program` (which should do nothing) there, that this user can enter `dir`.
    pub fn check_enters(&self, dir: &Path, program: &Path) -> Result<(), EmbeddedError> {
        if !self.switch {
            return Ok(());
        }
        let mut command = self.command(program, dir);
        command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
        match command.status() {
            Ok(_) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                let dir = self.closed_on_the_way(dir).unwrap_or_else(|| dir.to_path_buf());
                Err(EmbeddedError::Closed { dir, user: self.name.clone() })
            }
            Err(source) => Err(EmbeddedError::Spawn { program: program.to_path_buf(), source }),
        }
    }

    fn may_enter(&self, meta: &Metadata) -> bool {
        let shift = match () {
            () if meta.uid() == self.uid => 6,
            () if meta.gid() == self.gid => 3,
            () => 0,
        };
        (meta.mode() >> shift) & 0o1 != 0
    }
}

fn name_of(uid: u32) -> String {
    let user = User::from_uid(Uid::from_raw(uid)).ok().flatten();
    user.map_or_else(|| uid.to_string(), |user| user.name)
}
