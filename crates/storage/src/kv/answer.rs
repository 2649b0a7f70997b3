//! What the API says: its envelope, pages of names, bulk results, and why it refuses.
//!
//! Source: Cloudflare's API documentation, "Workers KV namespace". `{"success", "errors": [{"code", "message"}], "result", "result_info"}`.

use crate::http::{Answer, class};
use crate::{Error, Result};
use domain::mirror::{Digest, FailureClass};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, HashSet};
use time::OffsetDateTime;

/// "key not found".
const NO_SUCH_KEY: u64 = 10009;
/// Codes that mean who asks, where the status is 400: authentication, and headers that are no authentication.
const WHO_ASKS: &[u64] = &[6003, 6111, 9106, 9109, 10000, 10001];

/// What is kept beside a value.
#[derive(Serialize, Deserialize)]
pub(super) struct Metadata {
    /// The SHA-256 of its bytes, in hex.
    sha256: String,
    /// When it was put, in milliseconds since 1970.
    put_at: i64,
}

impl Metadata {
    /// Of a value that is put now.
    pub(super) fn of(digest: Digest, now: OffsetDateTime) -> Self {
        let put_at = now.unix_timestamp() * 1_000 + i64::from(now.millisecond());
        Self { sha256: digest.to_hex(), put_at }
    }

    fn digest(&self) -> Option<Digest> {
        Digest::from_hex(&self.sha256)
    }

    fn put_at(&self) -> Option<OffsetDateTime> {
        OffsetDateTime::from_unix_timestamp(self.put_at.div_euclid(1_000)).ok()
    }
}

/// What a listing says of a name.
#[derive(Clone, Copy)]
pub(super) struct Found {
    /// The digest that its metadata has; `None` without one.
    pub digest: Option<Digest>,
    /// When it was put, to the second, by the clock of whoever did.
    pub put_at: Option<OffsetDateTime>,
}

/// Names, in their order.
pub(super) type Keys = BTreeMap<String, Found>;

/// A page of a listing.
pub(super) struct Page {
    pub keys: Keys,
    /// What asks for the next; `None` is the end.
    pub cursor: Option<String>,
}

#[derive(Deserialize)]
struct Envelope<T> {
    success: bool,
    #[serde(default)]
    errors: Vec<Said>,
    result: Option<T>,
    result_info: Option<Next>,
}

#[derive(Deserialize)]
struct Said {
    code: u64,
}

#[derive(Deserialize)]
struct Next {
    #[serde(default)]
    cursor: Option<String>,
}

#[derive(Deserialize)]
struct Line {
    name: String,
    /// Whatever somebody else put there is none of ours.
    metadata: Option<serde_json::Value>,
}

impl Line {
    fn found(&self) -> Found {
        let metadata = self.metadata.as_ref().and_then(|json| Metadata::deserialize(json).ok());
        let digest = metadata.as_ref().and_then(Metadata::digest);
        Found { digest, put_at: metadata.as_ref().and_then(Metadata::put_at) }
    }
}

/// A page of names.
pub(super) fn page(answer: &Answer, what: &str) -> Result<Page> {
    let envelope: Envelope<Vec<Line>> = good(answer, what)?;
    let lines = envelope.result.unwrap_or_default();
    let keys = lines.into_iter().map(|line| (line.name.clone(), line.found())).collect();
    let cursor = envelope.result_info.and_then(|info| info.cursor);
    Ok(Page { keys, cursor: cursor.filter(|cursor| !cursor.is_empty()) })
}

/// What became of a bulk request.
#[derive(Default, Deserialize)]
pub(super) struct Bulk {
    #[serde(default)]
    unsuccessful_keys: HashSet<String>,
}

impl Bulk {
    /// Whether it was done for that name.
    pub(super) fn did(&self, name: &str) -> bool {
        !self.unsuccessful_keys.contains(name)
    }

    /// An error when some were left out: KV asks to repeat those.
    pub(super) fn whole(&self, what: &str, done: &str) -> Result<()> {
        match self.unsuccessful_keys.len() {
            0 => Ok(()),
            some => Err(Error::transient(what, format!("{some} were not {done}"))),
        }
    }
}

/// What became of a bulk request. Older forms of the API say nothing but that it is done.
pub(super) fn bulk(answer: &Answer, what: &str) -> Result<Bulk> {
    let envelope: Envelope<Bulk> = good(answer, what)?;
    Ok(envelope.result.unwrap_or_default())
}

#[derive(Deserialize)]
struct Values {
    values: HashMap<String, Option<String>>,
}

/// Values, as text. What is too long for one answer is told as nothing at all.
pub(super) fn values(answer: &Answer, what: &str) -> Result<HashMap<String, Option<String>>> {
    if answer.status.is_success() && answer.body.is_none() {
        return Ok(HashMap::new());
    }
    let envelope: Envelope<Values> = good(answer, what)?;
    Ok(envelope.result.map(|result| result.values).unwrap_or_default())
}

/// Whether it says that there is nothing under a name. A namespace that is not there is another matter.
pub(super) fn is_no_such_key(answer: &Answer) -> bool {
    answer.status.as_u16() == 404 && codes(answer).contains(&NO_SUCH_KEY)
}

/// Why the API refuses: its numbers and the status, never its text, which may repeat what was sent.
pub(super) fn refusal(answer: &Answer, what: &str) -> Error {
    let (status, codes) = (answer.status, codes(answer));
    let denied = status.as_u16() == 400 && codes.iter().any(|code| WHO_ASKS.contains(code));
    let class = if denied { FailureClass::Denied } else { class(status) };
    let status = status.as_u16();
    let said: Vec<_> = codes.iter().map(u64::to_string).collect();
    let why = match said.as_slice() {
        [] => format!("HTTP {status}"),
        said => format!("Cloudflare's error {} (HTTP {status})", said.join(", ")),
    };
    Error { class, what: what.to_owned(), why }
}

fn codes(answer: &Answer) -> Vec<u64> {
    let body = answer.body.as_deref().unwrap_or_default();
    let envelope = serde_json::from_slice::<Envelope<serde::de::IgnoredAny>>(body);
    let errors = envelope.map(|envelope| envelope.errors).unwrap_or_default();
    errors.into_iter().take(4).map(|said| said.code).collect()
}

fn good<T: DeserializeOwned>(answer: &Answer, what: &str) -> Result<Envelope<T>> {
    if !answer.status.is_success() {
        return Err(refusal(answer, what));
    }
    let Some(body) = &answer.body else {
        return Err(Error::broken(what, "the answer is too long"));
    };
    match serde_json::from_slice::<Envelope<T>>(body) {
        Ok(envelope) if envelope.success => Ok(envelope),
        Ok(_) => Err(refusal(answer, what)),
        Err(_) => Err(Error::broken(what, "the answer is not Cloudflare's")),
    }
}
