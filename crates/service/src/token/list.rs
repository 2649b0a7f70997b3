//! Lists tokens, and gets one.

use crate::{Result, Service};
use domain::audit::Caller;
use domain::id::{TeamId, TokenId};
use domain::page::{Limit, Page};
use domain::policy::{Action, permit};
use domain::token::Token;
use domain::{Code, Refused};

/// Where a page of tokens ended: after this token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenCursor(TokenId);

impl TokenCursor {
    /// Reads a cursor.
    ///
    /// # Errors
    /// `cursor_invalid` on `cursor`.
    pub fn parse(text: &str) -> Result<Self, Refused> {
        TokenId::parse(text).map(Self).ok_or(Refused::field("cursor", Code::CursorInvalid))
    }
}

impl std::fmt::Display for TokenCursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Which tokens.
#[derive(Clone, Copy, Debug, Default)]
pub struct TokenFilter {
    /// Only this team's.
    pub team: Option<TeamId>,
    /// After this place.
    pub cursor: Option<TokenCursor>,
    /// Rows a page.
    pub limit: Limit,
}

/// A page of tokens, newest first.
///
/// # Errors
/// `unauthenticated`, `forbidden`; a fault.
pub async fn list(
    service: &Service,
    caller: &Caller,
    filter: TokenFilter,
) -> Result<Page<Token, TokenCursor>> {
    let permit = permit(&caller.actor, Action::ListTokens)?;
    let before = filter.cursor.map(|cursor| cursor.0);
    let page = service.store().list_tokens(&permit, filter.team, before, filter.limit).await?;
    Ok(Page { items: page.items, next: page.next.map(TokenCursor) })
}

/// One token.
///
/// # Errors
/// `unauthenticated`, `forbidden`, `not_found`; a fault.
pub async fn get(service: &Service, caller: &Caller, id: TokenId) -> Result<Token> {
    let permit = permit(&caller.actor, Action::ListTokens)?;
    Ok(service.store().find_token(&permit, id).await?.ok_or(Code::NotFound)?)
}
