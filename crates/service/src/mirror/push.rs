//! Objects to a target and from it, a batch at a time, each idempotent: what stops anywhere is finished by the next run.

use super::pass::{Pass, Trouble};
use domain::mirror::{Candidate, Entry, Key, SetAside, renewal};
use domain::{Code, OffsetDateTime, Refused};
use std::collections::BTreeMap;
use storage::{Object, ObjectKey, Storage};
use time::Duration;

/// How many invalid rows, paths and hashes are named; all are counted.
pub(super) const NAMED: usize = 100;
/// How many objects are put at most before it is asked again what ended.
const PART: usize = 2_000;

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

/// Objects that wait to be put: of each key the newest.
#[derive(Default)]
pub(super) struct Queue(BTreeMap<Key, (Box<Entry>, Vec<u8>)>);

impl Queue {
    /// Adds an object, in place of an older one.
    pub(super) fn add(&mut self, entry: Box<Entry>, bytes: Vec<u8>) {
        self.0.insert(entry.key(), (entry, bytes));
    }

    /// What is not true any more is not put.
    pub(super) fn forget(&mut self, keys: &[Key]) {
        for key in keys {
            self.0.remove(key);
        }
    }

    /// Whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn take(&mut self, most: usize) -> Vec<Object> {
        let some = std::iter::from_fn(|| self.0.pop_first()).take(most);
        let object = |(key, (entry, bytes)): (Key, (Box<Entry>, Vec<u8>))| Object {
            key: key.into(),
            bytes,
            expires_at: entry.ends_at(),
        };
        some.map(object).collect()
    }
}

/// Puts a part of what waits: what a second holds, so that whoever asks what ended between the parts keeps nobody waiting.
pub(super) async fn put_part(pass: &mut Pass<'_>, queue: &mut Queue) -> Result<(), Trouble> {
    let (began, mut left) = (pass.service.now(), PART);
    while left > 0 && pass.service.now() - began < Duration::SECOND {
        let some = queue.take(pass.target.place().batch().min(left));
        if some.is_empty() {
            return Ok(());
        }
        let count = some.len();
        pass.still_ours().await?;
        pass.target.place().put(some).await?;
        pass.done.put += count;
        left = left.saturating_sub(count);
    }
    Ok(())
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
