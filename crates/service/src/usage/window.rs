//! What one seat collected since the last flush.

mod plain;

pub(super) use plain::{Plain, Text, Texts};

use crate::verify::Asked;
use domain::OffsetDateTime;
use domain::id::TokenId;
use domain::token::{Scope, Scopes};
use domain::usage::{Origin, Outcome};
use domain::verify::Denial;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The longest user agent and route that are kept, in characters.
pub const TEXT_MAX: usize = 200;
/// Origins of a token that one seat keeps apart between two flushes.
const ORIGINS_MAX: usize = 32;
/// Scopes of a token that one seat keeps apart between two flushes.
const SCOPES_MAX: usize = 64;

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

/// What was collected about a token in an hour. Most are plain, and there are many: a plain one has one cache line and nothing behind it.
pub(super) enum Tally {
    /// Every use was good, named no scope and came from one origin.
    Plain(Plain),
    /// Any other.
    Full(Box<Full>),
}

/// What was collected about a token in an hour, whatever it is.
#[derive(Default)]
pub(super) struct Full {
    pub(super) counts: [u32; Outcome::COUNT],
    pub(super) last: Option<Last>,
    pub(super) unnamed: Option<Unnamed>,
    pub(super) after_end: Option<AfterEnd>,
    pub(super) origins: Vec<SeenOrigin>,
    pub(super) scopes: Vec<SeenScope>,
}

/// The last time that the token was good.
pub(super) struct Last {
    pub(super) at: OffsetDateTime,
    pub(super) origin: Option<IpAddr>,
    pub(super) user_agent: String,
    pub(super) route: String,
}

/// Good uses that named no scope.
#[derive(Clone, Copy)]
pub(super) struct Unnamed {
    pub(super) count: u64,
    pub(super) first_at: OffsetDateTime,
    pub(super) last_at: OffsetDateTime,
}

/// The last time that it was used when its time was over.
#[derive(Clone, Copy)]
pub(super) struct AfterEnd {
    pub(super) at: OffsetDateTime,
    pub(super) outcome: Outcome,
    pub(super) origin: Option<IpAddr>,
}

pub(super) struct SeenOrigin {
    pub(super) origin: Origin,
    pub(super) first_at: OffsetDateTime,
    pub(super) last_at: OffsetDateTime,
    pub(super) valid: u64,
    pub(super) refused: u64,
    /// Refused because the token's time was over; also in `refused`.
    pub(super) ended: u64,
    pub(super) last_valid_at: Option<OffsetDateTime>,
}

pub(super) struct SeenScope {
    pub(super) scope: Scope,
    pub(super) first_at: OffsetDateTime,
    pub(super) last_at: OffsetDateTime,
    pub(super) granted: u64,
    pub(super) refused: u64,
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
    pub(super) parts: usize,
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
        let Self { tallies, texts, overflow, parts, .. } = self;
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
                    *parts += size;
                    place.insert(Tally::Plain(Plain::new(asked.origin, text, now)));
                    return;
                }
                if !room.take(1) {
                    overflow.tokens += 1;
                    return self.add_other(key.hour, outcome);
                }
                *parts += 1;
                place.insert(Tally::Full(Box::default()))
            }
        };
        tally.full(texts).add(scopes, outcome, now, asked, room, parts, overflow);
    }
}

impl Tally {
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

impl Full {
    #[expect(clippy::too_many_arguments, reason = "what a window lends, and what was asked")]
    fn add(
        &mut self,
        scopes: &Scopes,
        outcome: Outcome,
        now: OffsetDateTime,
        asked: &Asked<'_>,
        room: &Room,
        parts: &mut usize,
        overflow: &mut Overflow,
    ) {
        count(&mut self.counts[outcome.index()]);
        if outcome == Outcome::Valid {
            self.used(now, asked);
        } else if outcome.is_after_end() {
            self.after_end = Some(AfterEnd { at: now, outcome, origin: asked.origin });
        }
        if let Some(origin) = asked.origin
            && !self.came_from(Origin::of(origin), outcome, now, room, parts)
        {
            overflow.origins += 1;
        }
        let denied = match outcome {
            Outcome::Valid => false,
            Outcome::Refused(Denial::ScopeDenied) => true,
            Outcome::Refused(_) => return,
        };
        for wanted in asked.wanted {
            // Of a refused request, only what was lacking is known.
            if denied && scopes.cover(std::slice::from_ref(wanted)) {
                continue;
            }
            if !self.asked_for(wanted, denied, now, room, parts) {
                overflow.scopes += 1;
            }
        }
    }

