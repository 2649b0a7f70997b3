//! Ends a token.

use super::locked::{lock, written};
use crate::{Result, Service};
use domain::Code;
use domain::audit::{Caller, EventKind};
use domain::id::TokenId;
use domain::policy::{Action, Actor, Permit, permit};
use domain::token::{Revocation, Token};

/// Ends a token for good. The row stays, for the audit log and for whoever asks why it is refused.
///
/// # Errors
/// `unauthenticated`, `forbidden`, `not_found`; `token_changed`; `already_ended` when it was revoked before; `token_protected`; a fault.
pub async fn revoke(
    service: &Service,
    caller: &Caller,
    id: TokenId,
    why: Revocation,
) -> Result<Token> {
    end(service, caller, permit(&caller.actor, Action::RevokeToken)?, id, why).await
}

/// The same, for whoever was permitted to.
pub(crate) async fn end(
    service: &Service,
    caller: &Caller,
    permit: Permit,
    id: TokenId,
    why: Revocation,
) -> Result<Token> {
    let mut tx = service.store().begin(permit).await?;
    let (mut token, _) = lock(&mut tx, caller, id).await?;
    if token.revoked_at.is_some() {
        return Err(Code::AlreadyEnded.into());
    }
    // Protection keeps people from a mistake. Whoever holds the secret has found where it got out, which is none.
    if token.protected && !matches!(caller.actor, Actor::Holder { .. }) {
        return Err(Code::TokenProtected.into());
    }
    let now = service.now();
    tx.end_token(id, now, &why).await?;
    let facts = [
        ("reason", why.reason.map(|reason| reason.as_str().to_owned())),
        ("note", why.note.clone()),
    ];
    token.revoked_at = Some(now);
    token.revocation = why;
    token.revealable = false;
    let facts = facts.into_iter().filter_map(|(name, fact)| Some((name, fact?)));
    let event = written(EventKind::TokenRevoked, &mut token).with_all(facts);
    service.commit_answer(tx, caller, event).await?;
    Ok(token)
}
