//! For how long the former secret works beside the new one.

use super::Expiry;
use crate::{Code, OffsetDateTime, Refused};
use time::Duration;

/// The longest overlap, in seconds: a week.
pub const OVERLAP_MAX: i64 = 604_800;
/// The overlap that is taken where none is asked for, in seconds: a day.
pub const OVERLAP_DEFAULT: i64 = 86_400;

/// For how long the former secret works beside the new one; maybe not at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overlap(i64);

impl Overlap {
    /// Reads an overlap in seconds.
    ///
    /// # Errors
    /// `overlap_range` on `overlap_seconds`: 0 to [`OVERLAP_MAX`].
    pub fn parse(seconds: Option<i64>) -> Result<Self, Refused> {
        match seconds.unwrap_or(OVERLAP_DEFAULT) {
            seconds @ 0..=OVERLAP_MAX => Ok(Self(seconds)),
            _ => Err(Refused::field("overlap_seconds", Code::OverlapRange)),
        }
    }

    /// How many seconds.
    pub const fn seconds(self) -> i64 {
        self.0
    }

    /// Until when the former secret of a token works that is rotated at `now`: no longer than the token.
    pub fn until(self, now: OffsetDateTime, expiry: Expiry) -> OffsetDateTime {
        let until = now + Duration::seconds(self.0);
        expiry.map_or(until, |expiry| expiry.min(until))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-11-22 10:00 UTC);

    #[test]
    fn overlaps_have_a_range() {
        for seconds in [-1, OVERLAP_MAX + 1, i64::MIN, i64::MAX] {
            let refused = Overlap::parse(Some(seconds)).expect_err("out of range");
            assert_eq!(refused, Refused::field("overlap_seconds", Code::OverlapRange));
        }
        assert_eq!(Overlap::parse(None).map(Overlap::seconds), Ok(OVERLAP_DEFAULT));
    }

    #[test]
    fn a_former_secret_ends_with_its_token() {
        let hour = Overlap::parse(Some(3600)).expect("an hour");
        assert_eq!(hour.until(NOW, None), NOW + Duration::HOUR);
        assert_eq!(hour.until(NOW, Some(NOW + Duration::DAY)), NOW + Duration::HOUR);
        let soon = NOW + Duration::MINUTE;
        assert_eq!(hour.until(NOW, Some(soon)), soon);
    }
}
