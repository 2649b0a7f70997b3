//! What this process wrote a moment ago, and which values are to be read next.

use super::answer::{Found, Keys};
use super::{READ_AT_ONCE, READ_EVERY};
use domain::mirror::Digest;
use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};
use time::OffsetDateTime;

/// For how long what was written is believed over a listing: Cloudflare says that one may be 60 s behind, or more.
pub(super) const RECENT: Duration = Duration::from_secs(60);
/// How many writes are remembered at most; of more, a listing decides, and some may be done twice.
const RECENT_MAX: usize = 100_000;
/// How far the clocks of two instances may be apart. A value that is listed as put that long before our delete, or longer, is the deleted one.
const APART: time::Duration = time::Duration::seconds(10);

/// What was written, by name.
#[derive(Default)]
pub(super) struct Memory {
    recent: HashMap<String, (Instant, Wrote)>,
    /// When values were read, and the last name that was.
    read: Option<(Instant, String)>,
}

#[derive(Clone, Copy)]
enum Wrote {
    Value(Digest),
    Nothing(OffsetDateTime),
}

impl Memory {
    /// A value was put.
    pub(super) fn wrote(&mut self, name: &str, digest: Digest, at: Instant) {
        self.remember(name, Wrote::Value(digest), at);
    }

    /// A name was deleted, at a time of our clock.
    pub(super) fn deleted(&mut self, name: &str, at: OffsetDateTime, instant: Instant) {
        self.remember(name, Wrote::Nothing(at), instant);
    }

    fn remember(&mut self, name: &str, wrote: Wrote, at: Instant) {
        if self.recent.len() >= RECENT_MAX {
            self.forget(at);
        }
        // What is known of a name already must not outlive a newer write.
        if self.recent.len() < RECENT_MAX || self.recent.contains_key(name) {
            self.recent.insert(name.to_owned(), (at, wrote));
        }
    }

    fn forget(&mut self, now: Instant) {
        self.recent.retain(|_, (at, _)| now.saturating_duration_since(*at) < RECENT);
    }

    /// A listing begins.
    pub(super) fn begin(&mut self, now: Instant) -> Listing {
        self.forget(now);
        let due = |at: Instant| now.saturating_duration_since(at) >= READ_EVERY;
        let after = match &self.read {
            Some((at, after)) => due(*at).then(|| after.clone()),
            None => Some(String::new()),
        };
        let reading = after.map(|after| Reading { after, ..Reading::default() });
        Listing { began: now, seen: HashSet::new(), reading }
    }

    /// Corrects a page. A value that somebody put after our delete stays: a delete that is done again does no harm, one that is left out would.
    pub(super) fn correct(&self, listing: &mut Listing, page: Keys) -> Keys {
        let mut corrected = Keys::new();
        for (name, found) in page {
            match self.recent.get(&name) {
                Some((_, Wrote::Value(digest))) => {
                    listing.seen.insert(name.clone());
                    corrected.insert(name, Found { digest: Some(*digest), put_at: None });
                }
                Some((_, Wrote::Nothing(deleted)))
                    if found.put_at.is_some_and(|put_at| put_at + APART < *deleted) => {}
                // What was just deleted may not be readable any more.
                Some(_) => drop(corrected.insert(name, found)),
                None => {
                    if let Some((name, found)) = listing.held_back(name, found) {
                        corrected.insert(name, found);
                    }
                }
            }
        }
        corrected
    }

    /// The end of a listing of the names with that prefix: what it did not show of what was written, and what is to be read.
    pub(super) fn end(&mut self, listing: Listing, prefix: &str) -> Rest {
        let Reading { later, earlier, .. } = listing.reading.unwrap_or_default();
        let names = later.keys().chain(earlier.keys());
        let turn: Vec<_> = names.take(READ_AT_ONCE).cloned().collect();
        if let Some(last) = turn.last() {
            self.read = Some((listing.began, last.clone()));
        }
        let mut keys: Keys = later.into_iter().chain(earlier).collect();
        for (name, (_, wrote)) in &self.recent {
            if let Wrote::Value(digest) = wrote
                && name.starts_with(prefix)
                && !listing.seen.contains(name)
            {
                keys.insert(name.clone(), Found { digest: Some(*digest), put_at: None });
            }
        }
        Rest { keys, turn }
    }
}

/// A listing, as its pages come.
pub(super) struct Listing {
    began: Instant,
    /// What was written and is in it.
    seen: HashSet<String>,
    /// `None`: it is not time.
    reading: Option<Reading>,
}

/// Names that may be read at this listing's end: the next after those of the last time, and from the beginning after the end.
#[derive(Default)]
struct Reading {
    after: String,
    later: Keys,
    earlier: Keys,
}

/// What comes at a listing's end.
pub(super) struct Rest {
    pub keys: Keys,
    /// Which of them to read.
    pub turn: Vec<String>,
}

