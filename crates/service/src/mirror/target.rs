//! A place that a mirror writes to, under a name.

use super::head::CACHED_FOR;
use domain::OffsetDateTime;
use domain::mirror::target::Probed;
use domain::mirror::{Digest, Format, Key};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use storage::{Files, Git, Kv, Place, Postgres, S3, Storage};
use time::Duration;

/// What mirrors of the configuration are called.
pub const NAMES: &[&str] = &["files", "git", "postgres", "s3", KV];
/// The name of the namespace of Workers KV.
const KV: &str = "kv";
/// The network of Workers KV may answer from its caches for so long after a write (Cloudflare, "How KV works").
const KV_CACHES: Duration = Duration::MINUTE;
/// A mirror that has confirmed nothing for so long has more to tell than the last hour, soon.
const BEHIND: Duration = Duration::minutes(30);

/// How long whoever reads a mirror of this kind may go on with what it held before a write, also when another instance writes it.
pub(crate) fn readers_lag(kind: &str) -> Duration {
    if kind == KV { KV_CACHES } else { Duration::ZERO }
}

/// A configured mirror. It is told apart from others by its name alone.
#[derive(Clone, Debug)]
pub struct Target {
    name: String,
    place: Place,
    format: Format,
    adopts: Arc<AtomicBool>,
    head: Arc<Mutex<LastHead>>,
    emptied: Arc<Mutex<Option<(OffsetDateTime, u64)>>>,
}

/// The head that this process wrote last.
#[derive(Debug, Default)]
struct LastHead {
    /// Whom it tells to refuse.
    refused: BTreeSet<Key>,
    /// What its pages are known by, and when each was put.
    pages: Vec<(Digest, OffsetDateTime)>,
    /// Whether they are there, as far as is known.
    has_pages: bool,
    written_at: Option<OffsetDateTime>,
    /// The last state that was confirmed, and when that was last seen to be long ago.
    behind: Option<(OffsetDateTime, OffsetDateTime)>,
}

impl Target {
    fn new(name: &str, place: Place) -> Self {
        Self {
            name: name.to_owned(),
            place,
            format: Format::default(),
            adopts: Arc::default(),
            head: Arc::default(),
            emptied: Arc::default(),
        }
    }

    /// The same, written for other readers.
    #[must_use]
    pub fn written_for(self, format: Format) -> Self {
        Self { format, ..self }
    }

    /// The same; when it is first looked at, what nobody here issued is adopted, as if a person asked for it.
    #[must_use]
    pub fn adopting_at_start(self, adopts: bool) -> Self {
        Self { adopts: Arc::new(AtomicBool::new(adopts)), ..self }
    }

    /// Whether it is to be adopted from, and was not since the start.
    pub(crate) fn adopts(&self) -> bool {
        self.adopts.load(Ordering::Relaxed)
    }

    /// That is done.
    pub(crate) fn adopted(&self) {
        self.adopts.store(false, Ordering::Relaxed);
    }

    /// Notes whom the head tells to refuse that was written just now.
    pub(crate) fn told(
        &self,
        refused: BTreeSet<Key>,
        pages: Vec<(Digest, OffsetDateTime)>,
        now: OffsetDateTime,
    ) {
        let mut head = self.head();
        let behind = head.behind;
        *head = LastHead { refused, pages, has_pages: true, written_at: Some(now), behind };
    }

    /// Until when what ended has gone, where the mirror has confirmed that until `confirmed`. After a long time without that it is as it was for a while longer:
    /// what was taken away at last is still in the caches of readers.
    pub(crate) fn settled(&self, confirmed: OffsetDateTime, now: OffsetDateTime) -> OffsetDateTime {
        let (confirmed, mut head) = (confirmed.min(now), self.head());
        if now - confirmed > BEHIND {
            head.behind = Some((confirmed, now));
        }
        let recently = head.behind.filter(|(_, at)| now - *at < CACHED_FOR);
        recently.map_or(confirmed, |(before, _)| before.min(confirmed))
    }

    /// When this page was put, if the head names it, which is there then.
    pub(crate) fn page_put_at(&self, digest: &Digest) -> Option<OffsetDateTime> {
        let head = self.head();
        let named = head.pages.iter().filter(|_| head.has_pages);
        named.into_iter().find(|(page, _)| page == digest).map(|(_, at)| *at)
    }

