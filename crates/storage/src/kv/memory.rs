//! What this process wrote a moment ago, and which values are to be read next.

use super::READ_EVERY;
use super::answer::{Found, Keys};
use domain::mirror::Digest;
use std::collections::HashMap;
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

    /// Corrects a listing of the names with that prefix. A value that somebody put after our delete stays: a delete that is done again does no
    /// harm, one that is left out would.
    pub(super) fn correct(&mut self, mut keys: Keys, prefix: &str, now: Instant) -> Keys {
        self.forget(now);
        for (name, (_, wrote)) in &self.recent {
            match wrote {
                Wrote::Value(digest) if name.starts_with(prefix) => {
                    keys.insert(name.clone(), Found { digest: Some(*digest), put_at: None });
                }
                Wrote::Value(_) => {}
                Wrote::Nothing(deleted) => {
                    let put_at = keys.get(name).and_then(|found| found.put_at);
                    if put_at.is_some_and(|put_at| put_at + APART < *deleted) {
                        keys.remove(name);
                    }
                }
            }
        }
        keys
    }

    /// Which of these names to read now, if it is time: the next after those of the last time, and from the beginning after the end.
    pub(super) fn next_to_read(&mut self, keys: &Keys, now: Instant, most: usize) -> Vec<String> {
        let after = match &self.read {
            Some((at, _)) if now.saturating_duration_since(*at) < READ_EVERY => return Vec::new(),
            Some((_, after)) => after.clone(),
            None => String::new(),
        };
        // What was just written may not be readable yet.
        let told = |(name, found): &(&String, &Found)| {
            found.digest.is_some() && !self.recent.contains_key(*name)
        };
        let later = keys.iter().filter(told).filter(|(name, _)| **name > after);
        let earlier = keys.iter().filter(told).filter(|(name, _)| **name <= after);
        let next: Vec<_> = later.chain(earlier).take(most).map(|(name, _)| name.clone()).collect();
        self.read = next.last().map(|last| (now, last.clone())).or(self.read.take());
        next
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
        let corrected = memory.correct(old(), "token:", now + RECENT / 2);
        assert_eq!(told(&corrected), [("token:a", Some(new)), ("token:b", Some(new))]);
        let later = memory.correct(old(), "token:", now + RECENT);
        assert_eq!(told(&later), [("token:a", Some(Digest::of(b"old")))]);
    }

    #[test]
    fn what_was_deleted_is_gone_unless_somebody_put_it_again() {
        let (mut memory, now) = (Memory::default(), Instant::now());
        for name in ["token:a", "token:b", "token:c"] {
            memory.deleted(name, DELETED, now);
        }
        let listed = keys(&[("token:a", "a", 100), ("token:b", "b", -5), ("token:d", "d", 100)]);
        let corrected = memory.correct(listed, "token:", now);
        let names: Vec<_> = corrected.keys().map(String::as_str).collect();
        assert_eq!(names, ["token:b", "token:d"]);
        let unknown = Keys::from([("token:c".to_owned(), Found { digest: None, put_at: None })]);
        assert_eq!(memory.correct(unknown, "token:", now).len(), 1, "by whoever it is");
    }

    #[test]
    fn the_last_write_is_the_one_that_counts() {
        let (mut memory, now) = (Memory::default(), Instant::now());
        memory.wrote("token:a", Digest::of(b"a"), now);
        memory.deleted("token:a", DELETED, now);
        assert!(memory.correct(Keys::new(), "token:", now).is_empty());
        memory.wrote("token:a", Digest::of(b"a"), now);
        assert_eq!(memory.correct(Keys::new(), "token:", now).len(), 1);
    }

    #[test]
    fn values_are_read_in_turn() {
        let (mut memory, now) = (Memory::default(), Instant::now());
        let keys = keys(&[("a", "", 1), ("b", "", 1), ("c", "", 1), ("d", "", 1), ("e", "", 1)]);
        memory.wrote("d", Digest::of(b""), now + READ_EVERY * 5);
        let mut turn = |n| memory.next_to_read(&keys, now + READ_EVERY * n, 2);
        assert_eq!(turn(0), ["a", "b"]);
        assert_eq!(turn(0), [""; 0]);
        assert_eq!(turn(1), ["c", "e"]);
        assert_eq!(turn(2), ["a", "b"]);
        assert_eq!(memory.next_to_read(&keys, now + READ_EVERY * 3, 9).len(), 4);
    }
}
