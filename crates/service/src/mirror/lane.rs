//! What changed since the last look: what ended is taken away first, and then what is new is put. It asks the target for nothing.

use super::pass::{Pass, Trouble};
use super::push::{self, Judged};
use super::{head, routes};
use domain::OffsetDateTime;
use domain::mirror::Key;
use domain::mirror::plan::DRASTIC_MIN;
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

/// Brings what was changed since `seen`, which was true at `then`.
pub(super) async fn changes(
    pass: &mut Pass<'_>,
    standing: &Standing,
    seen: &Seen,
    then: OffsetDateTime,
) -> Result<Changes, Trouble> {
    let now = pass.service.now();
    let changed = pass.store().mirror_changed(pass.permit, seen, then, now).await?;
    bring(pass, standing, changed, now).await
}

/// The same in the midst of a look at everything: where nothing was changed, nothing is done.
pub(super) async fn midway(
    pass: &mut Pass<'_>,
    standing: &Standing,
    mark: &Mark,
) -> Result<Changes, Trouble> {
    let now = pass.service.now();
    let changed = pass.store().mirror_changed(pass.permit, &mark.seen, mark.at, now).await?;
    if changed.is_empty() {
        let mark = changed.mark;
        return Ok(Changes::Done { mark, judge_again: false, objects: None });
    }
    bring(pass, standing, changed, now).await
}

async fn bring(
    pass: &mut Pass<'_>,
    standing: &Standing,
    changed: Changed,
    now: OffsetDateTime,
) -> Result<Changes, Trouble> {
    let held = standing.held.0 > standing.held.1;
    let mut over = changed.ended;
    let mut live = Vec::new();
    let mut judge_again = false;
    for candidate in &changed.candidates {
        judge_again |= standing.set_aside.contains(&candidate.token);
        match push::judge(pass, candidate, now) {
            Judged::Object(entry, bytes) => live.push((entry, bytes)),
            other => {
                // What it was is not true any more.
                over.extend(Key::from_slice(&candidate.hash));
                judge_again |= matches!(other, Judged::Aside(_));
            }
        }
    }
    let many_gone = changed.gone.len() >= DRASTIC_MIN;
    if !many_gone && !held {
        over.extend(&changed.gone);
    }
    // One that was ended and lives again: readers must hear that too. And that one is paused, before what they have of it is old.
    let again = live
        .iter()
        .any(|(entry, _)| pass.target.told_to_refuse(&entry.key()) || !entry.has_begun(now));
    // What ended is deleted also where the head cannot be written.
    let head = head::push(pass, standing.head_at, again || !over.is_empty()).await;
    push::delete(pass, &over).await?;
    if held || changed.too_many || many_gone {
        pass.finish().await?;
        head?;
        return Ok(if held { Changes::Held(changed.mark) } else { Changes::TooMany });
    }
    push::put(pass, live).await?;
    let routes = routes::push(pass, pass.routes.or(standing.routes), false).await;
    pass.finish().await?;
    head?;
    routes?;
    let objects = pass.store().count_mirrored(pass.permit, now, EXACT_MAX).await?;
    Ok(Changes::Done { mark: changed.mark, judge_again, objects })
}
