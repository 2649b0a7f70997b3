//! A look at everything: what should be there, what is there, and the plan from one to the other, which is done, or held, or only told.

use super::foreign;
use super::hold::hold;
use super::lane;
use super::pass::{Pass, Trouble};
use super::push::{self, Judged, NAMED, Queue};
use super::{head, routes};
use domain::OffsetDateTime;
use domain::mirror::state::{Asked, Drift, MirrorPlan};
use domain::mirror::{Comparison, Digest, Goal, Key, Plan, SetAside, Why, key, renewal};
use std::collections::BTreeSet;
use storage::{ObjectKey, Storage};
use store::mirror::{Mark, Standing};

/// How many rows are judged or fetched in one statement.
const ROWS: usize = 5_000;

/// What was found, and done about it.
pub(super) struct Found {
    /// What the target has in it.
    pub mark: Mark,
    /// How many objects that is.
    pub objects: u64,
    /// What differed.
    pub drift: Drift,
    /// Deletes that wait for a person; with them, nothing was put.
    pub held: u64,
    /// Records that nobody here issued, and that wait for a person.
    pub foreign: u64,
    /// What they are known by.
    pub foreign_digest: Digest,
    /// Whether a person let some go, and that was heard: they are gone, or others came, which nobody has seen.
    pub foreign_done: bool,
    /// The first invalid rows by id, and how many they are.
    pub set_aside: (Vec<SetAside>, u64),
}

/// What of the unwanted objects is why.
#[derive(Default)]
struct Unwanted {
    ended: Vec<Key>,
    gone: Vec<Key>,
    foreign: Vec<Key>,
}

/// Looks, and makes it right; `None` where only the plan was asked for, and nothing was done, or where a person stopped the mirror during an adoption.
pub(super) async fn look(
    pass: &mut Pass<'_>,
    standing: &Standing,
) -> Result<Option<Found>, Trouble> {
    pass.target.doubt_pages();
    let (goal, mut mark, set_aside) = goal(pass).await?;
    let objects = push::count(goal.len());
    let plan = compare(pass, goal).await?;
    // A listing takes a while, and holds up no revocation either.
    if standing.asked != Some(Asked::Plan) {
        mark = put_queued(pass, standing, mark, Queue::default()).await?;
    }
    let mut unwanted = unwanted(pass, &plan).await?;
    let asked = standing.asked == Some(Asked::Adopt);
    let adopts = asked || (pass.target.adopts() && standing.asked.is_none());
    if adopts && !foreign::adopt(pass, (standing, &mut mark), &mut unwanted.foreign, asked).await? {
        pass.finish().await?;
        return Ok(None);
    }
    let (theirs, their_routes) = routes::foreign(pass).await?.unwrap_or_default();
    let foreign_digest = Digest::of_keys(&unwanted.foreign, &theirs);
    let mut drift = drift(&plan, &unwanted, standing, pass.service.now());
    drift.foreign += push::count(their_routes.len());
    if standing.asked == Some(Asked::Plan) {
        let told = told(pass, &plan, &unwanted, &drift);
        pass.store().record_mirror_plan(pass.permit, pass.name(), &told).await?;
        return Ok(None);
    }
    // What ended is deleted also where the head cannot be written.
    let head = head::push(pass, standing.head_at, !unwanted.ended.is_empty()).await;
    pass.later(head);
    push::delete(pass, &unwanted.ended).await?;
    let asked_to = standing.foreign.1 > 0;
    // What a person let go is what they saw.
    let released = asked_to && standing.foreign_digest == Some(foreign_digest);
    let held = hold(pass, &plan, &unwanted.gone).await?;
    let released = released && held == 0;
    if held == 0 {
        for keys in plan.missing.chunks(ROWS).chain(plan.altered.chunks(ROWS)) {
            let queue = queue(pass, keys).await?;
            mark = put_queued(pass, standing, mark, queue).await?;
        }
        let routes = routes::push(pass, true, released).await;
        pass.later(routes);
        push::delete(pass, &unwanted.gone).await?;
        if released {
            push::delete(pass, &unwanted.foreign).await?;
            (drift.foreign, drift.foreign_some) = (0, Vec::new());
        }
    }
    let pages = head::sweep_pages(pass).await;
    pass.later(pages);
    pass.finish().await?;
    if adopts {
        pass.target.adopted();
    }
    let (foreign, foreign_done) = (drift.foreign, asked_to && held == 0);
    let foreign_digest = if released { Digest::of_keys(&[], &[]) } else { foreign_digest };
    Ok(Some(Found { mark, objects, drift, held, foreign, foreign_digest, foreign_done, set_aside }))
}

