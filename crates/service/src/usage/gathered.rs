//! What was taken from the seats, and the batches that are made of it: one after the other, so that no more than one of them is in memory.

use super::recorder::SECONDS_PER_HOUR;
use super::window::{AfterEnd, Full, Key, Plain, SeenOrigin, Tally, Text, Texts, Unnamed, Window};
use domain::OffsetDateTime;
use domain::id::TokenId;
use domain::usage::Outcome;
use store::usage::{Batch, HourCount, LastUse, OriginUse, ScopeUse, UnnamedUse};

/// Tokens of an hour in one batch. What a batch takes on its way to the database is about a kilobyte for each.
const PIECE: usize = 4_096;

/// What was taken from the seats.
#[derive(Default)]
pub(super) struct Gathered {
    /// With the place of its texts; sorted, the first last.
    tallies: Vec<(Key, usize, Tally)>,
    texts: Vec<Texts>,
    others: Vec<(i64, [u32; Outcome::COUNT])>,
}

/// What was collected, in the form of the store.
#[derive(Default)]
pub(super) struct Collected {
    pub(super) batch: Batch,
    /// Tokens that were used when their time was over, each with the last time.
    pub(super) after_end: Vec<(TokenId, AfterEnd)>,
    /// The room that it takes until it is flushed.
    pub(super) parts: usize,
}

impl Gathered {
    /// Adds what one seat had.
    pub(super) fn add(&mut self, window: Window) {
        let place = self.texts.len();
        self.texts.push(window.texts);
        self.others.extend(window.others);
        self.tallies.reserve_exact(window.tallies.len());
        self.tallies.extend(window.tallies.into_iter().map(|(key, tally)| (key, place, tally)));
    }

    /// To be called when all is added. Sorted here, where each is small, so that what is made of them is in order already.
    pub(super) fn sort(&mut self) {
        self.tallies.sort_unstable_by_key(|(key, place, _)| std::cmp::Reverse((*key, *place)));
    }

    /// The next batch; `None` when there is nothing left.
    pub(super) fn next(&mut self) -> Option<Collected> {
        if self.tallies.is_empty() && self.others.is_empty() {
            *self = Self::default();
            return None;
        }
        let mut collected = Collected::default();
        for (hour, counts) in std::mem::take(&mut self.others) {
            collected.add_counts(hour, None, &counts);
        }
        let rest = self.tallies.len().saturating_sub(PIECE);
        for (key, place, tally) in self.tallies.drain(rest..).rev() {
            collected.parts += tally.parts();
            match tally {
                Tally::Plain(plain) => {
                    collected.add_plain(key, &plain, plain.text(&self.texts[place]));
                }
                Tally::Full(full) => collected.add_full(key, *full),
            }
        }
        collected.merge();
        Some(collected)
    }
}

impl Collected {
    fn add_counts(&mut self, hour: i64, token: Option<TokenId>, counts: &[u32; Outcome::COUNT]) {
        let Ok(hour) = OffsetDateTime::from_unix_timestamp(hour * SECONDS_PER_HOUR) else { return };
        let some = Outcome::all().zip(counts).filter(|(_, count)| **count > 0);
        let count = |(outcome, count): (Outcome, &u32)| HourCount {
            hour,
            token,
            outcome,
            count: u64::from(*count),
        };
        self.batch.counts.extend(some.map(count));
    }

    fn add_plain(&mut self, key: Key, plain: &Plain, text: &Text) {
        let token = key.token;
        let mut counts = [0; Outcome::COUNT];
        counts[Outcome::Valid.index()] = plain.count;
        self.add_counts(key.hour, Some(token), &counts);
        self.batch.last.push(LastUse {
            token,
            at: plain.last_at(),
            origin: plain.origin,
            user_agent: text.user_agent.clone(),
            route: text.route.clone(),
            unnamed: Some(plain.unnamed().into()),
        });
        self.batch.origins.extend(plain.seen_origin().map(|seen| origin_use(token, &seen)));
    }

    fn add_full(&mut self, key: Key, full: Full) {
        let token = key.token;
        self.add_counts(key.hour, Some(token), &full.counts);
        self.after_end.extend(full.after_end.map(|after| (token, after)));
        self.batch.last.extend(full.last.map(|last| LastUse {
            token,
            at: last.at,
            origin: last.origin,
            user_agent: last.user_agent.into(),
            route: last.route.into(),
            unnamed: full.unnamed.map(Into::into),
        }));
        self.batch.origins.extend(full.origins.iter().map(|seen| origin_use(token, seen)));
        self.batch.scopes.extend(full.scopes.into_iter().map(|seen| ScopeUse {
            token,
            scope: seen.scope,
            first_at: seen.first_at,
            last_at: seen.last_at,
            granted: seen.granted,
            refused: seen.refused,
            known: false,
        }));
    }

