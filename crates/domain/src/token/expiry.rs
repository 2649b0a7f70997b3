//! How long a token lives.

use crate::{Code, OffsetDateTime, Refused};
use time::Duration;

/// The longest life that can be asked for in days.
pub const DAYS_MAX: i64 = 3650;

/// When a token expires; `None` is never.
pub type Expiry = Option<OffsetDateTime>;

/// What was asked for, before the clock is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpiryRequest {
    /// No end.
    Never,
    /// That many days from now: 1 to [`DAYS_MAX`].
    Days(i64),
    /// At that instant.
    At(OffsetDateTime),
}

impl ExpiryRequest {
    /// Reads the two ways of asking; neither means never.
    ///
    /// # Errors
    /// `expires_days_range` on `expires_days`; `expires_twice` on `expires_at`.
    pub fn parse(days: Option<i64>, at: Option<OffsetDateTime>) -> Result<Self, Refused> {
        match (days, at) {
            (None, None) => Ok(Self::Never),
            (Some(days @ 1..=DAYS_MAX), None) => Ok(Self::Days(days)),
            (Some(_), None) => Err(Refused::field("expires_days", Code::ExpiresDaysRange)),
            (None, Some(at)) => Ok(Self::At(at)),
            (Some(_), Some(_)) => Err(Refused::field("expires_at", Code::ExpiresTwice)),
        }
    }

    /// The expiry of a token that is made at `now`. Instants are kept to the microsecond, as Postgres keeps them.
    ///
    /// # Errors
    /// `expires_in_past` and `expires_days_range` (more than [`DAYS_MAX`] days ahead) on `expires_at`.
    pub fn resolve(self, now: OffsetDateTime) -> Result<Expiry, Refused> {
        match self {
            Self::Never => Ok(None),
            Self::Days(days) => Ok(Some(to_micros(now + Duration::days(days)))),
            Self::At(at) if at <= now => Err(Refused::field("expires_at", Code::ExpiresInPast)),
            Self::At(at) if at - now > Duration::days(DAYS_MAX) => {
                Err(Refused::field("expires_at", Code::ExpiresDaysRange))
            }
            Self::At(at) => Ok(Some(to_micros(at))),
        }
    }
}

impl ExpiryRequest {
    /// The later end of a token that would expire at `until`. The same end is no refusal.
    ///
    /// # Errors
    /// As [`Self::resolve`]; `expires_sooner` on `expires_at`.
    pub fn extend(self, until: Expiry, now: OffsetDateTime) -> Result<Expiry, Refused> {
        let asked = self.resolve(now)?;
        let later = match (until, asked) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(until), Some(asked)) => until <= asked,
        };
        if later { Ok(asked) } else { Err(Refused::field("expires_at", Code::ExpiresSooner)) }
    }
}

fn to_micros(at: OffsetDateTime) -> OffsetDateTime {
    let nanos = at.nanosecond();
    at.to_offset(time::UtcOffset::UTC) - Duration::nanoseconds(i64::from(nanos % 1_000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-11-22 10:00 UTC);

    #[test]
    fn days_have_a_range() {
        for days in [0, -1, DAYS_MAX + 1, i64::MAX, i64::MIN] {
            let refused = ExpiryRequest::parse(Some(days), None).expect_err("out of range");
            assert_eq!(refused.code, Code::ExpiresDaysRange);
        }
        let expiry = ExpiryRequest::parse(Some(1), None).and_then(|asked| asked.resolve(NOW));
        assert_eq!(expiry, Ok(Some(datetime!(2026-11-23 10:00 UTC))));
    }

    #[test]
    fn an_instant_must_be_ahead() {
        let at = |at| ExpiryRequest::At(at).resolve(NOW).map_err(|refused| refused.code);
        assert_eq!(at(NOW), Err(Code::ExpiresInPast));
        assert_eq!(at(datetime!(9999-01-01 0:00 UTC)), Err(Code::ExpiresDaysRange));
        assert_eq!(at(datetime!(2026-11-22 12:00 +1)), Ok(Some(datetime!(2026-11-22 11:00 UTC))));
    }

    #[test]
    fn an_end_is_only_put_off() {
        let (week, day) = (Some(NOW + Duration::days(7)), Some(NOW + Duration::days(1)));
        let extend =
            |asked: ExpiryRequest, until| asked.extend(until, NOW).map_err(|refused| refused.code);
        assert_eq!(extend(ExpiryRequest::Days(7), day), Ok(week));
        assert_eq!(extend(ExpiryRequest::Days(7), week), Ok(week));
        assert_eq!(extend(ExpiryRequest::Never, week), Ok(None));
        assert_eq!(extend(ExpiryRequest::Never, None), Ok(None));
        assert_eq!(extend(ExpiryRequest::Days(1), week), Err(Code::ExpiresSooner));
        assert_eq!(extend(ExpiryRequest::Days(3650), None), Err(Code::ExpiresSooner));
        assert_eq!(extend(ExpiryRequest::At(NOW), None), Err(Code::ExpiresInPast));
    }

    #[test]
    fn both_ways_at_once_are_refused_and_neither_is_never() {
        assert!(ExpiryRequest::parse(Some(1), Some(NOW)).is_err());
        assert_eq!(ExpiryRequest::parse(None, None), Ok(ExpiryRequest::Never));
    }
}
