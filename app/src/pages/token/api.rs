//! What the pages of tokens ask the server. No answer of a form holds a secret; see `backend::secret`.

// On the module, as the macro does not hand it on to the browser's half of the function.
#![allow(clippy::too_many_arguments, reason = "one for each field of the form")]

use crate::form_start::FormStart;
use crate::{Refusal, Seen};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};
use wire::Page;
use wire::audit::AuditEntry;
use wire::receipt::Receipt;
use wire::token::Token;
use wire::usage::{Bucket, TokenUsage};

/// Which tokens are listed; it is the query of the list's address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// Only this team's.
    #[serde(default)]
    pub team: Option<String>,
    /// After this place.
    #[serde(default)]
    pub cursor: Option<String>,
}

/// A team that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamChoice {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether its tokens may be sealed for a later reveal.
    pub reveal_allowed: bool,
}

/// The teams to choose from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamChoices {
    /// The teams, by name.
    pub teams: Vec<TeamChoice>,
    /// Whether there are so many that only the newest are here.
    pub partial: bool,
}

/// A page of tokens, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// The tokens.
    pub page: Page<Token>,
    /// The teams to filter by.
    pub teams: TeamChoices,
    /// What was asked for.
    pub filter: Filter,
}

/// A token, and what happened to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenHistory {
    /// The token.
    pub token: Token,
    /// Its lines of the audit log, newest first.
    pub events: Vec<AuditEntry>,
    /// Whether there are so many that only the newest are here.
    pub partial: bool,
}

/// How a token was used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Use {
    /// In seven days, by the day.
    pub week: TokenUsage,
    /// In 24 hours, by the hour.
    pub day: Vec<Bucket>,
}

/// What the form for a new token begins with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewTokenStart {
    /// Draft, key and time.
    pub form: FormStart,
    /// The teams that it may belong to.
    pub teams: TeamChoices,
    /// Whether there is a key to seal with.
    pub reveal_on: bool,
}

/// What is in the form for a new token, as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Its name.
    pub name: String,
    /// Its team's id.
    pub team_id: String,
    /// What it is for.
    pub description: String,
    /// What it may do, with spaces or commas between.
    pub scopes: String,
    /// Ticked: it has no end, whatever the days say.
    pub never_expires: bool,
    /// Days from now.
    pub expires_days: String,
    /// Ticked: a sealed copy is kept.
    pub revealable: bool,
}

impl Asked {
    /// The scopes one by one. Commas of Chinese keyboards count too.
    pub fn scope_list(&self) -> Vec<String> {
        let apart = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '，' | '、' | '；');
        self.scopes.split(apart).filter(|scope| !scope.is_empty()).map(str::to_owned).collect()
    }
}

/// A token, and its secret if this is the one time. No `Debug`: it holds a secret.
#[derive(Clone, Serialize, Deserialize)]
pub struct Shown {
    /// The token.
    pub token: Token,
    /// Whether the secret is shown now.
    pub there: bool,
    /// The secret. `None` also when the server wrote it into the page itself, so that it is not in the page's data a second time.
    pub secret: Option<String>,
    /// Where callers ask whether a token is good.
    pub verify_url: String,
}

/// A page of tokens.
///
/// # Errors
/// `unauthenticated`, `cursor_invalid`, a fault.
#[server(prefix = "/fn", endpoint = "list_tokens", input = GetUrl)]
pub async fn list_tokens(
    #[server(default)] team: Option<String>,
    #[server(default)] cursor: Option<String>,
) -> Result<Seen<Listing>, Refusal> {
    crate::backend::token::list(Filter { team, cursor }).await
}

/// One token, and what happened to it.
///
/// # Errors
/// `unauthenticated`, `not_found`, a fault.
#[server(prefix = "/fn", endpoint = "get_token", input = GetUrl)]
pub async fn get_token(id: String) -> Result<Seen<TokenHistory>, Refusal> {
    crate::backend::token::get_history(&id).await
}

/// Who refuses a revoked token.
///
/// # Errors
/// `unauthenticated`, `not_found`, a fault.
#[server(prefix = "/fn", endpoint = "get_receipt", input = GetUrl)]
pub async fn get_receipt(id: String) -> Result<Seen<Receipt>, Refusal> {
    crate::backend::token::receipt(&id).await
}

/// How a token was used.
///
/// # Errors
/// `unauthenticated`, `not_found`, a fault.
#[server(prefix = "/fn", endpoint = "get_token_usage", input = GetUrl)]
pub async fn get_token_usage(id: String) -> Result<Seen<Use>, Refusal> {
    crate::backend::token::usage(&id).await
}

/// What the form for a new token begins with.
///
/// # Errors
/// `unauthenticated`, a fault.
#[server(prefix = "/fn", endpoint = "start_token")]
pub async fn start_token(
    /// The id of the team that it was asked for.
    #[server(default)]
    team: Option<String>,
) -> Result<NewTokenStart, Refusal> {
    crate::backend::token::start(team).await
}

/// Makes a token, and leads to the page that shows its secret once.
///
/// # Errors
/// The rules of the fields, `unauthenticated`, `idempotency_mismatch`, a fault.
#[server(prefix = "/fn", endpoint = "create_token")]
pub async fn create_token(
    #[server(default)] name: String,
    #[server(default)] team_id: String,
    #[server(default)] description: String,
    #[server(default)] scopes: String,
    #[server(default)] never_expires: bool,
    #[server(default)] expires_days: String,
    #[server(default)] revealable: bool,
    #[server(default)] idempotency_key: String,
) -> Result<(), Refusal> {
    let asked =
        Asked { name, team_id, description, scopes, never_expires, expires_days, revealable };
    crate::backend::token::create(asked, &idempotency_key).await
}

/// Opens the sealed copy of a token, and leads to the page that shows it. The audit log says so.
///
/// # Errors
/// `already_ended`, `not_revealable`, `reveal_off`, `sealed_with_lost_key`, `unauthenticated`, `not_found`, a fault.
#[server(prefix = "/fn", endpoint = "reveal_token")]
pub async fn reveal_token(#[server(default)] id: String) -> Result<(), Refusal> {
    crate::backend::token::reveal(&id).await
}

/// Ends a token for good.
///
/// # Errors
/// `already_ended`, `unauthenticated`, `not_found`, a fault.
#[server(prefix = "/fn", endpoint = "revoke_token")]
pub async fn revoke_token(#[server(default)] id: String) -> Result<(), Refusal> {
    crate::backend::token::revoke(&id).await
}

/// Takes the secret that was sent to the page of this token: once. It lies under `/tokens`, where its cookie goes.
///
/// # Errors
/// `unauthenticated`, `not_found`, a fault.
#[server(prefix = "/tokens/fn", endpoint = "take_secret")]
pub async fn take_secret(id: String) -> Result<Shown, Refusal> {
    crate::backend::token::take(&id).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_come_apart_at_spaces_and_commas() {
        let asked = Asked {
            scopes: " images:read,images:write  *\n，a、b ".to_owned(),
            ..Asked::default()
        };
        assert_eq!(asked.scope_list(), ["images:read", "images:write", "*", "a", "b"]);
    }
}
