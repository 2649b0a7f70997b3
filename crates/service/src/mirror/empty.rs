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
use store::mirror::KeptTarget;
use time::Duration;

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
    let Some(kept) = kept.filter(|kept| kept.target.emptying_since.is_some()) else {
        return Ok(nothing);
    };
    let (lag, before) = (pass.target.readers_lag(), pass.target.emptied());
    if let Some((at, _)) = before
        && (Duration::ZERO..lag).contains(&(pass.began_at - at))
    {
        return Ok(Run::of(Outcome::Settled { next_moment: Some(at + lag) }));
    }
    let writes_to = pass.target.describe();
    let standing = pass.store().mirror_standing(pass.permit, pass.name(), &writes_to).await?;
    pass.written = standing.and_then(|standing| standing.routes);
    let found = match take_away(pass).await {
        Ok(found) => found,
        Err(trouble) => return failed(pass, RunKind::Whole, nothing, trouble).await,
    };
    let (work, now) = (pass.work(), pass.service.now());
    let emptied = work.deleted + before.map_or(0, |(_, emptied)| emptied);
    // A listing may not have in it yet what was put last: only one that is made later, and finds nothing, says that nothing is left.
    if !lag.is_zero() && (found || before.is_none()) {
        pass.target.note_emptied(now, emptied);
        return Ok(Run { work, ..Run::of(Outcome::Settled { next_moment: Some(now + lag) }) });
    }
    let clock = Caller::local(Actor::Clock);
    let mut tx = pass.store().begin(permit(&clock.actor, Action::DeleteMirror)?).await?;
    // Somebody may have deleted it at once meanwhile, and made another of its name.
    let same = |now: &KeptTarget| {
        let [now, then] = [&now.target, &kept.target];
        now.emptying_since.is_some()
            && (now.version, now.created_at) == (then.version, then.created_at)
    };
    if let Some(kept) = tx.lock_mirror_target(pass.name()).await?.filter(same) {
        tx.delete_mirror_target(pass.name()).await?;
        let event = event(EventKind::MirrorDeleted, pass.name())
            .with_all(facts(&kept.target.settings))
            .with("emptied", emptied.to_string());
        pass.service.commit(tx, &clock, event).await?;
    }
    Ok(Run { work, ..nothing })
}

/// The head first: without it readers refuse everything, whatever is still there. Whether a listing found anything of ours.
async fn take_away(pass: &mut Pass<'_>) -> Result<bool, Trouble> {
    let head = ObjectKey::parse("head.json").expect("a key");
    pass.target.place().delete(vec![head]).await?;
    routes::take_away(pass).await?;
    let mut found = head::delete_pages(pass, |_| true).await? > 0;
    let keys = listed(pass).await?;
    for some in keys.chunks(ROWS) {
        let now = pass.service.now();
        let judged = pass.store().judge_unwanted(pass.permit, some, now).await?;
        let ours: Vec<Key> = judged
            .into_iter()
            .filter(|(_, why)| *why != Why::Foreign)
            .map(|(key, _)| key)
            .collect();
        found |= !ours.is_empty();
        push::delete(pass, &ours).await?;
    }
    if pass.target.delivers_secrets() {
        found |= routes::take_secrets_away(pass).await? > 0;
    }
    pass.finish().await?;
    Ok(found)
}

async fn listed(pass: &Pass<'_>) -> Result<Vec<Key>, Trouble> {
    let mut keys = Vec::new();
    let mut see = |page: Vec<storage::Listed>| {
        keys.extend(page.iter().filter_map(|listed| Key::parse(&listed.path)));
    };
    pass.target.place().list(&whole::directory(), &mut see).await?;
    Ok(keys)
}
