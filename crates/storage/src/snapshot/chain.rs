//! Authentication: each frame together with everything before it, and the stamp. Tags are compared in constant time.

use super::{Key, LogId};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// A tag of HMAC-SHA-256.
pub(super) type Tag = [u8; 32];

// What is authenticated begins with what it is, so that no tag of one kind is a tag of another.
const LOG: &[u8; 4] = b"log:";
const FRAME: &[u8; 4] = b"frm:";
const STAMP: &[u8; 4] = b"stm:";

fn keyed(key: &Key, kind: &[u8; 4]) -> Hmac<Sha256> {
    let mut mac = Hmac::new_from_slice(&**key).expect("HMAC takes a key of any length");
    mac.update(kind);
    mac
}

fn tag(mac: Hmac<Sha256>) -> Tag {
    mac.finalize().into_bytes().into()
}

/// Where a log stands.
pub(super) struct Chain {
    frame: Hmac<Sha256>,
    tag: Tag,
}

impl Chain {
    /// The chain of the log with this id.
    pub(super) fn begin(key: &Key, id: &LogId) -> Self {
        let mut mac = keyed(key, LOG);
        mac.update(id);
        Self { frame: keyed(key, FRAME), tag: tag(mac) }
    }

    /// The tag of everything so far.
    pub(super) const fn tag(&self) -> &Tag {
        &self.tag
    }

    /// Whether the log is where the stamp says.
    pub(super) fn is_at(&self, tag: &Tag) -> bool {
        use hmac::digest::CtOutput;
        let of = |tag: &Tag| CtOutput::<Hmac<Sha256>>::new((*tag).into());
        of(&self.tag) == of(tag)
    }

    fn mac(&self, payload: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.frame.clone();
        mac.update(&self.tag);
        mac.update(&(payload.len() as u64).to_le_bytes());
        mac.update(payload);
        mac
    }

    /// Adds a frame.
    pub(super) fn add(&mut self, payload: &[u8]) -> &Tag {
        self.tag = tag(self.mac(payload));
        &self.tag
    }

    /// Adds a frame if it has this tag; else it is not one of this log.
    pub(super) fn check(&mut self, payload: &[u8], tag: &Tag) -> bool {
        let good = self.mac(payload).verify_slice(tag).is_ok();
        if good {
            self.tag = *tag;
        }
        good
    }
}

/// The tag of a stamp.
pub(super) fn seal_stamp(key: &Key, stamp: &[u8]) -> Tag {
    let mut mac = keyed(key, STAMP);
    mac.update(stamp);
    tag(mac)
}

/// Whether it is the tag of this stamp.
pub(super) fn check_stamp(key: &Key, stamp: &[u8], tag: &[u8]) -> bool {
    let mut mac = keyed(key, STAMP);
    mac.update(stamp);
    mac.verify_slice(tag).is_ok()
}
