//! A bucket of an S3-compatible server: AWS, MinIO, R2, Spaces, Google's interoperable API.
//!
//! - **Signed.** Every request is signed by AWS Signature Version 4 over its headers and the hash of its body (`sign`); addresses have the bucket
//!   in their path, which every such server takes. Neither key is ever in a URL.
//! - **Whole or not at all.** That is the server's promise for a put; so there is nothing to sweep.
//! - **The bucket is made if it is absent**, whenever a put or a listing finds that out: one that was deleted comes back with the next run.
//! - **Contents are told by MD5**, which is what a listing's ETag is for objects that were put in one part. A server that encrypts with a key of
//!   its own (SSE-KMS) has other ETags. The first listing reads one object to find that out, and every put compares what it is told; from then
//!   on, until the server is started again, objects are read, each of them again only when its ETag changes. So are objects whose ETag cannot
//!   be an MD5, and in every listing those that have none. MD5 is no guard against somebody who may write there and wants two contents of one
//!   digest: both would have to be theirs, and ours are not.
//!
//! A put is a request for each object, [`AT_ONCE`] at a time; 1,000 deletes, or 1,000 lines of a listing, are one request.

mod answer;
mod call;
mod sign;
mod xml;

use crate::http::{Endpoint, Http, Patience};
use crate::object::within_limits;
use crate::page::Filling;
use crate::{
    Calls, Egress, Error, KEY_MAX, Listed, OBJECT_MAX, Object, ObjectKey, Pages, Result, Storage,
};
use answer::{Page, Refusal};
use base64ct::{Base64, Encoding as _};
use call::Call;
use domain::mirror::Digest;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use md5::{Digest as _, Md5};
use reqwest::{Method, StatusCode};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use zeroize::Zeroizing;

/// How many requests are under way at a time.
const AT_ONCE: usize = 16;
/// How many keys one request deletes: S3's limit.
const DELETE_MAX: usize = 1_000;
/// The longest key with its prefix, in bytes: S3's limit.
const PATH_MAX: usize = 1_024;
/// A page of a listing has a thousand lines of a few hundred bytes each.
const PAGE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// The longest answer that is not an object or a page.
const ANSWER_MAX: usize = 1024 * 1024;

/// Which bucket, and as whom.
pub struct S3Settings {
    /// The server.
    pub endpoint: Endpoint,
    /// The bucket, as [`S3Settings::is_bucket`] has it.
    pub bucket: String,
    /// The access key's id.
    pub access_key: Zeroizing<String>,
    /// The secret access key.
    pub secret_key: Zeroizing<String>,
    /// The region that requests are signed for.
    pub region: String,
    /// What every key begins with, without a slash at its end; `None` is nothing.
    pub prefix: Option<ObjectKey>,
    /// Whether link-local addresses are allowed.
    pub egress: Egress,
    /// How long the server may take.
    pub patience: Patience,
}

impl S3Settings {
    /// Whether a text is a bucket's name: 3 to 63 of `a-z 0-9 . -`, and of `A-Z _`, which old ones have; no dot or hyphen at an end.
    pub fn is_bucket(text: &str) -> bool {
        let edge = |byte: Option<u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric());
        (3..=63).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b))
            && edge(text.bytes().next())
            && edge(text.bytes().last())
            && !text.contains("..")
    }

    /// Whether a text may be a region: 1 to 64 of `a-z 0-9 -`, and of `A-Z _`.
    pub fn is_region(text: &str) -> bool {
        (1..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    }
}

/// Objects in a bucket; cheap to clone.
#[derive(Clone)]
pub struct S3 {
    bucket: Arc<Bucket>,
}

struct Bucket {
    http: Http,
    settings: S3Settings,
    etags: AtomicU8,
    /// What was read at the last listing, since its ETag did not tell.
    known: Mutex<Known>,
}

/// The digest of what was read, by the hash of its path and its ETag: a million of them are 100 MB.
type Known = HashMap<Digest, Digest>;

fn version(path: &str, etag: &str) -> Digest {
    Digest::of(format!("{path}\0{etag}").as_bytes())
}

/// What is known about the server's ETags.
const ETAGS_UNKNOWN: u8 = 0;
const ETAGS_ARE_MD5: u8 = 1;
const ETAGS_ARE_OPAQUE: u8 = 2;

impl S3 {
    /// Objects in that bucket. Asks nothing yet.
    ///
    /// # Errors
    /// `denied` when the endpoint is a forbidden address, `broken` when no client can be made.
    pub fn new(settings: S3Settings) -> Result<Self> {
        let http = Http::new(&settings.endpoint, settings.egress, settings.patience)?;
        let etags = AtomicU8::new(ETAGS_UNKNOWN);
        let bucket = Bucket { http, settings, etags, known: Mutex::default() };
        Ok(Self { bucket: Arc::new(bucket) })
    }
}

impl std::fmt::Debug for S3 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "S3({})", self.describe())
    }
}

