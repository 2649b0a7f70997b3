//! Where a token's object is, and what its content is known by.

use crate::token::SecretHash;
use sha2::{Digest as _, Sha256};

/// What every key of ours begins with.
pub const PREFIX: &str = "tokens/";
/// What every key of ours ends with.
const SUFFIX: &str = ".json";

/// Where a token's object is: `tokens/{SHA-256 of the secret, hex}.json`. A key that does not read as one is foreign.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key([u8; 32]);

impl Key {
    /// The key of a token's hash.
    pub const fn of(hash: &SecretHash) -> Self {
        Self(*hash.bytes())
    }

    /// Reads a path; `None` when it is foreign.
    pub fn parse(path: &str) -> Option<Self> {
        let hex = path.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?;
        SecretHash::from_hex(hex).map(|hash| Self::of(&hash))
    }

    /// The path, as targets spell it.
    pub fn path(&self) -> String {
        let hex = SecretHash::from_slice(&self.0).map(|hash| hash.to_hex()).unwrap_or_default();
        format!("{PREFIX}{hex}{SUFFIX}")
    }

    /// The first eight digits: enough for a person to tell it from others, and never the whole hash.
    pub fn short(&self) -> String {
        self.path().chars().skip(PREFIX.len()).take(8).collect()
    }

    /// The 32 bytes of the token's hash.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The key of 32 stored bytes; `None` when there are not 32.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

/// Enough to tell keys apart in a test or a log; never the whole hash.
impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{PREFIX}{}…", self.short())
    }
}

/// SHA-256 of an object's bytes, or what a target computes by itself: at one target, equal digests are equal contents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The digest of a list of keys, in whatever order they are, and of what else belongs to it.
    pub fn of_keys(keys: &[Key], more: &[u8]) -> Self {
        let mut sorted: Vec<&Key> = keys.iter().collect();
        sorted.sort_unstable();
        let mut hasher = Sha256::new();
        hasher.update(keys.len().to_be_bytes());
        sorted.iter().for_each(|key| hasher.update(key.0));
        hasher.update(more);
        Self(hasher.finalize().into())
    }

    /// A target's own digest of at most 32 bytes; `None` for a longer one.
    pub fn told(digest: &[u8]) -> Option<Self> {
        let mut bytes = [0; 32];
        bytes.get_mut(..digest.len())?.copy_from_slice(digest);
        Some(Self(bytes))
    }

    /// Its 32 bytes.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// 64 hexadecimal digits in lower case.
    pub fn to_hex(&self) -> String {
        SecretHash::from_slice(&self.0).map(|hash| hash.to_hex()).unwrap_or_default()
    }

    /// Reads 64 hexadecimal digits in lower case.
    pub fn from_hex(hex: &str) -> Option<Self> {
        SecretHash::from_hex(hex).map(|hash| Self(*hash.bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_grammar_is_ours() {
        let hex = "0a".repeat(32);
        let path = format!("tokens/{hex}.json");
        assert_eq!(Key::parse(&path).map(|key| key.path()), Some(path));
        for foreign in [
            "tokens/readme.txt".to_owned(),
            format!("tokens/{}.json", hex.to_uppercase()),
            format!("tokens/{hex}"),
            format!("tokens/{hex}.json.bak"),
            format!("tokens/x/{hex}.json"),
            format!("{hex}.json"),
            String::new(),
        ] {
            assert!(Key::parse(&foreign).is_none(), "{foreign}");
        }
    }
}
