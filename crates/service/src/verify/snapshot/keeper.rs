//! Brings what the index knows to the disk. Blocks: it belongs on a thread where that hurts nobody.

use super::frame::Frame;
use super::note::{KeyNote, Note, VERSION, micros};
use super::{Agreed, Noted, Snapshot, Waiting};
use crate::{Fault, Result, Service};
use domain::OffsetDateTime;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use storage::snapshot::{Folder, Log};

/// A log is written anew when its changes take more than half of what it began with, and more than this.
const CHANGES_LENGTH_MIN: u64 = 4 * 1024 * 1024;
/// Of the tokens that are asked for most, the log only has those that were so when it began.
const HOTTEST_AGE_MAX: Duration = Duration::from_secs(600);
/// The longest wait after a failure.
const AGAIN_MAX: Duration = Duration::from_secs(60);

/// Keeps the snapshot of one instance.
pub struct Keeper {
    service: Service,
    folder: Option<Folder>,
    open: Option<Open>,
    failed: u32,
    again_at: Option<Instant>,
}

/// The log that grows.
struct Open {
    log: Log,
    tokens: u64,
    began_with: u64,
    began_at: Instant,
}

impl Keeper {
    /// One for this service; `None` when it keeps no snapshot.
    pub fn new(service: Service) -> Option<Self> {
        service.snapshot()?;
        Some(Self { service, folder: None, open: None, failed: 0, again_at: None })
    }

    /// Brings what waits to the disk. After a failure it waits, longer each time, and then begins anew; the stamp on the disk grows old meanwhile.
    ///
    /// Whether there was anything to write.
    ///
    /// # Errors
    /// A fault: the disk does not take it.
    pub fn write(&mut self) -> Result<bool> {
        if self.again_at.is_some_and(|at| Instant::now() < at) {
            return Ok(false);
        }
        let service = self.service.clone();
        let Some(snapshot) = service.snapshot() else { return Ok(false) };
        let Some(waiting) = snapshot.take() else { return Ok(false) };
        match self.bring(snapshot, waiting) {
            Ok(()) => {
                (self.failed, self.again_at) = (0, None);
                Ok(true)
            }
            Err(error) => {
                self.open = None;
                self.failed += 1;
                let wait = Duration::from_secs(1 << self.failed.min(6)).min(AGAIN_MAX);
                self.again_at = Some(Instant::now() + wait);
                snapshot.failures.fetch_add(1, Ordering::Relaxed);
                Err(Fault::unavailable("keeping the snapshot", error).into())
            }
        }
    }

    fn bring(&mut self, snapshot: &Snapshot, waiting: Waiting) -> storage::Result<()> {
        let Some(agreed) = waiting.agreed else { return Ok(()) };
        let anew = waiting.anew || self.open.as_ref().is_none_or(|open| self.outgrown(open));
        if anew {
            // What waited is in the index already, and is found there.
            self.open = Some(self.begin(snapshot)?);
        }
        let note = self.note(snapshot, &agreed);
        let Some(open) = &mut self.open else { return Ok(()) };
        if !anew {
            append(&mut open.log, &waiting.changes)?;
        }
        let note = Note { tokens: open.tokens, ..note };
        open.log.stamp(&serde_json::to_vec(&note).unwrap_or_default())?;
        snapshot.written.store(note.as_of, Ordering::Relaxed);
        Ok(())
    }

    fn outgrown(&self, open: &Open) -> bool {
        let changes = open.log.length() - open.began_with;
        let hottest = !self.service.index().keeps_all();
        changes > CHANGES_LENGTH_MIN.max(open.began_with / 2)
            || (hottest && open.began_at.elapsed() > HOTTEST_AGE_MAX)
    }

    /// Begins a log with the whole index. What changes while it is walked waits, and follows.
    fn begin(&mut self, snapshot: &Snapshot) -> storage::Result<Open> {
        let folder = match self.folder.take() {
            Some(folder) => folder,
            None => Folder::open(snapshot.path())?,
        };
        let folder = self.folder.insert(folder);
        let began_at = Instant::now();
        let mut id = [0; 16];
        self.service.random(|rng| rng.fill_bytes(&mut id));
        let [key, ..] = &snapshot.keys[..] else { unreachable!("a sealer has a key") };
        let mut log = folder.begin(id, key)?;
        let (mut frame, mut tokens) = (Frame::default(), 0);
        self.service.index().try_each(|hash, record| {
            frame.put(hash, Some(record));
            tokens += 1;
            flush(&mut log, &mut frame, false)
        })?;
        flush(&mut log, &mut frame, true)?;
        let (millis, bytes) = (began_at.elapsed().as_millis(), log.length());
        tracing::debug!(tokens, bytes, millis, "the snapshot is written anew");
        Ok(Open { began_with: log.length(), log, tokens, began_at })
    }

    fn note(&self, snapshot: &Snapshot, agreed: &Agreed) -> Note {
        let Agreed { history, seen, as_of } = agreed;
        let now = self.service.now();
        let uptime = as_of.uptime.as_ref();
        Note {
            version: VERSION,
            instance: snapshot.settings.instance.clone(),
            history: history.clone(),
            seen: seen.as_str().to_owned(),
            as_of: micros(as_of.wall),
            boot: uptime.map(|uptime| uptime.boot.clone()),
            uptime: uptime.and_then(|uptime| u64::try_from(uptime.elapsed.as_micros()).ok()),
            budget: u64::try_from(self.service.verify_budget().as_micros()).unwrap_or(u64::MAX),
            instances: self.service.index().instances(),
            tokens: 0,
            all: self.service.index().keeps_all(),
            keys: self.keys(now),
        }
    }

    fn keys(&self, now: OffsetDateTime) -> Vec<KeyNote> {
        let admitted = self.service.admitted().verifying(now);
        let each = admitted.into_iter().map(|(hash, key, age)| KeyNote {
            hash: hash.to_hex(),
            id: key.id.to_string(),
            name: key.name,
            expires_at: key.expires_at.map(micros),
            checked_at: micros(now - age),
        });
        each.collect()
    }
}

fn append(log: &mut Log, changes: &[Noted]) -> storage::Result<()> {
    let mut frame = Frame::default();
    for (hash, record) in changes {
        frame.put(hash, record.as_ref());
        flush(log, &mut frame, false)?;
    }
    flush(log, &mut frame, true)
}

fn flush(log: &mut Log, frame: &mut Frame, whatever_is_there: bool) -> storage::Result<()> {
    if (frame.is_full() || whatever_is_there)
        && let Some(bytes) = frame.take()
    {
        log.append(&bytes)?;
    }
    Ok(())
}

#[cfg(test)]
#[path = "keeper_tests.rs"]
mod tests;
