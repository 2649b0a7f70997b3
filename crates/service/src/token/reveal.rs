//! Shows a token's secret again.

use crate::{Result, Service};
use domain::Code;
use domain::audit::{Caller, Event, EventKind, SubjectKind};
use domain::id::TokenId;
use domain::policy::{Action, permit};
use domain::token::{Token, TokenSecret};

/// Opens the sealed copy of a token that has not ended. The event is committed before the secret leaves: no audit, no reveal.
///
/// # Errors
/// `unauthenticated`, `forbidden`, `not_found`; `already_ended`, `not_revealable`, `reveal_off`, `sealed_with_lost_key`; a fault.
pub async fn reveal(
    service: &Service,
    caller: &Caller,
    id: TokenId,
) -> Result<(Token, TokenSecret)> {
    let mut tx = service.store().begin(permit(&caller.actor, Action::RevealToken)?).await?;
    let (token, sealed) = tx.lock_token(id).await?.ok_or(Code::NotFound)?;
    if token.state(service.now()).has_ended() {
        return Err(Code::AlreadyEnded.into());
    }
    let sealed = sealed.ok_or(Code::NotRevealable)?;
    let sealer = service.sealer().ok_or(Code::RevealOff)?;
    let secret = sealer.open(&sealed).map_err(|_| Code::SealedWithLostKey)?;
    let event = Event::new(
        EventKind::TokenRevealed,
        SubjectKind::Token,
        Some(id.to_string()),
        token.name.as_str(),
    );
    service.commit(tx, caller, event.in_team(token.team).with("team", &token.team_name)).await?;
    Ok((token, secret))
}
