//! The keys that sign what mirrors hold.

use record::{PublicKey, SigningKey};
use vault::Sealer;

/// What they are derived for.
const PURPOSE: &str = "tokenkeep records of mirrors";

/// One signing key (Ed25519, RFC 8032) from each encryption key, the newest first: it signs, and all of them are published, so that what an older one signed
/// stays good until it is written anew.
pub struct RecordKeys(Vec<SigningKey>);

impl RecordKeys {
    /// Those of the encryption keys; none without any.
    pub(crate) fn of(sealer: Option<&Sealer>) -> Self {
        let seeds = sealer.map(|sealer| sealer.derive(PURPOSE)).unwrap_or_default();
        Self(seeds.iter().map(|seed| SigningKey::of(seed)).collect())
    }

    /// The one that signs; without encryption keys nothing is signed.
    pub fn signing(&self) -> Option<&SigningKey> {
        self.0.first()
    }

    /// All of them, for those who verify.
    pub fn public(&self) -> Vec<PublicKey> {
        self.0.iter().map(SigningKey::public).collect()
    }
}
