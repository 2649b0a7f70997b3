//! The list of tokens: what is in its address, and what it shows.

// On the module, as the macro does not hand it on to the browser's half of the function.
#![allow(clippy::too_many_arguments, reason = "one for each field of the form")]
#![allow(clippy::fn_params_excessive_bools, reason = "each is a box to tick")]

use super::TeamChoices;
use crate::{Refusal, Seen, paths};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};
use wire::problem::FieldProblem;
use wire::token_list::{TokenCount, TokenPage};

/// Which tokens are listed and what is shown of them; it is the query of the list's address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// What was searched for.
    pub q: Option<String>,
    /// A team's id.
    pub team: Option<String>,
    /// Who made it.
    pub created_by: Option<String>,
    /// Statuses.
    pub status: Option<String>,
    /// A scope.
    pub scope: Option<String>,
    /// Days in which it expires.
    pub expires_days: Option<String>,
    /// Days for which it was not used, or `never`.
    pub unused: Option<String>,
    /// Whether it is revealable.
    pub revealable: Option<String>,
    /// The order.
    pub sort: Option<String>,
    /// Where the page begins.
    pub cursor: Option<String>,
    /// The columns.
    pub columns: Option<String>,
    /// Whether a secret was looked for, which no token has.
    pub missed: Option<String>,
}

impl Filter {
    /// Reads the query of the list's address.
    pub fn read(value: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            q: value("q"),
            team: value("team"),
            created_by: value("created_by"),
            status: value("status"),
            scope: value("scope"),
            expires_days: value("expires_days"),
            unused: value("unused"),
            revealable: value("revealable"),
            sort: value("sort"),
            cursor: value("cursor"),
            columns: value("columns"),
            missed: value("missed"),
        }
    }

    /// Whether every token is listed.
    pub fn is_whole(&self) -> bool {
        let look = Self {
            sort: self.sort.clone(),
            columns: self.columns.clone(),
            missed: self.missed.clone(),
            ..Self::default()
        };
        *self == look
    }

    /// The address of the list.
    pub fn address(&self) -> String {
        let some = |value: &'_ Option<String>| value.clone().filter(|value| !value.is_empty());
        let pairs = [
            ("q", some(&self.q)),
            ("team", some(&self.team)),
            ("created_by", some(&self.created_by)),
            ("status", some(&self.status)),
            ("scope", some(&self.scope)),
            ("expires_days", some(&self.expires_days)),
            ("unused", some(&self.unused)),
            ("revealable", some(&self.revealable)),
            ("sort", some(&self.sort)),
            ("columns", some(&self.columns)),
            ("cursor", some(&self.cursor)),
            ("missed", some(&self.missed)),
        ];
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| (*name, value.as_deref())).collect();
        paths::with_query(paths::TOKENS, &pairs)
    }

    /// The first page of the same with one thing changed.
    #[must_use]
    pub fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut filter = Self { cursor: None, missed: None, ..self.clone() };
        change(&mut filter);
        filter
    }
}

/// A page of tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// The tokens.
    pub page: TokenPage,
    /// How many there are, on the first page.
    pub count: Option<TokenCount>,
    /// What of the address is refused; then there are no tokens.
    pub refused: Option<FieldProblem>,
    /// The teams to filter by.
    pub teams: TeamChoices,
    /// What was asked for.
    pub filter: Filter,
}

/// A page of tokens.
///
/// # Errors
/// `unauthenticated`, `cursor_invalid`, a fault.
#[server(prefix = "/fn", endpoint = "list_tokens", input = GetUrl)]
pub async fn list_tokens(#[server(default)] filter: Filter) -> Result<Seen<Listing>, Refusal> {
    crate::backend::token_list::list(filter).await
}

/// Leads to the list with these filters; or, where a secret was typed, to its token. Posted, so that a secret is in no address.
///
/// # Errors
/// `unauthenticated`, a fault.
#[server(prefix = "/fn", endpoint = "filter_tokens")]
pub async fn filter_tokens(
    #[server(default)] q: String,
    #[server(default)] team: String,
    #[server(default)] created_by: String,
    #[server(default)] status: String,
    #[server(default)] scope: String,
    #[server(default)] expires_days: String,
    #[server(default)] unused: String,
    #[server(default)] revealable: String,
    #[server(default)] sort: String,
    #[server(default)] column_team: bool,
    #[server(default)] column_scopes: bool,
    #[server(default)] column_created: bool,
    #[server(default)] column_created_by: bool,
    #[server(default)] column_expires: bool,
    #[server(default)] column_last_used: bool,
) -> Result<(), Refusal> {
    let typed = [q, team, created_by, status, scope, expires_days, unused, revealable, sort];
    let columns = [
        column_team,
        column_scopes,
        column_created,
        column_created_by,
        column_expires,
        column_last_used,
    ];
    crate::backend::token_list::search(typed, columns).await
}
