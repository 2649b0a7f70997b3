//! The address of a target, as an operator writes it.

use reqwest::Url;

/// `http://` or `https://`, a host, maybe a port and a path; without a scheme it is https. Never holds a credential.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint(Url);

impl Endpoint {
    /// Reads an endpoint; `None` when it is none, or has a user, a query or a fragment.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let whole = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
        let url = Url::parse(whole.trim_end_matches('/')).ok()?;
        let good = matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        good.then_some(Self(url))
    }

    /// Whether it is spoken to over TLS.
    pub fn is_tls(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Whether it has a path.
    pub fn has_path(&self) -> bool {
        self.0.path() != "/"
    }

    /// The host: a name or an address, in brackets if it is IPv6.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// The host, and the port unless it is the scheme's: what the header `Host` says.
    pub(crate) fn authority(&self) -> String {
        let port = self.0.port().map_or_else(String::new, |port| format!(":{port}"));
        format!("{}{port}", self.host())
    }
}

/// Without a slash at the end.
impl std::fmt::Display for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_decides_tls_and_none_is_https() {
        for (text, shown, tls) in [
            ("http://127.0.0.1:9000", "http://127.0.0.1:9000", false),
            ("https://s3.example.com/", "https://s3.example.com", true),
            ("s3.example.com", "https://s3.example.com", true),
            ("minio:9000", "https://minio:9000", true),
            ("https://s3.example.com:443", "https://s3.example.com", true),
        ] {
            let endpoint = Endpoint::parse(text).expect(text);
            assert_eq!((endpoint.to_string().as_str(), endpoint.is_tls()), (shown, tls), "{text}");
        }
    }

    #[test]
    fn what_is_no_endpoint() {
        for text in [
            "",
            "ftp://s3.example.com",
            "http://",
            "http://user:secret@s3.example.com",
            "https://s3.example.com?x",
            "https://s3.example.com#x",
        ] {
            assert!(Endpoint::parse(text).is_none(), "{text}");
        }
    }
}