    fn used(&mut self, now: OffsetDateTime, asked: &Asked<'_>) {
        let last = self.last.get_or_insert_with(|| Last {
            at: now,
            origin: None,
            user_agent: String::new(),
            route: String::new(),
        });
        last.at = last.at.max(now);
        last.origin = asked.origin;
        keep(&mut last.user_agent, asked.user_agent, asked.offered);
        keep(&mut last.route, asked.route, asked.offered);
        if asked.wanted.is_empty() {
            let none = Unnamed { count: 0, first_at: now, last_at: now };
            let unnamed = self.unnamed.get_or_insert(none);
            unnamed.count += 1;
            unnamed.last_at = unnamed.last_at.max(now);
        }
    }

    /// Whether there was room for it.
    fn came_from(
        &mut self,
        origin: Origin,
        outcome: Outcome,
        now: OffsetDateTime,
        room: &Room,
        parts: &mut usize,
    ) -> bool {
        let place = match self.origins.iter().position(|seen| seen.origin == origin) {
            Some(place) => place,
            None if self.origins.len() < ORIGINS_MAX && room.take(1) => {
                *parts += 1;
                self.origins.push(SeenOrigin {
                    origin,
                    first_at: now,
                    last_at: now,
                    valid: 0,
                    refused: 0,
                    ended: 0,
                    last_valid_at: None,
                });
                self.origins.len() - 1
            }
            None => return false,
        };
        let seen = &mut self.origins[place];
        seen.last_at = seen.last_at.max(now);
        if outcome == Outcome::Valid {
            seen.valid += 1;
            seen.last_valid_at = seen.last_valid_at.max(Some(now));
        } else {
            seen.refused += 1;
            seen.ended += u64::from(outcome.is_after_end());
        }
        true
    }

    /// Whether there was room for it.
    fn asked_for(
        &mut self,
        scope: &Scope,
        denied: bool,
        now: OffsetDateTime,
        room: &Room,
        parts: &mut usize,
    ) -> bool {
        let place = match self.scopes.iter().position(|seen| seen.scope == *scope) {
            Some(place) => place,
            None if self.scopes.len() < SCOPES_MAX && room.take(1) => {
                *parts += 1;
                self.scopes.push(SeenScope {
                    scope: scope.clone(),
                    first_at: now,
                    last_at: now,
                    granted: 0,
                    refused: 0,
                });
                self.scopes.len() - 1
            }
            None => return false,
        };
        let seen = &mut self.scopes[place];
        seen.last_at = seen.last_at.max(now);
        if denied {
            seen.refused += 1;
        } else {
            seen.granted += 1;
        }
        true
    }
}

const fn count(count: &mut u32) {
    *count = count.saturating_add(1);
}

/// Keeps a text that somebody sent: cut, without what no text of Postgres or of a page should have, and never with the token in it.
fn keep(kept: &mut String, sent: Option<&str>, secret: &str) {
    let sent = sent.unwrap_or_default();
    if kept == sent {
        return;
    }
    kept.clear();
    if sent.len() >= secret.len() && sent.contains(secret) {
        return;
    }
    if sent.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        kept.push_str(&sent[..sent.len().min(TEXT_MAX)]);
    } else {
        kept.extend(sent.chars().filter(|c| !c.is_control()).take(TEXT_MAX));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_and_cleaned_and_never_the_secret() {
        let mut kept = String::new();
        let mut keeps = |sent: Option<&str>| {
            keep(&mut kept, sent, "ntk_secret");
            kept.clone()
        };
        assert_eq!(keeps(Some("curl/8.0")), "curl/8.0");
        assert_eq!(keeps(Some("a\0b\u{7}é")), "abé");
        assert_eq!(keeps(Some(&"é".repeat(300))).chars().count(), TEXT_MAX);
        assert_eq!(keeps(Some(&"e".repeat(300))).len(), TEXT_MAX);
        assert_eq!(keeps(Some("/hooks/ntk_secret/run")), "");
        assert_eq!(keeps(Some("/hooks")), "/hooks");
        assert_eq!(keeps(None), "");
    }
}
