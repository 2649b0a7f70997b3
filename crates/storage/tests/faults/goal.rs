//! What a target should hold, and the way there: the steps of a run, in their order.

use crate::{key, list, object};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use storage::{Done, ObjectKey, Place, Result, Storage};

/// Contents by path.
pub type Goal = BTreeMap<String, Vec<u8>>;

/// Whatever goes wrong, a run ends within this.
const RUN_MAX: Duration = Duration::from_secs(40);
/// How long it may take until a run is good again.
const MEND_MAX: Duration = Duration::from_secs(40);

/// The goal of that number, of so many objects. From one to the next a quarter goes, a quarter is new, and a half of what stays is changed.
pub fn goal(number: usize, size: usize) -> Goal {
    let first = number * size / 4;
    let content = |n: usize| {
        let changed = if n.is_multiple_of(2) { number } else { 0 };
        format!("{{\"n\":{n},\"changed\":{changed},\"filler\":\"{}\"}}", "x".repeat(200))
    };
    (first..first + size)
        .map(|n| (format!("tokens/{n:04}.json"), content(n).into_bytes()))
        .collect()
}

/// What a place holds, as the goal spells it.
pub fn digests(place: &Place, goal: &Goal) -> Vec<storage::Listed> {
    goal.iter().map(|(path, bytes)| crate::found(place, path, bytes)).collect()
}

/// Does what a run does, in batches of that many objects, and asks before each step.
pub async fn run(
    place: &Place,
    goal: &Goal,
    batch: usize,
    mut before: impl FnMut(&str),
) -> Result<()> {
    before("sweep");
    place.sweep(&key("tokens")).await?;
    before("list");
    let there = list(place, "tokens").await?;
    let is_there = |path: &str, bytes: &[u8]| {
        let digest = Some(place.digest(bytes));
        there.iter().any(|listed| listed.path == path && listed.digest == digest)
    };
    let put: Vec<_> = goal.iter().filter(|(path, bytes)| !is_there(path, bytes)).collect();
    let gone = there.iter().filter(|listed| !goal.contains_key(&listed.path));
    let delete: Vec<ObjectKey> = gone.map(|listed| key(&listed.path)).collect();
    for objects in put.chunks(batch) {
        before("put");
        let objects = objects.iter().map(|(path, bytes)| object(path, (*bytes).clone()));
        place.put(objects.collect()).await?;
    }
    for keys in delete.chunks(batch) {
        before("delete");
        place.delete(keys.to_vec()).await?;
    }
    before("finish");
    place.finish(Done { put: put.len(), deleted: delete.len() }).await
}

/// A run that nobody interrupts; it ends, whatever happens.
pub async fn attempt(place: &Place, goal: &Goal) -> Result<()> {
    let ended = tokio::time::timeout(RUN_MAX, run(place, goal, 4, |_| {})).await;
    ended.unwrap_or_else(|_| panic!("a run of {} does not end", place.describe()))
}

/// The same calls again, until they are good; then the place holds the goal.
pub async fn mends(place: &Place, goal: &Goal, after: &str) {
    let began = Instant::now();
    let mut looks = tokio::time::interval(Duration::from_millis(20));
    while let Err(error) = attempt(place, goal).await {
        assert!(began.elapsed() < MEND_MAX, "after {after}: {error}");
        looks.tick().await;
    }
    assert_eq!(
        list(place, "tokens").await.expect("a listing"),
        digests(place, goal),
        "after {after}"
    );
}
