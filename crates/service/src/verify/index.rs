//! The records of tokens in memory, and whether they may still be believed.
//!
//! Reads take no lock and allocate nothing. Writes come from one place, [`super::Following`], in the order in which the database had them. Start at
//! [`Index::ask`].

mod kept;
mod pace;
mod strangers;
mod trust;
mod whole;

pub use kept::{Entry, Hash};
pub use trust::{Bar, FRESH, Trust};

use arc_swap::ArcSwap;
use domain::OffsetDateTime;
use domain::token::{Scopes, SecretHash};
use domain::verify::Record;
use kept::{Kept, Misses};
use pace::{Pace, Paces};
use std::collections::HashSet;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::verify::{Change, Known, Seen};
use strangers::Strangers;
use tokio::sync::watch;
use trust::Clockwork;

/// How many answers about tokens that are not good are remembered.
const MISSES_MAX: usize = 16_384;

/// How long a caller who changed a token waits for this instance to have it.
const CHANGE_WAIT: Duration = Duration::from_secs(1);

/// What is known of a token that is not among the good ones.
#[derive(Clone)]
pub enum Miss {
    /// Nobody issued it.
    Unknown,
    /// It has ended.
    Ended(Arc<Entry>),
}

impl Miss {
    fn ended(record: Record) -> Self {
        Self::Ended(Entry::of(record).into())
    }
}

/// What the index says about a hash.
pub enum Found<R> {
    /// It was told.
    Told(R),
    /// It is not here; the database knows.
    Ask,
    /// It cannot be told now.
    Untold,
}

/// What a look at many told of one of them.
#[derive(Clone, Copy)]
pub(super) enum Near<'e> {
    /// It is among the good ones.
    Here(&'e Entry),
    /// It is not.
    NotHere,
    /// Nobody looked.
    NotLooked,
}

/// The records of tokens in memory.
pub struct Index {
    kept: ArcSwap<Kept>,
    misses: Misses,
    paces: Paces,
    scopes: Mutex<HashSet<Arc<Scopes>>>,
    // Counts what was applied: what was read before a change is not kept after it.
    changes: AtomicU64,
    writing: Mutex<()>,
    instances: AtomicU32,
    clockwork: Clockwork,
    applied: watch::Sender<Option<Seen>>,
    strangers: Strangers,
    resident_max: usize,
}

impl Index {
    /// An index that keeps all tokens while there are at most `resident_max`, else that many of those that are asked for most. Until it is loaded, the
    /// database is asked.
    pub fn new(resident_max: usize) -> Self {
        Self {
            kept: ArcSwap::from_pointee(Kept::hottest(0)),
            misses: Misses::new(MISSES_MAX),
            paces: Paces::new(),
            scopes: Mutex::default(),
            changes: AtomicU64::new(0),
            writing: Mutex::new(()),
            instances: AtomicU32::new(1),
            clockwork: Clockwork::new(),
            applied: watch::Sender::new(None),
            strangers: Strangers::new(),
            resident_max,
        }
    }

    /// Asks about the secret of this hash.
    pub fn ask<R>(&self, hash: &SecretHash, tell: impl FnOnce(Option<&Entry>) -> R) -> Found<R> {
        let trust = self.clockwork.trust();
        if trust == Trust::Nothing {
            return Found::Untold;
        }
        let mut tell = Some(tell);
        let told = |entry: &Entry| tell.take().map(|tell| tell(Some(entry)));
        match (self.kept.load().get(hash, told).flatten(), tell) {
            (Some(told), _) => Found::Told(told),
            (None, Some(tell)) => self.ask_misses(hash, trust, tell),
            (None, None) => Found::Untold,
        }
    }

