//! Objects to a target and from it, a batch at a time, each idempotent: what stops anywhere is finished by the next run.

use super::pass::{Pass, Trouble};
use domain::mirror::{Candidate, Entry, Key, SetAside, renewal};
use domain::{Code, OffsetDateTime, Refused};
use storage::{Object, ObjectKey, Storage};

/// How many invalid rows, paths and hashes are named; all are counted.
pub(super) const NAMED: usize = 100;

/// What becomes of a row.
pub(super) enum Judged {
    /// It has an object.
    Object(Box<Entry>, Vec<u8>),
    /// The format of the target's readers cannot say what it is bound to: it has none there.
    Unsaid,
    /// It is invalid.
    Aside(SetAside),
}

/// Judges a row by the rules of the domain and the limits of the target, and makes its object.
pub(super) fn judge(pass: &Pass<'_>, candidate: &Candidate, now: OffsetDateTime) -> Judged {
    let aside = |refused: Refused| {
        let field = refused.field.map(str::to_owned);
        Judged::Aside(SetAside { token: candidate.token, code: refused.code, field })
    };
    let entry = match candidate.judge() {
        Ok(entry) => entry,
        Err(refused) => return aside(refused),
    };
    let format = pass.target.format();
    if !entry.fits(format, now) {
        return Judged::Unsaid;
    }
    let written_at = renewal::written_at(&entry.key(), entry.created_at, now);
    let bytes = record::bytes(&entry, written_at, format, pass.service.signing_key());
    let place = pass.target.place();
    if bytes.len() > place.object_max() || entry.key().path().len() > place.key_max() {
        return aside(Refused::field("object", Code::TooLong));
    }
    Judged::Object(Box::new(entry), bytes)
}

/// Puts objects.
pub(super) async fn put(
    pass: &mut Pass<'_>,
    objects: Vec<(Box<Entry>, Vec<u8>)>,
) -> Result<(), Trouble> {
    let object = |(entry, bytes): (Box<Entry>, Vec<u8>)| Object {
        key: entry.key().into(),
        bytes,
        expires_at: entry.ends_at(),
    };
    let batch = pass.target.place().batch();
    let mut objects = objects.into_iter().map(object);
    loop {
        let some: Vec<Object> = objects.by_ref().take(batch).collect();
        if some.is_empty() {
            return Ok(());
        }
        let count = some.len();
        pass.still_ours().await?;
        pass.target.place().put(some).await?;
        pass.done.put += count;
    }
}

/// Deletes objects.
pub(super) async fn delete(pass: &mut Pass<'_>, keys: &[Key]) -> Result<(), Trouble> {
    for some in keys.chunks(pass.target.place().batch()) {
        let objects = some.iter().copied().map(ObjectKey::from).collect();
        pass.still_ours().await?;
        pass.target.place().delete(objects).await?;
        pass.done.deleted += some.len();
    }
    Ok(())
}

/// A count as it is recorded.
pub(super) fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
