//! Switches a token off, for a time or until somebody switches it on, and on again.

use super::locked::{lock, written};
use crate::{Result, Service};
use domain::audit::{Caller, EventKind};
use domain::id::TokenId;
use domain::policy::{Action, permit};
use domain::token::{Pause, Token};
use domain::{Code, OffsetDateTime};
use store::Tx;
use time::format_description::well_known::Rfc3339;

/// Switches a token off: it is refused until it is switched on. Its time goes on. A pause that has not passed is for good then.
///
/// # Errors
/// `unauthenticated`, `forbidden`, `not_found`; `token_changed`; `already_ended`; `already_disabled`; a fault.
pub async fn disable(service: &Service, caller: &Caller, id: TokenId) -> Result<Token> {
    let (tx, mut token) = open(service, caller, id, Action::DisableToken).await?;
    token.disabled_at = Some(service.now());
    token.pause = None;
    switch(service, caller, tx, token).await
}

/// Switches a token off until a moment, also one that is paused until another, from which on it is good again by time alone: whoever knows of the pause knows its end.
///
/// # Errors
/// `unauthenticated`, `forbidden`, `not_found`; `token_changed`; `already_ended`; `already_disabled`; `until_invalid` on `until`; a fault.
pub async fn pause(
    service: &Service,
    caller: &Caller,
    id: TokenId,
    until: OffsetDateTime,
) -> Result<Token> {
    let (tx, mut token) = open(service, caller, id, Action::DisableToken).await?;
    let pause = Pause::begin(service.now(), until)?;
    // Whoever knows of no pauses finds it switched off.
    token.disabled_at = Some(pause.at);
    token.pause = Some(pause);
    switch(service, caller, tx, token).await
}

/// Switches a token on again, also before the end of its pause.
///
/// # Errors
/// `unauthenticated`, `forbidden`, `not_found`; `token_changed`; `already_ended`; `not_disabled`; a fault.
pub async fn enable(service: &Service, caller: &Caller, id: TokenId) -> Result<Token> {
    let (tx, mut token) = open(service, caller, id, Action::EnableToken).await?;
    token.disabled_at = None;
    token.pause = None;
    switch(service, caller, tx, token).await
}

/// The token, if it can be switched so.
async fn open(
    service: &Service,
    caller: &Caller,
    id: TokenId,
    action: Action,
) -> Result<(Tx, Token)> {
    let mut tx = service.store().begin(permit(&caller.actor, action)?).await?;
    let (token, _) = lock(&mut tx, caller, id).await?;
    let now = service.now();
    if token.state(now).has_ended() {
        return Err(Code::AlreadyEnded.into());
    }
    let off = token.disabled_since(now).is_some();
    // A pause may become another one, or be for good.
    match (action == Action::DisableToken, off, token.pause.is_some()) {
        (true, true, false) => Err(Code::AlreadyDisabled.into()),
        (false, false, _) => Err(Code::NotDisabled.into()),
        _ => Ok((tx, token)),
    }
}

async fn switch(service: &Service, caller: &Caller, mut tx: Tx, mut token: Token) -> Result<Token> {
    tx.set_token_disabled(token.id, token.disabled_at, token.pause).await?;
    let off = token.disabled_since(service.now()).is_some();
    let kind = if off { EventKind::TokenDisabled } else { EventKind::TokenEnabled };
    let until = token.pause.and_then(|pause| pause.until.format(&Rfc3339).ok());
    let event = written(kind, &mut token).with_all(until.map(|until| ("until", until)));
    service.commit_answer(tx, caller, event).await?;
    Ok(token)
}
