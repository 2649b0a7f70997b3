//! What is said of a mirror's target by people: its name, its kind, and a value for each field of that kind. What a value may be in detail, its backend
//! judges; here is which fields there are, which of them are secrets, and what becomes of those when something else changes.

mod change;
mod draft;
mod fields;

pub use change::TargetChange;
pub use draft::{NewTarget, TargetSecrets, TargetSettings, named};
pub use fields::{FIELDS, Field, Sort};

use super::Failure;
use crate::{Code, OffsetDateTime, Refused};

/// The longest name, in characters.
pub const NAME_MAX: usize = 32;
/// How many targets people may add: each has a loop of its own.
pub const TARGETS_MAX: usize = 10;

/// Names of the mirrors that an operator configures, and what else stands where a name does.
const RESERVED: &[&str] = &["files", "git", "kv", "postgres", "s3", "new", "test"];

/// What a mirror is called: a lower-case letter, then lower-case letters, digits and hyphens, at most [`NAME_MAX`]. None of those that are configured by an
/// operator.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TargetName(String);

impl TargetName {
    /// Reads a name.
    ///
    /// # Errors
    /// `empty`, `mirror_name_invalid`, on the field `name`.
    pub fn parse(text: &str) -> Result<Self, Refused> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Refused::field("name", Code::Empty));
        }
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let good = text.len() <= NAME_MAX
            && text.bytes().all(plain)
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && !text.ends_with('-')
            && !RESERVED.contains(&text);
        good.then(|| Self(text.to_owned())).ok_or(Refused::field("name", Code::MirrorNameInvalid))
    }

    /// A stored name, as it is.
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A kind of target that people may add. Local files are none: who may sign in here may not thereby write where they like on the server's disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TargetKind {
    /// A namespace of Workers KV.
    Kv,
    /// A bucket.
    S3,
    /// A branch of a Git repository, over HTTP.
    Git,
    /// A schema of a Postgres.
    Postgres,
}

impl TargetKind {
    /// Each of them, in the order in which people choose.
    pub const ALL: &'static [Self] = &[Self::Kv, Self::S3, Self::Git, Self::Postgres];

    /// The kind as it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kv => "kv",
            Self::S3 => "s3",
            Self::Git => "git",
            Self::Postgres => "postgres",
        }
    }

    /// Reads the stored form.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text)
    }

    /// The kind that somebody named.
    ///
    /// # Errors
    /// `mirror_kind_unknown`, on the field `kind`.
    pub fn named(text: &str) -> Result<Self, Refused> {
        Self::parse(text).ok_or(Refused::field("kind", Code::MirrorKindUnknown))
    }
}

/// A target that somebody added, without its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MirrorTarget {
    /// Its name.
    pub name: TargetName,
    /// What is said of it.
    pub settings: TargetSettings,
    /// The fields whose secrets are kept.
    pub secrets: Vec<&'static str>,
    /// How many times it was written.
    pub version: i64,
    /// When it was added.
    pub created_at: OffsetDateTime,
    /// When it was changed last.
    pub updated_at: OffsetDateTime,
    /// Since when it is to be emptied, and then deleted.
    pub emptying_since: Option<OffsetDateTime>,
}

/// What came of trying a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probed {
    /// Where was written; never with a credential.
    pub target: String,
    /// Why it cannot be used; `None` when it can.
    pub failed: Option<ProbeFailure>,
}

/// Why a target cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProbeFailure {
    /// The first step that failed: `write`, `read` or `delete`; `None` when nothing answered in time.
    pub step: Option<&'static str>,
    /// What the target said, by class.
    pub failure: Failure,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_word_that_no_configured_mirror_has() {
        for good in ["edge", "s3-frankfurt", "a", "kv2"] {
            assert_eq!(TargetName::parse(good).expect(good).as_str(), good);
        }
        let long = "a".repeat(NAME_MAX + 1);
        for bad in
            ["Edge", "a b", "-a", "a-", "2a", "a_b", "s3", "kv", "files", "new", "test", "é", &long]
        {
            let refused = TargetName::parse(bad).expect_err(bad);
            assert_eq!((refused.code, refused.field), (Code::MirrorNameInvalid, Some("name")));
        }
        assert_eq!(TargetName::parse(" ").expect_err("empty").code, Code::Empty);
    }

    #[test]
    fn each_kind_is_read_as_it_is_written() {
        for kind in TargetKind::ALL {
            assert_eq!(TargetKind::parse(kind.as_str()), Some(*kind));
        }
        assert_eq!(TargetKind::parse("files"), None);
    }
}
