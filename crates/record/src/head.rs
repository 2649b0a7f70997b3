//! The head: one small document beside the records that says how new a mirror is, and whom to refuse whatever its caches say.

use crate::page::{hashes, is_in, sorted};
use crate::{Unreadable, instant};
use domain::OffsetDateTime;
use domain::mirror::Digest;
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
    /// More of them: the pages ([`crate::page`]) that the list goes on in. Without one of them nothing is known of the rest.
    pub pages: Vec<Digest>,
    /// Where more were ended than can be told: from this instant on the list is whole, and a record that was written before it may be of any of the others.
    pub denied_since: Option<OffsetDateTime>,
    /// When the routes were written that the mirror has: older ones are not good any more. `None`: nothing is said of them.
    pub routes_at: Option<OffsetDateTime>,
}

#[derive(Serialize, Deserialize)]
struct Object {
    written_at: String,
    audit_seq: i64,
    denied: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pages: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    denied_since: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    routes_at: Option<String>,
}

impl Head {
    /// A head without pages, that says nothing of routes.
    ///
    /// # Errors
    /// `TooLarge` with more than [`DENIED_MAX`] hashes.
    pub fn new(
        written_at: OffsetDateTime,
        audit_seq: i64,
        denied: Vec<SecretHash>,
    ) -> Result<Self, Unreadable> {
        let denied = sorted(denied);
        if denied.len() > DENIED_MAX {
            return Err(Unreadable::TooLarge);
        }
        let (pages, denied_since, routes_at) = (Vec::new(), None, None);
        Ok(Self { written_at, audit_seq, denied, pages, denied_since, routes_at })
    }

    /// The same list, going on in these pages.
    #[must_use]
    pub fn in_pages(self, pages: Vec<Digest>) -> Self {
        Self { pages, ..self }
    }

    /// The same, whose list is whole from then on.
    #[must_use]
    pub fn denied_since(self, denied_since: Option<OffsetDateTime>) -> Self {
        Self { denied_since, ..self }
    }

    /// The same, with when the routes were written.
    #[must_use]
    pub fn routes_at(self, routes_at: Option<OffsetDateTime>) -> Self {
        Self { routes_at, ..self }
    }

    /// Who is refused, but for the pages: sorted, each once.
    pub fn denied(&self) -> &[SecretHash] {
        &self.denied
    }

    /// Whether a secret is refused, whatever its record says. The pages are not asked.
    pub fn denies(&self, hash: &SecretHash) -> bool {
        is_in(&self.denied, hash)
    }

    /// `{"written_at", "audit_seq", "denied": [<64 hexadecimal digits>, …], "pages"?: [<64 hexadecimal digits>, …], "denied_since"?, "routes_at"?}`, without a
    /// signature.
    pub fn unsigned(&self) -> Vec<u8> {
        let object = Object {
            written_at: instant::zoned(self.written_at),
            audit_seq: self.audit_seq,
            denied: self.denied.iter().map(SecretHash::to_hex).collect(),
            pages: self.pages.iter().map(Digest::to_hex).collect(),
            denied_since: self.denied_since.map(instant::zoned),
            routes_at: self.routes_at.map(instant::zoned),
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
        let instant =
            |text: &String, member| instant::parse(text).ok_or(Unreadable::Member(member));
        let maybe = |text: &Option<String>, member| {
            text.as_ref().map(|text| instant(text, member)).transpose()
        };
        let at = instant(&object.written_at, "written_at")?;
        let digest = |hex: &String| Digest::from_hex(hex).ok_or(Unreadable::Member("pages"));
        let head = Self::new(at, object.audit_seq, hashes(&object.denied)?)?;
        Ok(Self {
            pages: object.pages.iter().map(digest).collect::<Result<_, _>>()?,
            denied_since: maybe(&object.denied_since, "denied_since")?,
            routes_at: maybe(&object.routes_at, "routes_at")?,
            ..head
        })
    }
}
