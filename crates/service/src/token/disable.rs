//! Switches a token off, and on again.

use super::locked::{lock, written};
use crate::{Result, Service};
use domain::Code;
use domain::audit::{Caller, EventKind};
use domain::id::TokenId;
use domain::policy::{Action, permit};
use domain::token::Token;

/// Switches a token off: it is refused until it is switched on. Its time goes on.
///
/// # Errors
/// `unauthenticated`, `forbidden`, `not_found`; `already_ended`; `already_disabled`; a fault.
pub async fn disable(service: &Service, caller: &Caller, id: TokenId) -> Result<Token> {
    switch(service, caller, id, Action::DisableToken).await
}

/// Switches a token on again.
///
/// # Errors
/// `unauthenticated`, `forbidden`, `not_found`; `already_ended`; `not_disabled`; a fault.
pub async fn enable(service: &Service, caller: &Caller, id: TokenId) -> Result<Token> {
    switch(service, caller, id, Action::EnableToken).await
}

async fn switch(service: &Service, caller: &Caller, id: TokenId, action: Action) -> Result<Token> {
    let off = action == Action::DisableToken;
    let mut tx = service.store().begin(permit(&caller.actor, action)?).await?;
    let (mut token, _) = lock(&mut tx, caller, id).await?;
    let now = service.now();
    if token.state(now).has_ended() {
        return Err(Code::AlreadyEnded.into());
    }
    match (off, token.disabled_at.is_some()) {
        (true, true) => return Err(Code::AlreadyDisabled.into()),
        (false, false) => return Err(Code::NotDisabled.into()),
        _ => {}
    }
    token.disabled_at = off.then_some(now);
    tx.set_token_disabled(id, token.disabled_at).await?;
    let kind = if off { EventKind::TokenDisabled } else { EventKind::TokenEnabled };
    let event = written(kind, &mut token);
    service.commit_answer(tx, caller, event).await?;
    Ok(token)
}
