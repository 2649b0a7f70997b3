//! Reading: the stamp, and exactly that part of the log which it names. Nothing is believed before its tag was checked.

use super::chain::{Chain, Tag, check_stamp};
use super::{
    FRAME_MAX, Key, LOG_HEAD, LOG_MAGIC, LogId, NOTE_MAX, STAMP, STAMP_HEAD, STAMP_MAGIC, log_name,
};
use crate::Error;
use rustix::fs::OFlags;
use std::fs::{File, OpenOptions};
use std::io::{BufReader, ErrorKind, Read};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// Why a snapshot cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// There is none.
    #[error("there is none yet")]
    Absent,
    /// It is not one that a holder of these keys made, or not whole.
    #[error("no configured key signed it, or it was changed")]
    NotSigned,
    /// What it says is not understood.
    #[error("another version of Tokenkeep wrote it")]
    NotUnderstood,
    /// The system does not give it.
    #[error(transparent)]
    Failed(#[from] Error),
}

/// A stamp that one of the keys signed.
pub struct Stamped {
    path: PathBuf,
    key: Key,
    id: LogId,
    length: u64,
    tag: Tag,
    note: Vec<u8>,
}

impl Stamped {
    /// Reads the stamp of the snapshot in this directory.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub fn read(folder: &Path, keys: &[Key]) -> Result<Self, Unreadable> {
        let path = folder.join(STAMP);
        let file = match open(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(Unreadable::Absent),
            opened => opened.map_err(|error| failed(&path, &error))?,
        };
        let mut stamp = Vec::new();
        let most = (STAMP_HEAD + NOTE_MAX + 32 + 1) as u64;
        file.take(most).read_to_end(&mut stamp).map_err(|error| failed(&path, &error))?;
        let (told, tag) = stamp.split_last_chunk::<32>().ok_or(Unreadable::NotSigned)?;
        let key = keys.iter().find(|key| check_stamp(key, told, tag));
        let key = key.ok_or(Unreadable::NotSigned)?;
        Self::of(folder, key, told).ok_or(Unreadable::NotUnderstood)
    }

    fn of(folder: &Path, key: &Key, mut told: &[u8]) -> Option<Self> {
        let told = &mut told;
        (take(told)? == *STAMP_MAGIC).then_some(())?;
        let (id, length, tag) = (take(told)?, u64::from_le_bytes(take(told)?), take(told)?);
        let noted = u32::from_le_bytes(take(told)?);
        (usize::try_from(noted).ok()? == told.len()).then_some(())?;
        let (path, key) = (folder.join(log_name(&id)), key.clone());
        Some(Self { path, key, id, length, tag, note: told.to_vec() })
    }

    /// The note of whoever wrote it.
    pub fn note(&self) -> &[u8] {
        &self.note
    }

    /// How long the log was, in bytes.
    pub const fn length(&self) -> u64 {
        self.length
    }

    /// Gives `each` the payloads of the log in their order, as far as the stamp names it. What was given counts only if the whole ends well: throw it away
    /// otherwise. `each` says whether it understood.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub fn each(&self, mut each: impl FnMut(&[u8]) -> bool) -> Result<(), Unreadable> {
        let file = match open(&self.path) {
            // The stamp says that there is one.
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(Unreadable::NotSigned),
            opened => opened.map_err(|error| failed(&self.path, &error))?,
        };
        let mut log = BufReader::with_capacity(256 * 1024, file);
        let mut head = [0; LOG_HEAD];
        self.fill(&mut log, &mut head)?;
        if head[..8] != *LOG_MAGIC || head[8..] != self.id {
            return Err(Unreadable::NotSigned);
        }
        let mut chain = Chain::begin(&self.key, &self.id);
        let mut left = self.length.checked_sub(LOG_HEAD as u64).ok_or(Unreadable::NotSigned)?;
        let mut payload = Vec::new();
        while left > 0 {
            let mut length = [0; 4];
            self.fill(&mut log, &mut length)?;
            let length = u32::from_le_bytes(length) as usize;
            if length == 0 || length > FRAME_MAX {
                return Err(Unreadable::NotSigned);
            }
            payload.resize(length, 0);
            let mut tag = [0; 32];
            self.fill(&mut log, &mut payload)?;
            self.fill(&mut log, &mut tag)?;
            left = left.checked_sub(4 + length as u64 + 32).ok_or(Unreadable::NotSigned)?;
            if !chain.check(&payload, &tag) {
                return Err(Unreadable::NotSigned);
            }
            if !each(&payload) {
                return Err(Unreadable::NotUnderstood);
            }
        }
        if chain.is_at(&self.tag) { Ok(()) } else { Err(Unreadable::NotSigned) }
    }

    fn fill(&self, log: &mut impl Read, bytes: &mut [u8]) -> Result<(), Unreadable> {
        log.read_exact(bytes).map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof => Unreadable::NotSigned,
            _ => failed(&self.path, &error),
        })
    }
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (first, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*first)
}

/// A file; what is none (a link, a pipe) is not waited for.
fn open(path: &Path) -> std::io::Result<File> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let flags = i32::try_from(flags.bits()).unwrap_or_default();
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(ErrorKind::InvalidInput.into()) }
}

fn failed(path: &Path, error: &std::io::Error) -> Unreadable {
    Error::io(format!("read {}", path.display()), error).into()
}