impl Storage for S3 {
    fn describe(&self) -> String {
        let S3Settings { endpoint, bucket, prefix, .. } = &self.bucket.settings;
        let prefix = prefix.as_ref().map_or_else(String::new, |p| format!("/{}", p.as_str()));
        format!("{endpoint}/{bucket}{prefix}")
    }

    fn digest(&self, bytes: &[u8]) -> Digest {
        md5(bytes)
    }

    fn batch(&self) -> usize {
        DELETE_MAX
    }

    fn key_max(&self) -> usize {
        let prefix = self.bucket.path("").len();
        KEY_MAX.min(PATH_MAX.saturating_sub(prefix))
    }

    fn calls(&self) -> Calls {
        self.bucket.http.calls()
    }

    async fn list(&self, at: &ObjectKey, pages: Pages<'_>) -> Result<()> {
        let bucket = &self.bucket;
        let known = std::mem::take(&mut *bucket.known());
        let mut next = None;
        loop {
            let page = bucket.page(at, next.as_deref()).await?;
            let listed = bucket.judge(page.objects, &known).await?;
            Filling::of(pages).hand_over_with(listed);
            match page.next {
                None => return Ok(()),
                // A server that asks for the same page again would do so for ever.
                again @ Some(_) if again == next => {
                    let what = format!("list {}", at.as_str());
                    return Err(Error::broken(what, "the listing does not go on"));
                }
                further => next = further,
            }
        }
    }

    async fn get(&self, key: &ObjectKey) -> Result<Option<Vec<u8>>> {
        let path = self.bucket.path(key.as_str());
        match self.bucket.read(&path).await? {
            Read::Nothing => Ok(None),
            Read::Bytes(bytes) => Ok(Some(bytes)),
            Read::Large => {
                let why = format!("more than {OBJECT_MAX} bytes");
                Err(Error::broken(format!("get {}", key.as_str()), why))
            }
        }
    }

    async fn put(&self, objects: Vec<Object>) -> Result<()> {
        within_limits(&objects)?;
        let puts = stream::iter(objects.into_iter().map(Ok));
        puts.try_for_each_concurrent(AT_ONCE, |object| self.bucket.put(object)).await
    }

    async fn delete(&self, keys: Vec<ObjectKey>) -> Result<()> {
        for keys in keys.chunks(DELETE_MAX) {
            self.bucket.delete(keys).await?;
        }
        Ok(())
    }

    async fn sweep(&self, _at: &ObjectKey) -> Result<usize> {
        Ok(0)
    }
}

fn md5(bytes: &[u8]) -> Digest {
    Digest::told(&Md5::digest(bytes)).unwrap_or_else(|| Digest::of(bytes))
}

/// What is at a path.
enum Read {
    Nothing,
    Bytes(Vec<u8>),
    Large,
}

/// A line of a listing.
struct Found {
    /// With our prefix.
    path: String,
    /// As the server wrote it.
    etag: Option<String>,
}

impl Found {
    /// What the ETag may be the MD5 of.
    fn md5(&self) -> Option<Digest> {
        self.etag.as_deref().and_then(answer::etag)
    }
}

impl Bucket {
    /// A key with the prefix in front.
    fn path(&self, key: &str) -> String {
        match &self.settings.prefix {
            Some(prefix) => format!("{}/{key}", prefix.as_str()),
            None => key.to_owned(),
        }
    }

