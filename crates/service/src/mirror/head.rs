//! The head: how new a mirror is, and whom its readers refuse whatever their caches say.

use super::pass::{Pass, Trouble};
use domain::OffsetDateTime;
use domain::mirror::{Digest, Format, Key};
use domain::token::SecretHash;
use record::{Head, PAGE_MAX, PAGES, Page, page_path};
use storage::{Object, ObjectKey, Storage};
use time::Duration;

/// What ended within this time is told: longer than any cache of a reader may keep a record.
const TOLD_FOR: Duration = Duration::hours(1);
/// What is told begins at a multiple of this, so that pages stay as they are for so long.
const STEP: Duration = Duration::minutes(10);
/// No cache of a reader keeps a record for so long. Where not even that can be told, readers believe only what was written since.
const CACHED_FOR: Duration = Duration::minutes(15);
/// How many are told at most, the newest first. Beyond [`INLINE_MAX`] they are in pages.
const TOLD_MAX: usize = 100_000;
/// How many are told in the head itself: it stays below 64 KiB.
const INLINE_MAX: usize = 800;

/// A document, signed where there is a key.
pub(super) fn signed(pass: &Pass<'_>, document: &str, bytes: Vec<u8>) -> Vec<u8> {
    match pass.service.signing_key() {
        Some(key) => record::sign(document, bytes, key),
        None => bytes,
    }
}

/// Goes on with the head of a mirror that a person stopped: when something ended that it does not tell yet, or when it is time. Whether it was written. In Git,
/// where it is a commit, it stays as it is.
pub(super) async fn keep(
    pass: &mut Pass<'_>,
    written: Option<OffsetDateTime>,
) -> Result<bool, Trouble> {
    if pass.target.commits() {
        return Ok(false);
    }
    let (ended, _) = lately_ended(pass, pass.service.now()).await?;
    let news = ended.iter().any(|(key, _)| !pass.target.told_to_refuse(key));
    push(pass, written, news).await?;
    pass.finish().await?;
    Ok(pass.head)
}

/// What ended within the time that is told, each with when, the newest first; and the last event of the audit log.
async fn lately_ended(
    pass: &Pass<'_>,
    now: OffsetDateTime,
) -> Result<(Vec<(Key, OffsetDateTime)>, i64), Trouble> {
    let since = now - TOLD_FOR;
    let since = since - Duration::seconds(since.unix_timestamp() % STEP.whole_seconds());
    let most = i64::try_from(TOLD_MAX + 1).unwrap_or(i64::MAX);
    Ok(pass.store().mirror_denied(pass.permit, (since, now), most).await?)
}

/// Writes the head, when something ended, or when it is time. In the format of token-manager there is none.
pub(super) async fn push(
    pass: &mut Pass<'_>,
    written: Option<OffsetDateTime>,
    ended: bool,
) -> Result<(), Trouble> {
    let now = pass.service.now();
    let due = written.is_none_or(|at| now - at >= pass.target.head_period());
    if pass.target.format() != Format::Full || !(ended || (due && !pass.head)) {
        return Ok(());
    }
    tokio::time::sleep(pass.target.until_next_head(now)).await;
    let (ended, seq) = lately_ended(pass, now).await?;
    let told = Told::of(&ended, now, (INLINE_MAX, TOLD_MAX));
    let at = now.replace_nanosecond(0).unwrap_or(now);
    let head = Head::new(at, seq, told.inline).expect("there are far fewer than a head takes");
    let pages = pages(pass, told.pages, now).await?;
    let head = head.in_pages(pages).denied_since(told.since).routes_at(pass.routes_at);
    let bytes = signed(pass, record::HEAD, head.unsigned());
    let key = ObjectKey::parse("head.json").expect("a key");
    pass.target.place().put(vec![Object { key, bytes, expires_at: None }]).await?;
    let refused = ended.into_iter().map(|(key, _)| key).collect();
    pass.target.told(refused, head.pages, pass.service.now());
    pass.head = true;
    Ok(())
}

/// Puts the pages that are not there yet, and gives what all of them are known by. They come before the head that names them.
async fn pages(
    pass: &Pass<'_>,
    pages: Vec<Page>,
    now: OffsetDateTime,
) -> Result<Vec<Digest>, Trouble> {
    let mut digests = Vec::with_capacity(pages.len());
    for page in pages {
        let bytes = page.bytes();
        let digest = Digest::of(&bytes);
        digests.push(digest);
        if !pass.target.has_page(&digest) {
            let key = ObjectKey::parse(&page_path(&digest)).expect("a key");
            let expires_at = Some(now + 2 * TOLD_FOR);
            pass.target.place().put(vec![Object { key, bytes, expires_at }]).await?;
        }
    }
    Ok(digests)
}

/// Deletes the pages that the head does not name any more. Workers KV does so by itself.
pub(super) async fn sweep_pages(pass: &Pass<'_>) -> Result<(), Trouble> {
    if pass.target.format() != Format::Full || pass.target.forgets_by_itself() {
        return Ok(());
    }
    delete_pages(pass, |path| !pass.target.names_page(path)).await
}

/// Deletes those of the pages that are there.
pub(super) async fn delete_pages(
    pass: &Pass<'_>,
    stale: impl Fn(&str) -> bool + Sync,
) -> Result<(), Trouble> {
    let (place, at) = (pass.target.place(), ObjectKey::parse(PAGES).expect("a directory"));
    let mut left = Vec::new();
    let mut see = |page: Vec<storage::Listed>| {
        let stale = page.into_iter().filter(|listed| stale(&listed.path));
        left.extend(stale.filter_map(|listed| ObjectKey::parse(&listed.path)));
    };
    place.list(&at, &mut see).await?;
    for some in left.chunks(place.batch()) {
        place.delete(some.to_vec()).await?;
    }
    Ok(())
}

/// What is told of what ended.
struct Told {
    inline: Vec<SecretHash>,
    pages: Vec<Page>,
    since: Option<OffsetDateTime>,
}

impl Told {
    /// Of what ended, the newest first: so many in the head and so many in all.
    fn of(
        ended: &[(Key, OffsetDateTime)],
        now: OffsetDateTime,
        (inline_max, max): (usize, usize),
    ) -> Self {
        let whole = ended.len() <= max;
        let ended = ended.get(..max).unwrap_or(ended);
        let oldest = ended.last().map(|(_, at)| *at);
        let since = oldest.filter(|at| !whole && now - *at < CACHED_FOR);
        let oldest_first = ended.iter().rev();
        let mut inline: Vec<SecretHash> =
            oldest_first.filter_map(|(key, _)| SecretHash::from_slice(key.bytes())).collect();
        let mut pages = Vec::new();
        // Full pages of the oldest, so that a page is the same again when more ends.
        while inline.len() > inline_max {
            let rest = inline.split_off(inline.len().min(PAGE_MAX));
            pages.push(Page::new(std::mem::replace(&mut inline, rest)));
        }
        Self { inline, pages, since }
    }
}

#[cfg(test)]
#[path = "head_tests.rs"]
mod tests;
