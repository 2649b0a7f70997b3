//! When a mirror is looked at again: the period, the next expiry, or the backoff after a failure.

use super::FailureClass;
use crate::OffsetDateTime;
use rand_core::Rng;
use std::time::Duration;

/// A mirror is asked for everything it has once in this time: that finds what others did there.
pub const OBSERVE: time::Duration = time::Duration::minutes(15);
/// Changes are looked for once in this time, whatever happens.
pub const PERIOD: Duration = Duration::from_secs(60);
/// What the first wait after a transient failure is drawn from; it doubles with each further one, up to [`PERIOD`].
pub const BACKOFF_FIRST: Duration = Duration::from_secs(2);
/// What another instance does is done again after this time at the latest: should it be gone, its mirror is taken over.
pub const TAKE_OVER: Duration = Duration::from_secs(4);
/// No wait is shorter, so that an expiry that the clock has not quite reached does not spin.
const SHORTEST: Duration = Duration::from_millis(20);

/// How a run ended, as far as the next one depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The target holds what it should, or a person is asked.
    Settled {
        /// When the next token expires, and its object must go.
        next_moment: Option<OffsetDateTime>,
    },
    /// Another instance is at it.
    Busy,
    /// It failed.
    Failed(FailureClass),
}

/// When to look again, and whether a change that is committed before then is a reason to look earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// How long at most.
    pub longest: Duration,
    /// Whether a change ends the wait. Not after a failure: commits must not defeat the backoff.
    pub until_change: bool,
}

/// The wait after a run. `failures` is how many runs failed in a row, this one among them. The half of a backoff is fixed and the other half
/// drawn, so that instances which failed together do not return together ("equal jitter").
pub fn wait<R: Rng + ?Sized>(
    outcome: Outcome,
    failures: u32,
    now: OffsetDateTime,
    rng: &mut R,
) -> Wait {
    match outcome {
        Outcome::Settled { next_moment } => {
            let expiry = next_moment.map_or(PERIOD, |at| until(at, now));
            Wait { longest: expiry.clamp(SHORTEST, PERIOD), until_change: true }
        }
        Outcome::Busy => Wait { longest: TAKE_OVER, until_change: false },
        Outcome::Failed(FailureClass::Transient) => {
            let doubled = BACKOFF_FIRST.saturating_mul(1 << failures.saturating_sub(1).min(16));
            let half = doubled.min(PERIOD) / 2;
            let drawn = half.mul_f64(f64::from(rng.next_u32()) / f64::from(u32::MAX));
            Wait { longest: half + drawn, until_change: false }
        }
        Outcome::Failed(FailureClass::Denied | FailureClass::Broken) => {
            Wait { longest: PERIOD, until_change: false }
        }
    }
}

fn until(at: OffsetDateTime, now: OffsetDateTime) -> Duration {
    Duration::try_from(at - now).unwrap_or(Duration::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-11-22 10:00 UTC);

    fn after(outcome: Outcome, failures: u32) -> Wait {
        wait(outcome, failures, NOW, &mut ChaCha20Rng::seed_from_u64(7))
    }

    #[test]
    fn a_settled_mirror_waits_for_a_change_the_next_moment_or_the_period() {
        let settled = |next_moment| after(Outcome::Settled { next_moment }, 0);
        assert_eq!(settled(None), Wait { longest: PERIOD, until_change: true });
        let soon = settled(Some(NOW + time::Duration::seconds(5)));
        assert_eq!(soon.longest, Duration::from_secs(5));
        assert_eq!(settled(Some(NOW + time::Duration::DAY)).longest, PERIOD);
        assert_eq!(settled(Some(NOW - time::Duration::DAY)).longest, SHORTEST);
    }

    #[test]
    fn what_another_instance_is_at_is_taken_over_in_time() {
        let wait = after(Outcome::Busy, 0);
        assert!(wait.longest < Duration::from_secs(10) && !wait.until_change);
    }

    #[test]
    fn transient_failures_back_off_up_to_the_period_and_commits_do_not_defeat_it() {
        let failed = |failures| after(Outcome::Failed(FailureClass::Transient), failures);
        for (failures, ceiling) in [(1, 2), (2, 4), (3, 8), (6, 60), (40, 60), (u32::MAX, 60)] {
            let ceiling = Duration::from_secs(ceiling);
            let wait = failed(failures);
            assert!(wait.longest >= ceiling / 2 && wait.longest <= ceiling, "{failures}: {wait:?}");
            assert!(!wait.until_change);
        }
    }

    #[test]
    fn what_trying_again_does_not_mend_waits_for_the_period() {
        for class in [FailureClass::Denied, FailureClass::Broken] {
            let wait = after(Outcome::Failed(class), 1);
            assert_eq!(wait, Wait { longest: PERIOD, until_change: false });
        }
    }
}
