//! For how long what is in memory may be believed: a lease, renewed by each look at the database.
//!
//! Counted on the monotonic clock from before the look began, so that it ends before the lease that the database wrote down.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How long after a look at the database everything is believed. A lost connection is noticed within this.
pub const FRESH: Duration = Duration::from_secs(2);

/// How far what is in memory may be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Nothing is kept up to date: the database is asked each time.
    TheDatabase,
    /// It is what the database has, but for a moment.
    All,
    /// The database does not answer. What is known goes on for the agreed time; what is not known cannot be told.
    WhatIsKnown,
    /// That time is over, or the clock is wrong, or another instance has our name.
    Nothing,
}

/// Why an instance refuses everything, whatever the database says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bar {
    /// Its clock is wrong.
    Clock = 1,
    /// Another instance has its name.
    Name = 2,
}

/// The lease.
pub struct Clockwork {
    epoch: Instant,
    followed: AtomicBool,
    // A bit for each reason.
    barred: AtomicU8,
    // Microseconds since the epoch.
    fresh_until: AtomicU64,
    serves_until: AtomicU64,
}

impl Clockwork {
    pub(super) fn new() -> Self {
        Self {
            epoch: Instant::now(),
            followed: AtomicBool::new(false),
            barred: AtomicU8::new(0),
            fresh_until: AtomicU64::new(0),
            serves_until: AtomicU64::new(0),
        }
    }

    pub(super) fn trust(&self) -> Trust {
        self.trust_at(self.epoch.elapsed())
    }

    fn trust_at(&self, now: Duration) -> Trust {
        if self.barred.load(Ordering::Acquire) != 0 {
            return Trust::Nothing;
        }
        if !self.followed.load(Ordering::Acquire) {
            return Trust::TheDatabase;
        }
        let now = micros(now);
        if now < self.fresh_until.load(Ordering::Acquire) {
            Trust::All
        } else if now < self.serves_until.load(Ordering::Acquire) {
            Trust::WhatIsKnown
        } else {
            Trust::Nothing
        }
    }

    /// A look that `began` then has been applied.
    pub(in crate::verify) fn renew(&self, began: Instant, budget: Duration) {
        let began = micros(began.duration_since(self.epoch));
        // The longer one first: nobody may see a fresh lease that is over.
        self.serves_until.store(began + micros(FRESH + budget), Ordering::Release);
        self.fresh_until.store(began + micros(FRESH), Ordering::Release);
        self.followed.store(true, Ordering::Release);
    }

    /// What is here was true some time before `at`, and serves for `left` from then on, if nothing renews it.
    pub(in crate::verify) fn resume(&self, at: Instant, left: Duration) {
        let at = micros(at.saturating_duration_since(self.epoch));
        self.fresh_until.store(0, Ordering::Release);
        self.serves_until.store(at + micros(left), Ordering::Release);
        self.followed.store(true, Ordering::Release);
    }

    /// Refuses everything for this reason, or does so no longer. Whether that is a change.
    pub(in crate::verify) fn bar(&self, reason: Bar, barred: bool) -> bool {
        let bit = reason as u8;
        let before = if barred {
            self.barred.fetch_or(bit, Ordering::AcqRel)
        } else {
            self.barred.fetch_and(!bit, Ordering::AcqRel)
        };
        (before & bit != 0) != barred
    }

    /// Why everything is refused.
    pub(super) fn barred(&self) -> Option<Bar> {
        let barred = self.barred.load(Ordering::Acquire);
        [Bar::Clock, Bar::Name].into_iter().find(|reason| barred & *reason as u8 != 0)
    }

    /// Nothing is kept up to date any more.
    pub(in crate::verify) fn end(&self) {
        self.followed.store(false, Ordering::Release);
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUDGET: Duration = Duration::from_secs(300);

    #[test]
    fn a_lease_ends_in_two_steps_and_can_be_renewed() {
        let lease = Clockwork::new();
        assert_eq!(lease.trust_at(Duration::ZERO), Trust::TheDatabase);
        let began = Duration::from_secs(10);
        lease.renew(lease.epoch + began, BUDGET);
        let moment = Duration::from_micros(1);
        assert_eq!(lease.trust_at(began + FRESH - moment), Trust::All);
        assert_eq!(lease.trust_at(began + FRESH), Trust::WhatIsKnown);
        assert_eq!(lease.trust_at(began + FRESH + BUDGET - moment), Trust::WhatIsKnown);
        assert_eq!(lease.trust_at(began + FRESH + BUDGET), Trust::Nothing);
        lease.renew(lease.epoch + Duration::from_secs(1000), BUDGET);
        assert_eq!(lease.trust_at(Duration::from_secs(1000)), Trust::All);
        lease.end();
        assert_eq!(lease.trust_at(Duration::from_secs(1000)), Trust::TheDatabase);
    }

    #[test]
    fn what_is_resumed_is_never_fresh_and_ends() {
        let lease = Clockwork::new();
        lease.resume(lease.epoch + Duration::from_secs(1), Duration::from_secs(10));
        assert_eq!(lease.trust_at(Duration::ZERO), Trust::WhatIsKnown);
        let end = Duration::from_secs(11);
        assert_eq!(lease.trust_at(end - Duration::from_micros(1)), Trust::WhatIsKnown);
        assert_eq!(lease.trust_at(end), Trust::Nothing);
        lease.renew(lease.epoch + end, BUDGET);
        assert_eq!(lease.trust_at(end), Trust::All);
    }

    #[test]
    fn without_a_budget_everything_is_refused_when_the_loss_is_noticed() {
        let lease = Clockwork::new();
        lease.renew(lease.epoch, Duration::ZERO);
        assert_eq!(lease.trust_at(FRESH), Trust::Nothing);
    }

    #[test]
    fn each_reason_bars_by_itself() {
        let lease = Clockwork::new();
        assert!(lease.bar(Bar::Clock, true));
        assert!(!lease.bar(Bar::Clock, true));
        assert!(lease.bar(Bar::Name, true));
        assert!(lease.bar(Bar::Clock, false));
        assert_eq!(
            (lease.trust_at(Duration::ZERO), lease.barred()),
            (Trust::Nothing, Some(Bar::Name))
        );
        assert!(lease.bar(Bar::Name, false));
        assert_eq!(lease.trust_at(Duration::ZERO), Trust::TheDatabase);
    }
}