    /// Asks as [`Self::ask`] does, where `near` is what [`Self::near`] told of this hash.
    pub(super) fn ask_near<R>(
        &self,
        hash: &SecretHash,
        near: Near<'_>,
        tell: impl FnOnce(Option<&Entry>) -> R,
    ) -> Found<R> {
        match (near, self.clockwork.trust()) {
            (Near::NotLooked, _) => self.ask(hash, tell),
            (_, Trust::Nothing) => Found::Untold,
            (Near::Here(entry), _) => Found::Told(tell(Some(entry))),
            (Near::NotHere, trust) => self.ask_misses(hash, trust, tell),
        }
    }

    fn ask_misses<R>(
        &self,
        hash: &SecretHash,
        trust: Trust,
        tell: impl FnOnce(Option<&Entry>) -> R,
    ) -> Found<R> {
        match self.misses.get(hash) {
            Some(Miss::Unknown) if trust == Trust::All => Found::Told(tell(None)),
            // What has ended stays so, whoever can be asked.
            Some(Miss::Ended(entry)) => Found::Told(tell(Some(&entry))),
            _ if trust == Trust::WhatIsKnown => Found::Untold,
            _ => Found::Ask,
        }
    }

    /// Looks for all of these hashes, at most `N`, before the first of them is asked about: a processor waits for several places of memory at a time, if
    /// nothing is between them. What is told is true now, and is not to be kept.
    pub(super) fn near<const N: usize, R>(
        &self,
        hashes: &[Option<SecretHash>],
        tell: impl FnOnce([Near<'_>; N]) -> R,
    ) -> R {
        self.kept.load().near::<N, R>(hashes, |near| {
            tell(match near {
                Some(near) => near.map(|entry| entry.map_or(Near::NotHere, Near::Here)),
                None => [Near::NotLooked; N],
            })
        })
    }

    /// How far what is here may be believed.
    pub fn trust(&self) -> Trust {
        self.clockwork.trust()
    }

    /// Why everything is refused, whatever the database says.
    pub fn barred(&self) -> Option<Bar> {
        self.clockwork.barred()
    }

    /// Waits until a change that was committed is applied here. Not where nothing is followed, nor longer than [`CHANGE_WAIT`]: it is committed all the
    /// same, and the receipt of a revocation says who has it.
    pub async fn await_change(&self, change: Change) {
        if self.trust() != Trust::All {
            return;
        }
        let mut applied = self.applied.subscribe();
        let has = |seen: &Option<Seen>| seen.as_ref().is_some_and(|seen| seen.has(change));
        // Late is not wrong, and nobody lets go of the sender.
        let _ = tokio::time::timeout(CHANGE_WAIT, applied.wait_for(has)).await;
    }

    /// What was seen so far is applied.
    pub(super) fn applied(&self, seen: &Seen) {
        self.applied.send_replace(Some(seen.clone()));
    }

    /// Who asked in vain of late.
    pub fn strangers(&self) -> &Strangers {
        &self.strangers
    }

    /// How many instances share the limits.
    pub fn instances(&self) -> u32 {
        self.instances.load(Ordering::Relaxed)
    }

    /// How many tokens are here.
    pub fn len(&self) -> usize {
        self.kept.load().len()
    }

    /// Whether no token is here.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where the index is before the database is asked: give it to [`Self::learn`] with the answer.
    pub fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// Keeps what the database said, unless something changed meanwhile.
    pub fn learn(
        &self,
        hash: &SecretHash,
        record: Option<Record>,
        now: OffsetDateTime,
        asked_at: u64,
    ) {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        if self.changes() != asked_at || self.trust() != Trust::All {
            return;
        }
        match record {
            None => self.misses.put(hash, Miss::Unknown),
            Some(record) if ended(&record, now) => self.misses.put(hash, Miss::ended(record)),
            Some(record) => self.kept.load().learn(hash, self.entry(hash, record)),
        }
    }

    /// An entry of what the database said: its requests are counted with those of every other copy.
    pub fn entry(&self, hash: &SecretHash, record: Record) -> Entry {
        let pace = record.rate().map(|_| {
            let found = self.kept.load().pace(hash).or_else(|| self.paces.find(record.id));
            found.unwrap_or_else(|| self.paces.make(record.id))
        });
        Entry::paced(record, pace)
    }

    /// The one copy of these scopes.
    pub(super) fn share(&self, scopes: &[String]) -> Arc<Scopes> {
        let scopes = Scopes::stored(scopes);
        let mut shared = self.scopes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(scopes) = shared.get(&scopes) {
            return Arc::clone(scopes);
        }
        let scopes = Arc::new(scopes);
        shared.insert(Arc::clone(&scopes));
        scopes
    }

    /// Where a load of `count` tokens goes.
    pub(super) fn begin_load(&self, count: u64) -> Kept {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        if count <= self.resident_max { Kept::all(count) } else { Kept::hottest(self.resident_max) }
    }

    /// Puts a token into a load. Its requests stand where they stood, and are counted once for both of its secrets.
    pub(super) fn put(&self, load: &Kept, known: Known) {
        let pace = known.record.rate().map(|_| self.pace(&known).unwrap_or_default());
        for (hash, record) in std::iter::once((known.hash, known.record)).chain(known.retired) {
            load.put(&hash, record, pace.clone());
        }
    }

    fn pace(&self, known: &Known) -> Option<Pace> {
        let kept = self.kept.load();
        let retired = || kept.pace(&known.retired.as_ref()?.0);
        kept.pace(&known.hash).or_else(retired).or_else(|| self.paces.find(known.record.id))
    }

    /// Puts a load in place of what was here.
    pub(super) fn loaded(&self, kept: Kept) {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        self.changes.fetch_add(1, Ordering::AcqRel);
        self.kept.store(kept.into());
        self.misses.clear();
        self.forget_scopes();
    }

    /// Applies changes: secrets that left the database, and tokens as they are now.
    pub(super) fn apply(&self, tokens: Vec<Known>, gone: &[SecretHash], now: OffsetDateTime) {
        if tokens.is_empty() && gone.is_empty() {
            return;
        }
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        self.changes.fetch_add(1, Ordering::AcqRel);
        let kept = self.kept.load();
        for hash in gone {
            kept.remove(hash);
            self.misses.put(hash, Miss::Unknown);
        }
        for known in tokens {
            // A change of the token does not give its requests back.
            let pace = known
                .record
                .rate()
                .map(|_| self.pace(&known).unwrap_or_else(|| self.paces.make(known.record.id)));
            for (hash, record) in std::iter::once((known.hash, known.record)).chain(known.retired) {
                if ended(&record, now) {
                    kept.remove(&hash);
                    self.misses.put(&hash, Miss::ended(record));
                } else {
                    kept.put(&hash, record, pace.clone());
                    self.misses.remove(&hash);
                }
            }
        }
    }

    /// Lets go of what expired by `now`, and of scopes that no token has any more.
    pub(super) fn prune(&self, now: OffsetDateTime) {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        self.kept.load().retain(|record| !ended(record, now));
        self.forget_scopes();
    }

    /// Whether there are more tokens than all of them may be.
    pub(super) fn outgrown(&self) -> bool {
        let kept = self.kept.load();
        kept.is_all() && kept.len() > self.resident_max
    }

    pub(super) fn set_instances(&self, instances: u32) {
        self.instances.store(instances.max(1), Ordering::Relaxed);
    }

    pub(super) fn clockwork(&self) -> &Clockwork {
        &self.clockwork
    }

    fn forget_scopes(&self) {
        let mut shared = self.scopes.lock().unwrap_or_else(PoisonError::into_inner);
        shared.retain(|scopes| Arc::strong_count(scopes) > 1);
        shared.shrink_to_fit();
    }
}

/// Whether a token can never be good again.
fn ended(record: &Record, now: OffsetDateTime) -> bool {
    record.revoked || record.expires_at.is_some_and(|at| at <= now)
}
