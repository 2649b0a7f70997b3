//! Where a request comes from: the other end of the connection or, where that is a proxy that is trusted, whom it names.
//!
//! Each proxy adds the address that it was called from at the right end of the list. What a trusted one added is believed, and so is what the next
//! trusted one added before it; the first address that is not a trusted proxy's is the origin. Everything left of it is what the caller says of
//! itself. Start at [`Origin::find`].

use super::Web;
use axum::extract::{ConnectInfo, FromRequestParts};
use domain::verify::Origins;
use http::request::Parts;
use http::{Extensions, HeaderMap, HeaderName, header};
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The address that a request comes from, where that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin(pub Option<IpAddr>);

impl Origin {
    /// The origin of a request that came over this connection, with these headers.
    ///
    /// `X-Forwarded-For` goes before `Forwarded` (RFC 7239), which is only looked at where there is none of it. A hop that says nothing readable,
    /// such as `unknown`, hides who was before it: then the origin is not known.
    pub fn find(peer: Option<IpAddr>, headers: &HeaderMap, trusted: Option<&Origins>) -> Self {
        let trusts = |hop: IpAddr| trusted.is_some_and(|trusted| trusted.allow(Some(hop)));
        let peer = peer.map(|peer| peer.to_canonical());
        let Some(mut origin) = peer.filter(|peer| trusts(*peer)) else { return Self(peer) };
        for hop in hops(headers).into_iter().rev() {
            let Some(hop) = hop else { return Self(None) };
            origin = hop.to_canonical();
            if !trusts(origin) {
                break;
            }
        }
        Self(Some(origin))
    }

    /// The origin of a request that carries these.
    pub(super) fn of_request(extensions: &Extensions, headers: &HeaderMap, web: &Web) -> Self {
        let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        Self::find(peer, headers, web.trusted_proxies.as_deref())
    }

    /// What the outermost layer found, where there is one that looks for it.
    pub(super) fn of(extensions: &Extensions) -> Self {
        extensions.get::<Self>().copied().unwrap_or(Self(None))
    }
}

impl FromRequestParts<Web> for Origin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Infallible> {
        let found = parts.extensions.get::<Self>().copied();
        Ok(found.unwrap_or_else(|| Self::of_request(&parts.extensions, &parts.headers, web)))
    }
}

/// Whom the headers name, from the first hop to the last; `None` is a hop that says nothing readable.
fn hops(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    if headers.contains_key(X_FORWARDED_FOR) {
        let lines = lines(headers, X_FORWARDED_FOR);
        // No grammar gives a quote a meaning here: one that a caller left open must not hide what the proxy wrote behind it.
        let hops = lines.iter().flat_map(|line| line.split(','));
        return hops.filter(|hop| !hop.trim().is_empty()).map(address).collect();
    }
    let lines = lines(headers, header::FORWARDED);
    let each = lines.iter().map(|line| elements(line, ','));
    each.flat_map(|elements| match elements {
        Some(elements) => elements.into_iter().map(forwarded_for).collect(),
        None => vec![None],
    })
    .collect()
}

/// A header's lines. What is no text is kept as what no address is: it must not hide what stands beside it.
fn lines(headers: &HeaderMap, name: HeaderName) -> Vec<String> {
    let lines = headers.get_all(name).iter();
    lines.map(|line| String::from_utf8_lossy(line.as_bytes()).into_owned()).collect()
}

/// The elements of a list, without the empty ones (RFC 9110, section 5.6.1.2). A separator in quotes separates nothing. `None` where a quote stands
/// where none may (RFC 7239, section 4): with one left open, a caller could make what the proxy wrote behind it a part of what they wrote.
fn elements(text: &str, separator: char) -> Option<Vec<&str>> {
    let (mut elements, mut from) = (Vec::new(), 0);
    let mut place = Place::Name;
    for (at, c) in text.char_indices() {
        place = match (place, c) {
            (Place::Quoted, '\\') => Place::Escaped,
            (Place::Quoted, '"') => Place::Closed,
            (Place::Quoted | Place::Escaped, _) => Place::Quoted,
            (_, c) if c == separator => {
                elements.push(&text[from..at]);
                from = at + c.len_utf8();
                Place::Name
            }
            (Place::Value, '"') => Place::Quoted,
            (_, '"') => return None,
            (Place::Closed, ' ' | '\t') => Place::Closed,
            (Place::Closed, c) if c != ';' => return None,
            (_, '=') => Place::Value,
            _ => Place::Name,
        };
    }
    if matches!(place, Place::Quoted | Place::Escaped) {
        return None;
    }
    elements.push(&text[from..]);
    elements.retain(|element| !element.trim().is_empty());
    Some(elements)
}

/// Where a character of a list stands.
#[derive(Clone, Copy)]
enum Place {
    /// Outside of quotes.
    Name,
    /// Right behind a `=`, where a quote may open.
    Value,
    /// In quotes.
    Quoted,
    /// In quotes, behind a backslash.
    Escaped,
    /// Behind the closing quote.
    Closed,
}

/// The address of `for` of one element (RFC 7239, section 4).
fn forwarded_for(element: &str) -> Option<IpAddr> {
    let pairs = elements(element, ';')?;
    let node = pairs.iter().find_map(|pair| {
        let (name, node) = pair.split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then(|| node.trim())
    })?;
    let unquoted = node.strip_prefix('"').and_then(|node| node.strip_suffix('"'));
    address(unquoted.unwrap_or(node))
}

/// An address, maybe with a port: `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:80`.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<IpAddr>().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    text.parse().ok().or_else(bracketed).or_else(with_port)
}

#[cfg(test)]
#[path = "origin_tests.rs"]
mod tests;
