//! The head: one small document beside the records that says how new a mirror is, and whom to refuse whatever its caches say.

use crate::{Unreadable, instant};
use domain::OffsetDateTime;
use domain::token::SecretHash;
use serde::{Deserialize, Serialize};

/// The largest head that is read, in bytes.
pub const HEAD_MAX: usize = 8 * 1024 * 1024;
/// The most hashes of its list.
pub const DENIED_MAX: usize = 100_000;

/// How new a mirror is, and what was ended a short time ago.
#[derive(Clone, PartialEq, Eq)]
pub struct Head {
    /// When it was written.
    pub written_at: OffsetDateTime,
    /// The last row of the audit log that the mirror has followed.
    pub audit_seq: i64,
    /// The secrets that were revoked or disabled recently: refused, whatever their records say. Sorted, each once.
    denied: Vec<SecretHash>,
}

#[derive(Serialize, Deserialize)]
struct Object {
    written_at: String,
    audit_seq: i64,
    denied: Vec<String>,
}

impl Head {
    /// A head.
    ///
    /// # Errors
    /// `TooLarge` with more than [`DENIED_MAX`] hashes.
    pub fn new(
        written_at: OffsetDateTime,
        audit_seq: i64,
        mut denied: Vec<SecretHash>,
    ) -> Result<Self, Unreadable> {
        denied.sort_unstable_by_key(|hash| *hash.bytes());
        denied.dedup();
        if denied.len() > DENIED_MAX {
            return Err(Unreadable::TooLarge);
        }
        Ok(Self { written_at, audit_seq, denied })
    }

    /// Who is refused: sorted, each once.
    pub fn denied(&self) -> &[SecretHash] {
        &self.denied
    }

    /// Whether a secret is refused, whatever its record says.
    pub fn denies(&self, hash: &SecretHash) -> bool {
        self.denied.binary_search_by_key(hash.bytes(), |denied| *denied.bytes()).is_ok()
    }

    /// `{"written_at", "audit_seq", "denied": [<64 hexadecimal digits>, …]}`, without a signature.
    pub fn unsigned(&self) -> Vec<u8> {
        let object = Object {
            written_at: instant::zoned(self.written_at),
            audit_seq: self.audit_seq,
            denied: self.denied.iter().map(SecretHash::to_hex).collect(),
        };
        serde_json::to_vec(&object).expect("texts, numbers and lists of texts are JSON")
    }

    /// The same, signed where there is a key. Its document is [`crate::HEAD`].
    #[cfg(not(target_arch = "wasm32"))]
    pub fn bytes(&self, key: Option<&crate::SigningKey>) -> Vec<u8> {
        match key {
            Some(key) => crate::sign(crate::HEAD, self.unsigned(), key),
            None => self.unsigned(),
        }
    }

    /// Reads a head.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub fn read(bytes: &[u8]) -> Result<Self, Unreadable> {
        if bytes.len() > HEAD_MAX {
            return Err(Unreadable::TooLarge);
        }
        let object: Object = serde_json::from_slice(bytes).map_err(|_| Unreadable::Malformed)?;
        let at = instant::parse(&object.written_at).ok_or(Unreadable::Member("written_at"))?;
        let hash = |hex: &String| SecretHash::from_hex(hex).ok_or(Unreadable::Member("denied"));
        let denied = object.denied.iter().map(hash).collect::<Result<_, _>>()?;
        Self::new(at, object.audit_seq, denied)
    }
}
