//! For how long a snapshot may still be believed: until the moment at which the process that wrote it would have stopped believing its memory.

use crate::verify::index::FRESH;
use domain::OffsetDateTime;
use std::time::Duration;
use storage::snapshot::Uptime;

/// A moment, on the clock on the wall and on the one that nobody sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AsOf {
    /// The machine's time.
    pub wall: OffsetDateTime,
    /// How long the machine had been up.
    pub uptime: Option<Uptime>,
}

/// A snapshot that is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooFar {
    /// Its time is over.
    Old,
    /// It was written later than now.
    Ahead,
}

/// For how long it is good from `now` on: until a lease that was renewed `as_of` is over. A clock that was set back in the same life of the machine does not
/// make it longer. `tolerance` is how far a clock may be wrong; `None` is any distance.
///
/// # Errors
/// [`TooFar`].
pub(super) fn left(
    as_of: &AsOf,
    now: &AsOf,
    budget: Duration,
    tolerance: Option<time::Duration>,
) -> Result<Duration, TooFar> {
    let on_the_wall = now.wall - as_of.wall;
    if tolerance.is_some_and(|tolerance| -on_the_wall > tolerance) {
        return Err(TooFar::Ahead);
    }
    let on_the_wall = Duration::try_from(on_the_wall).unwrap_or_default();
    let up = match (&as_of.uptime, &now.uptime) {
        (Some(then), Some(now)) if then.boot == now.boot => {
            now.elapsed.saturating_sub(then.elapsed)
        }
        _ => Duration::ZERO,
    };
    let left = (FRESH + budget).saturating_sub(on_the_wall.max(up));
    // Without a budget nothing goes on without the database.
    if left.is_zero() || budget.is_zero() { Err(TooFar::Old) } else { Ok(left) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const BUDGET: Duration = Duration::from_secs(300);
    const TOLERANCE: Option<time::Duration> = Some(time::Duration::seconds(30));
    const MICRO: time::Duration = time::Duration::microseconds(1);

    fn at(passed: time::Duration, uptime: Option<(&str, u64)>) -> AsOf {
        let uptime = uptime.map(|(boot, seconds)| Uptime {
            boot: boot.to_owned(),
            elapsed: Duration::from_secs(seconds),
        });
        AsOf { wall: datetime!(2026-11-22 10:00 UTC) + passed, uptime }
    }

    fn left_after(passed: time::Duration) -> Result<Duration, TooFar> {
        left(&at(time::Duration::ZERO, None), &at(passed, None), BUDGET, TOLERANCE)
    }

    #[test]
    fn it_ends_when_the_process_would_have_ended() {
        let end = time::Duration::seconds(302);
        assert_eq!(left_after(time::Duration::ZERO), Ok(BUDGET + FRESH));
        assert_eq!(left_after(time::Duration::seconds(100)), Ok(Duration::from_secs(202)));
        assert_eq!(left_after(end - MICRO), Ok(Duration::from_micros(1)));
        assert_eq!(left_after(end), Err(TooFar::Old));
        assert_eq!(left_after(end * 1000), Err(TooFar::Old));
    }

    #[test]
    fn one_from_the_future_is_of_no_use() {
        assert_eq!(left_after(time::Duration::seconds(-30)), Ok(BUDGET + FRESH));
        assert_eq!(left_after(time::Duration::seconds(-30) - MICRO), Err(TooFar::Ahead));
    }

    #[test]
    fn without_a_budget_none_is_good() {
        let then = at(time::Duration::ZERO, None);
        assert_eq!(left(&then, &then, Duration::ZERO, TOLERANCE), Err(TooFar::Old));
    }

    #[test]
    fn a_clock_that_was_set_back_wins_no_time() {
        let then = at(time::Duration::ZERO, Some(("this life", 1000)));
        let after = |passed: i64, boot: &str, up: u64| {
            let now = at(time::Duration::seconds(passed), Some((boot, up)));
            left(&then, &now, BUDGET, TOLERANCE)
        };
        assert_eq!(after(0, "this life", 1100), Ok(Duration::from_secs(202)));
        assert_eq!(after(-20, "this life", 1302), Err(TooFar::Old));
        assert_eq!(after(200, "this life", 1100), Ok(Duration::from_secs(102)));
        // After a restart of the machine only the wall's clock tells.
        assert_eq!(after(100, "another life", 7), Ok(Duration::from_secs(202)));
    }
}
