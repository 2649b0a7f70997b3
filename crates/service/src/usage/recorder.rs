//! Collects what verification answers, until it is flushed.
//!
//! Each thread has a seat with a lock of its own, which only the flush takes besides. What is kept is bounded over all seats, and what does not fit is
//! counted as such.

use super::flush::Flushing;
use super::latency::Latencies;
use super::told::{COUNT_MAX, ToldUse};
use super::window::{AfterEnd, Full, Key, Plain, Room, SeenOrigin, Tally, Text, Unnamed, Window};
use crate::verify::{Answer, Asked};
use domain::OffsetDateTime;
use domain::id::TokenId;
use domain::token::Scopes;
use domain::usage::{Counts, Outcome};
use domain::verify::Verdict;
use std::cell::Cell;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use store::usage::{Batch, HourCount, LastUse, OriginUse, ScopeUse, UnnamedUse};

pub use super::window::{Overflow, TEXT_MAX};

/// Seats. More threads than that share them.
const SEATS: usize = 64;

const SECONDS_PER_HOUR: i64 = 3600;

/// A cache line for itself, and the one that is fetched with it.
#[repr(align(128))]
#[derive(Default)]
struct Seat(Mutex<Taken>);

/// What a seat has.
#[derive(Default)]
struct Taken {
    window: Window,
    /// Since the start; never taken.
    counts: Counts,
    overflow: Overflow,
    latencies: Latencies,
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

/// Collects what verification answers.
pub struct Recorder {
    seats: Box<[Seat]>,
    room: Room,
    measured: bool,
    /// Microseconds since 1970; 0 is never.
    flushed_at: AtomicI64,
    pub(super) flushing: tokio::sync::Mutex<Flushing>,
}

impl Recorder {
    /// Nothing is collected yet. At most `parts_max` tokens, origins and scopes are kept; how long answers take is measured if somebody will ask.
    pub fn new(parts_max: usize, measured: bool) -> Self {
        Self {
            seats: (0..SEATS).map(|_| Seat::default()).collect(),
            room: Room::new(parts_max),
            measured,
            flushed_at: AtomicI64::new(0),
            flushing: tokio::sync::Mutex::default(),
        }
    }

    /// Begins to measure an answer.
    pub fn begin(&self) -> Option<Instant> {
        self.measured.then(Instant::now)
    }

    /// Records an answer, and how long it took since [`Self::begin`].
    pub fn record(
        &self,
        asked: &Asked<'_>,
        answer: &Answer<'_>,
        now: OffsetDateTime,
        began: Option<Instant>,
    ) {
        let (record, outcome) = match answer.verdict {
            Verdict::Valid(record) => (Some(record), Outcome::Valid),
            Verdict::Denied(denial, record) => (Some(record), Outcome::Refused(denial)),
            Verdict::NotKnown(denial) => (None, Outcome::Refused(denial)),
        };
        let hour = now.unix_timestamp().div_euclid(SECONDS_PER_HOUR);
        let mut seat = self.seat();
        let Taken { window, counts, latencies, .. } = &mut *seat;
        counts.add(outcome, 1);
        if let Some(began) = began {
            latencies.add(outcome, began.elapsed());
        }
        match record {
            Some(record) => {
                let key = Key { hour, token: record.id };
                window.add(key, &record.scopes, outcome, now, asked, &self.room);
            }
            None => window.add_other(hour, outcome),
        }
    }

    /// Records uses that another doorway told of. They are not among those of this process, nor are there origins.
    pub(super) fn tell(&self, told: &ToldUse, worker: &str, now: OffsetDateTime) {
        let asked = Asked {
            // No text may have the token in it; nobody knows it here, and no text has this.
            offered: "\0",
            wanted: &[],
            origin: None,
            user_agent: Some(worker),
            route: told.route.as_deref(),
        };
        let hour = now.unix_timestamp().div_euclid(SECONDS_PER_HOUR);
        let key = Key { hour, token: told.token };
        let mut seat = self.seat();
        for _ in 0..told.count.min(COUNT_MAX) {
            // Scopes are looked at where some were asked for.
            seat.window.add(key, &Scopes::stored(&[]), told.outcome, now, &asked, &self.room);
        }
    }

