//! A token that is switched off until a moment: it is good again by time alone, and nobody has to write that.

use super::Conditions;
use crate::{Code, OffsetDateTime, Refused};
use time::Duration;

/// The longest pause.
pub const PAUSE_MAX: Duration = Duration::days(3650);

/// From when and until when a token is switched off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    /// When it was switched off.
    pub at: OffsetDateTime,
    /// From then on it is good again, if nothing else speaks against it.
    pub until: OffsetDateTime,
}

impl Pause {
    /// A pause that begins at `now`. Instants are kept to the microsecond, as Postgres keeps them.
    ///
    /// # Errors
    /// `until_invalid` on `until`: not ahead, or further than [`PAUSE_MAX`].
    pub fn begin(now: OffsetDateTime, until: OffsetDateTime) -> Result<Self, Refused> {
        let refused = Refused::field("until", Code::UntilInvalid);
        let until = Conditions::beginning(until).map_err(|_| refused)?;
        let ahead = until > now && until - now <= PAUSE_MAX;
        if ahead { Ok(Self { at: now, until }) } else { Err(refused) }
    }

    /// Whether it has not passed at `now`.
    pub fn is_on(&self, now: OffsetDateTime) -> bool {
        now < self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-11-22 10:00 UTC);

    #[test]
    fn a_pause_ends_ahead_and_within_ten_years() {
        for until in [NOW, NOW - Duration::SECOND, NOW + PAUSE_MAX + Duration::SECOND] {
            let refused = Pause::begin(NOW, until).expect_err("out of range");
            assert_eq!((refused.code, refused.field), (Code::UntilInvalid, Some("until")));
        }
        let pause = Pause::begin(NOW, datetime!(2026-11-22 12:00:00.0000019 +1)).expect("a pause");
        assert_eq!(pause.until, datetime!(2026-11-22 11:00:00.000001 UTC));
    }
}
