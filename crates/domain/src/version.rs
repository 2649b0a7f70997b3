//! Versions: which state of a thing somebody saw before they changed it, so that nothing is overwritten that they never saw.
//!
//! Owns the number and what a request may ask of it (`If-Match`, RFC 9110, section 13.1.1). Who counts it up is the database, at every write.

use crate::{Code, Refused};
use std::fmt;

/// How often a thing was written: 1 when it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(i64);

impl Version {
    /// That of a thing that was just made.
    pub const FIRST: Self = Self(1);

    /// A stored one, as it is.
    pub const fn stored(number: i64) -> Self {
        Self(number)
    }

    /// The number.
    pub const fn number(self) -> i64 {
        self.0
    }

    /// That of the state after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// Reads an entity tag (RFC 9110, section 8.8.3). A weak one is none: it may stand for two states.
    fn of_tag(tag: &str) -> Option<Self> {
        let number = tag.strip_prefix('"')?.strip_suffix('"')?;
        let digits = number.bytes().all(|byte| byte.is_ascii_digit()) && !number.starts_with('0');
        digits.then(|| number.parse().ok().map(Self)).flatten()
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Which state of a thing may be changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Expected {
    /// Nothing was said of it.
    #[default]
    Unsaid,
    /// Whatever it is, by the caller's own word: `*`.
    Any,
    /// One of these.
    OneOf(Vec<Version>),
}

impl Expected {
    /// This one.
    pub fn exactly(version: Version) -> Self {
        Self::OneOf(vec![version])
    }

    /// Reads the values of `If-Match`. A tag that is none of ours is there all the same: it stands for a state that the thing is not in.
    pub fn parse<'a>(values: impl IntoIterator<Item = &'a str>) -> Self {
        let tags = values.into_iter().flat_map(|value| value.split(',')).map(str::trim);
        let mut expected = Self::Unsaid;
        for tag in tags {
            match &mut expected {
                Self::Any => {}
                _ if tag == "*" => expected = Self::Any,
                Self::OneOf(versions) => versions.extend(Version::of_tag(tag)),
                Self::Unsaid => expected = Self::OneOf(Version::of_tag(tag).into_iter().collect()),
            }
        }
        expected
    }

    /// Whether a thing of that version may be changed.
    ///
    /// # Errors
    /// `token_changed`.
    pub fn judge(&self, version: Version) -> Result<(), Refused> {
        match self {
            Self::OneOf(versions) if !versions.contains(&version) => {
                Err(Refused::new(Code::TokenChanged))
            }
            _ => Ok(()),
        }
    }

    /// The newest state that the caller saw, where they named one.
    pub fn newest(&self) -> Option<Version> {
        match self {
            Self::OneOf(versions) => versions.iter().max().copied(),
            Self::Unsaid | Self::Any => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expected(value: &str) -> Expected {
        Expected::parse([value])
    }

    #[test]
    fn a_tag_names_one_state() {
        let (third, fourth) = (Version::stored(3), Version::stored(4));
        assert_eq!(expected("\"3\""), Expected::exactly(third));
        assert!(expected("\"3\"").judge(third).is_ok());
        let refused = expected("\"3\"").judge(fourth).expect_err("another state");
        assert_eq!(refused.code, Code::TokenChanged);
        assert!(expected("\"3\", \"4\"").judge(fourth).is_ok());
        assert_eq!(Expected::parse(["\"3\"", "\"4\""]), expected("\"3\",\"4\""));
        assert_eq!(expected("\"3\", \"4\"").newest(), Some(fourth));
    }

    #[test]
    fn a_star_is_any_state_and_nothing_is_nothing() {
        assert_eq!(expected("*"), Expected::Any);
        assert_eq!(expected("\"3\", *"), Expected::Any);
        assert_eq!(Expected::parse([]), Expected::Unsaid);
        for free in [Expected::Any, Expected::Unsaid] {
            assert!(free.judge(Version::FIRST).is_ok());
            assert_eq!(free.newest(), None);
        }
    }

    #[test]
    fn what_is_no_tag_of_ours_matches_nothing() {
        for tag in [
            "W/\"1\"",
            "1",
            "\"01\"",
            "\"+1\"",
            "\"one\"",
            "\"\"",
            "",
            "\"9999999999999999999999\"",
        ] {
            assert_eq!(expected(tag), Expected::OneOf(Vec::new()), "{tag}");
            assert!(expected(tag).judge(Version::FIRST).is_err(), "{tag}");
        }
    }
}
