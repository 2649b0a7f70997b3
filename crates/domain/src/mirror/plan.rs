//! The plan from what a mirror holds to what it should hold: pure, so that every promise about it is a property.
//!
//! Foreign objects are counted and then out of reach: a [`Plan`] is made of [`Key`]s, and they have none.

use super::{Digest, Key};
use std::collections::{BTreeMap, BTreeSet};

/// Fewer unexplained deletes than this are never drastic: a small installation may lose half of its tokens in a day's work.
pub const DRASTIC_MIN: usize = 10;
/// More than one in this many observed objects is drastic.
pub const DRASTIC_SHARE: usize = 2;

/// What a mirror holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observed {
    /// Our objects. `None`: there is something at that key which is not an object that can be read.
    ours: BTreeMap<Key, Option<Digest>>,
    /// How many objects are not ours.
    foreign: usize,
}

impl Observed {
    /// Sorts a listing into ours and foreign.
    pub fn sort<P: AsRef<str>>(listed: impl IntoIterator<Item = (P, Option<Digest>)>) -> Self {
        let mut observed = Self::default();
        for (path, digest) in listed {
            match Key::parse(path.as_ref()) {
                Some(key) => drop(observed.ours.insert(key, digest)),
                None => observed.foreign += 1,
            }
        }
        observed
    }

    /// How many objects are ours.
    pub fn len(&self) -> usize {
        self.ours.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.ours.is_empty()
    }

    /// How many objects are not ours, and so are never touched.
    pub const fn foreign(&self) -> usize {
        self.foreign
    }
}

/// What to do. Puts first, deletes last, each in the order of the keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Objects that are missing or differ.
    pub put: Vec<Key>,
    /// Objects that should not be there.
    pub delete: Vec<Key>,
    /// How many objects are as they should be.
    pub unchanged: usize,
    observed: usize,
}

/// Plans the way from `observed` to `goal`.
pub fn plan(goal: &BTreeMap<Key, Digest>, observed: &Observed) -> Plan {
    let good = |key: &Key, digest: &Digest| observed.ours.get(key) == Some(&Some(*digest));
    let put: Vec<Key> =
        goal.iter().filter(|(key, digest)| !good(key, digest)).map(|(key, _)| *key).collect();
    let delete = observed.ours.keys().filter(|key| !goal.contains_key(key)).copied().collect();
    Plan { unchanged: goal.len() - put.len(), put, delete, observed: observed.len() }
}

impl Plan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.put.is_empty() && self.delete.is_empty()
    }

    /// Whether that many deletes are more than half of what was observed, and at least [`DRASTIC_MIN`].
    const fn large(&self, deletes: usize) -> bool {
        deletes >= DRASTIC_MIN && deletes * DRASTIC_SHARE > self.observed
    }

    /// Whether it can be drastic at all: only then is it worth asking which deletes are explained.
    pub const fn may_be_drastic(&self) -> bool {
        self.large(self.delete.len())
    }

    /// How many deletes are not explained by a token that is known to have ended.
    pub fn unexplained(&self, ended: &BTreeSet<Key>) -> usize {
        self.delete.iter().filter(|key| !ended.contains(key)).count()
    }

    /// Whether it must wait for a person: the deletes that no ended token explains are a large share. A database that answers with
    /// nothing, or with another installation's tokens, looks just like that.
    pub fn drastic(&self, ended: &BTreeSet<Key>) -> bool {
        self.large(self.unexplained(ended))
    }

    /// What of a held plan is done all the same: the deletes that an ended token explains. A revocation never waits behind a doubt.
    #[must_use]
    pub fn explained(&self, ended: &BTreeSet<Key>) -> Self {
        let delete = self.delete.iter().filter(|key| ended.contains(key)).copied().collect();
        Self { put: Vec::new(), delete, ..self.clone() }
    }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
