//! The bytes of a record.

use crate::instant;
use domain::OffsetDateTime;
use domain::mirror::{Entry, Format};
use domain::verify::RateLimit;
use serde::Serialize;

#[derive(Serialize)]
struct Object<'a> {
    name: &'a str,
    team_id: String,
    scopes: Vec<&'a str>,
    created_at: String,
    expires_at: Option<String>,
    #[serde(flatten)]
    more: Option<More>,
}

/// What a verifier needs beside the fields of token-manager.
#[derive(Serialize)]
struct More {
    token_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_before: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed_cidrs: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rate_limit: Option<Rate>,
    slot: &'static str,
    revision: u64,
    written_at: String,
}

#[derive(Serialize)]
struct Rate {
    requests: u32,
    seconds: u32,
}

/// The bytes of an entry: one JSON object without spaces, whose members are always in this order, so that what is equal has equal bytes.
///
/// `name`, `team_id`, `scopes`, `created_at`, `expires_at` (`null` is never; of a former secret it is when the overlap ends). In [`Format::Full`] then
/// `token_id`, `not_before`, `allowed_cidrs`, `rate_limit` (these three only where there is one), `slot` (`current` or `former`), `revision`, `written_at`,
/// and where there is a key `key_id` and `signature`: see [`crate::sign`]; the document is [`crate::document`]. [`Format::TokenManager`] is never signed.
#[cfg(not(target_arch = "wasm32"))]
pub fn bytes(
    entry: &Entry,
    written_at: OffsetDateTime,
    format: Format,
    key: Option<&crate::SigningKey>,
) -> Vec<u8> {
    let object = unsigned(entry, written_at, format);
    match key.filter(|_| format == Format::Full) {
        Some(key) => crate::sign(&crate::document(&entry.hash), object, key),
        None => object,
    }
}

/// The bytes of an entry before they are signed.
pub fn unsigned(entry: &Entry, written_at: OffsetDateTime, format: Format) -> Vec<u8> {
    let instant = match format {
        Format::Full => instant::zoned,
        Format::TokenManager => instant::naive,
    };
    let object = Object {
        name: &entry.record.name,
        team_id: entry.record.team.to_string(),
        scopes: entry.record.scopes.iter().map(|scope| scope.as_str()).collect(),
        created_at: instant(entry.created_at),
        expires_at: entry.ends_at().map(instant),
        more: (format == Format::Full).then(|| more(entry, written_at)),
    };
    serde_json::to_vec(&object).expect("texts, numbers and lists of texts are JSON")
}

fn more(entry: &Entry, written_at: OffsetDateTime) -> More {
    let conditions = entry.record.conditions.as_deref();
    let former = conditions.is_some_and(|all| all.retires_at.is_some());
    let rate = |limit: RateLimit| Rate { requests: limit.requests(), seconds: limit.seconds() };
    More {
        token_id: entry.record.id.to_string(),
        not_before: conditions.and_then(|all| all.not_before).map(instant::zoned),
        allowed_cidrs: conditions.and_then(|all| all.origins.as_ref()).map(|o| o.to_strings()),
        rate_limit: entry.record.rate().map(rate),
        slot: if former { "former" } else { "current" },
        revision: entry.revision,
        written_at: instant::zoned(written_at),
    }
}
