//! Lists of networks, and which addresses are in them.

use domain::verify::Origins;
use domain::verify::origin::CIDRS_MAX;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Lines of UTF-8: a network each; after a `?` an address to ask about.
pub fn check(bytes: &[u8]) {
    let lines = crate::lines(bytes);
    let (asked, listed): (Vec<&str>, Vec<&str>) =
        lines.into_iter().partition(|line| line.starts_with('?'));
    let texts: Vec<&str> = listed.iter().map(|l| l.trim()).filter(|l| !l.is_empty()).collect();
    let networks: Vec<Network> = texts.iter().filter_map(|text| Network::read(text)).collect();
    let asked = asked.iter().filter_map(|line| line[1..].trim().parse().ok());
    let asked: Vec<IpAddr> = asked.chain(networks.iter().flat_map(Network::edges)).collect();

    let stored: Vec<String> = texts.iter().map(|&text| text.to_owned()).collect();
    check_same(&Origins::stored(&stored), &networks, &asked);

    let parsed = Origins::parse(listed.iter().copied());
    let good = texts.len() <= CIDRS_MAX && networks.len() == texts.len();
    assert_eq!(parsed.is_ok(), good, "{texts:?}");
    let Ok(parsed) = parsed else { return };
    assert_eq!(parsed.is_none(), texts.is_empty());
    let Some(origins) = parsed else { return };
    check_same(&origins, &networks, &asked);

    let strings = origins.to_strings();
    assert_eq!(Origins::stored(&strings), origins, "what is written reads back: {strings:?}");
    let back = Origins::parse(strings.iter().map(String::as_str));
    assert_eq!(back, Ok(Some(origins)), "in its shortest form: {strings:?}");
}

fn check_same(origins: &Origins, networks: &[Network], asked: &[IpAddr]) {
    assert!(!origins.allow(None), "who cannot be located is nowhere");
    for &address in asked {
        let inside = networks.iter().any(|network| network.has(address));
        assert_eq!(origins.allow(Some(address)), inside, "{address} in {networks:?}");
    }
}

/// A network as its first address, in 128 bits, and how many of them count.
#[derive(Debug)]
struct Network {
    v6: bool,
    bits: u128,
    length: u32,
}

/// An address in 128 bits, of a v4 one the upper 32; a v4 address inside a v6 one is the v4 address.
fn bits(address: IpAddr) -> (bool, u128) {
    match address.to_canonical() {
        IpAddr::V4(v4) => (false, u128::from(v4.to_bits()) << 96),
        IpAddr::V6(v6) => (true, v6.to_bits()),
    }
}

impl Network {
    fn read(text: &str) -> Option<Self> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let widest = if address.is_ipv4() { 32 } else { 128 };
        let length = length.map_or(Some(widest), number).filter(|length| *length <= widest)?;
        // Of ::ffff:0:0/96 and what is inside it, the v4 addresses; of what is wider, v6 ones only.
        if let IpAddr::V6(v6) = address
            && v6.to_ipv4_mapped().is_some()
            && length < 96
        {
            return Some(Self { v6: true, bits: v6.to_bits(), length });
        }
        let (v6, bits) = bits(address);
        Some(Self { v6, bits, length: if widest == 128 && !v6 { length - 96 } else { length } })
    }

    fn mask(&self) -> u128 {
        if self.length == 0 { 0 } else { u128::MAX << (128 - self.length) }
    }

    fn has(&self, address: IpAddr) -> bool {
        let (v6, bits) = bits(address);
        v6 == self.v6 && (bits ^ self.bits) & self.mask() == 0
    }

    /// Its first and its last address, and those beside them.
    fn edges(&self) -> Vec<IpAddr> {
        let address = |bits: u128| match self.v6 {
            true => IpAddr::V6(Ipv6Addr::from_bits(bits)),
            false => IpAddr::V4(Ipv4Addr::from_bits(u32::try_from(bits >> 96).unwrap_or(0))),
        };
        let (first, last) = (self.bits & self.mask(), self.bits | !self.mask());
        let one = if self.v6 { 1 } else { 1 << 96 };
        [first, last, first.wrapping_sub(one), last.wrapping_add(one)].map(address).to_vec()
    }
}

/// A number in decimal digits, without a sign or a zero before it.
fn number(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    let plain = text == "0" || !text.starts_with('0');
    (digits && plain && text.len() <= 3).then(|| text.parse().ok()).flatten()
}
