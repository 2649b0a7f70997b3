//! What was learned, told to those who may see tokens.

use crate::{Result, Service};
use domain::Code;
use domain::audit::Caller;
use domain::id::{TeamId, TokenId};
use domain::policy::{Action, permit};
use domain::usage::{Report, Span, TokenReport};

/// How many of the most used tokens are told.
const TOP: u16 = 10;

/// The use of one token in a span.
///
/// # Errors
/// `unauthenticated`, `forbidden`, `not_found`; a fault.
pub async fn get_of_token(
    service: &Service,
    caller: &Caller,
    id: TokenId,
    span: Span,
) -> Result<TokenReport> {
    let permit = permit(&caller.actor, Action::ListTokens)?;
    let store = service.store();
    let token = store.find_token(&permit, id).await?.ok_or(Code::NotFound)?;
    Ok(TokenReport {
        token: id,
        span,
        series: span.series(store.usage_of_token(&permit, id, &span).await?),
        last_used: store.find_last_used(&permit, id).await?,
        origins: store.list_origins(&permit, id).await?,
        granted: token.scopes,
        asked: store.list_scopes_asked(&permit, id).await?,
    })
}

/// The use of all tokens in a span, or of a team's. What was no token of ours is nobody's.
///
/// # Errors
/// `unauthenticated`, `forbidden`; a fault.
pub async fn get(
    service: &Service,
    caller: &Caller,
    team: Option<TeamId>,
    span: Span,
) -> Result<Report> {
    let permit = permit(&caller.actor, Action::ListTokens)?;
    let store = service.store();
    Ok(Report {
        span,
        series: span.series(store.usage_of_all(&permit, team, &span).await?),
        top: store.list_top_tokens(&permit, team, &span, TOP).await?,
    })
}

/// How many tokens that are alive were never good, counted to `most`.
///
/// # Errors
/// `unauthenticated`, `forbidden`; a fault.
pub async fn count_never_used(service: &Service, caller: &Caller, most: u32) -> Result<u64> {
    let permit = permit(&caller.actor, Action::ListTokens)?;
    Ok(service.store().count_never_used(&permit, service.now(), most).await?)
}
