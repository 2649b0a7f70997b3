//! One run: what changed, and when it is time everything; then it is recorded.
//!
//! Its only input is its target. Whatever woke it, it does the same, and doing it twice does it once. What ended is taken away first, in
//! [`super::lane`]; everything is compared in [`super::whole`].

use super::pass::{Pass, Trouble};
use super::{Target, alarm, head, lane, whole};
use crate::{Result, Service};
use domain::OffsetDateTime;
use domain::mirror::state::{Asked, RunKind, Work};
use domain::mirror::{Failure, Outcome, pace};
use domain::policy::{Action, Actor, permit};
use store::mirror::run::{RunEnd, RunRecord};
use store::mirror::{Mark, Standing};

/// What a run did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// How it ended, as far as the next one depends on it.
    pub outcome: Outcome,
    /// What the target said, when it failed.
    pub failure: Option<Failure>,
    /// What was done.
    pub work: Work,
    /// Deletes that wait for a person.
    pub held: u64,
    /// Records that nobody here issued, and that wait for a person.
    pub foreign: u64,
    /// Rows that are invalid, where everything was looked at.
    pub set_aside: u64,
}

impl Run {
    pub(super) const fn of(outcome: Outcome) -> Self {
        let work = Work { put: 0, deleted: 0, calls: 0, bytes: 0 };
        Self { outcome, failure: None, work, held: 0, foreign: 0, set_aside: 0 }
    }
}

/// Makes a target hold what is true now. A failure of the target is not an error but an outcome: it is recorded, and shown to people.
///
/// # Errors
/// A fault of ours, the database's for instance.
pub async fn reconcile(service: &Service, target: &Target) -> Result<Run> {
    let permit = permit(&Actor::Clock, Action::RecordMirrorRun)?;
    let Some(mut lock) = service.store().lock_mirror(&permit, target.name()).await? else {
        return Ok(Run::of(Outcome::Busy));
    };
    let mut pass = Pass::begin(service, target, &permit, &mut lock);
    let run = locked(&mut pass).await;
    lock.release().await?;
    run
}

async fn locked(pass: &mut Pass<'_>) -> Result<Run> {
    let nothing = Run::of(Outcome::Settled { next_moment: None });
    let writes_to = pass.target.describe();
    let standing = pass.store().mirror_standing(pass.permit, pass.name(), &writes_to).await?;
    let Some(standing) = standing else {
        return Ok(nothing);
    };
    pass.confirmed = standing.since.as_ref().map(|(_, at)| *at);
    if standing.paused {
        keep_head(pass, &standing).await?;
        return Ok(nothing);
    }
    let run = attempt(pass, &standing).await?;
    alarm::tell(pass, standing.failures, run.failure.as_ref()).await?;
    Ok(run)
}

/// What a stopped mirror goes on with: its readers must not refuse everything because it is stopped, and hear who was revoked. That the target fails is no
/// news of a mirror that a person stopped.
async fn keep_head(pass: &mut Pass<'_>, standing: &Standing) -> Result<()> {
    pass.routes_at = standing.routes_at;
    match head::keep(pass, standing.head_at).await {
        Ok(true) => record(pass, RunKind::Changes, RunEnd::Held, None).await.map(drop),
        Ok(false) => Ok(()),
        Err(Trouble::Ours(error)) => Err(error),
        Err(Trouble::Theirs(error)) => {
            let (mirror, error) = (pass.name(), error.to_string());
            tracing::warn!(mirror, error, "the head of a paused mirror was not written");
            Ok(())
        }
    }
}

