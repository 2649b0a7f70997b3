//! Sums over time: a span, cut into hours or days of UTC.

use super::{Counts, Outcome};
use crate::{Code, OffsetDateTime, Refused};
use time::Duration;

/// The longest span, in days: a little more than a year.
pub const SPAN_MAX_DAYS: i64 = 400;
/// A span of at most so many days is cut into hours if the caller does not say.
const HOURS_MAX_DAYS: i64 = 3;
/// A span of hours is no longer than this, in days.
const HOURS_SPAN_MAX_DAYS: i64 = 32;
/// The span if the caller does not say.
const DEFAULT: Duration = Duration::days(7);

/// How wide the parts of a span are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// An hour.
    Hour,
    /// A day of UTC.
    Day,
}

impl Step {
    /// The step as it is sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
        }
    }

    const fn width(self) -> Duration {
        match self {
            Self::Hour => Duration::HOUR,
            Self::Day => Duration::DAY,
        }
    }

    /// The beginning of the part that `at` is in.
    pub fn floor(self, at: OffsetDateTime) -> OffsetDateTime {
        let seconds = at.unix_timestamp();
        let floor = seconds - seconds.rem_euclid(self.width().whole_seconds());
        OffsetDateTime::from_unix_timestamp(floor).unwrap_or(at)
    }
}

/// The beginning of the month of UTC that was `months` before that of `now`: what is older is dropped.
pub fn kept_since(now: OffsetDateTime, months: u16) -> OffsetDateTime {
    let now = now.to_offset(time::UtcOffset::UTC);
    let month =
        i64::from(now.year()) * 12 + i64::from(u8::from(now.month())) - 1 - i64::from(months);
    let year = i32::try_from(month.div_euclid(12)).ok();
    let month =
        u8::try_from(month.rem_euclid(12) + 1).ok().and_then(|m| time::Month::try_from(m).ok());
    year.zip(month)
        .and_then(|(year, month)| time::Date::from_calendar_date(year, month, 1).ok())
        .map_or(OffsetDateTime::UNIX_EPOCH, |first| first.midnight().assume_utc())
}

/// Whole hours or days, from the first to before the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    from: OffsetDateTime,
    to: OffsetDateTime,
    step: Step,
}

impl Span {
    /// The whole steps that `from` to `to` lie in. Absent is seven days up to now.
    ///
    /// # Errors
    /// `span_invalid` on `from`: it is after `to`, or the span is longer than 400 days, or 32 days of hours.
    pub fn parse(
        from: Option<OffsetDateTime>,
        to: Option<OffsetDateTime>,
        step: Option<Step>,
        now: OffsetDateTime,
    ) -> Result<Self, Refused> {
        let refused = Refused::field("from", Code::SpanInvalid);
        let to = to.unwrap_or(now);
        let from = match from {
            Some(from) => from,
            None => to.checked_sub(DEFAULT).ok_or(refused)?,
        };
        let length = to - from;
        let days = |days| Duration::days(days);
        let step =
            step.unwrap_or(if length <= days(HOURS_MAX_DAYS) { Step::Hour } else { Step::Day });
        let most = match step {
            Step::Hour => days(HOURS_SPAN_MAX_DAYS),
            Step::Day => days(SPAN_MAX_DAYS),
        };
        if length.is_negative() || length > most {
            return Err(refused);
        }
        let last = step.floor(to);
        // What has begun is in it.
        let to = last.checked_add(step.width()).ok_or(refused)?;
        Ok(Self { from: step.floor(from), to, step })
    }

    /// The last `count` steps up to now, the one that has begun among them.
    pub fn last(count: u16, step: Step, now: OffsetDateTime) -> Self {
        let to = step.floor(now) + step.width();
        Self { from: to - step.width() * i32::from(count), to, step }
    }

    /// Its beginning.
    pub const fn from(&self) -> OffsetDateTime {
        self.from
    }

    /// Its end, which is not in it.
    pub const fn to(&self) -> OffsetDateTime {
        self.to
    }

    /// How it is cut.
    pub const fn step(&self) -> Step {
        self.step
    }

