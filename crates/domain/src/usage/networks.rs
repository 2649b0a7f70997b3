//! Learn, then lock: which networks a token could be bound to, by where it was good from.
//!
//! Proposes and never decides: a person looks at what was learned, and locks the token to the list that they saw.

use super::{KEPT_MAX, Origin, SeenOrigin, Span, Step};
use crate::verify::Origins;
use crate::verify::origin::CIDRS_MAX;
use crate::{Code, OffsetDateTime, Refused};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use time::Duration;

/// Days that are learned from if nobody says.
const DAYS_DEFAULT: u16 = 14;
/// The most days that are learned from.
pub const DAYS_MAX: u16 = 90;
/// No network of IPv4 is widened beyond this prefix.
const V4_WIDEST: u8 = 16;
/// No network of IPv6 is widened beyond this prefix: what a provider has (RFC 6177 gives its customers no more than a /48).
const V6_WIDEST: u8 = 32;

/// From how many days is learned: 1 to [`DAYS_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LearnDays(u16);

impl LearnDays {
    /// Reads a number of days; absent is 14.
    ///
    /// # Errors
    /// `learn_days_range` on `days`.
    pub fn parse(days: Option<i64>) -> Result<Self, Refused> {
        let Some(days) = days else { return Ok(Self::default()) };
        let days = u16::try_from(days).ok().filter(|days| (1..=DAYS_MAX).contains(days));
        days.map(Self).ok_or(Refused::field("days", Code::LearnDaysRange))
    }

    /// The number.
    pub const fn get(self) -> u16 {
        self.0
    }

    /// The hours of these days, up to the one that has begun.
    pub fn span(self, now: OffsetDateTime) -> Span {
        Span::last(self.0 * 24, Step::Hour, now)
    }
}

impl Default for LearnDays {
    fn default() -> Self {
        Self(DAYS_DEFAULT)
    }
}

/// What is proposed for the networks of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Advice {
    /// Nothing: in these days it was good from nowhere known.
    Unknown,
    /// It may be used from everywhere; these would do.
    Lock(Origins),
    /// Nothing: there are more origins than a list can name, or than are recorded.
    TooMany,
    /// It was good from each network of its list.
    Fits,
    /// It was not good from each of them; these of them would do.
    Narrower(Origins),
}

impl Advice {
    /// The list that is proposed, where there is one.
    pub const fn proposed(&self) -> Option<&Origins> {
        match self {
            Self::Lock(origins) | Self::Narrower(origins) => Some(origins),
            Self::Unknown | Self::TooMany | Self::Fits => None,
        }
    }
}

/// A network that is proposed, or that the token is bound to, and what was seen of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LearnedNetwork {
    /// The network, in CIDR notation.
    pub network: String,
    /// How many origins the token was good from in it, in these days.
    pub origins: usize,
    /// How often it was good from these, whatever the days.
    pub uses: u64,
    /// When first, whatever the days.
    pub first_at: Option<OffsetDateTime>,
    /// When it was good last.
    pub last_valid_at: Option<OffsetDateTime>,
}

/// Why an origin is in no network of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outside {
    /// It was seen in these days, and always refused.
    Refused,
    /// It was not seen in these days.
    Unseen,
    /// The token was good from there in these days, and is refused from there by the list that it has now.
    Excluded,
}

/// What was learned of where a token is used from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkProposal {
    /// From how many days.
    pub days: LearnDays,
    /// Their beginning, a whole hour. What was before is not learned from.
    pub since: OffsetDateTime,
    /// Since when it is recorded where the token is good from; `None` is not yet.
    pub learned_since: Option<OffsetDateTime>,
    /// How often it was good in these days.
    pub uses: u64,
    /// At least so many of these came from nowhere known: nobody told, or it was not kept. Of a token with a list they may be refused.
    pub unlocated: u64,
    /// The list that it has.
    pub allowed: Option<Origins>,
    /// What is proposed.
    pub advice: Advice,
    /// The networks that are proposed; those of the list, where it has one.
    pub networks: Vec<LearnedNetwork>,
    /// Origins that are recorded and in none of the networks that would be allowed.
    pub outside: Vec<(SeenOrigin, Outside)>,
}

impl NetworkProposal {
    /// Proposes. `uses` is how often it was good in the hours of [`LearnDays::span`], `seen` what is recorded of its origins.
    pub fn of(
        days: LearnDays,
        now: OffsetDateTime,
        uses: u64,
        seen: Vec<SeenOrigin>,
        allowed: Option<Origins>,
    ) -> Self {
        let since = days.span(now).from();
        let full = seen.len() >= KEPT_MAX;
        let seen: Vec<Seen> = seen.into_iter().filter_map(|it| Seen::of(it, since)).collect();
        let good: Vec<&Seen> = seen.iter().filter(|it| it.good).collect();
        let advice = if full { Advice::TooMany } else { advice(&good, allowed.as_ref()) };
        let listed = allowed.as_ref().or(advice.proposed());
        let networks = listed.map_or(&[][..], Origins::networks);
        let networks = networks.iter().map(|network| learned(*network, &good)).collect();
        // Everything of an hour is counted, and of an origin all that ever was: what is left came from elsewhere.
        let located = seen.iter().filter(|it| it.good).map(|it| it.origin.valid);
        let located = located.fold(0_u64, u64::saturating_add);
        let kept = advice.proposed().or(allowed.as_ref()).cloned();
        Self {
            days,
            since,
            learned_since: seen
                .iter()
                .filter(|it| it.origin.valid > 0)
                .map(|it| it.origin.first_at)
                .min(),
            uses,
            unlocated: uses.saturating_sub(located),
            outside: kept.map_or_else(Vec::new, |kept| outside(seen, &kept, since)),
            allowed,
            advice,
            networks,
        }
    }