async fn attempt(pass: &mut Pass<'_>, standing: &Standing) -> Result<Run> {
    let mut done = Run::of(Outcome::Settled { next_moment: None });
    (pass.written, pass.routes_at) = (standing.routes, standing.routes_at);
    let mut everything = is_due(standing, pass.service.now()) || pass.target.adopts();
    if let Some((seen, at)) = &standing.since {
        match lane::changes(pass, standing, seen, *at).await {
            Err(trouble) => return failed(pass, RunKind::Changes, done, trouble).await,
            Ok(lane::Changes::TooMany) => everything = true,
            Ok(lane::Changes::Held(mark)) => {
                done.held = standing.held.0 - standing.held.1;
                done.outcome = Outcome::Settled { next_moment: mark.next_moment };
                done.work = record(pass, RunKind::Changes, RunEnd::Held, None).await?;
            }
            Ok(lane::Changes::Done { mark, judge_again, objects }) => {
                everything |= judge_again;
                done.outcome = Outcome::Settled { next_moment: mark.next_moment };
                let end = RunEnd::Good { mark, objects };
                done.work = record(pass, RunKind::Changes, end, None).await?;
            }
        }
    }
    if !everything {
        return Ok(done);
    }
    match whole::look(pass, standing).await {
        Err(trouble) => failed(pass, RunKind::Whole, done, trouble).await,
        Ok(None) => {
            record(pass, RunKind::Changes, RunEnd::Held, None).await?;
            Ok(done)
        }
        Ok(Some(found)) => {
            done.held = found.held;
            done.foreign = found.foreign;
            done.set_aside = found.set_aside.1;
            done.outcome = Outcome::Settled { next_moment: found.mark.next_moment };
            let work = record_whole(pass, found).await?;
            done.work.put += work.put;
            done.work.deleted += work.deleted;
            done.work.calls += work.calls;
            done.work.bytes += work.bytes;
            Ok(done)
        }
    }
}

/// Whether everything is looked at: because it never was, for long was not, or failed; or because a person asked, released, or let records go.
fn is_due(standing: &Standing, now: OffsetDateTime) -> bool {
    let long = standing.observed_at.is_none_or(|at| now - at >= pace::OBSERVE);
    let wished = matches!(standing.asked, Some(Asked::Look | Asked::Plan | Asked::Adopt));
    let held = standing.held.0 > standing.held.1;
    let released = standing.held.1 > 0 || (standing.foreign.1 > 0 && !held);
    long || wished || released || standing.failures > 0 || standing.since.is_none()
}

pub(super) async fn failed(
    pass: &mut Pass<'_>,
    kind: RunKind,
    done: Run,
    trouble: Trouble,
) -> Result<Run> {
    let failure = match trouble {
        Trouble::Ours(error) => return Err(error),
        Trouble::Theirs(error) => Failure::from(&error),
    };
    let outcome = Outcome::Failed(failure.class);
    record(pass, kind, RunEnd::Failed(failure.clone()), None).await?;
    Ok(Run { outcome, failure: Some(failure), ..done })
}

async fn record_whole(pass: &mut Pass<'_>, found: whole::Found) -> Result<Work> {
    let end = match found.held {
        0 => RunEnd::Good { mark: found.mark.clone(), objects: Some(found.objects) },
        _ => RunEnd::Held,
    };
    record(pass, RunKind::Whole, end, Some(found)).await
}

async fn record(
    pass: &mut Pass<'_>,
    kind: RunKind,
    end: RunEnd,
    found: Option<whole::Found>,
) -> Result<Work> {
    let foreign_done = found.as_ref().is_some_and(|found| found.foreign_done);
    let foreign_digest = found.as_ref().map(|found| found.foreign_digest);
    let (drift, set_aside) = found.map(|found| (found.drift, found.set_aside)).unzip();
    let run = RunRecord {
        target: pass.target.describe(),
        kind,
        began_at: pass.began_at,
        at: pass.service.now(),
        work: pass.work(),
        end,
        drift,
        set_aside,
        head: pass.head,
        routes: pass.routes,
        looked_at: pass.looked_at,
        foreign_done,
        foreign_digest,
        foreign_routes: pass.foreign_routes.take(),
    };
    pass.failures = pass.store().record_mirror_run(pass.permit, pass.name(), &run).await?;
    pass.start_anew();
    Ok(run.work)
}

/// What a run has made the target hold.
pub(super) fn newer(one: Mark, other: Mark) -> Mark {
    if one.seen.is_before(&other.seen) { other } else { one }
}
