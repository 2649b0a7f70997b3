//! Until when a record is good: each is written anew once in a period, so that a reader may refuse one that is older than two.
//!
//! The moments are spread over the period by the token's hash: nothing remembers them, and a mirror of a million records is not written at once.

use super::Key;
use crate::OffsetDateTime;
use time::Duration;

/// A record is written anew once in this time.
pub const PERIOD: Duration = Duration::days(7);

/// When the record of `key` counts as written, if it is looked at at `now`: the last of its moments, but not before its token was made.
pub fn written_at(key: &Key, created_at: OffsetDateTime, now: OffsetDateTime) -> OffsetDateTime {
    last(key, now).max(whole(created_at))
}

/// Whether the record of `key` had a moment after `since` and until `now`, so that one of before is old and not altered.
pub fn due(key: &Key, since: OffsetDateTime, now: OffsetDateTime) -> bool {
    last(key, now) > since
}

fn last(key: &Key, now: OffsetDateTime) -> OffsetDateTime {
    let (first, _) = key.bytes().split_at(8);
    let drawn = first.iter().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    let period = PERIOD.whole_seconds();
    let offset = i64::try_from(drawn % period.unsigned_abs()).unwrap_or(0);
    let passed = (now.unix_timestamp() - offset).rem_euclid(period);
    whole(now) - Duration::seconds(passed)
}

fn whole(at: OffsetDateTime) -> OffsetDateTime {
    at.replace_nanosecond(0).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::datetime;

    const EARLY: OffsetDateTime = datetime!(2020-01-01 0:00 UTC);

    proptest! {
        #[test]
        fn it_is_never_older_than_a_period_and_stays_for_one(bytes in any::<[u8; 32]>(), seconds in 0..100_000_000_i64) {
            let key = Key::from_slice(&bytes).expect("32 bytes");
            let now = EARLY + Duration::days(30) + Duration::seconds(seconds);
            let at = written_at(&key, EARLY, now);
            prop_assert!(at <= now && now - at < PERIOD);
            prop_assert_eq!(written_at(&key, EARLY, at + PERIOD - Duration::SECOND), at);
            prop_assert_eq!(written_at(&key, EARLY, at + PERIOD), at + PERIOD);
            prop_assert!(due(&key, at - Duration::SECOND, now));
            prop_assert!(!due(&key, at, now));
        }
    }

    #[test]
    fn a_new_record_was_not_written_before_its_token_was_made() {
        let key = Key::from_slice(&[200; 32]).expect("32 bytes");
        let made = datetime!(2026-11-22 10:00:00.25 UTC);
        assert_eq!(written_at(&key, made, made), datetime!(2026-11-22 10:00 UTC));
    }
}
