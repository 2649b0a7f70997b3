//! What is read from the header fields of a request about a token: the token itself, who asks, for which scopes and for which path.
//!
//! Pure, and used by nothing but header fields, so that the fuzzer can compile it alone. Where a request comes from is [`super::origin`]'s.

use http::{HeaderMap, HeaderName, header};

const API_KEY: HeaderName = HeaderName::from_static("x-api-key");
const FORWARDED_URI: HeaderName = HeaderName::from_static("x-forwarded-uri");
const ORIGINAL_URI: HeaderName = HeaderName::from_static("x-original-uri");
const REQUIRED_SCOPES: HeaderName = HeaderName::from_static("x-required-scopes");
const VERIFY_KEY: HeaderName = HeaderName::from_static("x-verify-key");

/// The credentials of `Authorization: Bearer` (RFC 6750, section 2.1; the scheme's case does not matter, RFC 9110, section 11.1).
pub fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, credentials) = authorization.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| credentials.trim())
}

/// The key of whoever asks; `Authorization` has the caller's token.
pub fn verify_key(headers: &HeaderMap) -> Option<&str> {
    headers.get(VERIFY_KEY)?.to_str().ok()
}

/// The token of `X-API-Key`, else of `Authorization: Bearer`.
pub fn offered(headers: &HeaderMap) -> Option<&str> {
    text(headers, &API_KEY).or_else(|| text(headers, &header::AUTHORIZATION).and_then(bearer))
}

/// The first field of this name, when it is text (RFC 9110, section 5.5: visible ASCII).
pub fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

/// The path that was asked for at the proxy: Traefik and Caddy send `X-Forwarded-Uri`, nginx is commonly told to send `X-Original-URI`.
pub fn route(headers: &HeaderMap) -> Option<&str> {
    let uri = text(headers, &FORWARDED_URI).or_else(|| text(headers, &ORIGINAL_URI));
    uri.map(path_of)
}

/// A path without its query, where secrets are.
pub fn path_of(uri: &str) -> &str {
    uri.split(['?', '#']).next().unwrap_or_default()
}

/// The scopes of `X-Required-Scopes: a b` or `a, b`, of every line.
pub fn required_scopes(headers: &HeaderMap) -> Vec<String> {
    let lines = headers.get_all(REQUIRED_SCOPES).iter();
    let each = lines.flat_map(|line| match line.to_str() {
        Ok(text) => text.split([',', ' ', '\t']).map(str::to_owned).collect(),
        // A line that cannot be read wants what nobody has.
        Err(_) => vec!["?".to_owned()],
    });
    each.collect()
}