    /// For how long it has been learned: the days, or less where the token was not used from known origins for as long.
    pub fn learned_for(&self, now: OffsetDateTime) -> Duration {
        let since = self.learned_since.map(|at| at.max(self.since));
        since.map_or(Duration::ZERO, |since| now - since)
    }

    /// Whether it was learned from less than the days that were asked for.
    pub fn is_short(&self) -> bool {
        self.learned_since.is_none_or(|at| at > self.since)
    }
}

/// An origin that is recorded, as a network.
struct Seen {
    origin: SeenOrigin,
    network: IpNet,
    /// Whether the token was good from there in the days.
    good: bool,
}

impl Seen {
    fn of(origin: SeenOrigin, since: OffsetDateTime) -> Option<Self> {
        let network = Origin::parse(&origin.origin)?.network();
        let good = origin.last_valid_at.is_some_and(|at| at >= since);
        Some(Self { origin, network, good })
    }

    /// Whether it is in the network. An origin of IPv6 is wider than an address that a list may name: there the one is in the other.
    fn is_in(&self, network: &IpNet) -> bool {
        network.contains(&self.network) || self.network.contains(network)
    }
}

fn advice(good: &[&Seen], allowed: Option<&Origins>) -> Advice {
    let Some(allowed) = allowed else {
        if good.is_empty() {
            return Advice::Unknown;
        }
        let networks = fewer(good.iter().map(|it| it.network).collect(), CIDRS_MAX);
        return networks.and_then(list).map_or(Advice::TooMany, Advice::Lock);
    };
    let used = |network: &&IpNet| good.iter().any(|it| it.is_in(network));
    let all = allowed.networks();
    let seen: Vec<IpNet> = all.iter().filter(used).copied().collect();
    match list(seen) {
        None => Advice::Unknown,
        Some(seen) if seen == *allowed => Advice::Fits,
        Some(seen) => Advice::Narrower(seen),
    }
}

fn list(networks: Vec<IpNet>) -> Option<Origins> {
    let texts: Vec<String> = networks.iter().map(ToString::to_string).collect();
    Origins::parse(texts.iter().map(String::as_str)).ok().flatten()
}

fn learned(network: IpNet, good: &[&Seen]) -> LearnedNetwork {
    let inside = || good.iter().filter(|it| it.is_in(&network)).map(|it| &it.origin);
    LearnedNetwork {
        network: network.to_string(),
        origins: inside().count(),
        uses: inside().map(|it| it.valid).fold(0, u64::saturating_add),
        first_at: inside().map(|it| it.first_at).min(),
        last_valid_at: inside().filter_map(|it| it.last_valid_at).max(),
    }
}

fn outside(seen: Vec<Seen>, kept: &Origins, since: OffsetDateTime) -> Vec<(SeenOrigin, Outside)> {
    let why = |it: &Seen| match (it.good, it.origin.last_at >= since) {
        (true, _) => Outside::Excluded,
        (false, true) => Outside::Refused,
        (false, false) => Outside::Unseen,
    };
    seen.into_iter()
        .filter(|it| !kept.networks().iter().any(|network| it.is_in(network)))
        .map(|it| (why(&it), it.origin))
        .map(|(why, origin)| (origin, why))
        .collect()
}

/// At most `most` networks that cover all of these: the two that are nearest to each other become the smallest network around both, again and again.
/// `None` when that would take one wider than may be.
fn fewer(networks: Vec<IpNet>, most: usize) -> Option<Vec<IpNet>> {
    let mut networks = IpNet::aggregate(&networks);
    while networks.len() > most {
        networks.sort();
        // Of two that are not next to each other, the smallest network around both holds those between them too.
        let around = networks.windows(2).filter_map(|pair| around(pair[0], pair[1]));
        let nearest = around.min_by_key(free_bits)?;
        networks.retain(|network| !nearest.contains(network));
        networks.push(nearest);
    }
    networks.sort();
    Some(networks)
}

/// How many origins a network holds, as a power of two.
const fn free_bits(network: &IpNet) -> u8 {
    match network {
        IpNet::V4(v4) => 32 - v4.prefix_len(),
        IpNet::V6(v6) => 64_u8.saturating_sub(v6.prefix_len()),
    }
}

/// The smallest network around both, unless it is too wide.
fn around(one: IpNet, other: IpNet) -> Option<IpNet> {
    match (one, other) {
        (IpNet::V4(one), IpNet::V4(other)) => {
            let same = (one.network().to_bits() ^ other.network().to_bits()).leading_zeros();
            let prefix = narrowest(same, one.prefix_len(), other.prefix_len(), V4_WIDEST)?;
            Some(Ipv4Net::new(one.network(), prefix).ok()?.trunc().into())
        }
        (IpNet::V6(one), IpNet::V6(other)) => {
            let same = (one.network().to_bits() ^ other.network().to_bits()).leading_zeros();
            let prefix = narrowest(same, one.prefix_len(), other.prefix_len(), V6_WIDEST)?;
            Some(Ipv6Net::new(one.network(), prefix).ok()?.trunc().into())
        }
        _ => None,
    }
}

fn narrowest(same: u32, one: u8, other: u8, widest: u8) -> Option<u8> {
    let prefix = u8::try_from(same).unwrap_or(u8::MAX).min(one).min(other);
    (prefix >= widest).then_some(prefix)
}

#[cfg(test)]
#[path = "networks_tests.rs"]
mod tests;
