//! All of the index at once: for the snapshot on disk, and from it.

use super::pace::Pace;
use super::{Entry, Index, Kept, ended};
use domain::OffsetDateTime;
use domain::id::TokenId;
use domain::token::SecretHash;
use domain::verify::Record;
use std::collections::HashMap;
use store::verify::Known;

/// An index that is being filled from a snapshot.
pub(in crate::verify) struct Filling {
    kept: Kept,
    ended: HashMap<[u8; 32], Record>,
    // Both secrets of a rotation come by themselves here.
    paces: HashMap<TokenId, Pace>,
    now: OffsetDateTime,
}

impl Filling {
    /// What was known of this hash then, if it was in the database; what comes later holds.
    pub(in crate::verify) fn put(&mut self, hash: &SecretHash, record: Option<Record>) {
        let Some(record) = record else {
            self.kept.remove(hash);
            self.ended.remove(hash.bytes());
            return;
        };
        if ended(&record, self.now) {
            self.kept.remove(hash);
            self.ended.insert(*hash.bytes(), record);
            return;
        }
        self.ended.remove(hash.bytes());
        let pace = record.rate().map(|_| self.paces.entry(record.id).or_default().clone());
        if self.kept.is_all() {
            self.kept.put(hash, record, pace);
        } else {
            self.kept.learn(hash, Entry::paced(record, pace));
        }
    }
}

impl Index {
    /// Gives `each` what is known, and what is remembered of tokens that have ended. Not of one moment: what changes meanwhile may be given as it was before
    /// or after, so that whoever keeps it must hear of the changes since the beginning too.
    ///
    /// # Errors
    /// The first of `each`.
    pub(in crate::verify) fn try_each<E>(
        &self,
        mut each: impl FnMut(&SecretHash, &Record) -> Result<(), E>,
    ) -> Result<(), E> {
        self.kept.load().try_each(&mut each)?;
        self.misses.try_each_ended(&mut each)
    }

    /// Whether all tokens are here, and not only those that are asked for most.
    pub(in crate::verify) fn keeps_all(&self) -> bool {
        self.kept.load().is_all()
    }

    /// Begins to fill it with about `count` tokens: all that there are, or those that are asked for most. Nothing is seen of it until [`Self::fill`].
    pub(in crate::verify) fn begin_fill(
        &self,
        count: u64,
        all: bool,
        now: OffsetDateTime,
    ) -> Filling {
        let kept = if all { self.begin_load(count) } else { Kept::hottest(self.resident_max) };
        Filling { kept, ended: HashMap::new(), paces: HashMap::new(), now }
    }

    /// Puts what was filled in place of what was here.
    pub(in crate::verify) fn fill(&self, filling: Filling) {
        let Filling { kept, ended, now, .. } = filling;
        self.loaded(kept);
        let ended = ended.into_iter().filter_map(|(hash, record)| {
            Some(Known { hash: SecretHash::from_slice(&hash)?, record, retired: None })
        });
        self.apply(ended.collect(), &[], now);
    }
}
