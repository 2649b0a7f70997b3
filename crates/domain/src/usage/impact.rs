//! What would be missed of a token: who still calls with it.

use super::{Asked, Counts, LastUsed, Outcome, SeenOrigin};
use crate::OffsetDateTime;
use crate::id::TokenId;
use crate::token::Token;
use crate::verify::Denial;
use time::Duration;

/// How far back tries after the end of a token are counted.
pub const TRIES_WITHIN: Duration = Duration::days(90);

/// How a token was used of late, for whoever is about to take it away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Impact {
    /// The token.
    pub token: TokenId,
    /// What was counted in the last 24 hours, in whole hours.
    pub day: Counts,
    /// The same of seven days.
    pub week: Counts,
    /// From how many origins it was used in seven days.
    pub origins: u64,
    /// When it was good last, ever.
    pub last_used: Option<LastUsed>,
    /// What it was used for, ever.
    pub asked: Vec<Asked>,
    /// Of one that has ended, how often it was refused for that since, within [`TRIES_WITHIN`].
    pub tries: Option<u64>,
}

impl Impact {
    /// From how many of these a token was used in seven days.
    pub fn of_late(origins: &[SeenOrigin], now: OffsetDateTime) -> u64 {
        let late = origins.iter().filter(|seen| now - seen.last_at <= Duration::days(7));
        late.count().try_into().unwrap_or(u64::MAX)
    }

    /// How many of these uses were refused because the token had ended.
    pub fn tries_of(counts: &Counts) -> u64 {
        let of = |denial| counts.of(Outcome::Refused(denial));
        of(Denial::Expired).saturating_add(of(Denial::Revoked))
    }
}

/// Since when a token has ended at `now`, as far back as tries are counted; `None` while it has not.
pub fn tries_since(token: &Token, now: OffsetDateTime) -> Option<OffsetDateTime> {
    let expired = token.expires_at.filter(|at| *at <= now);
    let ended = expired.into_iter().chain(token.revoked_at).min()?;
    Some(ended.max(now - TRIES_WITHIN))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-11-22 10:00 UTC);

    #[test]
    fn origins_of_the_last_seven_days_are_counted() {
        let seen = |days| SeenOrigin {
            origin: "192.0.2.7".to_owned(),
            first_at: NOW - Duration::days(90),
            last_at: NOW - Duration::days(days),
            last_valid_at: None,
            valid: 1,
            refused: 0,
        };
        assert_eq!(Impact::of_late(&[seen(0), seen(7), seen(8)], NOW), 2);
    }

    #[test]
    fn tries_are_refusals_of_what_has_ended() {
        let mut counts = Counts::default();
        counts.add(Outcome::Valid, 5);
        counts.add(Outcome::Refused(Denial::ScopeDenied), 7);
        counts.add(Outcome::Refused(Denial::Expired), 2);
        counts.add(Outcome::Refused(Denial::Revoked), 3);
        assert_eq!(Impact::tries_of(&counts), 5);
    }
}
