//! Empties a target that is to be deleted: of what is there only what is ours. Then it is deleted.

use super::kept::facts::{event, facts};
use super::pass::{Pass, Trouble};
use super::reconcile::{Run, failed};
use super::{Target, head, push, routes, whole};
use crate::{Result, Service};
use domain::audit::{Caller, EventKind};
use domain::mirror::state::RunKind;
use domain::mirror::{Key, Outcome, Why};
use domain::policy::{Action, Actor, permit};
use storage::{ObjectKey, Storage};

/// How many keys are judged in one statement.
const ROWS: usize = 5_000;

/// Takes away what is ours in a target that a person asked to have emptied, and deletes it. What another instance does meanwhile is left to it, as in
/// [`super::reconcile()`]. A failure of the target is an outcome: it is recorded, and tried again.
///
/// # Errors
/// A fault of ours.
pub async fn empty(service: &Service, target: &Target) -> Result<Run> {
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
    let kept = pass.store().find_mirror_target(pass.permit, pass.name()).await?;
    if kept.is_none_or(|kept| kept.target.emptying_since.is_none()) {
        return Ok(nothing);
    }
    let writes_to = pass.target.describe();
    let standing = pass.store().mirror_standing(pass.permit, pass.name(), &writes_to).await?;
    pass.written = standing.and_then(|standing| standing.routes);
    if let Err(trouble) = take_away(pass).await {
        return failed(pass, RunKind::Whole, nothing, trouble).await;
    }
    let work = pass.work();
    let clock = Caller::local(Actor::Clock);
    let mut tx = pass.store().begin(permit(&clock.actor, Action::DeleteMirror)?).await?;
    // Somebody may have deleted it at once meanwhile.
    if let Some(kept) = tx.lock_mirror_target(pass.name()).await? {
        tx.delete_mirror_target(pass.name()).await?;
        let event = event(EventKind::MirrorDeleted, pass.name())
            .with_all(facts(&kept.target.settings))
            .with("emptied", work.deleted.to_string());
        pass.service.commit(tx, &clock, event).await?;
    }
    Ok(Run { work, ..nothing })
}

/// The head first: without it readers refuse everything, whatever is still there.
async fn take_away(pass: &mut Pass<'_>) -> Result<(), Trouble> {
    let head = ObjectKey::parse("head.json").expect("a key");
    pass.target.place().delete(vec![head]).await?;
    routes::take_away(pass).await?;
    head::delete_pages(pass, |_| true).await?;
    let keys = listed(pass).await?;
    for some in keys.chunks(ROWS) {
        let now = pass.service.now();
        let judged = pass.store().judge_unwanted(pass.permit, some, now).await?;
        let ours: Vec<Key> = judged
            .into_iter()
            .filter(|(_, why)| *why != Why::Foreign)
            .map(|(key, _)| key)
            .collect();
        push::delete(pass, &ours).await?;
    }
    if pass.target.delivers_secrets() {
        routes::take_secrets_away(pass).await?;
    }
    pass.finish().await
}

async fn listed(pass: &Pass<'_>) -> Result<Vec<Key>, Trouble> {
    let mut keys = Vec::new();
    let mut see = |page: Vec<storage::Listed>| {
        keys.extend(page.iter().filter_map(|listed| Key::parse(&listed.path)));
    };
    pass.target.place().list(&whole::directory(), &mut see).await?;
    Ok(keys)
}