/// What should be there. Of each object only its key and its digest are kept: it is made again when it is put.
async fn goal(pass: &Pass<'_>) -> Result<(Goal, Mark, (Vec<SetAside>, u64)), Trouble> {
    let now = pass.service.now();
    let mut wanted = Vec::new();
    let (mut aside, mut aside_total) = (Vec::new(), 0);
    let mark = pass
        .store()
        .mirror_goal(pass.permit, now, |candidate| match push::judge(pass, &candidate, now) {
            Judged::Object(entry, bytes) => {
                wanted.push((entry.key(), pass.target.place().digest(&bytes)));
            }
            Judged::Unsaid => {}
            Judged::Aside(row) => {
                aside_total += 1;
                aside.push(row);
                // By id, and not all of them.
                if aside.len() > 2 * NAMED {
                    aside.sort_by_key(|row: &SetAside| row.token.uuid());
                    aside.truncate(NAMED);
                }
            }
        })
        .await?;
    aside.sort_by_key(|row: &SetAside| row.token.uuid());
    aside.truncate(NAMED);
    Ok((Goal::new(wanted), mark, (aside, aside_total)))
}

/// Where our objects are.
pub(super) fn directory() -> ObjectKey {
    let directory = key::PREFIX.trim_end_matches('/');
    ObjectKey::parse(directory).expect("the prefix of our keys is a key")
}

async fn compare(pass: &Pass<'_>, goal: Goal) -> Result<Plan, Trouble> {
    let (place, at) = (pass.target.place(), directory());
    place.sweep(&at).await?;
    let mut comparison = Comparison::new(goal);
    let mut see = |page: Vec<storage::Listed>| {
        for listed in page {
            comparison.see(&listed.path, listed.digest);
        }
    };
    place.list(&at, &mut see).await?;
    Ok(comparison.plan())
}

async fn unwanted(pass: &Pass<'_>, plan: &Plan) -> Result<Unwanted, Trouble> {
    let mut unwanted = Unwanted::default();
    for keys in plan.unwanted.chunks(ROWS) {
        let now = pass.service.now();
        let mut live = BTreeSet::new();
        for (key, why) in pass.store().judge_unwanted(pass.permit, keys, now).await? {
            match why {
                Why::Live => drop(live.insert(key)),
                Why::Ended => unwanted.ended.push(key),
                Why::Gone => unwanted.gone.push(key),
                Why::Foreign => unwanted.foreign.push(key),
            }
        }
        // A live one came after the goal was read, or it is invalid, or this format cannot say it: then what it was is not true either.
        let keys: Vec<Key> = live.iter().copied().collect();
        for candidate in pass.store().mirror_candidates(pass.permit, &keys, now).await? {
            if let Judged::Object(entry, _) = push::judge(pass, &candidate, now) {
                live.remove(&entry.key());
            }
        }
        unwanted.ended.extend(live);
    }
    Ok(unwanted)
}

/// What others did there: not what a first look finds to be done, and not a record whose time to be written anew has come.
fn drift(plan: &Plan, unwanted: &Unwanted, standing: &Standing, now: OffsetDateTime) -> Drift {
    let (missing, altered) = match (&standing.since, standing.observed_at) {
        (Some(_), Some(since)) => {
            let old = |key: &&Key| renewal::due(key, since, now);
            let renewed = plan.altered.iter().filter(old).count();
            (plan.missing.len(), plan.altered.len() - renewed)
        }
        _ => (0, 0),
    };
    Drift {
        missing: push::count(missing),
        altered: push::count(altered),
        others: push::count(plan.others),
        foreign: push::count(unwanted.foreign.len()),
        foreign_some: unwanted.foreign.iter().take(NAMED).map(Key::short).collect(),
    }
}

fn told(pass: &Pass<'_>, plan: &Plan, unwanted: &Unwanted, drift: &Drift) -> MirrorPlan {
    let puts = plan.missing.iter().chain(&plan.altered).map(|key| format!("+ {}", key.short()));
    let gone = unwanted.ended.iter().chain(&unwanted.gone);
    let deletes = gone.map(|key| format!("- {}", key.short()));
    MirrorPlan {
        at: pass.service.now(),
        drift: Drift {
            missing: push::count(plan.missing.len()),
            altered: push::count(plan.altered.len()),
            ..drift.clone()
        },
        ended: push::count(unwanted.ended.len()),
        gone: push::count(unwanted.gone.len()),
        unchanged: push::count(plan.unchanged),
        some: deletes.chain(puts).take(NAMED).collect(),
    }
}

/// The objects of those keys, as they are by now.
async fn queue(pass: &Pass<'_>, keys: &[Key]) -> Result<Queue, Trouble> {
    let (now, mut queue) = (pass.service.now(), Queue::default());
    for candidate in pass.store().mirror_candidates(pass.permit, keys, now).await? {
        if let Judged::Object(entry, bytes) = push::judge(pass, &candidate, now) {
            queue.add(entry, bytes);
        }
    }
    Ok(queue)
}

/// Puts what is queued. A long push holds up no revocation: after each part what changed since is brought.
pub(super) async fn put_queued(
    pass: &mut Pass<'_>,
    standing: &Standing,
    mut mark: Mark,
    mut queue: Queue,
) -> Result<Mark, Trouble> {
    push::put_part(pass, &mut queue).await?;
    while !queue.is_empty() {
        mark = lane::midway(pass, standing, mark, &mut queue).await?;
        push::put_part(pass, &mut queue).await?;
    }
    mark = lane::midway(pass, standing, mark, &mut queue).await?;
    // What came last is put without asking again: there may be no end of it.
    while !queue.is_empty() {
        push::put_part(pass, &mut queue).await?;
    }
    Ok(mark)
}
