//! Which tokens are listed, and a page of them.

use crate::token::Token;
use domain::page::Limit;
use domain::token::TokenSort;
use domain::token::list::{AskedFilter, TokenCursor, TokenFilter, TokenPage as Listed, TokenQuery};
use domain::{Code, OffsetDateTime, Refused};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Which tokens, in which order. All of it must be true of a token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct ListTokens {
    /// Words that its name, its description or the part of its secret that is shown has: each is found by its beginning. Or its id. A secret is refused
    /// here, and found by `POST /api/tokens/find`. At most 100 characters.
    pub q: Option<String>,
    /// Its team's id.
    pub team_id: Option<String>,
    /// Who made it.
    pub created_by: Option<String>,
    /// Its status is one of these, with commas between: `active`, `expiring_soon`, `rotating` (which are `working`), `scheduled`, `disabled`, `expired`,
    /// `revoked` (which are `ended`).
    pub status: Option<String>,
    /// A scope that it has, letter by letter.
    pub scope: Option<String>,
    /// It has not ended, and expires within so many days: 1 to 3650.
    #[cfg_attr(feature = "openapi", param(value_type = Option<u16>, minimum = 1, maximum = 3650))]
    pub expires_days: Option<String>,
    /// `never` for tokens that were never good; or 1 to 3650, for those that were not in so many days. One that never was counts from its making.
    pub unused: Option<String>,
    /// Whether its secret can be revealed.
    #[cfg_attr(feature = "openapi", param(value_type = Option<bool>))]
    pub revealable: Option<String>,
    /// `created`, `name`, `expires` or `last_used`, with `-` before it from the last to the first; `-created` if absent. The last use counts by the hour.
    pub sort: Option<String>,
    /// The `next_cursor` or the `previous_cursor` of another page of the same filter and order.
    pub cursor: Option<String>,
    /// Rows a page: 1 to 200, 50 if absent.
    pub limit: Option<i64>,
}

impl ListTokens {
    /// The filter alone.
    ///
    /// # Errors
    /// What [`TokenFilter::parse`] refuses.
    pub fn filter(&self) -> Result<TokenFilter, Refused> {
        // In a form an empty field is one that was left alone; here it is neither a number nor a truth.
        let empty = |text: &Option<String>| text.as_deref() == Some("");
        if empty(&self.expires_days) {
            return Err(Refused::field("expires_days", Code::DaysRange));
        }
        if empty(&self.revealable) {
            return Err(Refused::field("revealable", Code::QueryMalformed));
        }
        if empty(&self.team_id) {
            return Err(Refused::field("team_id", Code::TeamUnknown));
        }
        TokenFilter::parse(AskedFilter {
            q: self.q.as_deref().unwrap_or_default(),
            team: self.team_id.as_deref().unwrap_or_default(),
            created_by: self.created_by.as_deref().unwrap_or_default(),
            status: self.status.as_deref().unwrap_or_default(),
            scope: self.scope.as_deref().unwrap_or_default(),
            expires_days: self.expires_days.as_deref().unwrap_or_default(),
            unused: self.unused.as_deref().unwrap_or_default(),
            revealable: self.revealable.as_deref().unwrap_or_default(),
        })
    }
}

impl TryFrom<ListTokens> for TokenQuery {
    type Error = Refused;

    fn try_from(asked: ListTokens) -> Result<Self, Refused> {
        let filter = asked.filter()?;
        let sort = TokenSort::parse(asked.sort.as_deref().unwrap_or_default())?;
        let cursor = |text: &str| TokenCursor::parse(text, sort, &filter);
        let cursor = asked.cursor.as_deref().map(cursor).transpose()?;
        Ok(Self { filter, sort, cursor, limit: Limit::parse(asked.limit)? })
    }
}

/// A page of tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenPage {
    /// The tokens, in the order that was asked for.
    pub items: Vec<Token>,
    /// Give this as `cursor`, with the same filter and order, to read on; null on the last page.
    pub next_cursor: Option<String>,
    /// Give this as `cursor` to read back; null on the first page.
    pub previous_cursor: Option<String>,
}

impl TokenPage {
    /// The view of a page of a filter at `now`.
    pub fn at(page: Listed, filter: &TokenFilter, now: OffsetDateTime) -> Self {
        let text = |cursor: TokenCursor| cursor.text(filter);
        Self {
            items: page.tokens.into_iter().map(|token| Token::at(token, now)).collect(),
            next_cursor: page.next.map(text),
            previous_cursor: page.previous.map(text),
        }
    }
}

/// How many tokens there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenCount {
    /// So many: counted to 1,000.
    pub count: u64,
    /// Whether there are more.
    pub more: bool,
}

/// `POST /api/tokens/find`. No `Debug`: it holds a secret.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FindToken<'a> {
    /// The whole secret.
    #[serde(borrow)]
    pub token: Cow<'a, str>,
}