    /// How often each outcome came since the start, in this process.
    pub fn counts(&self) -> Counts {
        let mut sum = Counts::default();
        for seat in &self.seats {
            sum.add_all(&lock(seat).counts);
        }
        sum
    }

    /// How long answers took since the start, in this process; nothing when they are not measured.
    pub fn latencies(&self) -> Latencies {
        let mut sum = Latencies::default();
        for seat in &self.seats {
            sum.add_all(&lock(seat).latencies);
        }
        sum
    }

    /// When everything that was collected by then was in the database; `None` is never yet.
    pub fn flushed_at(&self) -> Option<OffsetDateTime> {
        let micros = self.flushed_at.load(Ordering::Relaxed);
        let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1000).ok();
        at.filter(|_| micros != 0)
    }

    pub(super) fn set_flushed_at(&self, at: OffsetDateTime) {
        let micros = i64::try_from(at.unix_timestamp_nanos() / 1000).unwrap_or_default();
        self.flushed_at.store(micros, Ordering::Relaxed);
    }

    /// What did not fit since the start, in this process.
    pub fn overflow(&self) -> Overflow {
        let mut sum = Overflow::default();
        for seat in &self.seats {
            let seat = lock(seat);
            sum.add(seat.overflow);
            sum.add(seat.window.overflow);
        }
        sum
    }

    /// How many tokens in an hour, origins and scopes wait to be flushed.
    pub fn waiting(&self) -> usize {
        self.room.used()
    }

    /// Takes what was collected. Its room is given back with [`Self::flushed`].
    pub(super) fn take(&self) -> Collected {
        let mut windows: Vec<Window> = self.seats.iter().filter_map(take).collect();
        let mut collected = Collected::default();
        let mut tallies = Vec::with_capacity(windows.iter().map(|w| w.tallies.len()).sum());
        for (place, window) in windows.iter_mut().enumerate() {
            collected.parts += window.parts;
            for (hour, counts) in std::mem::take(&mut window.others) {
                collected.add_counts(hour, None, &counts);
            }
            let taken = std::mem::take(&mut window.tallies);
            tallies.extend(taken.into_iter().map(|(key, tally)| (key, place, tally)));
        }
        // Sorted here, where each is small, so that what is made of them is in order already.
        tallies.sort_unstable_by_key(|(key, place, _)| (*key, *place));
        for (key, place, tally) in tallies {
            match tally {
                Tally::Plain(plain) => {
                    collected.add_plain(key, &plain, plain.text(&windows[place].texts));
                }
                Tally::Full(full) => collected.add_full(key, *full),
            }
        }
        collected.merge();
        collected
    }

    /// What was taken is in the database.
    pub(super) fn flushed(&self, parts: usize) {
        self.room.give_back(parts);
    }

    fn seat(&self) -> MutexGuard<'_, Taken> {
        lock(&self.seats[place()])
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

/// What a seat has, if it has anything.
fn take(seat: &Seat) -> Option<Window> {
    let mut seat = lock(seat);
    if seat.window.is_empty() {
        return None;
    }
    let next = seat.window.next();
    let window = std::mem::replace(&mut seat.window, next);
    seat.overflow.add(window.overflow);
    Some(window)
}

fn lock(seat: &Seat) -> MutexGuard<'_, Taken> {
    seat.0.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The seat of this thread.
fn place() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static PLACE: Cell<usize> = const { Cell::new(usize::MAX) };
    }
    PLACE.with(|place| {
        if place.get() == usize::MAX {
            place.set(NEXT.fetch_add(1, Ordering::Relaxed) % SEATS);
        }
        place.get()
    })
}
