//! Who is believed about where a request comes from.

use super::*;
use http::HeaderValue;

const PROXIES: [&str; 3] = ["127.0.0.1", "10.0.0.0/8", "2001:db8:aa::/48"];

/// The origin of a request from `peer` with these header lines, behind [`PROXIES`].
fn find(peer: &str, lines: &[(&'static str, &[u8])]) -> Option<IpAddr> {
    let trusted = Origins::parse(PROXIES).expect("networks");
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        headers.append(*name, HeaderValue::from_bytes(value).expect("a value"));
    }
    Origin::find(Some(ip(peer)), &headers, trusted.as_ref()).0
}

fn ip(text: &str) -> IpAddr {
    text.parse().expect(text)
}

fn by_x(peer: &str, value: &str) -> Option<IpAddr> {
    find(peer, &[("x-forwarded-for", value.as_bytes())])
}

fn by_forwarded(value: &str) -> Option<IpAddr> {
    find("127.0.0.1", &[("forwarded", value.as_bytes())])
}

#[test]
fn without_a_proxy_that_is_trusted_nothing_is_believed() {
    let mut headers = HeaderMap::new();
    headers.insert("x-forwarded-for", HeaderValue::from_static("198.51.100.9"));
    headers.insert("forwarded", HeaderValue::from_static("for=198.51.100.9"));
    let peer = Some(ip("127.0.0.1"));
    assert_eq!(Origin::find(peer, &headers, None).0, peer);
    assert_eq!(Origin::find(None, &headers, None).0, None);
    assert_eq!(by_x("192.0.2.1", "198.51.100.9"), Some(ip("192.0.2.1")));
    let trusted = Origins::parse(PROXIES).expect("networks");
    // A connection that nobody can name is no trusted one.
    assert_eq!(Origin::find(None, &headers, trusted.as_ref()).0, None);
}

#[test]
fn the_rightmost_address_that_is_no_trusted_proxy_is_the_origin() {
    for (value, origin) in [
        ("198.51.100.9", "198.51.100.9"),
        // What the caller wrote itself is left of what the proxy saw.
        ("203.0.113.1, 198.51.100.9", "198.51.100.9"),
        ("10.0.0.1, 198.51.100.9", "198.51.100.9"),
        ("203.0.113.1,198.51.100.9,10.0.0.2,10.0.0.3", "198.51.100.9"),
        // All of them are ours: the first one asked.
        ("10.0.0.7, 10.0.0.2", "10.0.0.7"),
        // Empty elements are none.
        ("198.51.100.9, , ", "198.51.100.9"),
        ("198.51.100.9:4711", "198.51.100.9"),
        (" 198.51.100.9\t", "198.51.100.9"),
    ] {
        assert_eq!(by_x("127.0.0.1", value), Some(ip(origin)), "{value}");
    }
    assert_eq!(by_x("10.200.0.1", ""), Some(ip("10.200.0.1")));
    assert_eq!(find("127.0.0.1", &[]), Some(ip("127.0.0.1")));
}

#[test]
fn several_lines_are_one_list() {
    let lines: [(&'static str, &[u8]); 2] =
        [("x-forwarded-for", b"203.0.113.1"), ("x-forwarded-for", b"198.51.100.9, 10.0.0.2")];
    assert_eq!(find("127.0.0.1", &lines), Some(ip("198.51.100.9")));
}

#[test]
fn addresses_of_v6_are_read_in_each_form() {
    for value in [
        "2001:db8::9",
        "[2001:db8::9]",
        "[2001:db8::9]:443",
        "203.0.113.1, 2001:db8::9, 2001:db8:aa::1",
    ] {
        assert_eq!(by_x("2001:db8:aa::2", value), Some(ip("2001:db8::9")), "{value}");
    }
    // A v4 address inside a v6 one is the v4 address: of the connection, and in the list.
    assert_eq!(by_x("::ffff:10.0.0.1", "::ffff:198.51.100.9"), Some(ip("198.51.100.9")));
    assert_eq!(by_x("::ffff:127.0.0.1", "::ffff:10.9.9.9"), Some(ip("10.9.9.9")));
}

#[test]
fn what_cannot_be_read_hides_who_was_before_it_and_nobody_after_it() {
    for garbage in [
        "unknown",
        "_hidden",
        "1.2.3",
        "1.2.3.4.5",
        "[::1",
        "::1]",
        "999.1.1.1",
        "a b",
        "fe80::1%eth0",
        "\"",
        "\"a",
    ] {
        assert_eq!(by_x("127.0.0.1", garbage), None, "{garbage}");
        assert_eq!(by_x("127.0.0.1", &format!("198.51.100.9, {garbage}")), None, "{garbage}");
        let before = format!("{garbage}, 198.51.100.9");
        assert_eq!(by_x("127.0.0.1", &before), Some(ip("198.51.100.9")), "{garbage}");
    }
    let bytes = find("127.0.0.1", &[("x-forwarded-for", b"\xff\xfe, 198.51.100.9")]);
    assert_eq!(bytes, Some(ip("198.51.100.9")));
    let long = format!("{}198.51.100.9", "1.1.1.1, ".repeat(10_000));
    assert_eq!(by_x("127.0.0.1", &long), Some(ip("198.51.100.9")));
}

#[test]
fn the_standard_header_is_read_too() {
    for (value, origin) in [
        ("for=198.51.100.9", "198.51.100.9"),
        ("For=198.51.100.9;proto=https;by=10.0.0.1", "198.51.100.9"),
        ("proto=https; for=\"198.51.100.9:4711\"", "198.51.100.9"),
        ("for=\"[2001:db8::9]:4711\"", "2001:db8::9"),
        ("for=203.0.113.1, for=198.51.100.9, for=10.0.0.2", "198.51.100.9"),
        // A comma in quotes ends no element.
        ("for=203.0.113.1;host=\"a, for=192.0.2.7\", for=198.51.100.9", "198.51.100.9"),
        ("for=198.51.100.9;host=\"a, for=192.0.2.7\"", "198.51.100.9"),
        ("for=198.51.100.9;host=\"a\\\", for=192.0.2.7\"", "198.51.100.9"),
    ] {
        assert_eq!(by_forwarded(value), Some(ip(origin)), "{value}");
    }
    for hidden in
        ["for=unknown", "for=\"_gazonk\"", "proto=https", "for", "for=198.51.100.9, by=10.0.0.1"]
    {
        assert_eq!(by_forwarded(hidden), None, "{hidden}");
    }
}

#[test]
fn a_quote_left_open_makes_nobody_somebody_else() {
    for open in [
        // With the proxy's own quotes it would be closed before the address, and the element be the caller's.
        "for=203.0.113.1;x=\", for=\"[2001:db8::9]:4711\"",
        "for=203.0.113.1;x=\", for=198.51.100.9",
        "for=203.0.113.1;x=\"\\, for=198.51.100.9",
        "for=203.0.113.1;x\", for=198.51.100.9",
        "for=203.0.113.1;x=\"a\"b, for=198.51.100.9",
    ] {
        assert_eq!(by_forwarded(open), None, "{open}");
    }
    // In another line it is nobody's but its own.
    let lines: [(&'static str, &[u8]); 2] =
        [("forwarded", b"for=203.0.113.1;x=\""), ("forwarded", b"for=198.51.100.9")];
    assert_eq!(find("127.0.0.1", &lines), Some(ip("198.51.100.9")));
}

#[test]
fn the_header_that_proxies_write_goes_before_the_one_that_a_caller_may_add() {
    let lines: [(&'static str, &[u8]); 2] =
        [("forwarded", b"for=203.0.113.1"), ("x-forwarded-for", b"198.51.100.9")];
    assert_eq!(find("127.0.0.1", &lines), Some(ip("198.51.100.9")));
}
