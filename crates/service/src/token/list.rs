//! Lists tokens, counts them, finds one by its secret, and gets one.

use crate::{Result, Service};
use domain::Code;
use domain::audit::Caller;
use domain::id::TokenId;
use domain::policy::{Action, permit};
use domain::token::list::COUNT_MAX;
use domain::token::{SecretHash, Token, TokenFilter, TokenPage, TokenQuery};

/// A page of tokens.
///
/// # Errors
/// `unauthenticated`, `forbidden`; a fault.
pub async fn list(service: &Service, caller: &Caller, query: &TokenQuery) -> Result<TokenPage> {
    let permit = permit(&caller.actor, Action::ListTokens)?;
    Ok(service.store().list_tokens(&permit, query, service.now()).await?)
}

/// Whether the caller may look for tokens at all.
///
/// # Errors
/// `unauthenticated`, `forbidden`.
pub fn may_list(caller: &Caller) -> Result<()> {
    permit(&caller.actor, Action::ListTokens)?;
    Ok(())
}

/// How many tokens there are of a filter, counted to [`COUNT_MAX`]; and whether there are more.
///
/// # Errors
/// `unauthenticated`, `forbidden`; a fault.
pub async fn count(
    service: &Service,
    caller: &Caller,
    filter: &TokenFilter,
) -> Result<(u64, bool)> {
    let permit = permit(&caller.actor, Action::ListTokens)?;
    let most = COUNT_MAX.into();
    let store = service.store();
    let count = store.count_tokens(&permit, filter, COUNT_MAX + 1, service.now()).await?;
    Ok((count.min(most), count > most))
}

/// The token that has this secret, or had it before its last rotation, whatever its status.
///
/// # Errors
/// `unauthenticated`, `forbidden`, `not_found` also for what is no secret at all; a fault.
pub async fn find(service: &Service, caller: &Caller, offered: &str) -> Result<Token> {
    let permit = permit(&caller.actor, Action::ListTokens)?;
    let hash = SecretHash::of_offered(offered.trim()).ok_or(Code::NotFound)?;
    let found = service.store().find_token_by_secret(&permit, &hash).await?;
    Ok(found.ok_or(Code::NotFound)?)
}

/// One token.
///
/// # Errors
/// `unauthenticated`, `forbidden`, `not_found`; a fault.
pub async fn get(service: &Service, caller: &Caller, id: TokenId) -> Result<Token> {
    let permit = permit(&caller.actor, Action::ListTokens)?;
    Ok(service.store().find_token(&permit, id).await?.ok_or(Code::NotFound)?)
}
