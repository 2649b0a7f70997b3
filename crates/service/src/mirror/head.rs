//! The head: how new a mirror is, and whom its readers refuse whatever their caches say.

use super::pass::{Pass, Trouble};
use domain::OffsetDateTime;
use domain::mirror::{Format, Key};
use domain::token::SecretHash;
use record::Head;
use storage::{Object, ObjectKey, Storage};
use time::Duration;

/// What ended within this time is told: longer than any cache of a reader may keep a record.
const TOLD_FOR: Duration = Duration::hours(1);
/// How many are told at most, the newest first: the head stays below 64 KiB.
const TOLD_MAX: i64 = 800;

/// A document, signed where there is a key.
pub(super) fn signed(pass: &Pass<'_>, document: &str, bytes: Vec<u8>) -> Vec<u8> {
    match pass.service.signing_key() {
        Some(key) => record::sign(document, bytes, key),
        None => bytes,
    }
}

/// Writes the head, when something ended, or when it is time. In the format of token-manager there is none.
pub(super) async fn push(
    pass: &mut Pass<'_>,
    written: Option<OffsetDateTime>,
    ended: bool,
) -> Result<(), Trouble> {
    let now = pass.service.now();
    let due = written.is_none_or(|at| now - at >= pass.target.head_period());
    if pass.target.format() != Format::Full || pass.head || !(ended || due) {
        return Ok(());
    }
    let (denied, seq) =
        pass.store().mirror_denied(pass.permit, (now - TOLD_FOR, now), TOLD_MAX).await?;
    let hashes = denied.iter().map(Key::bytes).filter_map(|bytes| SecretHash::from_slice(bytes));
    let at = now.replace_nanosecond(0).unwrap_or(now);
    let head = Head::new(at, seq, hashes.collect()).expect("there are far fewer than a head takes");
    let bytes = signed(pass, record::HEAD, head.unsigned());
    let key = ObjectKey::parse("head.json").expect("a key");
    pass.target.place().put(vec![Object { key, bytes, expires_at: None }]).await?;
    pass.target.told(denied);
    pass.head = true;
    Ok(())
}
