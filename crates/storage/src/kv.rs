//! A namespace of Cloudflare Workers KV, by its REST API.
//!
//! - **Names.** `tokens/{name}.json` is `token:{name}` there, which is what Workers look for; every other key is its own name (`names`).
//! - **Contents are told by metadata.** KV lists no hash, so that each value is put with the SHA-256 of its bytes beside it. Whoever may write
//!   there can keep that and change the value. So a listing also reads values: at most [`READ_AT_ONCE`] of them, once in [`READ_EVERY`], the next
//!   ones each time, in the order of their names. An altered value is found when its turn comes: with 100 keys within five minutes, with 10,000
//!   within nine hours. A value without such metadata equals nothing, and is put anew.
//! - **Old listings.** A listing may be a minute behind a write. What this value wrote within the last [`RECENT`](memory::RECENT) is believed over
//!   a listing that does not show it yet (`memory`), so that nothing is put or deleted twice for that reason. What another instance wrote is not
//!   known here and may be done again, which does no harm.
//! - **Expiry.** A value is forgotten by KV at its object's `expires_at`. Less than a minute ahead KV takes none: such a value gets
//!   [`EXPIRES_AFTER_MIN`], because the run after its expiry deletes it, and readers look at the value's own expiry.
//! - **Whole or not at all** is KV's promise for a value; so there is nothing to sweep.
//!
//! A bulk put or delete is one request for up to [`BULK_MAX`] keys; so is each 1,000 lines of a listing.

mod answer;
mod call;
mod memory;
mod names;
mod read;

use crate::http::{Endpoint, Http, Patience};
use crate::object::within_limits;
use crate::page::Filling;
use crate::{Calls, Egress, Error, Listed, OBJECT_MAX, Object, ObjectKey, Pages, Result, Storage};
use answer::{Bulk, Keys, Metadata, Page};
use base64ct::{Base64, Encoding as _};
use call::Call;
use domain::mirror::Digest;
use memory::Memory;
use reqwest::{Method, StatusCode};
use serde::Serialize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use time::OffsetDateTime;
use zeroize::Zeroizing;

/// How many keys a bulk request has at most, and how many bytes: Cloudflare's limits.
const BULK_MAX: usize = 10_000;
const BULK_BYTES_MAX: usize = 100_000_000;
/// How much longer a bulk request may take for each of its keys.
const KEY_TIME: Duration = Duration::from_millis(10);
/// How many values are read to see whether they are what their metadata says: one request's limit.
const READ_AT_ONCE: usize = 100;
/// How often that is done.
const READ_EVERY: Duration = Duration::from_secs(5 * 60);
/// The shortest time to an expiry that is put: KV's minimum of 60 s, and what the request and a wrong clock may take.
const EXPIRES_AFTER_MIN: time::Duration = time::Duration::seconds(90);
/// The longest answer: a page of a thousand names of 512 bytes with 1,024 bytes of metadata each is half of it.
const ANSWER_MAX: usize = 4 * 1024 * 1024;
/// Cloudflare's own address.
pub const CLOUDFLARE: &str = "https://api.cloudflare.com/client/v4";

/// Which namespace, and as whom.
pub struct KvSettings {
    /// The API, to its version: [`CLOUDFLARE`].
    pub base: Endpoint,
    /// The account's id, as [`KvSettings::is_id`] has it.
    pub account: String,
    /// The namespace's id, likewise.
    pub namespace: String,
    /// An API token that may edit Workers KV.
    pub token: Zeroizing<String>,
    /// Whether link-local addresses are allowed.
    pub egress: Egress,
    /// How long the API may take.
    pub patience: Patience,
}

impl KvSettings {
    /// Whether a text may be an id: 1 to 64 letters, digits, hyphens and underscores. Cloudflare's are 32 hex digits.
    pub fn is_id(text: &str) -> bool {
        (1..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    }
}

/// Objects in a namespace; cheap to clone.
#[derive(Clone)]
pub struct Kv {
    namespace: Arc<Namespace>,
}

struct Namespace {
    http: Http,
    settings: KvSettings,
    memory: Mutex<Memory>,
}

impl Kv {
    /// Objects in that namespace. Asks nothing yet.
    ///
    /// # Errors
    /// `denied` when the API is at a forbidden address, `broken` when no client can be made.
    pub fn new(settings: KvSettings) -> Result<Self> {
        let http = Http::new(&settings.base, settings.egress, settings.patience)?;
        let namespace = Namespace { http, settings, memory: Mutex::default() };
        Ok(Self { namespace: Arc::new(namespace) })
    }
}

impl std::fmt::Debug for Kv {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Kv({})", self.describe())
    }
}

