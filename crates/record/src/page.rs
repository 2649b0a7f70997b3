//! Pages that the head's list goes on in, where many secrets were ended at once.
//!
//! A page is known by the SHA-256 of its bytes, which the head names: so it needs no signature of its own, and never changes. Whoever has it keeps it.

use crate::{HEAD_MAX, Unreadable};
use domain::mirror::Digest;
use domain::token::SecretHash;
use serde::{Deserialize, Serialize};

/// The most hashes of a page: it stays below 256 KiB.
pub const PAGE_MAX: usize = 3_000;

#[derive(Serialize, Deserialize)]
struct Object {
    denied: Vec<String>,
}

/// The hashes of one page.
#[derive(Clone, PartialEq, Eq)]
pub struct Page(Vec<SecretHash>);

impl Page {
    /// A page of these; each counts once.
    pub fn new(denied: Vec<SecretHash>) -> Self {
        Self(sorted(denied))
    }

    /// Whether a secret is in it.
    pub fn denies(&self, hash: &SecretHash) -> bool {
        is_in(&self.0, hash)
    }

    /// `{"denied": [<64 hexadecimal digits>, …]}`. It is known by their digest.
    pub fn bytes(&self) -> Vec<u8> {
        let object = Object { denied: self.0.iter().map(SecretHash::to_hex).collect() };
        serde_json::to_vec(&object).expect("a list of texts is JSON")
    }

    /// Reads the page that is known by `digest`.
    ///
    /// # Errors
    /// `Member("digest")` where it is another; [`Unreadable`].
    pub fn read(digest: &Digest, bytes: &[u8]) -> Result<Self, Unreadable> {
        if bytes.len() > HEAD_MAX {
            return Err(Unreadable::TooLarge);
        }
        if Digest::of(bytes) != *digest {
            return Err(Unreadable::Member("digest"));
        }
        let object: Object = serde_json::from_slice(bytes).map_err(|_| Unreadable::Malformed)?;
        Ok(Self::new(hashes(&object.denied)?))
    }
}

/// Where the page of a digest is: `denied/<64 hexadecimal digits>.json`.
pub fn page_path(digest: &Digest) -> String {
    format!("{PAGES}/{}.json", digest.to_hex())
}

/// The directory of the pages.
pub const PAGES: &str = "denied";

pub(crate) fn hashes(hex: &[String]) -> Result<Vec<SecretHash>, Unreadable> {
    let hash = |hex: &String| SecretHash::from_hex(hex).ok_or(Unreadable::Member("denied"));
    hex.iter().map(hash).collect()
}

pub(crate) fn sorted(mut denied: Vec<SecretHash>) -> Vec<SecretHash> {
    denied.sort_unstable_by_key(|hash| *hash.bytes());
    denied.dedup();
    denied
}

pub(crate) fn is_in(sorted: &[SecretHash], hash: &SecretHash) -> bool {
    sorted.binary_search_by_key(hash.bytes(), |denied| *denied.bytes()).is_ok()
}