    /// Somebody may have taken the pages away: the next head writes them again.
    pub(crate) fn doubt_pages(&self) {
        self.head().has_pages = false;
    }

    /// Whether the head may name the page at this path. Of a head that this process did not write nothing is known.
    pub(crate) fn names_page(&self, path: &str) -> bool {
        let head = self.head();
        head.written_at.is_none()
            || head.pages.iter().any(|(digest, _)| record::page_path(digest) == path)
    }

    /// Whether it lets objects go whose time is over.
    pub(crate) const fn forgets_by_itself(&self) -> bool {
        matches!(self.place, Place::Kv(_))
    }

    /// Whether the head tells to refuse it.
    pub(crate) fn told_to_refuse(&self, key: &Key) -> bool {
        self.head().refused.contains(key)
    }

    /// How long to wait before the head may be written again. Workers KV takes one write of a key a second.
    pub(crate) fn until_next_head(&self, now: OffsetDateTime) -> std::time::Duration {
        let apart =
            if matches!(self.place, Place::Kv(_)) { Duration::SECOND } else { Duration::ZERO };
        let since = self.head().written_at.map_or(apart, |at| now - at);
        // A clock that was set back must not stop it.
        std::time::Duration::try_from(apart - since).unwrap_or_default().min(apart.unsigned_abs())
    }

    /// When it was last seen that something of ours is there, while it is emptied, or that was begun, and how many records were taken away by then.
    pub(crate) fn emptied(&self) -> Option<(OffsetDateTime, u64)> {
        *self.emptied.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that.
    pub(crate) fn note_emptied(&self, at: OffsetDateTime, records: u64) {
        *self.emptied.lock().unwrap_or_else(PoisonError::into_inner) = Some((at, records));
    }

    fn head(&self) -> MutexGuard<'_, LastHead> {
        self.head.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// For whom it is written.
    pub(crate) const fn format(&self) -> Format {
        self.format
    }

    /// How old its head becomes at most while nothing happens. In Git each is a commit.
    pub(crate) const fn head_period(&self) -> Duration {
        if self.commits() { Duration::HOUR } else { Duration::minutes(5) }
    }

    /// Whether whatever is written there is kept for ever.
    pub(crate) const fn commits(&self) -> bool {
        matches!(self.place, Place::Git(_))
    }

    /// The local files mirror: `files`.
    pub fn files(place: Files) -> Self {
        Self::new("files", Place::Files(place))
    }

    /// The mirror in a branch of a Git repository: `git`.
    pub fn git(place: Git) -> Self {
        Self::new("git", Place::Git(place))
    }

    /// The mirror in a schema of a Postgres: `postgres`.
    pub fn postgres(place: Postgres) -> Self {
        Self::new("postgres", Place::Postgres(place))
    }

    /// The bucket: `s3`.
    pub fn s3(place: S3) -> Self {
        Self::new("s3", Place::S3(place))
    }

    /// The namespace of Workers KV: `kv`.
    pub fn kv(place: Kv) -> Self {
        Self::new(KV, Place::Kv(place))
    }

    /// One that people added, under a name of their own.
    pub fn added(name: &str, place: Place) -> Self {
        Self::new(name, place)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it writes; never with a credential.
    pub fn describe(&self) -> String {
        self.place.describe()
    }

    /// Lists it, and says how many objects of ours and of others are there: whether it can be used at all.
    ///
    /// # Errors
    /// Of the target, by class.
    pub async fn count(&self) -> storage::Result<usize> {
        let at = super::whole::directory();
        let mut count = 0;
        self.place.list(&at, &mut |page| count += page.len()).await?;
        Ok(count)
    }

    /// Writes, reads and deletes one object there: whether it can be used, and not only be looked at.
    pub async fn probe(&self) -> Probed {
        super::probe::attempt(&self.place).await
    }

    /// How long whoever reads it may go on with what it held before a write.
    pub fn readers_lag(&self) -> Duration {
        readers_lag(if matches!(self.place, Place::Kv(_)) { KV } else { "" })
    }

    /// Whether the secrets of backends are delivered there: to Workers, who read nothing else.
    pub(crate) const fn delivers_secrets(&self) -> bool {
        matches!(self.place, Place::Kv(_))
    }

    /// How to talk to it.
    pub(crate) const fn place(&self) -> &Place {
        &self.place
    }
}