impl Storage for Kv {
    fn describe(&self) -> String {
        let KvSettings { base, account, namespace, .. } = &self.namespace.settings;
        format!("{base}/accounts/{account}/storage/kv/namespaces/{namespace}")
    }

    fn batch(&self) -> usize {
        BULK_MAX
    }

    fn calls(&self) -> Calls {
        self.namespace.http.calls()
    }

    async fn list(&self, at: &ObjectKey, pages: Pages<'_>) -> Result<()> {
        let namespace = &self.namespace;
        let mut listed = Filling::of(pages);
        let lines = |keys: Keys| {
            keys.into_iter().filter_map(|(name, found)| {
                Some(Listed { path: names::path(&name, at)?, digest: found.digest })
            })
        };
        let mut listing = namespace.memory().begin(Instant::now());
        let mut cursor = String::new();
        loop {
            let page = namespace.page(at, &cursor).await?;
            let keys = namespace.memory().correct(&mut listing, page.keys);
            listed.hand_over_with(lines(keys));
            match page.cursor {
                None => break,
                // An API that asks for the same page again would do so for ever.
                Some(again) if again == cursor => {
                    let what = format!("list {}", at.as_str());
                    return Err(Error::broken(what, "the listing does not go on"));
                }
                Some(next) => cursor = next,
            }
        }
        let mut rest = namespace.memory().end(listing, &names::prefix(at));
        namespace.read_some(&mut rest).await?;
        listed.hand_over_with(lines(rest.keys));
        Ok(())
    }

    async fn get(&self, key: &ObjectKey) -> Result<Option<Vec<u8>>> {
        let what = format!("get {}", key.as_str());
        match self.namespace.value(&names::name(key), &what).await? {
            Value::Nothing => Ok(None),
            Value::Bytes(bytes) => Ok(Some(bytes)),
            Value::Large => Err(Error::broken(what, format!("more than {OBJECT_MAX} bytes"))),
        }
    }

    async fn put(&self, objects: Vec<Object>) -> Result<()> {
        within_limits(&objects)?;
        let mut left = &objects[..];
        while !left.is_empty() {
            let (next, later) = left.split_at(fitting(left));
            self.namespace.put(next).await?;
            left = later;
        }
        Ok(())
    }

    async fn delete(&self, keys: Vec<ObjectKey>) -> Result<()> {
        for keys in keys.chunks(BULK_MAX) {
            self.namespace.delete(keys).await?;
        }
        Ok(())
    }

    async fn sweep(&self, _at: &ObjectKey) -> Result<usize> {
        Ok(0)
    }
}

/// What is under a name.
enum Value {
    Nothing,
    Bytes(Vec<u8>),
    Large,
}

/// A value to put, as the API spells it.
#[derive(Serialize)]
struct Pair {
    key: String,
    value: String,
    base64: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration: Option<i64>,
    metadata: Metadata,
    #[serde(skip)]
    digest: Digest,
}

impl Pair {
    fn of(object: &Object, now: OffsetDateTime) -> Self {
        let (text, digest) = (str::from_utf8(&object.bytes), Digest::of(&object.bytes));
        Self {
            key: names::name(&object.key),
            value: text.map_or_else(|_| Base64::encode_string(&object.bytes), str::to_owned),
            base64: text.is_err(),
            expiration: object.expires_at.map(|at| expiration(at, now)),
            metadata: Metadata::of(digest, now),
            digest,
        }
    }
}

/// How many of these objects fit into one request, at least one: a byte of a text is at most six in JSON.
fn fitting(objects: &[Object]) -> usize {
    let mut left = BULK_BYTES_MAX;
    let fits = objects.iter().take(BULK_MAX).take_while(|object| {
        let most = 6 * object.bytes.len() + object.key.as_str().len() + 512;
        let fits = left >= most;
        left = left.saturating_sub(most);
        fits
    });
    fits.count().max(1)
}

