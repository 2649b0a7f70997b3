//! One directory, held by its descriptor: whatever happens to its path meanwhile, every step is taken in it.

use crate::page::Filling;
use crate::{Error, Listed, OBJECT_MAX, Pages, Result};
use domain::mirror::Digest;
use rustix::fs::{self, AtFlags, Mode, OFlags};
use rustix::io::Errno;
use std::fs::File;
use std::io::Read as _;
use std::os::fd::OwnedFd;
use std::path::Path;

/// What the name of a file in the making begins with.
pub(super) const UNFINISHED: &str = ".tokenkeep-";

const DIRECTORY: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
const DIRECTORY_MODE: Mode = Mode::RWXU;

/// An open directory.
pub(super) struct Dir {
    pub(super) fd: OwnedFd,
    /// For messages.
    pub(super) path: String,
}

impl Dir {
    /// Opens a root; `None` when it is not there.
    pub(super) fn open(path: &Path) -> Result<Option<Self>> {
        let shown = path.display().to_string();
        match fs::open(path, DIRECTORY, Mode::empty()) {
            Ok(fd) => Ok(Some(Self { fd, path: shown })),
            Err(Errno::NOENT) => Ok(None),
            Err(errno) => Err(Error::os(format!("open {shown}"), errno)),
        }
    }

    /// Makes a root, in a parent that exists.
    pub(super) fn create(path: &Path) -> Result<Self> {
        let shown = path.display().to_string();
        let what = format!("create {shown}");
        fs::mkdir(path, DIRECTORY_MODE).map_err(|errno| Error::os(&what, errno))?;
        let made = Self::open(path)?.ok_or_else(|| Error::os(&what, Errno::NOENT))?;
        if let Some(parent) = path.parent() {
            let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
            let parent = fs::open(parent, DIRECTORY, Mode::empty());
            parent.and_then(fs::fsync).map_err(|errno| Error::os(&what, errno))?;
        }
        Ok(made)
    }

    /// Opens a directory in this one, which may not be a link; `None` when it is not there.
    pub(super) fn enter(&self, name: &str) -> Result<Option<Self>> {
        let path = format!("{}/{name}", self.path);
        match fs::openat(&self.fd, name, DIRECTORY | OFlags::NOFOLLOW, Mode::empty()) {
            Ok(fd) => Ok(Some(Self { fd, path })),
            Err(Errno::NOENT) => Ok(None),
            Err(errno) => Err(Error::os(format!("open {path}"), errno)),
        }
    }

    /// Makes a directory in this one, durably.
    pub(super) fn make(&self, name: &str) -> Result<Self> {
        let failed = |errno| Error::os(format!("create {}/{name}", self.path), errno);
        match fs::mkdirat(&self.fd, name, DIRECTORY_MODE) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(errno) => return Err(failed(errno)),
        }
        self.sync()?;
        self.enter(name)?.ok_or_else(|| failed(Errno::NOENT))
    }

    /// Makes durable which names are in it.
    pub(super) fn sync(&self) -> Result<()> {
        fs::fsync(&self.fd).map_err(|errno| Error::os(format!("sync {}", self.path), errno))
    }

    /// Everything in it but what is hidden, under the key `at`.
    pub(super) fn list(&self, at: &str, pages: Pages<'_>) -> Result<()> {
        let mut listed = Filling::of(pages);
        let mut buffer = Vec::with_capacity(4096);
        for name in self.names()? {
            let name = name?;
            if name.starts_with('.') {
                continue;
            }
            let path = format!("{at}/{name}");
            match self.read(&name, &mut buffer) {
                Ok(true) => listed.push(Listed { path, digest: Some(Digest::of(&buffer)) }),
                Ok(false) => listed.push(Listed { path, digest: None }),
                // Somebody removed it between our two looks.
                Err(Errno::NOENT) => {}
                Err(errno) => return Err(Error::os(format!("read {path}"), errno)),
            }
        }
        listed.hand_over();
        Ok(())
    }

    /// The bytes of the object `key`, which is in here as `name`.
    pub(super) fn get(&self, name: &str, key: &str) -> Result<Option<Vec<u8>>> {
        let what = || format!("read {key}");
        let mut bytes = Vec::new();
        match self.read(name, &mut bytes) {
            Ok(true) if bytes.len() <= OBJECT_MAX => Ok(Some(bytes)),
            Ok(true) => Err(Error::broken(what(), format!("more than {OBJECT_MAX} bytes"))),
            Ok(false) => Err(Error::broken(what(), "not a file")),
            Err(Errno::NOENT) => Ok(None),
            Err(errno) => Err(Error::os(what(), errno)),
        }
    }

    /// Reads at most one byte more than an object may have. `false`: it is not a file.
    fn read(&self, name: &str, into: &mut Vec<u8>) -> rustix::io::Result<bool> {
        into.clear();
        // Without NONBLOCK a named pipe would hold us until somebody writes to it.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let fd = match fs::openat(&self.fd, name, flags, Mode::empty()) {
            Ok(fd) => fd,
            // A link, a socket or a device without a driver.
            Err(Errno::LOOP | Errno::NXIO | Errno::NODEV) => return Ok(false),
            Err(errno) => return Err(errno),
        };
        let stat = fs::fstat(&fd)?;
        if !fs::FileType::from_raw_mode(stat.st_mode).is_file() {
            return Ok(false);
        }
        let most = u64::try_from(OBJECT_MAX).unwrap_or(u64::MAX).saturating_add(1);
        let read = File::from(fd).take(most).read_to_end(into);
        read.map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))?;
        Ok(true)
    }

    /// The names in it, as the directory is read: a page of the system's at a time.
    pub(super) fn names(&self) -> Result<impl Iterator<Item = Result<String>>> {
        let failed = |errno| Error::os(format!("list {}", self.path), errno);
        let entries = fs::Dir::read_from(&self.fd).map_err(failed)?;
        let names = entries.map(move |entry| {
            let entry = entry.map_err(failed)?;
            Ok(String::from_utf8_lossy(entry.file_name().to_bytes()).into_owned())
        });
        Ok(names.filter(|name| !matches!(name.as_deref(), Ok("." | ".."))))
    }

    /// Removes a name; whether it was there.
    pub(super) fn unlink(&self, name: &str) -> rustix::io::Result<bool> {
        match fs::unlinkat(&self.fd, name, AtFlags::empty()) {
            Ok(()) => Ok(true),
            Err(Errno::NOENT) => Ok(false),
            Err(errno) => Err(errno),
        }
    }
}