    /// Sums counts of hours into the parts of this span; what is outside is left out, and a part without any is there.
    pub fn series(
        &self,
        counted: impl IntoIterator<Item = (OffsetDateTime, Outcome, u64)>,
    ) -> Vec<Bucket> {
        let width = self.step.width();
        let mut buckets: Vec<Bucket> =
            std::iter::successors(Some(self.from), |at| Some(*at + width))
                .take_while(|at| *at < self.to)
                .map(|from| Bucket { from, counts: Counts::default() })
                .collect();
        for (hour, outcome, count) in counted {
            let place = (hour - self.from).whole_seconds().div_euclid(width.whole_seconds());
            if let Some(bucket) =
                usize::try_from(place).ok().and_then(|place| buckets.get_mut(place))
            {
                bucket.counts.add(outcome, count);
            }
        }
        buckets
    }
}

/// One part of a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// When it begins.
    pub from: OffsetDateTime,
    /// What was counted in it.
    pub counts: Counts,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::Denial;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-11-22 10:30 UTC);

    #[test]
    fn a_span_is_of_whole_steps() {
        let week = Span::parse(None, None, None, NOW).expect("a span");
        assert_eq!(
            (week.from(), week.to()),
            (datetime!(2026-11-15 0:00 UTC), datetime!(2026-11-23 0:00 UTC))
        );
        assert_eq!(week.step(), Step::Day);
        let day = Span::parse(Some(NOW - Duration::DAY), None, None, NOW).expect("a span");
        assert_eq!(
            (day.from(), day.to()),
            (datetime!(2026-11-21 10:00 UTC), datetime!(2026-11-22 11:00 UTC))
        );
        assert_eq!(Span::last(24, Step::Hour, NOW).from(), datetime!(2026-11-21 11:00 UTC));
        assert_eq!(Span::last(7, Step::Day, NOW).series([]).len(), 7);
    }

    #[test]
    fn a_span_has_bounds() {
        let code =
            |from, to, step| Span::parse(from, to, step, NOW).map_err(|refused| refused.code);
        assert_eq!(code(Some(NOW), Some(NOW - Duration::HOUR), None), Err(Code::SpanInvalid));
        assert_eq!(code(Some(NOW - Duration::days(401)), None, None), Err(Code::SpanInvalid));
        assert_eq!(
            code(Some(NOW - Duration::days(33)), None, Some(Step::Hour)),
            Err(Code::SpanInvalid)
        );
        let first = datetime!(0000-01-01 0:00 UTC) - Duration::days(365 * 9_999);
        assert!(code(None, Some(first), None).is_ok());
        let last = datetime!(9999-12-31 23:59 UTC);
        assert_eq!(code(Some(last), Some(last), None), Err(Code::SpanInvalid));
    }

    #[test]
    fn months_are_kept_whole() {
        assert_eq!(kept_since(NOW, 0), datetime!(2026-11-01 0:00 UTC));
        assert_eq!(kept_since(NOW, 11), datetime!(2025-12-01 0:00 UTC));
        assert_eq!(kept_since(NOW, 13), datetime!(2025-10-01 0:00 UTC));
        assert_eq!(kept_since(datetime!(2026-01-01 0:30 +1), 1), datetime!(2025-11-01 0:00 UTC));
    }

    #[test]
    fn a_series_sums_and_fills() {
        let span = Span::last(2, Step::Day, NOW);
        let denied = Outcome::Refused(Denial::Unknown);
        let series = span.series([
            (datetime!(2026-11-20 23:00 UTC), Outcome::Valid, 9),
            (datetime!(2026-11-22 0:00 UTC), Outcome::Valid, 1),
            (datetime!(2026-11-22 9:00 UTC), Outcome::Valid, 2),
            (datetime!(2026-11-22 23:00 UTC), denied, 4),
            (datetime!(2026-11-23 0:00 UTC), Outcome::Valid, 9),
        ]);
        let sums: Vec<_> = series.iter().map(|b| (b.counts.valid(), b.counts.refused())).collect();
        assert_eq!(sums, [(0, 0), (3, 4)]);
        assert_eq!(series[0].from, datetime!(2026-11-21 0:00 UTC));
    }
}
