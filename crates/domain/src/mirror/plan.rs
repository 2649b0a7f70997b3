//! The plan from what a mirror holds to what it should hold: pure, so that every promise about it is a property.
//!
//! A mirror of a million objects is compared as it is listed: a [`Comparison`] remembers of each object what it must do about it, and nothing else.
//! Objects that are not named like ours are counted and then out of reach: a [`Plan`] is made of [`Key`]s, and they have none.

use super::{Digest, Key};

/// Fewer deletes than this are never drastic: a small installation may lose half of its tokens in a day's work.
pub const DRASTIC_MIN: usize = 10;
/// More than one in this many observed objects is drastic.
pub const DRASTIC_SHARE: usize = 2;

/// What a mirror should hold: 64 bytes an object.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Goal(Vec<(Key, Digest)>);

impl Goal {
    /// The goal of these objects. Of two for one key, the first counts.
    pub fn new(mut wanted: Vec<(Key, Digest)>) -> Self {
        wanted.sort_by_key(|(key, _)| *key);
        wanted.dedup_by_key(|(key, _)| *key);
        Self(wanted)
    }

    /// How many objects that is.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn position(&self, key: &Key) -> Option<usize> {
        self.0.binary_search_by_key(key, |(key, _)| *key).ok()
    }
}

/// What was found of a wanted object.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    Missing,
    Altered,
    Good,
}

/// A mirror that is being listed, beside its goal.
pub struct Comparison {
    goal: Goal,
    found: Vec<Found>,
    unwanted: Vec<Key>,
    others: usize,
}

impl Comparison {
    /// Before the first object is seen.
    pub fn new(goal: Goal) -> Self {
        let found = vec![Found::Missing; goal.len()];
        Self { goal, found, unwanted: Vec::new(), others: 0 }
    }

    /// Sees one object of the listing. `None`: there is something at that path which is not an object that can be read. An object that is listed twice,
    /// as one that changes meanwhile may be, counts as what it was last.
    pub fn see(&mut self, path: &str, digest: Option<Digest>) {
        let Some(key) = Key::parse(path) else {
            self.others += 1;
            return;
        };
        match self.goal.position(&key) {
            Some(at) if digest == Some(self.goal.0[at].1) => self.found[at] = Found::Good,
            Some(at) => self.found[at] = Found::Altered,
            None => self.unwanted.push(key),
        }
    }

    /// The plan, when everything was seen.
    pub fn plan(mut self) -> Plan {
        self.unwanted.sort_unstable();
        self.unwanted.dedup();
        let of = |wanted: Found| {
            let found = self.found.iter().zip(&self.goal.0);
            found.filter(move |(found, _)| **found == wanted).map(|(_, (key, _))| *key)
        };
        let (missing, altered): (Vec<_>, Vec<_>) =
            (of(Found::Missing).collect(), of(Found::Altered).collect());
        let unchanged = self.goal.len() - missing.len() - altered.len();
        Plan { missing, altered, unwanted: self.unwanted, unchanged, others: self.others }
    }
}

/// What to do. Puts first, deletes last, each in the order of the keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Objects that are not there.
    pub missing: Vec<Key>,
    /// Objects that are not what they should be.
    pub altered: Vec<Key>,
    /// Objects that should not be there, as far as the goal says.
    pub unwanted: Vec<Key>,
    /// How many objects are as they should be.
    pub unchanged: usize,
    /// How many objects are not named like ours, and so are never touched.
    pub others: usize,
}

impl Plan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.missing.is_empty() && self.altered.is_empty() && self.unwanted.is_empty()
    }

    /// Whether to delete so many must wait for a person: they are more than half of what was observed, and at least [`DRASTIC_MIN`]. To be asked of those
    /// deletes that no ended token explains: a database that lost its rows looks just like that.
    pub const fn drastic(&self, deletes: usize) -> bool {
        let observed = self.unchanged + self.altered.len() + self.unwanted.len();
        deletes >= DRASTIC_MIN && deletes * DRASTIC_SHARE > observed
    }
}

/// Why an object should not be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Why {
    /// It should, by now: its token came after the goal was read.
    Live,
    /// Its token has ended, or is not for mirrors: revoked, expired, disabled, with a limit of uses, or a former secret whose overlap is over. Deleted at once.
    Ended,
    /// It left the tokens: its row was deleted, or a second rotation dropped it. Deleted, unless they are a large share.
    Gone,
    /// Nobody here ever issued it. It waits for a person.
    Foreign,
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
