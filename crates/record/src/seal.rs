//! A signature around a JSON object, which a reader takes off again without writing the object anew.
//!
//! `{…}` becomes `{…,"key_id":"<43>","signature":"<86>"}`. What is signed is `tokenkeep:<document>`, a line feed, and the bytes of `{…}`: so that what was
//! signed as one document is not good as another.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use domain::token::SecretHash;

/// The document of all routes.
pub const ROUTES: &str = "routes";
/// The document of a [`crate::Head`].
pub const HEAD: &str = "head";

const BEFORE_KEY: &str = r#""key_id":""#;
const BEFORE_SIGNATURE: &str = r#"","signature":""#;
const END: &str = r#""}"#;
/// Characters of a key's name.
const KEY_CHARS: usize = 43;
/// Characters of a signature.
const SIGNATURE_CHARS: usize = 86;

/// The document of the record of one secret: `tokens/` and its hash.
pub fn document(hash: &SecretHash) -> String {
    format!("tokens/{}", hash.to_hex())
}

/// What is signed of a document.
pub fn message(document: &str, payload: &[u8]) -> Vec<u8> {
    [b"tokenkeep:", document.as_bytes(), b"\n", payload].concat()
}

/// A document and the signature that it came with, of which nothing is believed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The JSON object without its last two members: what is signed, and the only thing to read.
    pub payload: Vec<u8>,
    /// What the key is called that it says it was signed with.
    pub key_id: String,
    /// The signature.
    pub signature: [u8; 64],
}

/// Takes the signature off; `None` where there is none in this form.
pub fn payload(bytes: &[u8]) -> Option<Signed> {
    let rest = bytes.strip_suffix(END.as_bytes())?;
    let (rest, signature) = rest.split_at_checked(rest.len().checked_sub(SIGNATURE_CHARS)?)?;
    let rest = rest.strip_suffix(BEFORE_SIGNATURE.as_bytes())?;
    let (rest, key_id) = rest.split_at_checked(rest.len().checked_sub(KEY_CHARS)?)?;
    let rest = rest.strip_suffix(BEFORE_KEY.as_bytes())?;
    // Of an empty object nothing is before it.
    let object = if rest == b"{" { rest } else { rest.strip_suffix(b",")? };
    let mut decoded = [0; 64];
    let length = Base64UrlUnpadded::decode(signature, &mut decoded).ok()?.len();
    let url_safe = |b: &u8| b.is_ascii_alphanumeric() || *b == b'-' || *b == b'_';
    (length == 64 && key_id.iter().all(url_safe)).then(|| Signed {
        payload: [object, b"}"].concat(),
        key_id: key_id.iter().map(|b| char::from(*b)).collect(),
        signature: decoded,
    })
}

/// Puts a signature on an object.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn seal(mut object: Vec<u8>, key_id: &str, signature: &[u8; 64]) -> Vec<u8> {
    debug_assert!(object.starts_with(b"{") && object.ends_with(b"}"));
    object.pop();
    if object != b"{" {
        object.push(b',');
    }
    for part in [BEFORE_KEY, key_id, BEFORE_SIGNATURE] {
        object.extend_from_slice(part.as_bytes());
    }
    object.extend_from_slice(Base64UrlUnpadded::encode_string(signature).as_bytes());
    object.extend_from_slice(END.as_bytes());
    object
}
