//! One run: goal, observe, plan, hold or apply, record; and again when the goal moved meanwhile.
//!
//! Its only input is its target. Whatever woke it, it does the same, and doing it twice does it once.

use super::Target;
use super::apply::apply;
use super::draft::{Draft, draft};
use super::hold::hold;
use crate::{Fault, Result, Service};
use domain::OffsetDateTime;
use domain::mirror::{Failure, Observed, Outcome, key, plan};
use domain::policy::{Action, Actor, Permit, permit};
use storage::{ObjectKey, Storage};
use store::mirror::run::{RunEnd, RunRecord};
use store::verify::Seen;

/// How often a run begins again because the goal moved. After that it ends, and its wait is the shortest.
const ROUNDS_MAX: usize = 3;

/// What a run did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// How it ended, as far as the next one depends on it.
    pub outcome: Outcome,
    /// What the target said, when it failed.
    pub failure: Option<Failure>,
    /// Whether another instance is at it, so that nothing was done.
    pub busy: bool,
    /// Objects that were put.
    pub put: usize,
    /// Objects that were deleted.
    pub deleted: usize,
    /// Deletes that wait for a person.
    pub held: usize,
    /// Rows that are invalid.
    pub set_aside: u64,
}

impl Run {
    const fn settled(next_moment: Option<OffsetDateTime>) -> Self {
        Self {
            outcome: Outcome::Settled { next_moment },
            failure: None,
            busy: false,
            put: 0,
            deleted: 0,
            held: 0,
            set_aside: 0,
        }
    }
}

/// Makes a target hold what is true now. A failure of the target is not an error but an outcome: it is recorded, and shown to people.
///
/// # Errors
/// A fault of ours, the database's for instance.
pub async fn reconcile(service: &Service, target: &Target) -> Result<Run> {
    let permit = permit(&Actor::Clock, Action::RecordMirrorRun)?;
    let Some(lock) = service.store().lock_mirror(&permit, target.name()).await? else {
        return Ok(Run { busy: true, ..Run::settled(None) });
    };
    let run = rounds(service, target, &permit).await;
    lock.release().await?;
    run
}

async fn rounds(service: &Service, target: &Target, permit: &Permit) -> Result<Run> {
    let mut done = Run::settled(None);
    for _ in 0..ROUNDS_MAX {
        let (run, generation) = round(service, target, permit).await?;
        done = Run { put: done.put + run.put, deleted: done.deleted + run.deleted, ..run };
        let settled = matches!(done.outcome, Outcome::Settled { .. });
        if !settled || service.store().mirror_generation(permit).await? == generation {
            return Ok(done);
        }
    }
    done.outcome = Outcome::Settled { next_moment: Some(service.now()) };
    Ok(done)
}

/// One round, and the generation of the goal that it worked for.
async fn round(service: &Service, target: &Target, permit: &Permit) -> Result<(Run, i64)> {
    let goal = service.store().mirror_goal(permit, service.now()).await?;
    let (generation, seen, next_beginning) = (goal.generation, goal.seen, goal.next_beginning);
    // Judging and hashing 100,000 rows takes longer than other tasks should wait.
    let place = target.place().clone();
    let mut draft = tokio::task::spawn_blocking(move || draft(&goal.candidates, &place))
        .await
        .map_err(|error| Fault::new("judging the rows for a mirror", error))?;
    draft.next_moment = draft.next_moment.into_iter().chain(next_beginning).min();
    let (run, end) = match observe(target).await {
        Err(error) => failed(&draft, &error),
        Ok(observed) => act(service, target, permit, &draft, &observed, (generation, seen)).await?,
    };
    let record = RunRecord {
        at: service.now(),
        end,
        set_aside: draft.set_aside,
        set_aside_total: draft.set_aside_total,
    };
    service.store().record_mirror_run(permit, target.name(), &record).await?;
    Ok((run, generation))
}

/// Where our objects are.
pub(super) fn directory() -> ObjectKey {
    let directory = key::PREFIX.trim_end_matches('/');
    ObjectKey::parse(directory).expect("the prefix of our keys is a key")
}

async fn observe(target: &Target) -> storage::Result<Observed> {
    let at = directory();
    target.place().sweep(&at).await?;
    let mut listed = Vec::new();
    target.place().list(&at, &mut |page| listed.extend(page)).await?;
    Ok(Observed::sort(listed.into_iter().map(|listed| (listed.path, listed.digest))))
}

/// Plans, and does the plan or holds it.
async fn act(
    service: &Service,
    target: &Target,
    permit: &Permit,
    draft: &Draft,
    observed: &Observed,
    (generation, seen): (i64, Seen),
) -> Result<(Run, RunEnd)> {
    let whole = plan(&draft.digests, observed);
    let held = hold(service, target, permit, &whole).await?;
    let plan = held.as_ref().map_or(&whole, |held| &held.meanwhile);
    let now = match apply(target, draft, plan).await {
        Ok(()) => Run::settled(draft.next_moment),
        Err(error) => return Ok(failed(draft, &error)),
    };
    let (put, deleted, set_aside) = (plan.put.len(), plan.delete.len(), draft.set_aside_total);
    let run =
        Run { put, deleted, set_aside, held: held.as_ref().map_or(0, |held| held.deletes), ..now };
    let objects = u64::try_from(draft.digests.len()).unwrap_or(u64::MAX);
    let good = RunEnd::Good { objects, generation, seen };
    let end = if held.is_some() { RunEnd::Held } else { good };
    Ok((run, end))
}

fn failed(draft: &Draft, error: &storage::Error) -> (Run, RunEnd) {
    let failure = Failure::from(error);
    let run = Run {
        outcome: Outcome::Failed(failure.class),
        failure: Some(failure.clone()),
        set_aside: draft.set_aside_total,
        ..Run::settled(None)
    };
    (run, RunEnd::Failed(failure))
}
