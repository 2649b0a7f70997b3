//! Public keys, as a JSON Web Key Set.

use serde::{Deserialize, Serialize};

/// The answer to `GET /.well-known/jwks.json` (RFC 7517, section 5): the keys that what mirrors hold is signed with. Empty where nothing is signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Jwks {
    /// The keys: first the one that signs, then those whose signatures are still good.
    pub keys: Vec<Jwk>,
}

/// An Ed25519 public key (RFC 8037, section 2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Jwk {
    /// `OKP`.
    pub kty: String,
    /// `Ed25519`.
    pub crv: String,
    /// The key, in base64url.
    pub x: String,
    /// What it is called: its thumbprint (RFC 7638). The `key_id` of what it signed.
    pub kid: String,
    /// `sig`.
    #[serde(rename = "use")]
    pub usage: String,
    /// `EdDSA`.
    pub alg: String,
}

impl Jwk {
    /// The key of these texts in base64url.
    pub fn ed25519(x: String, kid: String) -> Self {
        let [kty, crv, usage, alg] = ["OKP", "Ed25519", "sig", "EdDSA"].map(str::to_owned);
        Self { kty, crv, x, kid, usage, alg }
    }
}
