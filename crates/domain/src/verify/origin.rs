//! Where a token may be used from: networks in CIDR notation (RFC 4632; RFC 4291, section 2.3).

use crate::{Code, Refused};
use ipnet::IpNet;
use std::net::IpAddr;

/// The most networks that a token's list has.
pub const CIDRS_MAX: usize = 50;

/// One to [`CIDRS_MAX`] networks, none inside another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origins(Box<[IpNet]>);

impl Origins {
    /// Reads a list; an empty one is none. An address alone is the network of that one address; bits to the right of the prefix are dropped.
    ///
    /// # Errors
    /// `cidr_invalid`, `cidrs_too_many`, on the field `allowed_cidrs`.
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Option<Self>, Refused> {
        let mut networks = Vec::new();
        for text in texts.into_iter().map(str::trim).filter(|text| !text.is_empty()) {
            if networks.len() == CIDRS_MAX {
                return Err(Refused::field("allowed_cidrs", Code::CidrsTooMany));
            }
            let network = parse(text).ok_or(Refused::field("allowed_cidrs", Code::CidrInvalid))?;
            networks.push(network);
        }
        let networks = IpNet::aggregate(&networks);
        Ok((!networks.is_empty()).then(|| Self(networks.into())))
    }

    /// Stored networks. What cannot be read allows nothing; a list of which nothing can be read allows nobody.
    pub fn stored(texts: &[String]) -> Self {
        Self(texts.iter().filter_map(|text| parse(text)).collect())
    }

    /// Whether `origin` is in one of the networks. Who cannot be located is in none. A v4 address inside a v6 one is the v4 address (RFC 4291,
    /// section 2.5.5.2).
    pub fn allow(&self, origin: Option<IpAddr>) -> bool {
        let Some(origin) = origin.map(|origin| origin.to_canonical()) else { return false };
        self.0.iter().any(|network| network.contains(&origin))
    }

    /// The networks, sorted.
    pub(crate) fn networks(&self) -> &[IpNet] {
        &self.0
    }

    /// The networks as texts, for storing and sending.
    pub fn to_strings(&self) -> Vec<String> {
        self.0.iter().map(ToString::to_string).collect()
    }
}

fn parse(text: &str) -> Option<IpNet> {
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (text, None),
    };
    // By the standard library, which takes no zero before a number, where ipnet does: to some, 010 is eight.
    let address: IpAddr = address.parse().ok()?;
    let network = match length {
        Some(length) => IpNet::new(address, number(length)?).ok()?.trunc(),
        None => IpNet::from(address),
    };
    // ::ffff:10.0.0.0/104 is 10.0.0.0/8 to everybody but a comparison of bits.
    match network {
        IpNet::V6(v6) if v6.prefix_len() >= 96 => match v6.network().to_ipv4_mapped() {
            Some(v4) => IpNet::new(v4.into(), v6.prefix_len() - 96).ok(),
            None => Some(network),
        },
        _ => Some(network),
    }
}

/// A number as it is written: without a sign, or a zero before it.
fn number(text: &str) -> Option<u8> {
    text.parse().ok().filter(|number: &u8| number.to_string() == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origins(texts: &[&str]) -> Origins {
        Origins::parse(texts.iter().copied()).expect("good networks").expect("some")
    }

    fn ip(text: &str) -> Option<IpAddr> {
        Some(text.parse().expect(text))
    }

    #[test]
    fn networks_of_both_kinds_hold_their_addresses() {
        let origins = origins(&["10.1.0.0/16", "2001:db8::/32", "192.0.2.7"]);
        for inside in ["10.1.0.0", "10.1.255.255", "2001:db8::1", "192.0.2.7", "::ffff:10.1.2.3"] {
            assert!(origins.allow(ip(inside)), "{inside}");
        }
        for outside in ["10.2.0.0", "10.0.255.255", "2001:db9::", "192.0.2.8", "::1"] {
            assert!(!origins.allow(ip(outside)), "{outside}");
        }
        assert!(!origins.allow(None));
    }

    #[test]
    fn lists_are_written_in_their_shortest_form() {
        let texts = |list: &[&str]| origins(list).to_strings();
        assert_eq!(texts(&["10.0.0.1/8", " 10.2.0.0/16 ", ""]), ["10.0.0.0/8"]);
        assert_eq!(texts(&["::ffff:10.0.0.0/104"]), ["10.0.0.0/8"]);
        assert_eq!(texts(&["192.0.2.1"]), ["192.0.2.1/32"]);
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for bad in [
            "10.0.0.0/33",
            "10.0.0",
            "::/129",
            "example.com",
            "10.0.0.0/-1",
            "10.0.0.0/8/8",
            "10.0.0.0/+8",
            "10.0.0.0/08",
            "010.0.0.0/8",
            "10.0.0.0/",
        ] {
            assert_eq!(Origins::parse([bad]).map_err(|e| e.code), Err(Code::CidrInvalid), "{bad}");
        }
        assert_eq!(Origins::parse(["", " "]), Ok(None));
        let many: Vec<String> = (0..=CIDRS_MAX).map(|n| format!("10.0.{n}.0/24")).collect();
        let refused = Origins::parse(many.iter().map(String::as_str)).map_err(|e| e.code);
        assert_eq!(refused, Err(Code::CidrsTooMany));
    }
}
