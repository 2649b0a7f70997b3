//! What a backend asks of whoever forwards to it. The secrets themselves are never here: only the names under which the edge finds them.

use crate::id::RouteId;
use crate::{Code, Refused};

/// What a secret's key begins with in Workers KV.
pub const SECRET_KEY: &str = "secret:";

/// The kinds of authentication, without the names of secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthKind {
    /// None: requests go as they are.
    None,
    /// `Authorization: Bearer` and a token (RFC 6750, section 2.1).
    Bearer,
    /// A key in a header of this name.
    ApiKey(HeaderName),
    /// `Authorization: Basic` with a user name and a password (RFC 7617).
    Basic,
}

impl AuthKind {
    /// Reads a kind: `none`, `bearer`, `api-key` with the name of its header, `basic`. A header that the kind has no use for is dropped.
    ///
    /// # Errors
    /// `auth_invalid` on `auth`; `empty`, `header_invalid` on `header_name`.
    pub fn parse(kind: &str, header: Option<&str>) -> Result<Self, Refused> {
        match kind {
            "none" => Ok(Self::None),
            "bearer" => Ok(Self::Bearer),
            "api-key" => HeaderName::parse(header.unwrap_or_default()).map(Self::ApiKey),
            "basic" => Ok(Self::Basic),
            _ => Err(Refused::field("auth", Code::AuthInvalid)),
        }
    }

    /// The kind as it is stored and sent.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Bearer => "bearer",
            Self::ApiKey(_) => "api-key",
            Self::Basic => "basic",
        }
    }

    /// The name of the header, of the kind that has one.
    pub fn header(&self) -> Option<&HeaderName> {
        match self {
            Self::ApiKey(header) => Some(header),
            Self::None | Self::Bearer | Self::Basic => None,
        }
    }

    /// Whether both have the same secrets, so that those of one are good for the other.
    pub fn has_the_secrets_of(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }

    /// The same with the names of a route's own secrets.
    pub fn named(&self, route: RouteId) -> Auth {
        let name = |part| SecretName::of(route, part);
        match self {
            Self::None => Auth::None,
            Self::Bearer => Auth::Bearer { token: name("token") },
            Self::ApiKey(header) => Auth::ApiKey { header: header.clone(), key: name("key") },
            Self::Basic => Auth::Basic { username: name("username"), password: name("password") },
        }
    }
}

/// What the backend asks of whoever forwards to it, as a mirror tells it: with the names of secrets, never with secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Auth {
    /// Nothing.
    None,
    /// `Authorization: Bearer` and a token.
    Bearer {
        /// The token's name.
        token: SecretName,
    },
    /// A key in a header.
    ApiKey {
        /// The header's name.
        header: HeaderName,
        /// The key's name.
        key: SecretName,
    },
    /// `Authorization: Basic`.
    Basic {
        /// The user name's name.
        username: SecretName,
        /// The password's name.
        password: SecretName,
    },
}

impl Auth {
    /// The kind, as it is stored and sent.
    pub fn kind(&self) -> AuthKind {
        match self {
            Self::None => AuthKind::None,
            Self::Bearer { .. } => AuthKind::Bearer,
            Self::ApiKey { header, .. } => AuthKind::ApiKey(header.clone()),
            Self::Basic { .. } => AuthKind::Basic,
        }
    }

    /// The names of the secrets that it needs.
    pub fn names(&self) -> Vec<&SecretName> {
        match self {
            Self::None => Vec::new(),
            Self::Bearer { token: name } | Self::ApiKey { key: name, .. } => vec![name],
            Self::Basic { username, password } => vec![username, password],
        }
    }
}

/// The name of a secret at the edge: 1 to 128 of `A`–`Z`, `a`–`z`, `0`–`9`, `.`, `_`, `-`. In Workers KV its key is `secret:` and the name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SecretName(String);

impl SecretName {
    /// Reads a name; `None` when it breaks the grammar.
    pub fn parse(text: &str) -> Option<Self> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
        let good = (1..=128).contains(&text.len()) && text.bytes().all(plain);
        good.then(|| Self(text.to_owned()))
    }

    /// The name of one of a route's own secrets: another for each route, so that no two overwrite each other.
    fn of(route: RouteId, part: &str) -> Self {
        Self(format!("route.{route}.{part}"))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its key in Workers KV.
    pub fn key(&self) -> String {
        format!("{SECRET_KEY}{}", self.0)
    }
}

/// The name of a header that a key is sent in, as it was written. Two that differ in case only are one (RFC 9110, section 5.1).
#[derive(Clone, Debug)]
pub struct HeaderName(String);

impl HeaderName {
    /// Headers that say how a message is to be read or who sent it, and which nobody else may set.
    const TAKEN: &'static [&'static str] = &[
        "connection",
        "content-length",
        "content-type",
        "cookie",
        "expect",
        "host",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "x-team-id",
        "x-token-id",
    ];

    /// Reads a name of 1 to 64 characters of a token (RFC 9110, section 5.6.2) that is free for a key.
    ///
    /// # Errors
    /// `empty`, `header_invalid`, on the field `header_name`.
    pub fn parse(text: &str) -> Result<Self, Refused> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Refused::field("header_name", Code::Empty));
        }
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
        let taken = Self::TAKEN.iter().any(|taken| taken.eq_ignore_ascii_case(text));
        if text.len() > 64 || taken || !text.bytes().all(plain) {
            return Err(Refused::field("header_name", Code::HeaderInvalid));
        }
        Ok(Self(text.to_owned()))
    }

    /// The name, as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PartialEq for HeaderName {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for HeaderName {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_read_with_what_it_needs() {
        let refused = |kind, header| AuthKind::parse(kind, header).expect_err("refused");
        assert_eq!(AuthKind::parse("none", None), Ok(AuthKind::None));
        let key = AuthKind::parse("api-key", Some(" X-Api-Key ")).expect("a kind");
        assert_eq!(key.header().expect("a header").as_str(), "X-Api-Key");
        assert_eq!(refused("digest", None).code, Code::AuthInvalid);
        assert_eq!(refused("api-key", None), Refused::field("header_name", Code::Empty));
        for header in ["Host", "transfer-encoding", "X-Token-Id", "a b", "a:b", "é"] {
            assert_eq!(refused("api-key", Some(header)).code, Code::HeaderInvalid, "{header}");
        }
    }

    #[test]
    fn the_names_of_secrets_are_the_routes_own() {
        let route = RouteId::parse("0197a1b2-0000-7000-8000-000000000001").expect("an id");
        let auth = AuthKind::Basic.named(route);
        let keys: Vec<_> = auth.names().into_iter().map(SecretName::key).collect();
        assert_eq!(
            keys,
            [
                "secret:route.0197a1b2-0000-7000-8000-000000000001.username",
                "secret:route.0197a1b2-0000-7000-8000-000000000001.password"
            ]
        );
        assert!(auth.names().into_iter().all(|name| SecretName::parse(name.as_str()).is_some()));
        assert_eq!(auth.kind(), AuthKind::Basic);
    }
}