    /// Sorts what several seats and hours collected, and makes one of what has the same key.
    fn merge(&mut self) {
        let Batch { counts, last, origins, scopes } = &mut self.batch;
        counts.sort_unstable_by_key(|row| (row.hour, row.token, row.outcome.index()));
        counts.dedup_by(|next, kept| {
            let same =
                (kept.hour, kept.token, kept.outcome) == (next.hour, next.token, next.outcome);
            if same {
                kept.count += next.count;
            }
            same
        });
        // The latest first; of the others only what adds up.
        last.sort_unstable_by_key(|row| (row.token, std::cmp::Reverse(row.at)));
        last.dedup_by(|next, kept| {
            let same = kept.token == next.token;
            if same {
                kept.unnamed = UnnamedUse::sum(kept.unnamed, next.unnamed);
            }
            same
        });
        self.after_end.sort_unstable_by_key(|(token, after)| (*token, std::cmp::Reverse(after.at)));
        self.after_end.dedup_by_key(|(token, _)| *token);
        origins.sort_unstable_by_key(|row| (row.token, row.origin));
        origins.dedup_by(|next, kept| {
            let same = (kept.token, kept.origin) == (next.token, next.origin);
            if same {
                kept.first_at = kept.first_at.min(next.first_at);
                kept.last_valid_at = kept.last_valid_at.max(next.last_valid_at);
                kept.last_at = kept.last_at.max(next.last_at);
                kept.valid += next.valid;
                kept.refused += next.refused;
                kept.ended += next.ended;
            }
            same
        });
        scopes.sort_unstable_by(|a, b| (a.token, &a.scope).cmp(&(b.token, &b.scope)));
        scopes.dedup_by(|next, kept| {
            let same = kept.token == next.token && kept.scope == next.scope;
            if same {
                kept.first_at = kept.first_at.min(next.first_at);
                kept.last_at = kept.last_at.max(next.last_at);
                kept.granted += next.granted;
                kept.refused += next.refused;
            }
            same
        });
    }
}

fn origin_use(token: TokenId, seen: &SeenOrigin) -> OriginUse {
    OriginUse {
        token,
        origin: seen.origin,
        first_at: seen.first_at,
        last_at: seen.last_at,
        valid: seen.valid,
        refused: seen.refused,
        ended: seen.ended,
        last_valid_at: seen.last_valid_at,
        known: false,
    }
}

impl From<Unnamed> for UnnamedUse {
    fn from(Unnamed { count, first_at, last_at }: Unnamed) -> Self {
        Self { count, first_at, last_at }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage::window::Room;
    use crate::verify::Asked;
    use domain::token::{Scope, Scopes};
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-11-22 10:00 UTC);

    /// Uses of so many tokens, each by one of two seats or by both.
    fn gathered(tokens: u32, room: &Room) -> Gathered {
        let mut windows = [Window::default(), Window::default()];
        let scopes = Scopes::parse(["*"]).expect("scopes");
        let wanted = [Scope::parse("images").expect("a scope")];
        let hour = NOW.unix_timestamp() / SECONDS_PER_HOUR;
        for n in 0..tokens {
            let key = Key { hour, token: uuid::Uuid::from_u128(n.into()).into() };
            let origin = Some(std::net::Ipv4Addr::from_bits(n).into());
            let asked = Asked { offered: "ntk_secret", origin, ..Asked::default() };
            let asked = if n % 5 == 0 { Asked { wanted: &wanted, ..asked } } else { asked };
            for seat in 0..2 {
                if n % 3 != seat {
                    let window = &mut windows[usize::from(seat == 1)];
                    window.add(key, &scopes, Outcome::Valid, NOW, &asked, room);
                }
            }
        }
        windows[0].add_other(hour, Outcome::Refused(domain::verify::Denial::Unknown));
        let mut gathered = Gathered::default();
        windows.into_iter().for_each(|window| gathered.add(window));
        gathered.sort();
        gathered
    }

    #[test]
    fn batches_are_small_and_all_of_them_are_the_whole() {
        const TOKENS: u32 = 10_000;
        let room = Room::new(usize::MAX);
        let mut gathered = gathered(TOKENS, &room);
        let (mut counted, mut unknown, mut seen) = (0, 0, Vec::new());
        while let Some(collected) = gathered.next() {
            let Batch { counts, last, origins, .. } = &collected.batch;
            assert!(last.len() <= PIECE && origins.len() <= PIECE);
            assert!(last.is_sorted_by_key(|row| row.token), "in the order of their keys");
            seen.extend(last.iter().map(|row| row.token));
            let of_tokens = counts.iter().filter(|row| row.token.is_some());
            counted += of_tokens.map(|row| row.count).sum::<u64>();
            unknown += counts.iter().filter(|row| row.token.is_none()).count();
            room.give_back(collected.parts);
        }
        // A token of which each seat had something may be at the end of one batch and at the beginning of the next.
        seen.dedup();
        assert_eq!(seen.len(), TOKENS as usize);
        assert_eq!((counted, unknown), (u64::from(TOKENS + TOKENS / 3), 1));
        assert_eq!(room.used(), 0, "all of the room is given back");
    }
}
