//! The head: how new a mirror is, and whom its readers refuse whatever their caches say.

use super::pass::{Pass, Trouble};
use domain::OffsetDateTime;
use domain::mirror::{Digest, Format, Key};
use domain::token::SecretHash;
use record::{Head, PAGE_MAX, PAGES, Page, page_path};
use storage::{Object, ObjectKey, Storage};
use time::Duration;

/// What ended within this time before the last state that the mirror confirmed is told: longer than any cache of a reader may keep a record.
const TOLD_FOR: Duration = Duration::hours(1);
/// What is told begins at a multiple of this, so that pages stay as they are for so long.
const STEP: Duration = Duration::minutes(10);
/// No cache of a reader keeps a record for so long. Where not even that can be told, readers believe only what was written since.
pub(super) const CACHED_FOR: Duration = Duration::minutes(15);
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
    let now = pass.service.now();
    let (ended, _) = lately_ended(pass, settled(pass, now), now).await?;
    let news = ended.iter().any(|(key, _)| !pass.target.told_to_refuse(key));
    push(pass, written, news).await?;
    pass.finish().await?;
    Ok(pass.head.is_some())
}

/// Until when everything that ended has gone from there, and from the caches of readers as soon as those are over. What ended since may still be there, however
/// long ago that was: nothing is taken away from a mirror that a person stopped, that fails, or whose deletes are held.
fn settled(pass: &Pass<'_>, now: OffsetDateTime) -> OffsetDateTime {
    pass.target.settled(pass.confirmed.unwrap_or(OffsetDateTime::UNIX_EPOCH), now)
}

/// What ended within the time that is told, each with when, the newest first; and the last event of the audit log.
async fn lately_ended(
    pass: &Pass<'_>,
    settled: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<(Vec<(Key, OffsetDateTime)>, i64), Trouble> {
    let since = settled - TOLD_FOR;
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
    let due = pass.head.or(written).is_none_or(|at| now - at >= pass.target.head_period());
    if pass.target.format() != Format::Full || !(ended || due) {
        return Ok(());
    }
    tokio::time::sleep(pass.target.until_next_head(now)).await;
    let settled = settled(pass, now);
    let (ended, seq) = lately_ended(pass, settled, now).await?;
    let told = Told::of(&ended, settled, (INLINE_MAX, TOLD_MAX));
    let at = now.replace_nanosecond(0).unwrap_or(now);
    let head = Head::new(at, seq, told.inline).expect("there are far fewer than a head takes");
    pass.still_ours().await?;
    let pages = pages(pass, told.pages, now).await?;
    let digests = pages.iter().map(|(digest, _)| *digest).collect();
    let head = head.in_pages(digests).denied_since(told.since).routes_at(pass.routes_at);
    let bytes = signed(pass, record::HEAD, head.unsigned());
    let key = ObjectKey::parse("head.json").expect("a key");
    pass.target.place().put(vec![Object { key, bytes, expires_at: None }]).await?;
    let refused = ended.into_iter().map(|(key, _)| key).collect();
    pass.target.told(refused, pages, pass.service.now());
    pass.head = Some(now);
    Ok(())
}

/// Puts the pages that are not there yet or soon not any more, and gives what all of them are known by, each with when it was put. They come before the head that names them.
async fn pages(
    pass: &Pass<'_>,
    pages: Vec<Page>,
    now: OffsetDateTime,
) -> Result<Vec<(Digest, OffsetDateTime)>, Trouble> {
    let mut digests = Vec::with_capacity(pages.len());
    for page in pages {
        let bytes = page.bytes();
        let digest = Digest::of(&bytes);
        let there = pass.target.page_put_at(&digest).filter(|at| now - *at < TOLD_FOR);
        digests.push((digest, there.unwrap_or(now)));
        if there.is_none() {
            let key = ObjectKey::parse(&page_path(&digest)).expect("a key");
            let expires_at = Some(now + 2 * TOLD_FOR);
            pass.target.place().put(vec![Object { key, bytes, expires_at }]).await?;
        }
    }
    Ok(digests)
}

/// Deletes the pages that the head does not name any more, if this run wrote the head: else another instance's may name them. Workers KV does so by itself.
pub(super) async fn sweep_pages(pass: &Pass<'_>) -> Result<(), Trouble> {
    if pass.head.is_none() || pass.target.forgets_by_itself() {
        return Ok(());
    }
    delete_pages(pass, |path| !pass.target.names_page(path)).await.map(drop)
}

/// Deletes those of the pages that are there, and says how many that were.
pub(super) async fn delete_pages(
    pass: &Pass<'_>,
    stale: impl Fn(&str) -> bool + Sync,
) -> Result<usize, Trouble> {
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
    Ok(left.len())
}

/// What is told of what ended.
struct Told {
    inline: Vec<SecretHash>,
    pages: Vec<Page>,
    since: Option<OffsetDateTime>,
}

impl Told {
    /// Of what ended, the newest first: so many in the head and so many in all. What ended before `settled` is in caches at most.
    fn of(
        ended: &[(Key, OffsetDateTime)],
        settled: OffsetDateTime,
        (inline_max, max): (usize, usize),
    ) -> Self {
        let whole = ended.len() <= max;
        let ended = ended.get(..max).unwrap_or(ended);
        let oldest = ended.last().map(|(_, at)| *at);
        let since = oldest.filter(|at| !whole && settled - *at < CACHED_FOR);
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
