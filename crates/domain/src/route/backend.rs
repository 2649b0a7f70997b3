//! Where a route leads.

use super::path::is_readable;
use crate::{Code, Refused};
use std::net::{Ipv4Addr, Ipv6Addr};

/// The longest address of a backend, in characters.
pub const URL_MAX: usize = 2048;

/// The address of a backend: `http` or `https`, a host, maybe a port and a path without a slash at its end; what is below the route's path is put
/// behind it. Scheme and host are in lower case. No credentials, no query, no fragment (RFC 3986, section 3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackendUrl(String);

impl BackendUrl {
    /// Reads an address. Where its host is does not matter here: whoever connects judges that.
    ///
    /// # Errors
    /// `empty`, `too_long`, `url_invalid`, on the field `backend_url`.
    pub fn parse(text: &str) -> Result<Self, Refused> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Refused::field("backend_url", Code::Empty));
        }
        if text.len() > URL_MAX {
            return Err(Refused::field("backend_url", Code::TooLong));
        }
        Self::normalised(text).ok_or(Refused::field("backend_url", Code::UrlInvalid))
    }

    fn normalised(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let scheme = scheme.to_ascii_lowercase();
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let good = matches!(&*scheme, "http" | "https")
            && is_authority(authority)
            && (path.is_empty() || is_readable(path));
        let path = path.strip_suffix('/').unwrap_or(path);
        good.then(|| Self(format!("{scheme}://{}{path}", authority.to_ascii_lowercase())))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_authority(authority: &str) -> bool {
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    is_host(host) && port.is_none_or(is_port)
}

fn is_port(port: &str) -> bool {
    port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0)
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[') {
        let address = address.strip_suffix(']').map(str::parse::<Ipv6Addr>);
        return matches!(address, Some(Ok(_)));
    }
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    // What ends in a number is an address (the URL standard, "ends in a number"), and is to be one in the usual form.
    let number = last.starts_with(|c: char| c.is_ascii_digit());
    host.len() <= 253 && host.split('.').all(label) && (!number || host.parse::<Ipv4Addr>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_normalised() {
        for (text, url) in [
            ("https://images.example", "https://images.example"),
            (" HTTPS://Images.Example/V1/ ", "https://images.example/V1"),
            ("http://10.0.0.7:8080/", "http://10.0.0.7:8080"),
            ("http://[fd00::1]:80/a/b", "http://[fd00::1]:80/a/b"),
            ("http://image_worker:3000", "http://image_worker:3000"),
        ] {
            assert_eq!(BackendUrl::parse(text).expect(text).as_str(), url);
        }
    }

    #[test]
    fn what_is_no_plain_address_is_refused() {
        for text in [
            "images.example",
            "ftp://images.example",
            "https://",
            "https:///v1",
            "https://user:pass@images.example",
            "https://images.example/#a",
            "https://images.example?a=b",
            "https://images.example/a/../b",
            "https://images.example:0",
            "https://images.example:65536",
            "https://images.example:",
            "https://images..example",
            "https://300.0.0.1",
            "https://0x7f.1",
            "https://[::1",
            "https://[::1]x",
            "https://im ages.example",
            "https://bücher.example",
            "https://images.example\\@evil.example",
        ] {
            let refused = BackendUrl::parse(text).expect_err(text);
            assert_eq!((refused.code, refused.field), (Code::UrlInvalid, Some("backend_url")));
        }
    }
}
