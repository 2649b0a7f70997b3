//! What the index knows, kept on disk: so that an instance can start while the database does not answer, and go on for as long as if it had never stopped.
//!
//! [`super::Following`] tells what it applied and when it last agreed with the database; a [`Keeper`] brings that to the disk about once a second, away from
//! both the look and verification. [`restore`] reads it. The files and their authentication are `storage::snapshot`; here is what they say. Never a secret:
//! hashes, and what is known of them.

mod age;
mod frame;
mod keeper;
mod note;
mod restore;

pub use age::{AsOf, TooFar};
pub use keeper::Keeper;
pub use restore::{Restored, Unusable, inspect, restore};

use domain::OffsetDateTime;
use domain::token::SecretHash;
use domain::verify::Record;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
pub use storage::snapshot::Unreadable;
use storage::snapshot::{Key, Uptime};
use store::verify::{Known, Seen};
use vault::Sealer;

/// What the keys are derived for.
const PURPOSE: &str = "tokenkeep snapshot of the index";
/// How many changes wait for the disk at most. With more, everything is written anew instead.
const CHANGES_MAX: usize = 100_000;

/// Where a snapshot is kept, and whose it is.
#[derive(Clone, Debug)]
pub struct SnapshotSettings {
    /// The directory, of this instance alone.
    pub path: PathBuf,
    /// What the instance is called. A snapshot is good under this name only: it is covered by the lease of that name in the database.
    pub instance: String,
}

/// The snapshot that this instance keeps.
pub struct Snapshot {
    settings: SnapshotSettings,
    keys: Vec<Key>,
    up: Option<Uptime>,
    waiting: Mutex<Waiting>,
    restored: OnceLock<Restored>,
    /// Of the stamp on the disk, in microseconds since 1970; 0 is none by this process.
    written: AtomicI64,
    failures: AtomicU64,
}

/// What is to be brought to the disk.
struct Waiting {
    /// In the order in which they were applied.
    changes: Vec<Noted>,
    /// The index is written as a whole instead.
    anew: bool,
    agreed: Option<Agreed>,
}

/// A look that agreed with the database.
#[derive(Clone)]
pub(super) struct Agreed {
    pub(super) history: String,
    pub(super) seen: Seen,
    /// From before the look.
    pub(super) as_of: AsOf,
}

/// The keys that authenticate a snapshot: the first signs, all are accepted.
pub fn keys(sealer: &Sealer) -> Vec<Key> {
    sealer.derive(PURPOSE)
}

impl Snapshot {
    /// Nothing is on disk, and nothing waits.
    pub(crate) fn new(settings: SnapshotSettings, sealer: &Sealer) -> Self {
        Self {
            settings,
            keys: keys(sealer),
            up: Uptime::now(),
            waiting: Mutex::new(Waiting { changes: Vec::new(), anew: true, agreed: None }),
            restored: OnceLock::new(),
            written: AtomicI64::new(0),
            failures: AtomicU64::new(0),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.settings.path
    }

    /// What this process started from, if that was a snapshot.
    pub fn restored(&self) -> Option<&Restored> {
        self.restored.get()
    }

    /// When what is on disk was last what the database has; `None` while this process has written none.
    pub fn as_of(&self) -> Option<OffsetDateTime> {
        let micros = self.written.load(Ordering::Relaxed);
        note::instant(micros).filter(|_| micros != 0)
    }

    /// How often it could not be written since the start.
    pub fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }

    /// This moment, on every clock that there is.
    pub(super) fn moment(&self, wall: OffsetDateTime) -> AsOf {
        AsOf { wall, uptime: self.up.as_ref().and_then(Uptime::later) }
    }

    /// The index was loaded: what is on disk is of another time.
    pub(super) fn begin_anew(&self) {
        *self.waiting() = Waiting { changes: Vec::new(), anew: true, agreed: None };
    }

    /// These are in the index now.
    pub(super) fn applied(&self, changes: Vec<Noted>) {
        let mut waiting = self.waiting();
        if waiting.changes.len() + changes.len() > CHANGES_MAX {
            waiting.anew = true;
        }
        if waiting.anew {
            // Whoever walks the index from now on finds them there.
            waiting.changes = Vec::new();
        } else {
            waiting.changes.extend(changes);
        }
    }

    /// With everything that was applied, the index agrees with the database.
    pub(super) fn agreed(&self, agreed: Agreed) {
        self.waiting().agreed = Some(agreed);
    }

    /// What waits, if there was a look since the last time.
    fn take(&self) -> Option<Waiting> {
        let mut waiting = self.waiting();
        let agreed = waiting.agreed.take()?;
        let changes = std::mem::take(&mut waiting.changes);
        let anew = std::mem::replace(&mut waiting.anew, false);
        Some(Waiting { changes, anew, agreed: Some(agreed) })
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is known of a hash; `None` is that it left the database.
pub(super) type Noted = (SecretHash, Option<Record>);

/// What a look found, in the order in which it is applied: what is gone, and what is known by each secret of these tokens.
pub(super) fn copies(tokens: &[Known], gone: &[SecretHash]) -> Vec<Noted> {
    let known = tokens.iter().flat_map(|known| {
        std::iter::once((known.hash, known.record.clone())).chain(known.retired.clone())
    });
    let gone = gone.iter().map(|hash| (*hash, None));
    gone.chain(known.map(|(hash, record)| (hash, Some(record)))).collect()
}