    fn without_prefix<'a>(&self, path: &'a str) -> &'a str {
        let Some(prefix) = &self.settings.prefix else { return path };
        let rest = path.strip_prefix(prefix.as_str()).and_then(|rest| rest.strip_prefix('/'));
        rest.unwrap_or(path)
    }

    /// A page of the objects directly in a directory. A bucket that is not there is made, and so holds none.
    async fn page(&self, at: &ObjectKey, next: Option<&str>) -> Result<Page> {
        let what = format!("list {}", at.as_str());
        let mut query = vec![
            ("delimiter", "/".to_owned()),
            ("encoding-type", "url".to_owned()),
            ("list-type", "2".to_owned()),
            ("prefix", format!("{}/", self.path(at.as_str()))),
        ];
        query.extend(next.map(|token| ("continuation-token", token.to_owned())));
        let call = Call { query, ..Call::of(Method::GET) };
        let answer = self.send_making(&what, &call, PAGE_BYTES_MAX).await?;
        match answer.body {
            Some(body) if answer.status == StatusCode::OK => {
                Page::read(&body).ok_or_else(|| Error::broken(what, "the answer is no listing"))
            }
            None => Err(Error::broken(what, "the answer is too long")),
            _ => Err(Refusal::of(&answer).error(what)),
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From a page's lines to what they hold.
    async fn judge(&self, found: Vec<Found>, known: &Known) -> Result<Vec<Listed>> {
        self.probe(&found).await?;
        let opaque = self.etags.load(Ordering::Relaxed) == ETAGS_ARE_OPAQUE;
        stream::iter(found)
            .map(|found| self.told(found, opaque, known))
            .buffer_unordered(AT_ONCE)
            .try_filter_map(|listed| std::future::ready(Ok(listed)))
            .try_collect()
            .await
    }

    /// Reads one object, once, to learn whether ETags are what we take them for.
    async fn probe(&self, found: &[Found]) -> Result<()> {
        if self.etags.load(Ordering::Relaxed) != ETAGS_UNKNOWN {
            return Ok(());
        }
        let Some(first) = found.iter().find(|found| found.md5().is_some()) else { return Ok(()) };
        if let Read::Bytes(bytes) = self.read(&first.path).await? {
            self.learn(first.md5() == Some(md5(&bytes)));
        }
        Ok(())
    }

    /// Opaque once is opaque for good: a bucket may hold both kinds.
    fn learn(&self, is_md5: bool) {
        let learned = if is_md5 { ETAGS_ARE_MD5 } else { ETAGS_ARE_OPAQUE };
        self.etags.fetch_max(learned, Ordering::Relaxed);
    }

    /// What a line says, by its ETag or by the object itself; `None` when that is gone meanwhile.
    async fn told(&self, found: Found, opaque: bool, known: &Known) -> Result<Option<Listed>> {
        let path = self.without_prefix(&found.path).to_owned();
        if let Some(digest) = found.md5().filter(|_| !opaque) {
            return Ok(Some(Listed { path, digest: Some(digest) }));
        }
        let version = found.etag.as_ref().map(|etag| version(&found.path, etag));
        let digest = match version.and_then(|version| known.get(&version)) {
            Some(digest) => *digest,
            None => match self.read(&found.path).await? {
                Read::Nothing => return Ok(None),
                Read::Large => return Ok(Some(Listed { path, digest: None })),
                Read::Bytes(bytes) => md5(&bytes),
            },
        };
        if let Some(version) = version {
            self.known().insert(version, digest);
        }
        Ok(Some(Listed { path, digest: Some(digest) }))
    }

    async fn read(&self, path: &str) -> Result<Read> {
        let what = format!("get {}", self.without_prefix(path));
        let call = Call { path, ..Call::of(Method::GET) };
        let answer = self.send(&what, &call, OBJECT_MAX).await?;
        match (answer.status, answer.body) {
            (StatusCode::OK, Some(bytes)) => Ok(Read::Bytes(bytes)),
            (StatusCode::OK, None) => Ok(Read::Large),
            (StatusCode::NOT_FOUND, _) => Ok(Read::Nothing),
            (_, body) => Err(Refusal::of(&crate::http::Answer { body, ..answer }).error(what)),
        }
    }

    async fn put(&self, object: Object) -> Result<()> {
        let what = format!("put {}", object.key.as_str());
        let expected = md5(&object.bytes);
        let path = self.path(object.key.as_str());
        let call = Call {
            path: &path,
            headers: vec![("content-type", "application/json".to_owned())],
            body: object.bytes,
            ..Call::of(Method::PUT)
        };
        let answer = self.send_making(&what, &call, ANSWER_MAX).await?;
        if !answer.status.is_success() {
            return Err(Refusal::of(&answer).error(what));
        }
        let etag = answer.headers.get(reqwest::header::ETAG);
        let told = etag.and_then(|etag| etag.to_str().ok()).and_then(answer::etag);
        self.learn(told == Some(expected));
        Ok(())
    }

    /// Deletes at most [`DELETE_MAX`] keys, in one request where the server has that.
    async fn delete(&self, keys: &[ObjectKey]) -> Result<()> {
        let Some(first) = keys.first() else { return Ok(()) };
        let what = format!("delete {} and {} more", first.as_str(), keys.len() - 1);
        let body = answer::delete_request(keys.iter().map(|key| self.path(key.as_str())));
        let md5 = Base64::encode_string(&Md5::digest(&body));
        let call = Call {
            query: vec![("delete", String::new())],
            headers: vec![("content-md5", md5), ("content-type", "application/xml".to_owned())],
            body,
            ..Call::of(Method::POST)
        };
        let answer = self.send(&what, &call, ANSWER_MAX).await?;
        match (answer.status, &answer.body) {
            (StatusCode::OK, Some(body)) => answer::deleted(body, &what),
            (StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED, _) => {
                let singly = stream::iter(keys.iter().map(Ok));
                singly.try_for_each_concurrent(AT_ONCE, |key| self.delete_one(key)).await
            }
            _ => {
                let refusal = Refusal::of(&answer);
                if refusal.is("NoSuchBucket") { Ok(()) } else { Err(refusal.error(what)) }
            }
        }
    }

    async fn delete_one(&self, key: &ObjectKey) -> Result<()> {
        let what = format!("delete {}", key.as_str());
        let path = self.path(key.as_str());
        let call = Call { path: &path, ..Call::of(Method::DELETE) };
        let answer = self.send(&what, &call, ANSWER_MAX).await?;
        if answer.status.is_success() || answer.status == StatusCode::NOT_FOUND {
            return Ok(());
        }
        Err(Refusal::of(&answer).error(what))
    }
}
