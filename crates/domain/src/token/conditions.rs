//! When, from where and how often a token may be used, as people chose it. What they ask of a request is judged in [`crate::verify`].

use super::Expiry;
use crate::verify::{Origins, RateLimit, UsesLimit};
use crate::{Code, OffsetDateTime, Refused};
use time::macros::datetime;
use time::{Duration, UtcOffset};

/// What Postgres keeps and RFC 3339 writes.
const FIRST: OffsetDateTime = datetime!(0001-01-01 0:00 UTC);
const LAST: OffsetDateTime = datetime!(9999-12-31 0:00 UTC);

/// When, from where and how often a token may be used; by default always.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    /// When its time begins; `None` is when it is made.
    pub not_before: Option<OffsetDateTime>,
    /// Where it may be used from; `None` is everywhere.
    pub origins: Option<Origins>,
    /// How often it may be used; `None` is without a limit.
    pub rate: Option<RateLimit>,
    /// How many uses it has; `None` is without a limit.
    pub uses: Option<UsesLimit>,
}

impl Conditions {
    /// Reads a beginning. Instants are kept to the microsecond, as Postgres keeps them; one that has passed is good.
    ///
    /// # Errors
    /// `not_before_invalid` on `not_before` outside the years 1 to 9999.
    pub fn beginning(at: OffsetDateTime) -> Result<OffsetDateTime, Refused> {
        let micros = Duration::nanoseconds(i64::from(at.nanosecond() % 1_000));
        at.checked_to_offset(UtcOffset::UTC)
            .and_then(|at| at.checked_sub(micros))
            .filter(|at| (FIRST..LAST).contains(at))
            .ok_or(Refused::field("not_before", Code::NotBeforeInvalid))
    }

    /// Whether a token that expires then would live at all.
    ///
    /// # Errors
    /// `not_before_late` on `not_before`.
    pub fn fit(&self, expiry: Expiry) -> Result<(), Refused> {
        match self.not_before.zip(expiry) {
            Some((begins, ends)) if begins >= ends => {
                Err(Refused::field("not_before", Code::NotBeforeLate))
            }
            _ => Ok(()),
        }
    }

    /// Whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_begins_before_it_ends() {
        let ends = datetime!(2026-11-22 10:00 UTC);
        let fit = |at| Conditions { not_before: Some(at), ..Conditions::default() }.fit(Some(ends));
        assert_eq!(fit(ends - Duration::microseconds(1)), Ok(()));
        for late in [ends, ends + Duration::days(1)] {
            assert_eq!(fit(late), Err(Refused::field("not_before", Code::NotBeforeLate)));
        }
        let never = Conditions { not_before: Some(ends), ..Conditions::default() };
        assert_eq!(never.fit(None), Ok(()));
        assert_eq!(Conditions::default().fit(Some(ends)), Ok(()));
    }

    #[test]
    fn a_beginning_is_kept_in_utc_to_the_microsecond() {
        let at = datetime!(2026-11-22 12:00:00.123456789 +2);
        assert_eq!(Conditions::beginning(at), Ok(datetime!(2026-11-22 10:00:00.123456 UTC)));
    }

    #[test]
    fn what_nobody_could_write_down_is_no_beginning() {
        for at in [
            datetime!(0000-01-01 0:00 UTC),
            datetime!(9999-12-31 0:00 UTC),
            datetime!(9999-12-31 23:59 -23),
            datetime!(0001-01-01 0:00 +1),
        ] {
            let refused = Conditions::beginning(at).expect_err("out of range");
            assert_eq!(refused.code, Code::NotBeforeInvalid);
        }
    }
}
