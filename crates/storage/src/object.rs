//! Objects and their keys, as every backend spells them.

use crate::{Error, Result};
use domain::OffsetDateTime;
use domain::mirror::Digest;

/// The largest object, in bytes. A token's is a few hundred; whatever is larger is not ours.
pub const OBJECT_MAX: usize = 256 * 1024;
/// The longest key, in bytes: Cloudflare KV's limit.
pub const KEY_MAX: usize = 512;

/// Where an object is: one or more segments of `A-Z a-z 0-9 . _ -`, parted by `/`; none begins with a dot, so that none leaves the key space
/// and none is taken for a file in the making.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectKey(String);

impl ObjectKey {
    /// Reads a key; `None` when it breaks the grammar.
    pub fn parse(text: &str) -> Option<Self> {
        let segment = |segment: &str| {
            !segment.is_empty()
                && !segment.starts_with('.')
                && segment.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
        };
        let good = text.len() <= KEY_MAX && text.split('/').all(segment);
        good.then(|| Self(text.to_owned()))
    }

    /// The key's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key's text, without the key.
    pub(crate) fn into_text(self) -> String {
        self.0
    }

    /// The segments before the last, and the last.
    pub(crate) fn split(&self) -> (&str, &str) {
        self.0.rsplit_once('/').unwrap_or(("", &self.0))
    }
}

/// Refuses a batch with an object that is too large.
pub(crate) fn within_limits(objects: &[Object]) -> Result<()> {
    match objects.iter().find(|object| object.bytes.len() > OBJECT_MAX) {
        None => Ok(()),
        Some(large) => {
            let what = format!("put {}", large.key.as_str());
            Err(Error::broken(what, format!("more than {OBJECT_MAX} bytes")))
        }
    }
}

impl From<domain::mirror::Key> for ObjectKey {
    fn from(key: domain::mirror::Key) -> Self {
        Self(key.path())
    }
}

/// An object to put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Where.
    pub key: ObjectKey,
    /// What: at most [`OBJECT_MAX`] bytes.
    pub bytes: Vec<u8>,
    /// When nobody needs it any more: an outside that forgets by itself may do so then, and not before.
    pub expires_at: Option<OffsetDateTime>,
}

/// An object that was found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    /// Its path as it is found; maybe not one that [`ObjectKey`] would take.
    pub path: String,
    /// The digest of its content, as [`Storage::digest`](crate::Storage::digest) computes it. `None`: it is not an object that can be read (a directory, a symbolic link, a socket). Of an object that is
    /// larger than [`OBJECT_MAX`] it is some other digest, equal to none that was put.
    pub digest: Option<Digest>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_leaves_the_key_space() {
        for good in ["a", "tokens/0a.json", "a/b/c-d_e.f"] {
            assert!(ObjectKey::parse(good).is_some(), "{good}");
        }
        let long = "a".repeat(KEY_MAX + 1);
        for bad in
            ["", "/", "/etc", "..", "a/../b", "a//b", "a/", "./a", ".a", "a\0", "a b", "ä", &long]
        {
            assert!(ObjectKey::parse(bad).is_none(), "{bad}");
        }
    }
}
