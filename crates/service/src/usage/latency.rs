//! How long answers take, by outcome: a histogram that each seat has for itself.

use domain::usage::Outcome;
use std::time::Duration;

/// The upper bounds of the buckets, in nanoseconds: from what memory takes to what a database takes that is slow. Above the last is one more.
pub const BOUNDS: [u64; 14] = [
    1_000,
    2_500,
    5_000,
    10_000,
    25_000,
    50_000,
    100_000,
    250_000,
    1_000_000,
    2_500_000,
    10_000_000,
    50_000_000,
    250_000_000,
    1_000_000_000,
];

/// How long the answers of one outcome took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Latency {
    /// How many were in each bucket, and above the last bound.
    pub buckets: [u64; BOUNDS.len() + 1],
    /// All of them together, in nanoseconds.
    pub sum: u64,
}

/// How long answers took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Latencies([Latency; Outcome::COUNT]);

impl Latencies {
    pub(super) fn add(&mut self, outcome: Outcome, took: Duration) {
        let nanos = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        let bucket = BOUNDS.iter().position(|bound| nanos <= *bound).unwrap_or(BOUNDS.len());
        let latency = &mut self.0[outcome.index()];
        latency.buckets[bucket] += 1;
        latency.sum = latency.sum.saturating_add(nanos);
    }

    pub(super) fn add_all(&mut self, other: &Self) {
        for (sum, other) in self.0.iter_mut().zip(&other.0) {
            for (sum, other) in sum.buckets.iter_mut().zip(&other.buckets) {
                *sum += other;
            }
            sum.sum = sum.sum.saturating_add(other.sum);
        }
    }

    /// Those of one outcome.
    pub const fn of(&self, outcome: Outcome) -> &Latency {
        &self.0[outcome.index()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_belongs_to_its_bucket() {
        let mut latencies = Latencies::default();
        for nanos in [0, 1_000, 1_001, 1_000_000_000, 1_000_000_001] {
            latencies.add(Outcome::Valid, Duration::from_nanos(nanos));
        }
        let mut sum = latencies.clone();
        sum.add_all(&latencies);
        let valid = sum.of(Outcome::Valid);
        assert_eq!((valid.buckets[0], valid.buckets[1]), (4, 2));
        assert_eq!((valid.buckets[13], valid.buckets[14]), (2, 2));
        assert_eq!(valid.sum, 2 * 2_000_002_002);
    }
}
