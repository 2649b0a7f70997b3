//! Whom `X-Forwarded-For` and `Forwarded` name, and who is believed.

use crate::doors::origin::Origin;
use domain::verify::Origins;
use http::{HeaderMap, HeaderName, HeaderValue};
use std::net::{IpAddr, SocketAddr};
use std::sync::LazyLock;

const X: HeaderName = HeaderName::from_static("x-forwarded-for");
const STANDARD: HeaderName = http::header::FORWARDED;

/// The proxies that are trusted.
const PROXIES: [&str; 3] = ["127.0.0.1", "10.0.0.0/8", "2001:db8:aa::/48"];
/// Addresses that are no proxy's: one that a caller makes up, and callers whom a proxy saw.
const LIE: &str = "203.0.113.66";
const CALLERS: [&str; 2] = ["198.51.100.9", "2001:db8::9"];

/// Lines of any bytes: whom the connection comes from; then headers, `x` before a value of `X-Forwarded-For`, anything else before one of
/// `Forwarded`.
pub fn check(bytes: &[u8]) {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let peer = lines.next().and_then(|line| std::str::from_utf8(line).ok());
    let peer = peer.and_then(|text| text.parse().ok()).unwrap_or(IpAddr::from([127, 0, 0, 1]));
    let sent = lines.filter_map(|line| {
        let (kind, value) = line.split_first()?;
        let name = if *kind == b'x' { X } else { STANDARD };
        HeaderValue::from_bytes(value).ok().map(|value| (name, value))
    });
    Case { peer: peer.to_canonical(), sent: sent.collect() }.check();
}

/// Header lines from somebody.
struct Case {
    peer: IpAddr,
    sent: Vec<(HeaderName, HeaderValue)>,
}

fn proxies() -> &'static Origins {
    static ALL: LazyLock<Origins> =
        LazyLock::new(|| Origins::parse(PROXIES).ok().flatten().expect("networks"));
    &ALL
}

fn find(peer: IpAddr, sent: &[(HeaderName, HeaderValue)]) -> Option<IpAddr> {
    Origin::find(Some(peer), &sent.iter().cloned().collect(), Some(proxies())).0
}

fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

fn trusted(address: IpAddr) -> bool {
    proxies().allow(Some(address))
}

impl Case {
    fn check(&self) {
        let headers: HeaderMap = self.sent.iter().cloned().collect();
        assert_eq!(Origin::find(Some(self.peer), &headers, None).0, Some(self.peer));
        assert_eq!(Origin::find(None, &headers, Some(proxies())).0, None);
        let found = find(self.peer, &self.sent);
        if !trusted(self.peer) {
            assert_eq!(found, Some(self.peer), "a stranger is believed in nothing");
            return;
        }
        // Where there is an X-Forwarded-For, the other header is not looked at.
        let kind = if headers.contains_key(X) { X } else { STANDARD };
        if kind == X {
            assert_eq!(found, self.by_the_book(), "{:?}", self.sent);
        }
        self.check_left(found, &kind);
        self.check_right(&kind);
    }

    /// `X-Forwarded-For` read the plain way: all of it one list, and from its right end the first that is no proxy of ours.
    fn by_the_book(&self) -> Option<IpAddr> {
        let values = self.sent.iter().filter(|(name, _)| *name == X);
        let values: Vec<_> =
            values.map(|(_, value)| String::from_utf8_lossy(value.as_bytes())).collect();
        let list = values.join(",");
        let hops = list.split(',').map(str::trim).filter(|hop| !hop.is_empty());
        let mut origin = self.peer;
        for hop in hops.rev() {
            origin = address(hop)?.to_canonical();
            if !trusted(origin) {
                break;
            }
        }
        Some(origin)
    }

    /// What a caller writes before what the proxies wrote changes nothing, unless those are all proxies of ours.
    fn check_left(&self, found: Option<IpAddr>, kind: &HeaderName) {
        let Some(at) = self.sent.iter().position(|(name, _)| name == kind) else { return };
        if found.is_some_and(trusted) {
            return;
        }
        let lie = if *kind == X { LIE.to_owned() } else { format!("for={LIE}") };
        let mut lines = self.sent.clone();
        lines.insert(at, (kind.clone(), text(&lie)));
        assert_eq!(find(self.peer, &lines), found, "a line before: {:?}", self.sent);
        let mut joined = self.sent.clone();
        joined[at].1 = join(lie.as_bytes(), &self.sent[at].1);
        assert_eq!(find(self.peer, &joined), found, "before the line: {:?}", self.sent);
    }

    /// What the proxy writes behind it is the origin, whatever is before.
    fn check_right(&self, kind: &HeaderName) {
        for caller in CALLERS {
            let hop = match (*kind == X, caller.contains(':')) {
                (true, _) => caller.to_owned(),
                (false, true) => format!("for=\"[{caller}]:4711\""),
                (false, false) => format!("for={caller};proto=https"),
            };
            let mut lines = self.sent.clone();
            lines.push((kind.clone(), text(&hop)));
            assert_eq!(find(self.peer, &lines), Some(ip(caller)), "a line: {:?}", self.sent);
            let Some(last) = self.sent.iter().rposition(|(name, _)| name == kind) else { continue };
            let mut joined = self.sent.clone();
            let before = [self.sent[last].1.as_bytes(), b", "].concat();
            joined[last].1 = join(&before, &text(&hop));
            let found = find(self.peer, &joined);
            // A quote that a caller left open makes the line unreadable, and never somebody else.
            let unreadable = *kind == STANDARD && found.is_none();
            assert!(found == Some(ip(caller)) || unreadable, "{found:?} in the line: {joined:?}");
        }
    }
}

fn text(value: &str) -> HeaderValue {
    HeaderValue::from_str(value).expect("a value")
}

fn join(before: &[u8], value: &HeaderValue) -> HeaderValue {
    let separator: &[u8] = if before.ends_with(b", ") { b"" } else { b", " };
    HeaderValue::from_bytes(&[before, separator, value.as_bytes()].concat()).expect("a value")
}

/// An address, maybe in brackets, maybe with a port.
fn address(hop: &str) -> Option<IpAddr> {
    let inside = hop.strip_prefix('[').and_then(|hop| hop.strip_suffix(']'));
    let with_port = hop.parse::<SocketAddr>().ok().map(|address| address.ip());
    hop.parse().ok().or_else(|| inside?.parse().ok()).or(with_port)
}
