//! How often somebody may try to sign in: by address, and by account.
//!
//! Kept in memory (GCRA, by the `governor` crate). The account's limit is the looser one, so that a stranger cannot lock its owner out for long.

use governor::clock::DefaultClock;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use std::net::IpAddr;
use std::num::NonZeroU32;

type Limiter<K> = RateLimiter<K, DefaultKeyedStateStore<K>, DefaultClock>;

/// Attempts a minute from one address.
const BY_ORIGIN: NonZeroU32 = NonZeroU32::new(20).expect("not zero");
/// Attempts a minute for one account.
const BY_ACCOUNT: NonZeroU32 = NonZeroU32::new(10).expect("not zero");

pub(crate) struct Throttle {
    by_origin: Limiter<IpAddr>,
    by_account: Limiter<String>,
}

impl Throttle {
    pub(crate) fn new() -> Self {
        Self {
            by_origin: Limiter::keyed(Quota::per_minute(BY_ORIGIN)),
            by_account: Limiter::keyed(Quota::per_minute(BY_ACCOUNT)),
        }
    }

    /// Whether one more attempt is within the limits.
    pub(crate) fn allows(&self, origin: Option<IpAddr>, account: &str) -> bool {
        origin.is_none_or(|origin| self.by_origin.check_key(&origin).is_ok())
            && self.by_account.check_key(&account.to_owned()).is_ok()
    }

    /// Forgets those who have not tried for a while.
    pub(crate) fn sweep(&self) {
        self.by_origin.retain_recent();
        self.by_account.retain_recent();
    }
}
