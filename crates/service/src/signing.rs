//! The keys that sign what mirrors hold: one derived from each encryption key, in their order.

use crate::Service;
use record::{PublicKey, SigningKey};
use vault::Sealer;

/// What the keys are derived for. Another text is other keys, which no reader knows.
const PURPOSE: &str = "tokenkeep signature of mirrors";

/// The keys: the first signs, all are published, so that what a former one signed is believed until it is written anew.
pub(crate) fn keys(sealer: &Sealer) -> Vec<SigningKey> {
    sealer.derive(PURPOSE).iter().map(|seed| SigningKey::of(seed)).collect()
}

impl Service {
    /// The key that signs; `None` without an encryption key, and then nothing is signed.
    pub fn signing_key(&self) -> Option<&SigningKey> {
        self.signing_keys().first()
    }

    /// The public halves of all of them, the one that signs first.
    pub fn public_keys(&self) -> Vec<PublicKey> {
        self.signing_keys().iter().map(SigningKey::public).collect()
    }
}
