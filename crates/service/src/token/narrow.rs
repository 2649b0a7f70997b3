//! Takes scopes from a token: they become fewer, never more.

use super::locked::{lock, written};
use crate::{Result, Service};
use domain::audit::{Caller, EventKind};
use domain::id::TokenId;
use domain::policy::{Action, permit};
use domain::token::{Scope, Scopes, Token};
use domain::{Code, Refused};

/// Leaves a token these scopes, each of which one of its scopes covers. What stays as it was is no change, and leaves no event.
///
/// # Errors
/// `unauthenticated`, `forbidden`, `not_found`; `already_ended`; `scopes_wider` on `scopes` when the token may not do all of it now; a fault.
pub async fn narrow_scopes(
    service: &Service,
    caller: &Caller,
    id: TokenId,
    scopes: Scopes,
) -> Result<Token> {
    let mut tx = service.store().begin(permit(&caller.actor, Action::NarrowScopes)?).await?;
    let (mut token, _) = lock(&mut tx, caller, id).await?;
    if token.state(service.now()).has_ended() {
        return Err(Code::AlreadyEnded.into());
    }
    let kept: Vec<Scope> = scopes.iter().cloned().collect();
    if !token.scopes.cover(&kept) {
        return Err(Refused::field("scopes", Code::ScopesWider).into());
    }
    if scopes == token.scopes {
        return Ok(token);
    }
    tx.set_token_scopes(id, &scopes).await?;
    let before = std::mem::replace(&mut token.scopes, scopes);
    let kind = EventKind::TokenScopesNarrowed;
    let event = written(kind, &mut token)
        .with("before", before.joined())
        .with("after", token.scopes.joined());
    service.commit_answer(tx, caller, event).await?;
    Ok(token)
}
