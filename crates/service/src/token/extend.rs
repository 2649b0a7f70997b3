//! Puts off the end of a token.

use super::locked::{lock, written};
use crate::{Result, Service};
use domain::Code;
use domain::audit::{Caller, EventKind};
use domain::id::TokenId;
use domain::policy::{Action, permit};
use domain::token::{Expiry, ExpiryRequest, Token};
use time::format_description::well_known::Rfc3339;

/// Puts off the end of a token, which lives on with its secret. What has ended never comes back: its secret was given up for dead, by people and by
/// mirrors. The same end again is no change, and leaves no event.
///
/// # Errors
/// `unauthenticated`, `forbidden`, `not_found`; `token_changed`; `already_ended`; on `expires_at` `expires_in_past`, `expires_days_range` and
/// `expires_sooner`; a fault.
pub async fn extend(
    service: &Service,
    caller: &Caller,
    id: TokenId,
    asked: ExpiryRequest,
) -> Result<Token> {
    let mut tx = service.store().begin(permit(&caller.actor, Action::ExtendToken)?).await?;
    let (mut token, _) = lock(&mut tx, caller, id).await?;
    let now = service.now();
    if token.state(now).has_ended() {
        return Err(Code::AlreadyEnded.into());
    }
    let until = asked.extend(token.expires_at, now)?;
    if until == token.expires_at {
        return Ok(token);
    }
    tx.extend_token(id, until).await?;
    let before = std::mem::replace(&mut token.expires_at, until);
    let event = written(EventKind::TokenExtended, &mut token)
        .with("before", told(before))
        .with("after", told(until));
    service.commit_answer(tx, caller, event).await?;
    Ok(token)
}

fn told(expiry: Expiry) -> String {
    expiry.and_then(|at| at.format(&Rfc3339).ok()).unwrap_or_else(|| "never".to_owned())
}
