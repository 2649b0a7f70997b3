//! What is learned from verification: how often a token was good or refused, from where, and for what.
//!
//! Owns the outcomes and their sums, what counts as one origin, which narrower set of scopes would do, and which networks. Start at [`Outcome`].

pub mod impact;
pub mod networks;
pub mod origin;
pub mod proposal;
pub mod report;
pub mod series;

pub use impact::Impact;
pub use networks::{LearnDays, NetworkProposal};
pub use origin::Origin;
pub use proposal::{Asked, Proposal};
pub use report::{LastUsed, Report, SeenOrigin, TokenReport, TokenSum};
pub use series::{Bucket, Span, Step};

use crate::verify::Denial;

/// Origins and scopes that are recorded of each token: the first ones. Of a token that has so many, nobody can tell what came after.
pub const KEPT_MAX: usize = 200;

/// How a verification ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The token was good.
    Valid,
    /// It was not.
    Refused(Denial),
}

impl Outcome {
    /// How many there are.
    pub const COUNT: usize = 1 + Denial::ALL.len();

    /// Every outcome: good first, then the denials in their order.
    pub fn all() -> impl Iterator<Item = Self> {
        std::iter::once(Self::Valid).chain(Denial::ALL.iter().copied().map(Self::Refused))
    }

    /// Its place among all of them.
    pub const fn index(self) -> usize {
        match self {
            Self::Valid => 0,
            // The denials have no numbers of their own, so that their order is that of their declaration.
            Self::Refused(denial) => 1 + denial as usize,
        }
    }

    /// The code, as verification answers it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Refused(denial) => denial.as_str(),
        }
    }

    /// Reads a code.
    pub fn parse(text: &str) -> Option<Self> {
        Self::all().find(|outcome| outcome.as_str() == text)
    }

    /// Whether somebody used a token whose time was over.
    pub const fn is_after_end(self) -> bool {
        matches!(self, Self::Refused(Denial::Revoked | Denial::Expired | Denial::Rotated))
    }
}

/// How often each outcome came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts([u64; Outcome::COUNT]);

impl Counts {
    /// Adds `count` of an outcome.
    pub fn add(&mut self, outcome: Outcome, count: u64) {
        let sum = &mut self.0[outcome.index()];
        *sum = sum.saturating_add(count);
    }

    /// Adds all of `other`.
    pub fn add_all(&mut self, other: &Self) {
        for outcome in Outcome::all() {
            self.add(outcome, other.of(outcome));
        }
    }

    /// How often this outcome came.
    pub const fn of(&self, outcome: Outcome) -> u64 {
        self.0[outcome.index()]
    }

    /// How often a token was good.
    pub const fn valid(&self) -> u64 {
        self.of(Outcome::Valid)
    }

    /// How often it was refused, for whatever reason.
    pub fn refused(&self) -> u64 {
        self.0[1..].iter().fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// All of them.
    pub fn total(&self) -> u64 {
        self.valid().saturating_add(self.refused())
    }

    /// The outcomes that came, in their order.
    pub fn iter(&self) -> impl Iterator<Item = (Outcome, u64)> {
        Outcome::all().map(|outcome| (outcome, self.of(outcome))).filter(|(_, count)| *count > 0)
    }

    /// Why it was refused, the most frequent first.
    pub fn reasons(&self) -> Vec<(Denial, u64)> {
        let refused = |(outcome, count)| match outcome {
            Outcome::Refused(denial) => Some((denial, count)),
            Outcome::Valid => None,
        };
        let mut reasons: Vec<_> = self.iter().filter_map(refused).collect();
        reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        reasons
    }
}

impl FromIterator<(Outcome, u64)> for Counts {
    fn from_iter<I: IntoIterator<Item = (Outcome, u64)>>(counts: I) -> Self {
        let mut sum = Self::default();
        for (outcome, count) in counts {
            sum.add(outcome, count);
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_outcome_has_a_place_and_a_code_of_its_own() {
        let all: Vec<_> = Outcome::all().collect();
        assert_eq!(all.len(), Outcome::COUNT);
        for (place, outcome) in all.into_iter().enumerate() {
            assert_eq!(outcome.index(), place);
            assert_eq!(Outcome::parse(outcome.as_str()), Some(outcome));
        }
        assert_eq!(Outcome::parse("good"), None);
    }

    #[test]
    fn sums_are_of_valid_and_refused() {
        let expired = Outcome::Refused(Denial::Expired);
        let scope = Outcome::Refused(Denial::ScopeDenied);
        let mut counts: Counts =
            [(Outcome::Valid, 3), (expired, 1), (scope, 4)].into_iter().collect();
        counts.add_all(&counts.clone());
        assert_eq!((counts.valid(), counts.refused(), counts.total()), (6, 10, 16));
        assert_eq!(counts.reasons(), [(Denial::ScopeDenied, 8), (Denial::Expired, 2)]);
        counts.add(Outcome::Valid, u64::MAX);
        assert_eq!(counts.total(), u64::MAX);
    }
}
