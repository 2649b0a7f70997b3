//! Collects what verification answers, until it is flushed.
//!
//! Each thread has a seat with a lock of its own, which only the flush takes besides. What is kept is bounded over all seats, and what does not fit is
//! counted as such.

use super::flush::Flushing;
use super::gathered::Gathered;
use super::latency::Latencies;
use super::told::{COUNT_MAX, ToldUse};
use super::window::{Key, Room, SECONDS_PER_HOUR, Window};
pub use super::window::{Overflow, TEXT_MAX};
use crate::verify::{Answer, Asked};
use domain::OffsetDateTime;
use domain::token::Scopes;
use domain::usage::{Counts, Outcome};
use domain::verify::Verdict;
use std::cell::Cell;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Seats. More threads than that share them.
const SEATS: usize = 64;

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
    pub(super) fn take(&self) -> Gathered {
        let mut gathered = Gathered::default();
        for seat in &self.seats {
            if let Some(window) = take(seat) {
                gathered.add(window);
            }
        }
        gathered.sort();
        gathered
    }

    /// What was taken is in the database.
    pub(super) fn flushed(&self, parts: usize) {
        self.room.give_back(parts);
    }

    fn seat(&self) -> MutexGuard<'_, Taken> {
        lock(&self.seats[place()])
    }
}

/// What a seat has, if it has anything.
fn take(seat: &Seat) -> Option<Window> {
    let mut seat = lock(seat);
    if seat.window.is_empty() {
        // Nobody comes: what it expected is given back.
        seat.window = Window::default();
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
