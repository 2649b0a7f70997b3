//! What counts as one origin.

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where a token is used from: an address of IPv4, or a network of IPv6. Who has one address of IPv6 has 2^64 of them (RFC 4291, section 2.5.4), and a
/// machine changes among them by itself (RFC 8981).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin(IpAddr);

impl Origin {
    /// The origin that an address belongs to.
    pub fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
            v4 @ IpAddr::V4(_) => v4,
        })
    }

    /// The network of everybody who is this origin: one address of IPv4, 2^64 of IPv6.
    pub(crate) fn network(self) -> IpNet {
        match self.0 {
            IpAddr::V4(v4) => Ipv4Net::from(v4).into(),
            IpAddr::V6(v6) => Ipv6Net::new_assert(v6, 64).into(),
        }
    }

    /// Reads what [`Display`](std::fmt::Display) wrote.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(network) = text.strip_suffix("/64") {
            return network.parse::<Ipv6Addr>().ok().map(|v6| Self::of(v6.into()));
        }
        text.parse::<Ipv4Addr>().ok().map(|v4| Self(v4.into()))
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            IpAddr::V4(v4) => v4.fmt(f),
            IpAddr::V6(v6) => write!(f, "{v6}/64"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_or_a_network() {
        for (address, origin) in [
            ("192.0.2.1", "192.0.2.1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("2001:db8::1", "2001:db8::/64"),
            ("2001:db8:0:0:ffff::7", "2001:db8::/64"),
        ] {
            let of = Origin::of(address.parse().expect("an address"));
            assert_eq!(of.to_string(), origin);
            assert_eq!(Origin::parse(origin), Some(of));
            let network = of.network();
            assert!(origin == network.to_string() || format!("{origin}/32") == network.to_string());
        }
        assert_eq!(Origin::parse("2001:db8::"), None);
        assert_eq!(Origin::parse("nonsense"), None);
    }
}
