//! Secrets at rest.
//!
//! Owns sealing and opening with Fernet keys. Never stores, logs or decides anything. Start at [`Sealer`].
//!
//! The format is the Fernet specification's (version 0x80: AES-128-CBC and HMAC-SHA256), so that what is sealed here opens with Python's
//! `cryptography` package, and the other way round.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use domain::token::TokenSecret;
use fernet::Fernet;
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::{Zeroize as _, Zeroizing};

/// A key of 32 bytes that was derived from one that seals. No `Debug`; wiped when dropped.
pub type DerivedKey = Zeroizing<[u8; 32]>;

/// The keys that seal and open: the first seals, all open.
///
/// To rotate, put a new key in front; to retire the old one, take it away once nothing is sealed with it.
pub struct Sealer {
    keys: Vec<Key>,
}

struct Key {
    fernet: Fernet,
    bytes: Zeroizing<[u8; 32]>,
}

impl Key {
    fn parse(text: &str) -> Option<Self> {
        let fernet = Fernet::new(text)?;
        let mut bytes = Zeroizing::new([0; 32]);
        // Fernet's keys are written with padding; both forms are taken.
        let decoded = Base64UrlUnpadded::decode(text.trim_end_matches('='), &mut *bytes).ok()?;
        (decoded.len() == 32).then_some(())?;
        Some(Self { fernet, bytes })
    }
}

/// Why a list of keys cannot be used. Never says what was in it.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum KeyError {
    /// There is no key in the list.
    #[error("there is no key; make one with `tokenkeep key generate`")]
    Empty,
    /// One key, counted from 1, is not a Fernet key.
    #[error(
        "key {0} is not a Fernet key (32 bytes in URL-safe base64); make one with `tokenkeep key generate`"
    )]
    Malformed(usize),
}

/// What cannot be opened: sealed with another key, changed, or not sealed by anybody.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("no configured key opens this")]
pub struct NotOpened;

impl Sealer {
    /// Reads keys in URL-safe base64, separated by commas.
    ///
    /// # Errors
    /// [`KeyError`] when there is none, or one is not a Fernet key.
    pub fn parse(keys: &str) -> Result<Self, KeyError> {
        let keys = keys
            .split(',')
            .map(str::trim)
            .filter(|key| !key.is_empty())
            .enumerate()
            .map(|(at, key)| Key::parse(key).ok_or(KeyError::Malformed(at + 1)))
            .collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() { Err(KeyError::Empty) } else { Ok(Self { keys }) }
    }

    /// A new key from the operating system's generator, in the form that [`Sealer::parse`] reads.
    pub fn generate_key() -> Zeroizing<String> {
        Zeroizing::new(Fernet::generate_key())
    }

    /// How many keys open.
    pub fn key_count(&self) -> usize {
        self.keys.len()
    }

    /// Seals a secret with the first key.
    pub fn seal(&self, secret: &TokenSecret) -> String {
        self.keys[0].fernet.encrypt(secret.expose().as_bytes())
    }

    /// Seals a text that is not a token of ours with the first key, for one place: it opens for the same place, and for no other.
    pub fn seal_text(&self, place: &str, text: &str) -> String {
        let bound = Zeroizing::new(format!("{}{text}", bound_to(place)));
        self.keys[0].fernet.encrypt(bound.as_bytes())
    }

    /// Opens a text that was sealed for this place with any of the keys.
    ///
    /// # Errors
    /// [`NotOpened`], also for what was sealed for another place.
    pub fn open_text(&self, place: &str, sealed: &str) -> Result<Zeroizing<String>, NotOpened> {
        let opened = self.keys.iter().find_map(|key| key.fernet.decrypt(sealed).ok());
        let bytes = Zeroizing::new(opened.ok_or(NotOpened)?);
        let bound = std::str::from_utf8(&bytes).ok();
        let text = bound.and_then(|bound| bound.strip_prefix(&*bound_to(place)));
        text.map(|text| Zeroizing::new(text.to_owned())).ok_or(NotOpened)
    }

    /// Whether a text is sealed with the first key, so that no other is needed for it.
    pub fn is_newest(&self, sealed: &str) -> bool {
        self.keys[0].fernet.decrypt(sealed).map(Zeroizing::new).is_ok()
    }

    /// Opens what was sealed with any of the keys.
    ///
    /// # Errors
    /// [`NotOpened`].
    pub fn open(&self, sealed: &str) -> Result<TokenSecret, NotOpened> {
        self.opened(|key| key.decrypt(sealed))
    }

    /// Opens what was sealed at most `max_age_seconds` ago.
    ///
    /// # Errors
    /// [`NotOpened`], also for what is older.
    pub fn open_recent(
        &self,
        sealed: &str,
        max_age_seconds: u64,
    ) -> Result<TokenSecret, NotOpened> {
        self.opened(|key| key.decrypt_with_ttl(sealed, max_age_seconds))
    }

