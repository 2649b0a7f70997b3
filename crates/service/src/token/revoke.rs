//! Ends a token.

use super::locked::{lock, written};
use crate::{Result, Service};
use domain::Code;
use domain::audit::{Caller, EventKind};
use domain::id::TokenId;
use domain::policy::{Action, Permit, permit};
use domain::token::Token;

/// Ends a token for good. The row stays, for the audit log and for whoever asks why it is refused.
///
/// # Errors
/// `unauthenticated`, `forbidden`, `not_found`; `already_ended` when it was revoked before; a fault.
pub async fn revoke(service: &Service, caller: &Caller, id: TokenId) -> Result<Token> {
    end(service, caller, permit(&caller.actor, Action::RevokeToken)?, id).await
}

/// The same, for whoever was permitted to.
pub(crate) async fn end(
    service: &Service,
    caller: &Caller,
    permit: Permit,
    id: TokenId,
) -> Result<Token> {
    let mut tx = service.store().begin(permit).await?;
    let (mut token, _) = lock(&mut tx, caller, id).await?;
    if token.revoked_at.is_some() {
        return Err(Code::AlreadyEnded.into());
    }
    let now = service.now();
    tx.end_token(id, now).await?;
    token.revoked_at = Some(now);
    token.revealable = false;
    let event = written(EventKind::TokenRevoked, &mut token);
    service.commit_answer(tx, caller, event).await?;
    Ok(token)
}
