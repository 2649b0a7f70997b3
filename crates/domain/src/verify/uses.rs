//! How many uses a token has: so many in all, or so many in each hour, day, week or month of the calendar in UTC.
//!
//! Owns the limit and its windows. What was spent is counted where all instances see it, which is the store's.

use crate::{Code, OffsetDateTime, Refused};
use time::macros::datetime;
use time::{Date, Duration, Time, UtcOffset};

/// The most uses of a token.
pub const COUNT_MAX: u32 = 1_000_000_000;

/// After every window that there is.
const LAST: OffsetDateTime = datetime!(9999-12-31 23:00 UTC);

/// When the count begins at zero again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refill {
    /// With each full hour.
    Hour,
    /// At midnight.
    Day,
    /// At midnight before Monday (ISO 8601).
    Week,
    /// At midnight before the first.
    Month,
}

impl Refill {
    /// Every one, the most frequent first.
    pub const ALL: &'static [Self] = &[Self::Hour, Self::Day, Self::Week, Self::Month];

    /// Its name on the wire and in the table; `date_trunc` of Postgres has the same.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// Reads a name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|refill| refill.as_str() == text)
    }

    /// When the window began that `at` is in.
    pub fn begins(self, at: OffsetDateTime) -> OffsetDateTime {
        let at = at.checked_to_offset(UtcOffset::UTC).unwrap_or(at);
        let (date, back) = (at.date(), i64::from(at.weekday().number_days_from_monday()));
        match self {
            Self::Hour => {
                let hour = Time::from_hms(at.hour(), 0, 0).unwrap_or(Time::MIDNIGHT);
                date.with_time(hour).assume_utc()
            }
            Self::Day => midnight(date),
            Self::Week => midnight(date.saturating_sub(Duration::days(back))),
            Self::Month => midnight(date.replace_day(1).unwrap_or(date)),
        }
    }

    /// When the window ends that `at` is in, which is when the next one begins.
    pub fn next(self, at: OffsetDateTime) -> OffsetDateTime {
        let begins = self.begins(at);
        match self {
            Self::Hour => begins.saturating_add(Duration::HOUR),
            Self::Day => begins.saturating_add(Duration::DAY),
            Self::Week => begins.saturating_add(Duration::WEEK),
            Self::Month => {
                let days = begins.month().length(begins.year());
                begins.saturating_add(Duration::days(days.into()))
            }
        }
        .min(LAST)
    }
}

fn midnight(date: Date) -> OffsetDateTime {
    date.midnight().assume_utc()
}

/// So many uses, in all or in each window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UsesLimit {
    count: u32,
    refill: Option<Refill>,
}

/// How many uses were spent in the window that began then, by the count that all instances share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// When the window began.
    pub since: OffsetDateTime,
    /// How many were spent.
    pub spent: u64,
}

impl UsesLimit {
    /// A limit of `count` uses, in each `per` or in all.
    ///
    /// # Errors
    /// `uses_range` on `uses_limit`: 1 to [`COUNT_MAX`] uses, and `per` is `hour`, `day`, `week` or `month`.
    pub fn parse(count: i64, per: Option<&str>) -> Result<Self, Refused> {
        let refused = Refused::field("uses_limit", Code::UsesRange);
        let count = u32::try_from(count).ok().filter(|count| (1..=COUNT_MAX).contains(count));
        let refill = per.map(|per| Refill::parse(per).ok_or(refused)).transpose()?;
        Ok(Self { count: count.ok_or(refused)?, refill })
    }

    /// How many uses.
    pub const fn count(self) -> u32 {
        self.count
    }

    /// When they are given again; `None` is never.
    pub const fn refill(self) -> Option<Refill> {
        self.refill
    }

    /// Whether what was spent under `former` counts on under this limit: with another number it does, with other windows it begins at zero.
    pub fn counts_on(self, former: Option<Self>) -> bool {
        former.is_some_and(|former| former.refill == self.refill)
    }

    /// How many are left at `now`. Where nothing was counted, or in a window that is over, that is all of them.
    pub fn left(self, tally: Option<Tally>, now: OffsetDateTime) -> u32 {
        let over =
            |tally: &Tally| self.refill.is_some_and(|refill| tally.since < refill.begins(now));
        let spent = tally.filter(|tally| !over(tally)).map_or(0, |tally| tally.spent);
        self.count.saturating_sub(u32::try_from(spent).unwrap_or(u32::MAX))
    }

