//! Idempotency keys (IETF draft "The Idempotency-Key HTTP Header Field"): a request that is sent twice makes one token.

use domain::id::TokenId;
use domain::policy::Actor;
use domain::token::{Conditions, ExpiryRequest, NewToken, Overlap};
use domain::verify::uses::Refill;
use domain::{Code, Refused};
use sha2::{Digest as _, Sha256};

/// A key that the caller chose for one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Reads a key: 1 to 255 printable ASCII characters.
    ///
    /// # Errors
    /// `idempotency_key_invalid`.
    pub fn parse(text: &str) -> Result<Self, Refused> {
        let good =
            (1..=255).contains(&text.len()) && text.bytes().all(|b| (b' '..=b'~').contains(&b));
        if good {
            Ok(Self(text.to_owned()))
        } else {
            Err(Refused::new(Code::IdempotencyKeyInvalid))
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whose keys they are.
pub(crate) fn who(actor: &Actor) -> String {
    format!("{} {}", actor.kind(), actor.id().unwrap_or_default())
}

/// What tells two rotations apart, and a rotation from what makes a token.
pub(crate) fn rotation_hash(id: TokenId, overlap: Overlap) -> Vec<u8> {
    let (id, overlap) = (id.to_string(), overlap.seconds().to_string());
    hash(["rotate", &id, &overlap].into_iter())
}

/// What tells two requests apart: each part with its length, so that no two lists of parts look alike.
pub(crate) fn request_hash(asked: &NewToken) -> Vec<u8> {
    let expiry = match asked.expiry {
        ExpiryRequest::Never => "never".to_owned(),
        ExpiryRequest::Days(days) => format!("days {days}"),
        ExpiryRequest::At(at) => format!("at {}", at.unix_timestamp_nanos()),
    };
    let scopes = asked.scopes.to_strings().join(" ");
    let revealable = if asked.revealable { "revealable" } else { "" };
    let team = asked.team.to_string();
    let parts =
        [asked.name.as_str(), &team, asked.description.as_str(), &scopes, &expiry, revealable];
    // Without conditions or tags the hash is that of a server that did not know them: a request may be sent again across an update.
    let conditions = conditions(asked);
    let tags = Some(asked.tags.joined()).filter(|tags| !tags.is_empty());
    let later = conditions.iter().map(String::as_str).chain(tags.as_deref());
    hash(parts.into_iter().chain(later))
}

fn hash<'a>(parts: impl Iterator<Item = &'a str>) -> Vec<u8> {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_le_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().to_vec()
}

fn conditions(asked: &NewToken) -> Vec<String> {
    if asked.conditions.is_empty() {
        return Vec::new();
    }
    let Conditions { not_before, origins, rate, uses } = &asked.conditions;
    let uses =
        uses.map(|uses| format!("{} {}", uses.count(), uses.refill().map_or("", Refill::as_str)));
    let known = [
        not_before.map(|at| at.unix_timestamp_nanos().to_string()).unwrap_or_default(),
        origins.as_ref().map(|origins| origins.to_strings().join(" ")).unwrap_or_default(),
        rate.map(|rate| format!("{} {}", rate.requests(), rate.seconds())).unwrap_or_default(),
    ];
    known.into_iter().chain(uses).collect()
}
