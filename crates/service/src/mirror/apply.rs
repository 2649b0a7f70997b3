//! Does what a plan says: puts first, deletes last, each idempotent, so that a run that stops anywhere is finished by the next.

use super::Target;
use super::draft::Draft;
use super::object;
use domain::mirror::Plan;
use storage::{Done, Object, ObjectKey, Result, Storage};

/// How many objects are made at a time: enough to share a directory's sync, few enough to stay small.
const BATCH: usize = 500;

/// Applies a plan.
pub(super) async fn apply(target: &Target, draft: &Draft, plan: &Plan) -> Result<()> {
    for keys in plan.put.chunks(BATCH) {
        let objects = keys.iter().filter_map(|key| draft.entries.get(key)).map(|entry| Object {
            key: entry.key().into(),
            bytes: object::bytes(entry),
            expires_at: entry.expires_at,
        });
        target.place().put(objects.collect()).await?;
    }
    for keys in plan.delete.chunks(BATCH) {
        target.place().delete(keys.iter().copied().map(ObjectKey::from).collect()).await?;
    }
    target.place().finish(Done { put: plan.put.len(), deleted: plan.delete.len() }).await
}