    /// A key for another purpose from each of the keys, in their order: HKDF with SHA-256 (RFC 5869), the purpose as its `info`. Of different purposes
    /// none tells anything about another, or about the key that it comes from.
    pub fn derive(&self, purpose: &str) -> Vec<DerivedKey> {
        let derive = |key: &Key| {
            let mut derived = Zeroizing::new([0; 32]);
            Hkdf::<Sha256>::new(None, &*key.bytes)
                .expand(purpose.as_bytes(), &mut *derived)
                .expect("32 bytes are within what HKDF gives");
            derived
        };
        self.keys.iter().map(derive).collect()
    }

    fn opened(
        &self,
        open: impl Fn(&Fernet) -> Result<Vec<u8>, fernet::DecryptionError>,
    ) -> Result<TokenSecret, NotOpened> {
        let mut bytes = self.keys.iter().find_map(|key| open(&key.fernet).ok()).ok_or(NotOpened)?;
        let secret = std::str::from_utf8(&bytes).ok().and_then(TokenSecret::parse);
        bytes.zeroize();
        secret.ok_or(NotOpened)
    }
}

/// What a text that is sealed for a place begins with. With the length, no place begins as another does.
fn bound_to(place: &str) -> String {
    format!("{}:{place}:", place.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "ntk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    fn sealer(keys: &[&str]) -> Sealer {
        Sealer::parse(&keys.join(",")).expect("good keys")
    }

    fn secret() -> TokenSecret {
        TokenSecret::parse(SECRET).expect("good form")
    }

    #[test]
    fn the_first_key_seals_and_all_open() {
        let (old, new) = (Sealer::generate_key(), Sealer::generate_key());
        let sealed_by_old = sealer(&[&old]).seal(&secret());
        let both = sealer(&[&new, &old]);
        assert_eq!(both.open(&sealed_by_old).expect("opens").expose(), SECRET);
        let sealed_by_new = both.seal(&secret());
        assert!(sealer(&[&old]).open(&sealed_by_new).is_err());
        assert!(sealer(&[&new]).open(&sealed_by_new).is_ok());
        assert!(both.is_newest(&sealed_by_new) && !both.is_newest(&sealed_by_old));
    }

    #[test]
    fn what_was_changed_does_not_open() {
        let sealer = sealer(&[&Sealer::generate_key()]);
        let mut sealed = sealer.seal(&secret()).into_bytes();
        let middle = sealed.len() / 2;
        sealed[middle] = if sealed[middle] == b'A' { b'B' } else { b'A' };
        let sealed = String::from_utf8(sealed).expect("ASCII");
        assert_eq!(sealer.open(&sealed).err(), Some(NotOpened));
        assert!(sealer.open("").is_err());
    }

    #[test]
    fn a_text_opens_for_its_place_alone() {
        let (old, new) = (Sealer::generate_key(), Sealer::generate_key());
        let sealed = sealer(&[&old]).seal_text("route 1", "p:w\nü");
        let both = sealer(&[&new, &old]);
        assert_eq!(both.open_text("route 1", &sealed).expect("opens").as_str(), "p:w\nü");
        for place in ["route 2", "route", "route 1\np:w", ""] {
            assert_eq!(both.open_text(place, &sealed).err(), Some(NotOpened), "{place}");
        }
        assert_eq!(sealer(&[&new]).open_text("route 1", &sealed).err(), Some(NotOpened));
        // Neither passes for the other: what was sealed as a token has no place.
        assert!(both.open(&sealed).is_err());
        assert!(both.open_text("", &both.seal(&secret())).is_err());
    }

    #[test]
    fn each_purpose_has_keys_of_its_own() {
        // HKDF-SHA-256 of 32 zero bytes with the info "purpose", by hand with Python's `hmac`.
        let zero = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        let expected = [
            0x77, 0xb9, 0xa7, 0x1b, 0xe3, 0x1b, 0xe5, 0x41, 0xb3, 0x88, 0xd8, 0x34, 0xd8, 0x21,
            0xf6, 0x7d, 0xb5, 0x41, 0xc6, 0xd8, 0x30, 0xb9, 0x97, 0x36, 0x30, 0xef, 0x89, 0xa4,
            0xc7, 0x8d, 0xed, 0x10,
        ];
        let derived = sealer(&[zero]).derive("purpose");
        assert_eq!(derived.iter().map(|key| **key).collect::<Vec<_>>(), [expected]);
        let other = Sealer::generate_key();
        let both = sealer(&[&other, zero]);
        assert_eq!(*both.derive("purpose")[1], expected);
        assert_ne!(both.derive("purpose")[0], both.derive("purpose")[1]);
        assert_ne!(both.derive("another")[1], both.derive("purpose")[1]);
    }

    #[test]
    fn keys_are_judged_without_being_repeated() {
        assert_eq!(Sealer::parse(" , ").err(), Some(KeyError::Empty));
        let keys = format!("{},nonsense", *Sealer::generate_key());
        let error = Sealer::parse(&keys).err().expect("refused");
        assert_eq!(error, KeyError::Malformed(2));
        assert!(!error.to_string().contains("nonsense"));
    }
}
