//! The key that signs what a mirror holds: Ed25519 (RFC 8032), whose signatures are the same each time.

use crate::seal::{message, payload, seal};
use crate::{PublicKey, Signed};
use ed25519_dalek::{Signature, Signer as _, VerifyingKey};

/// A key that signs. No `Debug`, `Clone` or `Serialize`; wiped when dropped.
///
/// ```compile_fail
/// fn shown(key: &record::SigningKey) -> String { format!("{key:?}") }
/// ```
/// ```compile_fail
/// fn copied(key: &record::SigningKey) -> record::SigningKey { key.clone() }
/// ```
pub struct SigningKey {
    key: ed25519_dalek::SigningKey,
    id: String,
}

impl SigningKey {
    /// The key of 32 bytes (RFC 8032, section 5.1.5, calls them the private key).
    pub fn of(seed: &[u8; 32]) -> Self {
        let key = ed25519_dalek::SigningKey::from_bytes(seed);
        let id = PublicKey::of(key.verifying_key().to_bytes()).id();
        Self { key, id }
    }

    /// What it is called: see [`PublicKey::id`].
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The half that everybody may know.
    pub fn public(&self) -> PublicKey {
        PublicKey::of(self.key.verifying_key().to_bytes())
    }
}

/// Signs a JSON object without white space at its ends, as `document`.
pub fn sign(document: &str, json_object: Vec<u8>, key: &SigningKey) -> Vec<u8> {
    let signature = key.key.sign(&message(document, &json_object)).to_bytes();
    seal(json_object, &key.id, &signature)
}

/// Why a document is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unverified {
    /// It has no signature.
    #[error("it is not signed")]
    Unsigned,
    /// It says that it was signed with a key that is not one of those given.
    #[error("its key is not known")]
    KeyUnknown,
    /// The signature is not that of these bytes as this document.
    #[error("its signature is not right")]
    Forged,
}

/// The object that was signed as `document` with one of `keys`.
///
/// # Errors
/// [`Unverified`].
pub fn verify(document: &str, bytes: &[u8], keys: &[PublicKey]) -> Result<Vec<u8>, Unverified> {
    let Signed { payload, key_id, signature } = payload(bytes).ok_or(Unverified::Unsigned)?;
    let key = keys.iter().find(|key| key.id() == key_id).ok_or(Unverified::KeyUnknown)?;
    let key = VerifyingKey::from_bytes(key.bytes()).map_err(|_| Unverified::KeyUnknown)?;
    key.verify_strict(&message(document, &payload), &Signature::from_bytes(&signature))
        .map_err(|_| Unverified::Forged)?;
    Ok(payload)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::HEAD;

    /// The key of RFC 8037, appendix A, which is that of the first test of RFC 8032, section 7.1.
    const SEED: [u8; 32] = [
        0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c,
        0xc4, 0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae,
        0x7f, 0x60,
    ];

    #[test]
    fn a_key_is_called_by_its_thumbprint() {
        let key = SigningKey::of(&SEED);
        assert_eq!(key.public().x(), "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        assert_eq!(key.id(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn what_is_signed_is_the_document_and_the_object() {
        let key = SigningKey::of(&SEED);
        let signed = sign(HEAD, br#"{"a":1}"#.to_vec(), &key);
        let split = payload(&signed).expect("signed");
        assert_eq!(split.payload, br#"{"a":1}"#);
        assert_eq!(split.key_id, key.id());
        let direct = key.key.sign(b"tokenkeep:head\n{\"a\":1}").to_bytes();
        assert_eq!(split.signature, direct);
        assert_eq!(verify(HEAD, &signed, &[key.public()]), Ok(br#"{"a":1}"#.to_vec()));
    }

    #[test]
    fn an_empty_object_is_signed_too() {
        let key = SigningKey::of(&SEED);
        let signed = sign("routes", b"{}".to_vec(), &key);
        assert!(signed.starts_with(br#"{"key_id":""#));
        assert_eq!(verify("routes", &signed, &[key.public()]), Ok(b"{}".to_vec()));
    }

    #[test]
    fn another_document_another_key_and_another_byte_are_refused() {
        let (key, other) = (SigningKey::of(&SEED), SigningKey::of(&[7; 32]));
        let signed = sign(HEAD, br#"{"a":1}"#.to_vec(), &key);
        let keys = [other.public(), key.public()];
        assert!(verify(HEAD, &signed, &keys).is_ok());
        assert_eq!(verify("routes", &signed, &keys), Err(Unverified::Forged));
        assert_eq!(verify(HEAD, &signed, &keys[..1]), Err(Unverified::KeyUnknown));
        assert_eq!(verify(HEAD, br#"{"a":1}"#, &keys), Err(Unverified::Unsigned));
        for at in 0..signed.len() {
            let mut altered = signed.clone();
            altered[at] ^= 1;
            assert!(verify(HEAD, &altered, &keys).is_err(), "byte {at}");
        }
    }

    #[test]
    fn what_is_not_signed_in_this_form_is_not_signed() {
        let signed = sign(HEAD, br#"{"a":1}"#.to_vec(), &SigningKey::of(&SEED));
        for end in 0..signed.len() {
            assert_eq!(payload(&signed[..end]), None);
        }
        let spaced = [signed.as_slice(), b"\n"].concat();
        assert_eq!(payload(&spaced), None);
    }
}
