//! Settings as the console shows them.

use serde::{Deserialize, Serialize};

/// What the operator configured, without any secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Settings {
    /// The state of the encryption key.
    pub encryption: Encryption,
    /// What new tokens begin with.
    pub token_prefix: String,
    /// Whether Postgres is the private one under the data directory.
    pub embedded_database: bool,
    /// The running version.
    pub version: String,
}

/// The state of the encryption key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Encryption {
    /// Whether tokens can be sealed and revealed.
    pub on: bool,
    /// How many keys open; the first seals.
    pub keys: u32,
    /// Where the keys come from.
    pub source: KeySource,
    /// How many tokens have a sealed copy.
    pub sealed_tokens: u64,
}

/// Where the encryption keys come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum KeySource {
    /// Nowhere: reveal is off.
    None,
    /// `TOKEN_ENCRYPTION_KEY`, its file, or the configuration file.
    Configured,
    /// Made once, under the data directory.
    Generated,
}
