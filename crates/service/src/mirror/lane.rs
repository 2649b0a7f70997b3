//! What changed since the last look: what ended is taken away first, and then what is new is put. It asks the target for nothing.

use super::pass::{Pass, Trouble};
use super::push::{self, Judged, Queue};
use super::{head, reconcile::newer, routes};
use domain::OffsetDateTime;
use domain::mirror::plan::DRASTIC_MIN;
use domain::mirror::{Entry, Key};
use store::mirror::{Changed, Mark, Standing};
use store::verify::Seen;

/// Up to so many objects are counted at each run; of more the number of the last look at everything is told.
const EXACT_MAX: u64 = 10_000;

/// What came of it.
pub(super) enum Changes {
    /// The target has what this saw.
    Done {
        /// What it saw.
        mark: Mark,
        /// A row is invalid, or one that was is changed: only a look at everything can tell them all.
        judge_again: bool,
        /// How many objects the target should hold, where that is cheap to know.
        objects: Option<u64>,
    },
    /// A plan waits for a person: what ended is taken away, and nothing else was done.
    Held(Mark),
    /// More changed than is told one by one, or so many rows are gone that a person may have to be asked.
    TooMany,
}

/// What a look at the changes made true of the target, but for what is in the queue.
pub(super) struct Brought {
    /// What it saw.
    mark: Mark,
    judge_again: bool,
    stop: Option<Stop>,
}

/// Why nothing more is put.
enum Stop {
    Held,
    TooMany,
}

/// Brings what was changed since `seen`, which was true at `then`. A long push holds up no revocation: what ended meanwhile is asked between its parts.
pub(super) async fn changes(
    pass: &mut Pass<'_>,
    standing: &Standing,
    seen: &Seen,
    then: OffsetDateTime,
) -> Result<Changes, Trouble> {
    let mut queue = Queue::default();
    let mut brought = bring(pass, standing, (seen, then), &mut queue).await?;
    while brought.stop.is_none() && !queue.is_empty() {
        push::put_part(pass, &mut queue).await?;
        if !queue.is_empty() {
            let before = brought;
            brought =
                bring(pass, standing, (&before.mark.seen, before.mark.at), &mut queue).await?;
            brought.judge_again |= before.judge_again;
        }
    }
    if brought.stop.is_none() {
        let routes = routes::push(pass, false, false).await;
        pass.later(routes);
    }
    pass.finish().await?;
    let Brought { mark, judge_again, stop } = brought;
    Ok(match stop {
        Some(Stop::Held) => Changes::Held(mark),
        Some(Stop::TooMany) => Changes::TooMany,
        None => {
            let now = pass.service.now();
            let objects = pass.store().count_mirrored(pass.permit, now, EXACT_MAX).await?;
            Changes::Done { mark, judge_again, objects }
        }
    })
}

/// The same between the parts of a look at everything, whose objects wait in `queue`: what ended is taken away and out of it, and what is new comes to it.
/// What the target has then, once the queue is put; `mark` where that cannot be said, and then the next run sees to it.
pub(super) async fn midway(
    pass: &mut Pass<'_>,
    standing: &Standing,
    mark: Mark,
    queue: &mut Queue,
) -> Result<Mark, Trouble> {
    let brought = bring(pass, standing, (&mark.seen, mark.at), queue).await?;
    Ok(if brought.stop.is_none() { newer(mark, brought.mark) } else { mark })
}

/// Takes away what ended, and queues what is to be put.
async fn bring(
    pass: &mut Pass<'_>,
    standing: &Standing,
    (seen, then): (&Seen, OffsetDateTime),
    queue: &mut Queue,
) -> Result<Brought, Trouble> {
    let now = pass.service.now();
    let changed = pass.store().mirror_changed(pass.permit, seen, then, now).await?;
    let held = standing.held.0 > standing.held.1;
    let many_gone = changed.gone.len() >= DRASTIC_MIN;
    let stop = if held {
        Some(Stop::Held)
    } else {
        (changed.too_many || many_gone).then_some(Stop::TooMany)
    };
    let Sorted { mut over, live, judge_again } = sort(pass, standing, &changed, now);
    queue.forget(&over);
    queue.forget(&changed.gone);
    if !many_gone && !held {
        over.extend(&changed.gone);
    }
    // One that was ended and lives again: readers must hear that too. And that one is paused, before what they have of it is old.
    let again = live
        .iter()
        .any(|(entry, _)| pass.target.told_to_refuse(&entry.key()) || !entry.has_begun(now));
    // What ended is deleted also where the head cannot be written.
    let head = head::push(pass, standing.head_at, again || !over.is_empty()).await;
    pass.later(head);
    push::delete(pass, &over).await?;
    if stop.is_none() {
        live.into_iter().for_each(|(entry, bytes)| queue.add(entry, bytes));
    }
    Ok(Brought { mark: changed.mark, judge_again, stop })
}

struct Sorted {
    over: Vec<Key>,
    live: Vec<(Box<Entry>, Vec<u8>)>,
    judge_again: bool,
}

fn sort(pass: &Pass<'_>, standing: &Standing, changed: &Changed, now: OffsetDateTime) -> Sorted {
    let mut sorted = Sorted { over: changed.ended.clone(), live: Vec::new(), judge_again: false };
    for candidate in &changed.candidates {
        sorted.judge_again |= standing.set_aside.contains(&candidate.token);
        match push::judge(pass, candidate, now) {
            Judged::Object(entry, bytes) => sorted.live.push((entry, bytes)),
            other => {
                // What it was is not true any more.
                sorted.over.extend(Key::from_slice(&candidate.hash));
                sorted.judge_again |= matches!(other, Judged::Aside(_));
            }
        }
    }
    sorted
}
