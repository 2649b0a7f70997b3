//! Tells the audit log what should make somebody look: a token that is used from elsewhere, or after its end.
//!
//! Before the batch is flushed, so that what is told is not lost between the two; that it is told once is kept in the database.

use super::gathered::Collected;
use crate::{Result, Service};
use domain::OffsetDateTime;
use domain::audit::{Caller, Event, EventKind, SubjectKind};
use domain::id::{EventId, TokenId};
use domain::policy::{Action, Actor, permit};
use std::collections::BTreeMap;
use store::Stamp;
use store::usage::OriginUse;
use store::usage::notice::Noticed;
use time::Duration;

/// A new origin of a token is told at most once in this time.
const NEW_ORIGIN_GAP: Duration = Duration::HOUR;
/// A token that is used after its end is told at most once in this time.
const AFTER_END_GAP: Duration = Duration::DAY;

/// Tells what is to be told of what was collected.
///
/// # Errors
/// A fault.
pub(super) async fn tell(service: &Service, collected: &Collected) -> Result<()> {
    let origins = new_origins(service, &collected.batch.origins).await?;
    let new_origin = |told: &Noticed| {
        let origin = origins.get(&told.token).map(|used| used.origin.to_string());
        event(EventKind::TokenNewOrigin, told).with("used_from", origin.unwrap_or_default())
    };
    let tokens: Vec<_> = origins.keys().copied().collect();
    tell_of(service, EventKind::TokenNewOrigin, &tokens, NEW_ORIGIN_GAP, new_origin).await?;

    let ended: BTreeMap<_, _> = collected.after_end.iter().copied().collect();
    let after_end = |told: &Noticed| {
        let reason = told.reason.map(|reason| ("reason", reason.as_str().to_owned()));
        let event = event(EventKind::TokenUsedAfterEnd, told).with_all(reason);
        let Some(used) = ended.get(&told.token) else { return event };
        let event = event.with("code", used.outcome.as_str());
        match used.origin {
            Some(origin) => event.with("used_from", origin.to_canonical().to_string()),
            None => event,
        }
    };
    let tokens: Vec<_> = ended.keys().copied().collect();
    tell_of(service, EventKind::TokenUsedAfterEnd, &tokens, AFTER_END_GAP, after_end).await
}

fn event(kind: EventKind, told: &Noticed) -> Event {
    Event::new(kind, SubjectKind::Token, Some(told.token.to_string()), told.name.clone())
        .in_team(told.team)
}

/// The first new origin of each token that had one before. Uses after its end are told as such.
async fn new_origins<'o>(
    service: &Service,
    origins: &'o [OriginUse],
) -> Result<BTreeMap<TokenId, &'o OriginUse>> {
    let mut alive: Vec<&OriginUse> = origins
        .iter()
        .filter(|used| !used.known && used.valid + used.refused > used.ended)
        .collect();
    let mut found = BTreeMap::new();
    if alive.is_empty() {
        return Ok(found);
    }
    alive.sort_by_key(|used| (used.token, used.first_at));
    let asked: Vec<_> = alive.iter().map(|used| (used.token, used.origin)).collect();
    let permit = permit(&Actor::Clock, Action::RecordUsage)?;
    let mut begun = None;
    for (place, known) in service.store().find_new_origins(&permit, &asked).await? {
        let Some(used) = alive.get(place) else { continue };
        // The first of all that a token is used from is no news.
        if known > 0 || begun == Some(used.token) {
            found.entry(used.token).or_insert(*used);
        }
        begun = Some(used.token);
    }
    Ok(found)
}

async fn tell_of(
    service: &Service,
    kind: EventKind,
    tokens: &[TokenId],
    gap: Duration,
    event: impl Fn(&Noticed) -> Event,
) -> Result<()> {
    if tokens.is_empty() {
        return Ok(());
    }
    let now = service.now();
    let permit = || permit(&Actor::Clock, Action::RecordUsage);
    // A token that goes on being used after its end is in every batch: it should cost no write.
    let since = now.checked_sub(gap).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let tokens = service.store().list_unnoticed(&permit()?, kind, tokens, since).await?;
    if tokens.is_empty() {
        return Ok(());
    }
    let mut tx = service.store().begin(permit()?).await?;
    let told = tx.claim_notices(kind, &tokens, now, gap).await?;
    let event = |told: &Noticed| {
        let id = service.random(|rng| EventId::generate(now, rng));
        (Stamp { id, at: now }, event(told))
    };
    let mut events: Vec<_> = told.iter().map(event).collect();
    if let Some(last) = events.pop() {
        tx.commit_each(&Caller::local(Actor::Clock), events, last).await?;
    }
    Ok(())
}
