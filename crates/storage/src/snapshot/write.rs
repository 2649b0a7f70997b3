//! Writing: a log that grows, and the stamp that follows it.

use super::chain::{Chain, seal_stamp};
use super::{
    FRAME_MAX, Key, LOCK, LOG_HEAD, LOG_MAGIC, LogId, NOTE_MAX, STAMP, STAMP_MAGIC,
    STAMP_UNFINISHED, log_name,
};
use crate::{Error, Result};
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{BufWriter, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// The directory of a snapshot, held by one process.
pub struct Folder {
    path: PathBuf,
    // Freed by the system when the process ends.
    _lock: File,
}

/// A log that is being written. One that no stamp names is removed when it is dropped.
pub struct Log {
    folder: PathBuf,
    id: LogId,
    file: BufWriter<File>,
    chain: Chain,
    key: Key,
    length: u64,
    synced: bool,
    stamped: bool,
}

impl Folder {
    /// Takes the directory; makes it, with mode 0700, where its parent exists.
    ///
    /// # Errors
    /// What the system says; another process has it.
    pub fn open(path: &Path) -> Result<Self> {
        let what = || format!("use {}", path.display());
        match DirBuilder::new().mode(0o700).create(path) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
                return Err(Error::io(what(), &error));
            }
            _ => {}
        }
        let lock = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path.join(LOCK))
            .map_err(|error| Error::io(what(), &error))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => {
                Err(Error::broken(what(), "another process uses it; give each its own"))
            }
            Err(TryLockError::Error(error)) => Err(Error::io(what(), &error)),
        }
    }

    /// Begins a log. What the stamp names stays until a stamp names another.
    ///
    /// # Errors
    /// What the system says.
    pub fn begin(&self, id: LogId, key: &Key) -> Result<Log> {
        let stamped = std::fs::read(self.path.join(STAMP)).ok();
        let stamped = stamped.as_ref().and_then(|stamp| stamp.get(8..24)?.try_into().ok());
        sweep(&self.path, stamped.as_ref())?;
        let path = self.path.join(log_name(&id));
        let file = create(&path).map_err(|error| failed("write", &path, &error))?;
        let mut log = Log {
            folder: self.path.clone(),
            id,
            file: BufWriter::with_capacity(256 * 1024, file),
            chain: Chain::begin(key, &id),
            key: key.clone(),
            length: LOG_HEAD as u64,
            synced: false,
            stamped: false,
        };
        log.put(&[LOG_MAGIC, &id])?;
        Ok(log)
    }
}

impl Log {
    /// Adds a frame of 1 to [`FRAME_MAX`] bytes.
    ///
    /// # Errors
    /// What the system says. Nothing more can be added then: begin another log.
    pub fn append(&mut self, payload: &[u8]) -> Result<()> {
        let length =
            u32::try_from(payload.len()).ok().filter(|n| (1..=FRAME_MAX as u32).contains(n));
        let length =
            length.ok_or_else(|| Error::broken("write the snapshot", "a frame too long"))?;
        let tag = *self.chain.add(payload);
        self.put(&[&length.to_le_bytes(), payload, &tag])?;
        self.length += 4 + u64::from(length) + 32;
        Ok(())
    }

    /// Its length, in bytes.
    pub const fn length(&self) -> u64 {
        self.length
    }

    /// Makes everything in it count, with a note of at most [`NOTE_MAX`] bytes. The log is on the disk before the stamp is in its place.
    ///
    /// # Errors
    /// What the system says. The stamp is what it was before, or the new one.
    pub fn stamp(&mut self, note: &[u8]) -> Result<()> {
        let what = || format!("write {}", self.folder.join(STAMP).display());
        if note.len() > NOTE_MAX {
            return Err(Error::broken(what(), "a note too long"));
        }
        if !self.synced {
            let synced = self.file.flush().and_then(|()| self.file.get_ref().sync_data());
            synced.map_err(|error| failed("write", &self.folder, &error))?;
            self.synced = true;
        }
        let mut stamp = Vec::with_capacity(super::STAMP_HEAD + note.len() + 32);
        stamp.extend_from_slice(STAMP_MAGIC);
        stamp.extend_from_slice(&self.id);
        stamp.extend_from_slice(&self.length.to_le_bytes());
        stamp.extend_from_slice(self.chain.tag());
        stamp.extend_from_slice(&u32::try_from(note.len()).unwrap_or(u32::MAX).to_le_bytes());
        stamp.extend_from_slice(note);
        let tag = seal_stamp(&self.key, &stamp);
        stamp.extend_from_slice(&tag);
        replace(&self.folder, &stamp).map_err(|error| Error::io(what(), &error))?;
        if !self.stamped {
            self.stamped = true;
            // Which log there is changes rarely, and should be known after a power cut. Of stamps the last is not worth that.
            sync_directory(&self.folder).map_err(|error| Error::io(what(), &error))?;
            sweep(&self.folder, Some(&self.id))?;
        }
        Ok(())
    }

    fn put(&mut self, parts: &[&[u8]]) -> Result<()> {
        self.synced = false;
        for part in parts {
            let written = self.file.write_all(part);
            written.map_err(|error| failed("write", &self.folder, &error))?;
        }
        Ok(())
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        if !self.stamped {
            let _ = std::fs::remove_file(self.folder.join(log_name(&self.id)));
        }
    }
}

fn failed(what: &str, path: &Path, error: &std::io::Error) -> Error {
    Error::io(format!("{what} {}", path.display()), error)
}

/// A new file that only its owner reads. Never one that is there, or behind a link.
fn create(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

fn replace(folder: &Path, stamp: &[u8]) -> std::io::Result<()> {
    let unfinished = folder.join(STAMP_UNFINISHED);
    let mut file = match create(&unfinished) {
        // What a crash left.
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            std::fs::remove_file(&unfinished)?;
            create(&unfinished)?
        }
        created => created?,
    };
    file.write_all(stamp)?;
    file.sync_data()?;
    std::fs::rename(&unfinished, folder.join(STAMP))
}

fn sync_directory(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Removes every log but this one.
fn sweep(folder: &Path, keep: Option<&LogId>) -> Result<()> {
    let keep = keep.map(log_name);
    let entries = std::fs::read_dir(folder).map_err(|error| failed("list", folder, &error))?;
    for entry in entries {
        let name = entry.map_err(|error| failed("list", folder, &error))?.file_name();
        let is_log = name.to_str().is_some_and(|name| name.starts_with("log-"));
        if is_log && name.to_str() != keep.as_deref() {
            let path = folder.join(name);
            std::fs::remove_file(&path).map_err(|error| failed("remove", &path, &error))?;
        }
    }
    Ok(())
}
