//! Gives a token another secret, and ends the former one.

use super::create::{Created, secret_of};
use super::locked::{lock, written};
use crate::idempotency::{rotation_hash, who};
use crate::{IdempotencyKey, Result, Service};
use domain::Code;
use domain::audit::{Caller, EventKind};
use domain::id::TokenId;
use domain::policy::{Action, permit};
use domain::token::{Overlap, Token, TokenSecret};
use store::idempotency::Replay;

/// Gives a token another secret, shown once like a new token's. Id, name, scopes, conditions and expiry stay; the former secret works for the overlap.
/// The sealed copy is replaced; without an encryption key there is none from now on.
///
/// # Errors
/// `unauthenticated`, `forbidden`, `not_found`; `already_ended`; `overlap_running` while an earlier overlap has not ended; `idempotency_mismatch`;
/// a fault.
pub async fn rotate(
    service: &Service,
    caller: &Caller,
    id: TokenId,
    overlap: Overlap,
    key: Option<IdempotencyKey>,
) -> Result<Created> {
    let mut tx = service.store().begin(permit(&caller.actor, Action::RotateToken)?).await?;
    let actor = who(&caller.actor);
    let request_hash = rotation_hash(id, overlap);
    if let Some(key) = &key
        && let Some(replay) = tx.find_replay(&actor, key.as_str()).await?
    {
        if replay.request_hash != request_hash {
            return Err(Code::IdempotencyMismatch.into());
        }
        // It was rotated as the caller saw it: that it is another since is their own deed.
        let (token, _) = tx.lock_token(id).await?.ok_or(Code::NotFound)?;
        let secret = secret_of(service, &token, &replay);
        return Ok(Created { token, secret, replayed: true });
    }
    let (mut token, sealed) = lock(&mut tx, caller, id).await?;
    let now = service.now();
    if token.state(now).has_ended() {
        return Err(Code::AlreadyEnded.into());
    }
    if token.overlap_until(now).is_some() {
        return Err(Code::OverlapRunning.into());
    }
    let secret = service.random(|rng| TokenSecret::mint(service.prefix(), rng));
    let fresh = service.sealer().map(|sealer| sealer.seal(&secret));
    let kept = fresh.as_deref().filter(|_| sealed.is_some());
    let former = std::mem::replace(&mut token.display, secret.display());
    let until = overlap.until(now, token.expires_at);
    token.revealable = kept.is_some();
    token.retired_until = Some(until);
    tx.rotate_token(id, &secret.hash(), &token.display, kept, until).await?;
    if let Some(key) = &key {
        let replay = Replay { request_hash, token: id, sealed: fresh, at: now };
        tx.insert_replay(&actor, key.as_str(), &replay).await?;
    }
    let event = written(EventKind::TokenRotated, &mut token)
        .with("display", token.display.as_str())
        .with("former_display", former.as_str())
        .with("overlap_seconds", overlap.seconds().to_string());
    service.commit_answer(tx, caller, event).await?;
    Ok(Created { token, secret: Some(secret), replayed: false })
}

/// Ends a token's former secret before its overlap is over.
///
/// # Errors
/// `unauthenticated`, `forbidden`, `not_found`; `already_ended`; `no_overlap` when no former secret works; a fault.
pub async fn finish_rotation(service: &Service, caller: &Caller, id: TokenId) -> Result<Token> {
    let mut tx = service.store().begin(permit(&caller.actor, Action::FinishRotation)?).await?;
    let (mut token, _) = lock(&mut tx, caller, id).await?;
    let now = service.now();
    if token.state(now).has_ended() {
        return Err(Code::AlreadyEnded.into());
    }
    if token.overlap_until(now).is_none() {
        return Err(Code::NoOverlap.into());
    }
    tx.finish_rotation(id, now).await?;
    token.retired_until = Some(now);
    let event = written(EventKind::TokenRotationFinished, &mut token);
    service.commit_answer(tx, caller, event).await?;
    Ok(token)
}