    /// When the count begins at zero again; `None` is never.
    pub fn refills_at(self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        self.refill.map(|refill| refill.next(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::Weekday;

    fn limit(count: i64, per: Option<&str>) -> UsesLimit {
        UsesLimit::parse(count, per).expect("a good limit")
    }

    #[test]
    fn windows_are_those_of_the_calendar_in_utc() {
        let at = datetime!(2026-03-01 01:30:15.5 +2);
        for (refill, begins, next) in [
            (Refill::Hour, datetime!(2026-02-28 23:00 UTC), datetime!(2026-03-01 0:00 UTC)),
            (Refill::Day, datetime!(2026-02-28 0:00 UTC), datetime!(2026-03-01 0:00 UTC)),
            (Refill::Week, datetime!(2026-02-23 0:00 UTC), datetime!(2026-03-02 0:00 UTC)),
            (Refill::Month, datetime!(2026-02-01 0:00 UTC), datetime!(2026-03-01 0:00 UTC)),
        ] {
            assert_eq!((refill.begins(at), refill.next(at)), (begins, next), "{refill:?}");
            assert_eq!(refill.begins(next), next, "{refill:?}");
            assert_eq!(Refill::parse(refill.as_str()), Some(refill));
        }
        let december = datetime!(2027-12-31 23:59:59.999999 UTC);
        assert_eq!(Refill::Month.next(december), datetime!(2028-01-01 0:00 UTC));
        assert_eq!(Refill::Month.next(LAST), LAST);
    }

    #[test]
    fn what_is_left_is_of_this_window() {
        let (monday, day) = (datetime!(2026-11-23 0:00 UTC), Duration::DAY);
        let tally = |since, spent| Some(Tally { since, spent });
        let daily = limit(3, Some("day"));
        assert_eq!(daily.left(None, monday), 3);
        assert_eq!(daily.left(tally(monday, 2), monday), 1);
        assert_eq!(daily.left(tally(monday, 3), monday + day - Duration::MICROSECOND), 0);
        assert_eq!(daily.left(tally(monday, 3), monday + day), 3);
        // One of them was made within the day, or the other's clock is ahead: it is this window all the same.
        assert_eq!(daily.left(tally(monday + Duration::HOUR, 2), monday + Duration::HOUR), 1);
        assert_eq!(daily.left(tally(monday + day, 2), monday), 1);
        // Lowered below what was spent.
        assert_eq!(limit(1, Some("day")).left(tally(monday, 3), monday), 0);
        let life = limit(3, None);
        assert_eq!(life.left(tally(monday, 3), monday + day * 10_000), 0);
        assert_eq!(life.refills_at(monday), None);
        assert_eq!(daily.refills_at(monday), Some(monday + day));
    }

    #[test]
    fn limits_have_a_range() {
        for (count, per) in
            [(0, None), (-1, Some("day")), (1_000_000_001, None), (1, Some("year")), (1, Some(""))]
        {
            let refused = UsesLimit::parse(count, per).expect_err("out of range");
            assert_eq!((refused.code, refused.field), (Code::UsesRange, Some("uses_limit")));
        }
    }

    proptest! {
        /// Windows leave no gap, do not overlap, and weeks begin on Mondays and months on their first.
        #[test]
        fn every_instant_is_in_one_window(seconds in -62_000_000_000_i64..253_000_000_000, micros in 0_i64..1_000_000) {
            let at = OffsetDateTime::from_unix_timestamp(seconds).expect("in range")
                + Duration::microseconds(micros);
            for refill in Refill::ALL {
                let (begins, next) = (refill.begins(at), refill.next(at));
                prop_assert!(begins <= at && at < next);
                prop_assert_eq!(refill.begins(next), next);
                prop_assert_eq!(refill.begins(next - Duration::MICROSECOND), begins);
                prop_assert_eq!(refill.next(begins), next);
            }
            prop_assert_eq!(Refill::Week.begins(at).weekday(), Weekday::Monday);
            prop_assert_eq!(Refill::Month.begins(at).day(), 1);
        }
    }
}