/// When KV forgets a value, in seconds since 1970: never before its expiry, so that a fraction is rounded up.
fn expiration(at: OffsetDateTime, now: OffsetDateTime) -> i64 {
    let at = at.max(now + EXPIRES_AFTER_MIN);
    at.unix_timestamp() + i64::from(at.nanosecond() > 0)
}

#[expect(clippy::disallowed_methods, reason = "KV judges an expiry by its own clock")]
fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

impl Namespace {
    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A page of the names in a directory and below it, with what their metadata says.
    async fn page(&self, at: &ObjectKey, cursor: &str) -> Result<Page> {
        let what = format!("list {}", at.as_str());
        let query = [("limit", "1000"), ("prefix", &names::prefix(at)), ("cursor", cursor)];
        let answer = self.send(&what, Call::to(Method::GET, "keys").with(&query)).await?;
        answer::page(&answer, &what)
    }

    async fn value(&self, name: &str, what: &str) -> Result<Value> {
        let path = format!("values/{}", call::encode(name));
        let call = Call::to(Method::GET, &path).at_most(OBJECT_MAX);
        let answer = self.send(what, call).await?;
        match (answer.status, answer.body) {
            (StatusCode::OK, Some(bytes)) => Ok(Value::Bytes(bytes)),
            (StatusCode::OK, None) => Ok(Value::Large),
            (status, body) => {
                let answer = crate::http::Answer { status, body, headers: answer.headers };
                if answer::is_no_such_key(&answer) {
                    return Ok(Value::Nothing);
                }
                Err(answer::refusal(&answer, what))
            }
        }
    }

    async fn put(&self, objects: &[Object]) -> Result<()> {
        let Some(first) = objects.first() else { return Ok(()) };
        let what = format!("put {} and {} more", first.key.as_str(), objects.len() - 1);
        let at = now();
        let pairs: Vec<_> = objects.iter().map(|object| Pair::of(object, at)).collect();
        let answer = self
            .send(&what, Call::to(Method::PUT, "bulk").json(&pairs).of_many(pairs.len()))
            .await?;
        let done = answer::bulk(&answer, &what)?;
        let mut memory = self.memory();
        for pair in pairs.iter().filter(|pair| done.did(&pair.key)) {
            memory.wrote(&pair.key, pair.digest, Instant::now());
        }
        drop(memory);
        done.whole(&what, "put")
    }

    async fn delete(&self, keys: &[ObjectKey]) -> Result<()> {
        let Some(first) = keys.first() else { return Ok(()) };
        let what = format!("delete {} and {} more", first.as_str(), keys.len() - 1);
        let deleted: Vec<_> = keys.iter().map(names::name).collect();
        let call = Call::to(Method::POST, "bulk/delete").json(&deleted).of_many(deleted.len());
        let answer = self.send(&what, call).await?;
        let done: Bulk = answer::bulk(&answer, &what)?;
        let (mut memory, at) = (self.memory(), now());
        for name in deleted.iter().filter(|name| done.did(name)) {
            memory.deleted(name, at, Instant::now());
        }
        drop(memory);
        done.whole(&what, "deleted")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn a_bulk_request_is_within_both_limits() {
        let object = |bytes: usize| Object {
            key: ObjectKey::parse("tokens/a.json").expect("a key"),
            // The longest in JSON: each is six bytes there.
            bytes: vec![1; bytes],
            expires_at: None,
        };
        assert_eq!(fitting(&vec![object(300); BULK_MAX + 1]), BULK_MAX);
        let large = vec![object(OBJECT_MAX); 100];
        let fit = fitting(&large);
        assert!((50..75).contains(&fit), "{fit}");
        let pairs: Vec<_> = large[..fit].iter().map(|object| Pair::of(object, now())).collect();
        let body = serde_json::to_vec(&pairs).expect("JSON");
        assert!(body.len() <= BULK_BYTES_MAX && body.len() > BULK_BYTES_MAX * 9 / 10);
    }

    #[test]
    fn kv_never_forgets_a_value_before_its_expiry_nor_takes_one_that_is_near() {
        let now = datetime!(2026-11-22 10:00 UTC);
        let at = |seconds: f64| {
            let at = now + time::Duration::seconds_f64(seconds);
            expiration(at, now) - now.unix_timestamp()
        };
        assert_eq!([at(3600.0), at(3600.25), at(91.0)], [3600, 3601, 91]);
        assert_eq!([at(89.0), at(1.0), at(-5.0)], [90, 90, 90]);
    }
}
