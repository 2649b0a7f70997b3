//! How often an address may have tokens looked up that nobody issued. Over that it hears `unknown` without a query.
//!
//! Bounded: of more addresses than are kept, those that ask least are forgotten.

use domain::OffsetDateTime;
use domain::verify::rate::{Arrival, RateLimit};
use quick_cache::sync::Cache;
use std::net::{IpAddr, Ipv6Addr};

/// Lookups in vain, of one address, in a minute.
const REQUESTS: i64 = 600;
/// How many addresses are remembered.
const ADDRESSES_MAX: usize = 16_384;

/// Who asked in vain of late.
pub struct Strangers {
    arrivals: Cache<Option<IpAddr>, i64>,
    limit: RateLimit,
}

impl Strangers {
    pub(super) fn new() -> Self {
        let limit = RateLimit::parse(REQUESTS, 60).expect("a limit within its range");
        Self { arrivals: Cache::new(ADDRESSES_MAX), limit }
    }

    /// Whether this address may have another one looked up.
    pub fn may_ask(&self, origin: Option<IpAddr>, now: OffsetDateTime) -> bool {
        let arrival = self.arrivals.get(&neighbourhood(origin)).unwrap_or(0);
        self.limit.arrive(Arrival(arrival), now).is_ok()
    }

    /// It had one looked up that nobody issued.
    pub fn asked_in_vain(&self, origin: Option<IpAddr>, now: OffsetDateTime) {
        let key = neighbourhood(origin);
        // Two at the same instant may count as one: this protects the database, and is no promise to anybody.
        let arrival = self.arrivals.get(&key).unwrap_or(0);
        if let Ok(next) = self.limit.arrive(Arrival(arrival), now) {
            self.arrivals.insert(key, next.0);
        }
    }
}

/// Who has one address of IPv6 has 2^64 of them (RFC 4291, section 2.5.4).
fn neighbourhood(origin: Option<IpAddr>) -> Option<IpAddr> {
    origin.map(|origin| match origin.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
        v4 => v4,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::Duration;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-11-22 10:00 UTC);

    #[test]
    fn who_asks_too_much_in_vain_waits_and_others_do_not() {
        let strangers = Strangers::new();
        let (one, other) = ("2001:db8::1".parse().ok(), "192.0.2.1".parse().ok());
        let neighbour = "2001:db8::ffff".parse().ok();
        for _ in 0..REQUESTS {
            assert!(strangers.may_ask(one, NOW));
            strangers.asked_in_vain(one, NOW);
        }
        assert!(!strangers.may_ask(one, NOW));
        assert!(!strangers.may_ask(neighbour, NOW));
        assert!(strangers.may_ask(other, NOW));
        assert!(strangers.may_ask(one, NOW + Duration::seconds(1)));
    }
}
