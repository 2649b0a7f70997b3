//! What one seat collected since the last flush.

mod full;
mod plain;

pub(super) use full::{AfterEnd, Full, Last, SeenOrigin, Unnamed};
pub(super) use plain::{Plain, Text, Texts};

use crate::verify::Asked;
use domain::OffsetDateTime;
use domain::id::TokenId;
use domain::token::Scopes;
use domain::usage::Outcome;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The longest user agent and route that are kept, in characters.
pub const TEXT_MAX: usize = 200;

/// How much more may be kept, over all seats.
pub(super) struct Room {
    used: AtomicUsize,
    max: usize,
}

impl Room {
    pub(super) const fn new(max: usize) -> Self {
        Self { used: AtomicUsize::new(0), max }
    }

    /// Takes room for so many parts: a token in an hour, an origin, a scope.
    fn take(&self, parts: usize) -> bool {
        self.used
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |used| {
                (used + parts <= self.max).then_some(used + parts)
            })
            .is_ok()
    }

    pub(super) fn give_back(&self, parts: usize) {
        self.used.fetch_sub(parts, Ordering::Relaxed);
    }

    pub(super) fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }
}

/// A token in an hour, since 1970.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) hour: i64,
    pub(super) token: TokenId,
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let (high, low) = self.token.uuid().as_u64_pair();
        state.write_u64(low ^ high.rotate_left(29) ^ self.hour.unsigned_abs());
    }
}

/// Spreads ids that nobody but us chose: they need no more than one multiplication.
#[derive(Default)]
pub(super) struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("only whole keys are hashed");
    }

    fn write_u64(&mut self, key: u64) {
        // 2^64 divided by the golden ratio: Knuth, volume 3, section 6.4.
        let spread = key.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = spread ^ (spread >> 32);
    }
}

pub(super) type Tallies = HashMap<Key, Tally, BuildHasherDefault<Spread>>;

/// What was collected about a token in an hour. Most are plain, and there are many: a plain one is small and has nothing behind it.
pub(super) enum Tally {
    /// Every use was good, named no scope and came from one origin.
    Plain(Plain),
    /// Any other.
    Full(Box<Full>),
}

/// What did not fit, so that the details are not whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overflow {
    /// Uses of tokens that were counted in the totals only.
    pub tokens: u64,
    /// Uses whose origin was not kept.
    pub origins: u64,
    /// Scopes asked for that were not kept.
    pub scopes: u64,
}

impl Overflow {
    pub(super) const fn add(&mut self, other: Self) {
        self.tokens += other.tokens;
        self.origins += other.origins;
        self.scopes += other.scopes;
    }
}

/// What one seat collected.
#[derive(Default)]
pub(super) struct Window {
    pub(super) tallies: Tallies,
    pub(super) texts: Texts,
    /// By hour: what was no token of ours, and what there was no room for.
    pub(super) others: Vec<(i64, [u32; Outcome::COUNT])>,
    pub(super) overflow: Overflow,
}

impl Window {
    /// Whether nothing was collected.
    pub(super) fn is_empty(&self) -> bool {
        self.tallies.is_empty() && self.others.is_empty()
    }

    /// An empty one that expects as much as this one had.
    pub(super) fn next(&self) -> Self {
        let tallies = Tallies::with_capacity_and_hasher(self.tallies.len(), Default::default());
        Self { tallies, ..Self::default() }
    }

    /// Adds what is about no token.
    pub(super) fn add_other(&mut self, hour: i64, outcome: Outcome) {
        let place = self.others.iter().rposition(|(of, _)| *of == hour).unwrap_or_else(|| {
            self.others.push((hour, [0; Outcome::COUNT]));
            self.others.len() - 1
        });
        count(&mut self.others[place].1[outcome.index()]);
    }

    /// Adds what is about a token that has these scopes.
    pub(super) fn add(
        &mut self,
        key: Key,
        scopes: &Scopes,
        outcome: Outcome,
        now: OffsetDateTime,
        asked: &Asked<'_>,
        room: &Room,
    ) {
        let Self { tallies, texts, overflow, .. } = self;
        let plain = outcome == Outcome::Valid && asked.wanted.is_empty();
        let text = if plain { texts.place(asked) } else { None };
        let tally = match tallies.entry(key) {
            Entry::Occupied(held) => {
                let tally = held.into_mut();
                if let (Tally::Plain(plain), Some(text)) = (&mut *tally, text)
                    && plain.add(asked.origin, text, now)
                {
                    return;
                }
                tally
            }
            Entry::Vacant(place) => {
                let size = 1 + usize::from(asked.origin.is_some());
                if let Some(text) = text
                    && room.take(size)
                {
                    place.insert(Tally::Plain(Plain::new(asked.origin, text, now)));
                    return;
                }
                if !room.take(1) {
                    overflow.tokens += 1;
                    return self.add_other(key.hour, outcome);
                }
                place.insert(Tally::Full(Box::default()))
            }
        };
        tally.full(texts).add(scopes, outcome, now, asked, room, overflow);
    }
}

impl Tally {
    /// The room that it takes.
    pub(super) fn parts(&self) -> usize {
        match self {
            Self::Plain(plain) => 1 + usize::from(plain.origin.is_some()),
            Self::Full(full) => 1 + full.origins.len() + full.scopes.len(),
        }
    }

    /// The full form, made of the plain one where it was that.
    pub(super) fn full(&mut self, texts: &Texts) -> &mut Full {
        if let Self::Plain(plain) = self {
            *self = Self::Full(Box::new(plain.full(texts)));
        }
        match self {
            Self::Full(full) => full,
            Self::Plain(_) => unreachable!("it was made full"),
        }
    }
}

const fn count(count: &mut u32) {
    *count = count.saturating_add(1);
}
