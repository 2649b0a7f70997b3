//! The locks in the data directory.
//!
//! Owns `server.lock` (who runs the cluster, and where its socket is) and `guests.lock` (commands that use another
//! command's server). Locks are `flock`s: the kernel frees them with the process, so none is ever stale. Never waits long.
//! Start reading at [`ServerLock::acquire`].

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use nix::libc::O_NOFOLLOW;

use super::EmbeddedError;

const SERVER_LOCK: &str = "server.lock";
const GUESTS_LOCK: &str = "guests.lock";
const POLL: Duration = Duration::from_millis(20);
/// A look at the lock (see [`holder`]) holds it for an instant; that must not be mistaken for a server.
const PATIENCE: Duration = Duration::from_millis(200);
/// How long a server waits for a command that has the cluster for a moment.
const PATIENCE_WITH_COMMANDS: Duration = Duration::from_secs(30);

/// What the cluster is run for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// To stay.
    Server,
    /// For one command.
    Command,
}

/// Who runs the cluster: the content of `server.lock`, as far as it was written yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Holder {
    pub pid: Option<u32>,
    pub role: Option<Role>,
    pub socket_dir: Option<PathBuf>,
}

/// `server.lock`, held.
#[derive(Debug)]
pub(super) struct ServerLock {
    file: File,
    role: Role,
}

impl ServerLock {
    /// Takes the lock. A server waits for a command that holds it; everybody else is refused at once.
    pub fn acquire(data_dir: &Path, role: Role) -> Result<Self, EmbeddedError> {
        let path = data_dir.join(SERVER_LOCK);
        let file = open(&path)?;
        let began = Instant::now();
        let mut told = false;
        while !take(file.try_lock()).map_err(EmbeddedError::data_dir(&path))? {
            let Holder { pid, role: held_for, .. } = read(&path);
            let by_command = role == Role::Server && held_for == Some(Role::Command);
            if began.elapsed() > if by_command { PATIENCE_WITH_COMMANDS } else { PATIENCE } {
                let data_dir = data_dir.to_path_buf();
                return Err(EmbeddedError::AlreadyRunning { data_dir, pid });
            }
            if by_command && !std::mem::replace(&mut told, true) {
                tracing::info!(pid, "waiting for a command that uses the data directory");
            }
            thread::sleep(POLL);
        }
        let lock = Self { file, role };
        lock.record(None).map_err(EmbeddedError::data_dir(&path))?;
        Ok(lock)
    }

    /// Writes down who holds the lock and where its socket is, for [`holder`] to read.
    pub fn record(&self, socket_dir: Option<&Path>) -> io::Result<()> {
        let role = match self.role {
            Role::Server => "server",
            Role::Command => "command",
        };
        let socket_dir = socket_dir.map(|dir| dir.display().to_string()).unwrap_or_default();
        self.file.set_len(0)?;
        let text = format!("{}\n{role}\n{socket_dir}", std::process::id());
        std::os::unix::fs::FileExt::write_all_at(&self.file, text.as_bytes(), 0)?;
        (&self.file).flush()
    }
}

/// Who runs the cluster now; `None` when nobody does.
pub(super) fn holder(data_dir: &Path) -> Result<Option<Holder>, EmbeddedError> {
    let path = data_dir.join(SERVER_LOCK);
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(EmbeddedError::data_dir(&path)(error)),
    };
    let free = take(file.try_lock_shared()).map_err(EmbeddedError::data_dir(&path))?;
    Ok((!free).then(|| read(&path)))
}

/// `guests.lock`, held together with other guests (shared) or by a host that wants to end (exclusive).
#[derive(Debug)]
pub(super) struct GuestLock {
    _file: File,
}

impl GuestLock {
    /// As a guest; `None` while a host is ending.
    pub fn try_shared(data_dir: &Path) -> Result<Option<Self>, EmbeddedError> {
        Self::with(data_dir, File::try_lock_shared)
    }

    /// As a host; `None` while there are guests.
    pub fn try_exclusive(data_dir: &Path) -> Result<Option<Self>, EmbeddedError> {
        Self::with(data_dir, File::try_lock)
    }

    fn with(
        data_dir: &Path,
        lock: fn(&File) -> Result<(), TryLockError>,
    ) -> Result<Option<Self>, EmbeddedError> {
        let path = data_dir.join(GUESTS_LOCK);
        let file = open(&path)?;
        let taken = take(lock(&file)).map_err(EmbeddedError::data_dir(&path))?;
        Ok(taken.then_some(Self { _file: file }))
    }
}

/// Opens a lock file, and makes it if it is missing.
pub(super) fn open(path: &Path) -> Result<File, EmbeddedError> {
    let mut options = OpenOptions::new();
    options
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .custom_flags(O_NOFOLLOW);
    options.open(path).map_err(EmbeddedError::data_dir(path))
}

/// Whether the lock was taken.
pub(super) fn take(result: Result<(), TryLockError>) -> io::Result<bool> {
    match result {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

fn read(path: &Path) -> Holder {
    let text = fs::read_to_string(path).unwrap_or_default();
    let mut lines = text.splitn(3, '\n');
    let pid = lines.next().and_then(|line| line.parse().ok());
    let role = lines.next().and_then(|line| match line {
        "server" => Some(Role::Server),
        "command" => Some(Role::Command),
        _ => None,
    });
    let socket_dir = lines.next().filter(|line| !line.is_empty()).map(PathBuf::from);
    Holder { pid, role, socket_dir }
}
