//! The secret itself: a prefix and 32 random bytes, as 43 characters of unpadded base64url (RFC 4648, section 5).
//!
//! `ntk_` + 43 = 47 characters. What is kept is the SHA-256 of the whole text (FIPS 180-4), and a display form.
//! A plain hash is enough because the secret has 256 bits of entropy (OWASP ASVS 5.0, 6.5.2).

use base64ct::{Base64UrlUnpadded, Encoding};
use rand_core::CryptoRng;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Random bytes of a secret.
const RANDOM_BYTES: usize = 32;
/// Characters that those bytes take.
const RANDOM_CHARS: usize = 43;
/// The longest prefix, with its underscore.
const PREFIX_MAX: usize = 16;

/// What a secret begins with, so that people and scanners know what they have found: a lower-case letter, then lower-case letters, digits and
/// underscores, at the end an underscore; 2 to 16 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prefix(String);

impl Prefix {
    /// Reads a prefix; `None` when it breaks the grammar.
    pub fn parse(text: &str) -> Option<Self> {
        prefix_well_formed(text.as_bytes()).then(|| Self(text.to_owned()))
    }

    /// `ntk_`, the prefix of tokens unless the operator chose another.
    pub fn token() -> Self {
        Self("ntk_".to_owned())
    }

    /// `tkm_`, the prefix of management keys.
    pub fn management() -> Self {
        Self("tkm_".to_owned())
    }

    /// `tks_`, the prefix of setup links.
    pub fn setup() -> Self {
        Self("tks_".to_owned())
    }

    /// The prefix, with its underscore.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn prefix_well_formed(bytes: &[u8]) -> bool {
    (2..=PREFIX_MAX).contains(&bytes.len())
        && bytes[0].is_ascii_lowercase()
        && bytes.ends_with(b"_")
        && bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'_')
}

fn well_formed(text: &str) -> bool {
    let Some(split) = text.len().checked_sub(RANDOM_CHARS) else { return false };
    let (prefix, random) = text.as_bytes().split_at(split);
    prefix_well_formed(prefix)
        && random.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-' || *b == b'_')
}

/// A whole secret. No `Debug`, `Clone` or `Serialize`; wiped when dropped.
///
/// ```compile_fail
/// fn shown(secret: &domain::token::TokenSecret) -> String { format!("{secret:?}") }
/// ```
/// ```compile_fail
/// fn copied(secret: &domain::token::TokenSecret) -> domain::token::TokenSecret { secret.clone() }
/// ```
pub struct TokenSecret(Zeroizing<String>);

impl TokenSecret {
    /// Mints a secret.
    pub fn mint(prefix: &Prefix, rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let mut random = Zeroizing::new([0; RANDOM_BYTES]);
        rng.fill_bytes(random.as_mut());
        let mut encoded = Zeroizing::new([0; RANDOM_CHARS]);
        let encoded = Base64UrlUnpadded::encode(random.as_ref(), encoded.as_mut())
            .expect("43 characters hold 32 bytes");
        // The exact capacity: a growing string would leave a copy behind.
        let mut text = Zeroizing::new(String::with_capacity(prefix.0.len() + RANDOM_CHARS));
        text.push_str(&prefix.0);
        text.push_str(encoded);
        Self(text)
    }

    /// Reads what a caller offers; `None` when it has not the form of any secret of ours. Prefixes other than the configured one are taken:
    /// an operator who changes it keeps the tokens that were issued before.
    pub fn parse(text: &str) -> Option<Self> {
        well_formed(text).then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// The hash that is kept.
    pub fn hash(&self) -> SecretHash {
        SecretHash(Sha256::digest(self.0.as_bytes()).into())
    }

    /// The display form: first 12 … last 4 characters.
    pub fn display(&self) -> Display {
        let text = &*self.0;
        Display(format!("{}…{}", &text[..12], &text[text.len() - 4..]))
    }

    /// The text. Called where it is sealed and where it is shown, and nowhere else (a test lists the places).
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// SHA-256 of a whole secret. Equality takes constant time.
#[derive(Clone, Copy)]
pub struct SecretHash([u8; 32]);

impl SecretHash {
    /// The hash of what a caller offers, without a copy of it; `None` when it has not the form of any secret of ours, so that nothing long is ever
    /// hashed.
    pub fn of_offered(text: &str) -> Option<Self> {
        well_formed(text).then(|| Self(Sha256::digest(text.as_bytes()).into()))
    }

    /// The bytes of a stored hash; `None` when there are not 32.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The 32 bytes.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// 64 hexadecimal digits in lower case: a mirror's key.
    pub fn to_hex(&self) -> String {
        use std::fmt::Write as _;
        self.0.iter().fold(String::with_capacity(64), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }

    /// Reads 64 hexadecimal digits in lower case.
    pub fn from_hex(hex: &str) -> Option<Self> {
        let digit = |b: u8| match b {
            b'0'..=b'9' => Some(b - b'0'),
            b'a'..=b'f' => Some(b - b'a' + 10),
            _ => None,
        };
        let mut bytes = [0; 32];
        if hex.len() != 64 {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(hex.as_bytes().chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Some(Self(bytes))
    }
}

impl PartialEq for SecretHash {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for SecretHash {}

/// First 12 … last 4 characters of a secret: enough to find it, useless to anybody else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Display(String);

impl Display {
    /// The stored form, as it is.
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// For a token whose secret nobody here has seen: the beginning of its hash.
    pub fn of_hash(hash: &SecretHash) -> Self {
        Self(format!("sha256:{}…", &hash.to_hex()[..8]))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    fn secret() -> TokenSecret {
        TokenSecret::mint(&Prefix::token(), &mut ChaCha20Rng::seed_from_u64(7))
    }

    #[test]
    fn a_secret_has_47_characters_and_reads_back() {
        let secret = secret();
        assert_eq!(secret.expose().len(), 47);
        assert!(secret.expose().starts_with("ntk_"));
        let back = TokenSecret::parse(secret.expose()).expect("its own form");
        assert!(back.hash() == secret.hash());
    }

    #[test]
    fn the_hash_is_the_published_one() {
        // echo -n ntk_AAAA… | sha256sum, with 43 times A.
        let secret = TokenSecret::parse(&format!("ntk_{}", "A".repeat(43))).expect("good form");
        let hex = secret.hash().to_hex();
        assert_eq!(hex, "ddd223ff8ae99cb0ae79848c28edb357a1dca0321336fed82d57e6baa5107d49");
        assert!(SecretHash::from_hex(&hex).expect("hex") == secret.hash());
    }

    #[test]
    fn what_is_not_ours_is_malformed() {
        let tail = "A".repeat(43);
        for bad in [
            String::new(),
            tail.clone(),
            format!("_{tail}"),
            format!("NTK_{tail}"),
            format!("ntk-{tail}"),
            format!("ntk_{}", "A".repeat(42)),
            format!("ntk_{}", "A".repeat(44)),
            format!("ntk_{}=", "A".repeat(42)),
            format!("ntk_{}é", "A".repeat(41)),
            format!("ntk_{tail}\0"),
            format!("{}_{tail}", "a".repeat(16)),
        ] {
            assert!(TokenSecret::parse(&bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn the_display_form_shows_16_characters() {
        let secret = secret();
        let display = secret.display();
        assert_eq!(display.as_str().chars().count(), 17);
        assert!(secret.expose().starts_with(&display.as_str()[..12]));
    }
}