impl Listing {
    /// Keeps a name for the end if it may be its turn; else it is answered.
    fn held_back(&mut self, name: String, found: Found) -> Option<(String, Found)> {
        let Some(reading) = self.reading.as_mut().filter(|_| found.digest.is_some()) else {
            return Some((name, found));
        };
        let later = name > reading.after;
        let held = if later { &mut reading.later } else { &mut reading.earlier };
        if held.len() >= READ_AT_ONCE {
            return Some((name, found));
        }
        held.insert(name, found);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const DELETED: OffsetDateTime = datetime!(2026-11-22 10:00 UTC);

    fn keys(listed: &[(&str, &str, i64)]) -> Keys {
        let found = |text: &str, before: i64| Found {
            digest: Some(Digest::of(text.as_bytes())),
            put_at: Some(DELETED - time::Duration::seconds(before)),
        };
        listed
            .iter()
            .map(|(name, text, before)| ((*name).to_owned(), found(text, *before)))
            .collect()
    }

    /// A listing of one page.
    fn listing(memory: &mut Memory, page: Keys, now: Instant) -> (Keys, Vec<String>) {
        let mut listing = memory.begin(now);
        let mut keys = memory.correct(&mut listing, page);
        let rest = memory.end(listing, "token:");
        keys.extend(rest.keys);
        (keys, rest.turn)
    }

    fn told(keys: &Keys) -> Vec<(&str, Option<Digest>)> {
        keys.iter().map(|(name, found)| (name.as_str(), found.digest)).collect()
    }

    #[test]
    fn what_was_put_is_believed_over_a_listing_for_a_minute() {
        let (mut memory, now) = (Memory::default(), Instant::now());
        let new = Digest::of(b"new");
        memory.wrote("token:a", new, now);
        memory.wrote("token:b", new, now);
        memory.wrote("routes/a", new, now);
        let old = || keys(&[("token:a", "old", 100)]);
        let corrected = listing(&mut memory, old(), now + RECENT / 2).0;
        assert_eq!(told(&corrected), [("token:a", Some(new)), ("token:b", Some(new))]);
        let later = listing(&mut memory, old(), now + RECENT).0;
        assert_eq!(told(&later), [("token:a", Some(Digest::of(b"old")))]);
    }

    #[test]
    fn what_was_deleted_is_gone_unless_somebody_put_it_again() {
        let (mut memory, now) = (Memory::default(), Instant::now());
        for name in ["token:a", "token:b", "token:c"] {
            memory.deleted(name, DELETED, now);
        }
        let page = keys(&[("token:a", "a", 100), ("token:b", "b", -5), ("token:d", "d", 100)]);
        let corrected = listing(&mut memory, page, now).0;
        let names: Vec<_> = corrected.keys().map(String::as_str).collect();
        assert_eq!(names, ["token:b", "token:d"]);
        let unknown = Keys::from([("token:c".to_owned(), Found { digest: None, put_at: None })]);
        assert_eq!(listing(&mut memory, unknown, now).0.len(), 1, "by whoever it is");
    }

    #[test]
    fn the_last_write_is_the_one_that_counts() {
        let (mut memory, now) = (Memory::default(), Instant::now());
        memory.wrote("token:a", Digest::of(b"a"), now);
        memory.deleted("token:a", DELETED, now);
        assert!(listing(&mut memory, Keys::new(), now).0.is_empty());
        memory.wrote("token:a", Digest::of(b"a"), now);
        assert_eq!(listing(&mut memory, Keys::new(), now).0.len(), 1);
    }

    #[test]
    fn values_are_read_in_turn() {
        let (mut memory, now) = (Memory::default(), Instant::now());
        let names: Vec<_> = (0..250).map(|n| format!("token:{n:03}")).collect();
        let all: Vec<_> = names.iter().map(|name| (name.as_str(), "", 1)).collect();
        memory.wrote("token:007", Digest::of(b""), now + READ_EVERY * 5);
        let mut turn = |n| {
            let mut listing = memory.begin(now + READ_EVERY * n);
            // Page by page, and no name is lost or told twice.
            let pages = all.chunks(90).map(|page| memory.correct(&mut listing, keys(page)));
            let told: Vec<_> = pages.flat_map(|page| page.into_keys()).collect();
            let rest = memory.end(listing, "token:");
            let mut told: Vec<_> = told.into_iter().chain(rest.keys.into_keys()).collect();
            told.sort();
            assert_eq!(told, names);
            rest.turn
        };
        let without_7 = |from: usize, to: usize| {
            names[from..to].iter().filter(|name| *name != "token:007").cloned().collect::<Vec<_>>()
        };
        assert_eq!(turn(0), without_7(0, 101));
        assert_eq!(turn(0), [""; 0]);
        assert_eq!(turn(1), names[101..201]);
        assert_eq!(turn(2), [names[201..].to_vec(), without_7(0, 52)].concat());
        assert_eq!(turn(3), names[52..152]);
    }
}
