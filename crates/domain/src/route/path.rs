//! Paths: of a route, and of a request that looks for one.
//!
//! ```text
//! route   = "/" / 1*( "/" segment )
//! segment = 1*( ALPHA / DIGIT / "." / "_" / "-" )     ; not "." nor ".."
//! ```
//! A route's path holds nothing that has a second spelling, and a request that spells any of that otherwise (`%69mage`) is not read at all. So there
//! is no way around a route by writing its path differently.

use crate::{Code, Refused};

/// The longest path of a route, in characters.
pub const PATH_MAX: usize = 255;

/// A route's path: normalised, so that equal paths are equal texts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoutePath(String);

impl RoutePath {
    /// Reads a path; a slash at its end is dropped.
    ///
    /// # Errors
    /// `empty`, `too_long`, `path_invalid`, on the field `path`.
    pub fn parse(text: &str) -> Result<Self, Refused> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Refused::field("path", Code::Empty));
        }
        if text.len() > PATH_MAX {
            return Err(Refused::field("path", Code::TooLong));
        }
        Self::normalised(text).ok_or(Refused::field("path", Code::PathInvalid))
    }

    fn normalised(text: &str) -> Option<Self> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
        let segment = |s: &str| !matches!(s, "" | "." | "..") && s.bytes().all(plain);
        let rest = text.strip_prefix('/')?;
        if rest.is_empty() {
            return Some(Self("/".to_owned()));
        }
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        rest.split('/').all(segment).then(|| Self(format!("/{rest}")))
    }

    /// The path.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a readable path is this one or below it, by whole segments: `/api/image` covers `/api/image/x` and not `/api/imagezzz`.
    pub fn covers(&self, path: &str) -> bool {
        let own = self.0.trim_end_matches('/');
        path.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Whether this path is below `other`, and not the same.
    pub fn is_below(&self, other: &Self) -> bool {
        self != other && other.covers(&self.0)
    }

    /// What it is a path to: its second segment (`image` of `/api/image`), or its only one; `None` for `/`.
    pub fn resource(&self) -> Option<&str> {
        let mut segments = self.0.split('/').skip(1).filter(|segment| !segment.is_empty());
        let first = segments.next();
        segments.next().or(first)
    }
}

/// Whether a request's path can be read in one way only: whether every backend reads the segments that we do.
///
/// It begins with `/` and has printable ASCII. Refused are `//`, the segments `.` and `..`, `\`, `;`, `?`, `#`, and of the
/// percent-encodings those that are malformed, those of what need not be encoded (RFC 3986, section 2.3), of separators, of control characters and of
/// `%` itself, and what is no UTF-8 when decoded.
pub fn is_readable(path: &str) -> bool {
    let Some(rest) = path.strip_prefix('/') else { return false };
    let segments = rest.strip_suffix('/').unwrap_or(rest);
    (rest.is_empty() || segments.split('/').all(is_segment))
        && path.bytes().all(|b| b.is_ascii_graphic() && !br"\;?#".contains(&b))
        && (!path.contains('%') || has_good_escapes(path))
}

fn is_segment(segment: &str) -> bool {
    !matches!(segment, "" | "." | "..")
}

/// Whether each percent-encoding is one that nobody reads otherwise.
fn has_good_escapes(path: &str) -> bool {
    let mut rest = path.as_bytes();
    let mut decoded = Vec::with_capacity(rest.len());
    while let Some((&first, tail)) = rest.split_first() {
        if first != b'%' {
            decoded.push(first);
            rest = tail;
            continue;
        }
        let [high, low, tail @ ..] = tail else { return false };
        let Some(byte) = hex(*high).zip(hex(*low)).map(|(high, low)| high << 4 | low) else {
            return false;
        };
        let needless = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let separates = br"/\;?#%".contains(&byte);
        if needless || separates || byte.is_ascii_control() {
            return false;
        }
        decoded.push(byte);
        rest = tail;
    }
    std::str::from_utf8(&decoded).is_ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> Option<Code> {
        RoutePath::parse(text).err().map(|refused| refused.code)
    }

    #[test]
    fn a_path_is_normalised() {
        for (text, path) in
            [("/", "/"), (" /api/ ", "/api"), ("/api/v1.2/a_b-c", "/api/v1.2/a_b-c")]
        {
            assert_eq!(RoutePath::parse(text).expect(text).as_str(), path);
        }
    }

    #[test]
    fn what_has_a_second_spelling_is_no_route() {
        for text in [
            "api", "//", "/api//x", "/api/..", "/./api", "/a%69", "/a b", "/a;b", "/é", "/a?", "/*",
        ] {
            assert_eq!(refused(text), Some(Code::PathInvalid), "{text}");
        }
        assert_eq!(refused(" "), Some(Code::Empty));
        assert_eq!(refused(&format!("/{}", "a".repeat(PATH_MAX))), Some(Code::TooLong));
    }

    #[test]
    fn the_resource_is_the_second_segment_or_the_only_one() {
        for (path, resource) in [
            ("/api/image", Some("image")),
            ("/api/image/v2", Some("image")),
            ("/image", Some("image")),
            ("/", None),
        ] {
            assert_eq!(RoutePath::parse(path).expect(path).resource(), resource);
        }
    }
}
