//! How often a token may be used: the generic cell rate algorithm (ITU-T I.371, the virtual scheduling form).
//!
//! Its whole state is one instant, the theoretical arrival time of the next request of an even stream. That makes a limit a compare and a swap.

use crate::{Code, OffsetDateTime, Refused};
use time::Duration;

/// The most requests of a window.
pub const REQUESTS_MAX: u32 = 1_000_000;
/// The longest window, in seconds.
pub const WINDOW_MAX: u32 = 86_400;

/// So many requests in so many seconds, of which all may come at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    requests: u32,
    seconds: u32,
}

/// The theoretical arrival time, in microseconds since 1970. Zero, in which nothing has arrived yet, is where everybody begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Arrival(pub i64);

/// A request came too early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooEarly {
    /// After this time one would be taken.
    pub retry_after: Duration,
}

impl RateLimit {
    /// A limit of `requests` in each `seconds`.
    ///
    /// # Errors
    /// `rate_range` on `rate_limit`: 1 to [`REQUESTS_MAX`] requests, 1 to [`WINDOW_MAX`] seconds.
    pub fn parse(requests: i64, seconds: i64) -> Result<Self, Refused> {
        let within = |n: i64, max: u32| u32::try_from(n).ok().filter(|n| (1..=max).contains(n));
        match (within(requests, REQUESTS_MAX), within(seconds, WINDOW_MAX)) {
            (Some(requests), Some(seconds)) => Ok(Self { requests, seconds }),
            _ => Err(Refused::field("rate_limit", Code::RateRange)),
        }
    }

    /// How many requests.
    pub const fn requests(self) -> u32 {
        self.requests
    }

    /// In how many seconds.
    pub const fn seconds(self) -> u32 {
        self.seconds
    }

    /// What one of `instances` may let through, so that together they keep to the limit. Never less than one request a window: where there are more
    /// instances than requests, the sum is more than the limit by that.
    pub const fn share(self, instances: u32) -> Self {
        let requests = self.requests / if instances == 0 { 1 } else { instances };
        Self { requests: if requests == 0 { 1 } else { requests }, seconds: self.seconds }
    }

    /// Takes a request that comes at `now`: the arrival that is next.
    ///
    /// # Errors
    /// [`TooEarly`], and the request counts for nothing.
    pub fn arrive(self, arrival: Arrival, now: OffsetDateTime) -> Result<Arrival, TooEarly> {
        let window = i64::from(self.seconds) * 1_000_000;
        // Rounded up, so that a window never holds more than was granted.
        let interval = (window + i64::from(self.requests) - 1) / i64::from(self.requests);
        let now = i64::try_from(now.unix_timestamp_nanos() / 1_000).unwrap_or(i64::MAX);
        let span = interval * i64::from(self.requests);
        // A clock that was put back must not lock a token out for longer than its window.
        let theoretical = arrival.0.clamp(now, now.saturating_add(span));
        let next = theoretical.saturating_add(interval);
        let early = next.saturating_sub(now).saturating_sub(span);
        if early > 0 {
            return Err(TooEarly { retry_after: Duration::microseconds(early) });
        }
        Ok(Arrival(next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-11-22 10:00 UTC);

    fn limit(requests: i64, seconds: i64) -> RateLimit {
        RateLimit::parse(requests, seconds).expect("a good limit")
    }

    /// How many of `n` requests at `now` are taken, and the arrival after them.
    fn taken(
        limit: RateLimit,
        mut arrival: Arrival,
        now: OffsetDateTime,
        n: u32,
    ) -> (u32, Arrival) {
        let mut count = 0;
        for _ in 0..n {
            if let Ok(next) = limit.arrive(arrival, now) {
                arrival = next;
                count += 1;
            }
        }
        (count, arrival)
    }

    #[test]
    fn a_window_may_come_at_once_and_then_evenly() {
        let limit = limit(10, 60);
        let (first, arrival) = taken(limit, Arrival::default(), NOW, 20);
        assert_eq!(first, 10);
        let early = limit.arrive(arrival, NOW).expect_err("the window is used up");
        assert_eq!(early.retry_after, Duration::seconds(6));
        let (then, arrival) = taken(limit, arrival, NOW + early.retry_after, 20);
        assert_eq!(then, 1);
        assert_eq!(taken(limit, arrival, NOW + Duration::minutes(2), 20).0, 10);
    }

    #[test]
    fn a_clock_put_back_locks_nobody_out_for_longer_than_the_window() {
        let limit = limit(10, 60);
        let (_, arrival) = taken(limit, Arrival::default(), NOW, 20);
        let earlier = NOW - Duration::days(30);
        let early = limit.arrive(arrival, earlier).expect_err("still used up");
        assert!(early.retry_after <= Duration::seconds(60));
    }

    #[test]
    fn instances_share_a_limit() {
        assert_eq!(limit(10, 60).share(3).requests(), 3);
        assert_eq!(limit(2, 60).share(3).requests(), 1);
        assert_eq!(limit(2, 60).share(0).requests(), 2);
    }

    #[test]
    fn limits_have_a_range() {
        for (requests, seconds) in
            [(0, 1), (1, 0), (-1, 1), (1_000_001, 1), (1, 86_401), (i64::MAX, 1)]
        {
            let refused = RateLimit::parse(requests, seconds).expect_err("out of range");
            assert_eq!(refused.code, Code::RateRange);
        }
    }

    proptest! {
        /// Whatever comes when, a span of one window never takes more than two windows' worth, and never less than comes evenly.
        #[test]
        fn no_window_takes_more_than_a_burst_and_its_refill(
            requests in 1_i64..50, seconds in 1_i64..100, gaps in prop::collection::vec(0_i64..5_000_000, 1..200)
        ) {
            let limit = limit(requests, seconds);
            let (mut arrival, mut now, mut times) = (Arrival::default(), NOW, Vec::new());
            for gap in gaps {
                now += Duration::microseconds(gap);
                if let Ok(next) = limit.arrive(arrival, now) {
                    arrival = next;
                    times.push(now);
                }
            }
            for (i, from) in times.iter().enumerate() {
                let until = *from + Duration::seconds(seconds);
                let within = times[i..].iter().take_while(|at| **at < until).count();
                prop_assert!(within <= usize::try_from(requests * 2).expect("small"));
            }
        }

        /// An even stream at the granted pace is never refused.
        #[test]
        fn an_even_stream_passes(requests in 1_i64..1000, seconds in 1_i64..1000) {
            let limit = limit(requests, seconds);
            let interval = Duration::microseconds((seconds * 1_000_000 + requests - 1) / requests);
            let (mut arrival, mut now) = (Arrival::default(), NOW);
            for _ in 0..50 {
                arrival = limit.arrive(arrival, now).expect("not too early");
                now += interval;
            }
        }
    }
}
