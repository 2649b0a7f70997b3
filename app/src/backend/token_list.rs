//! The list of tokens for its page. What was typed may be a secret: then it goes into no address, no draft and no log.

use super::request::{refused, service_and_caller, service_and_person};
use super::token::choices;
use crate::pages::token::{Columns, Filter, Listing};
use crate::{Refusal, Seen, paths};
use domain::id::TeamId;
use domain::token::list::{AskedFilter, TokenQuery};
use domain::token::search::{is_secret_like, secret_in};
use domain::token::{TokenCursor, TokenFilter, TokenSort};
use domain::{Code, Refused};
use service::token;
use wire::problem::FieldProblem;
use wire::token_list::{TokenCount, TokenPage};

/// A page of tokens, and the teams to filter by. What is wrong with the address is told beside its filters, where it can be mended.
///
/// # Errors
/// `cursor_invalid`, what `service` refuses, a fault.
pub async fn list(filter: Filter) -> Result<Seen<Listing>, Refusal> {
    let (service, caller) = service_and_caller()?;
    let now = service.now();
    let teams = choices(filter.team.as_deref().and_then(TeamId::parse)).await?;
    let empty = TokenPage { items: Vec::new(), next_cursor: None, previous_cursor: None };
    let (page, count, wrong) = match read(&filter) {
        Err(error) if error.code == Code::CursorInvalid => return Err(refused(error)),
        Err(error) => {
            let field = error.field.map(str::to_owned);
            let code = error.code.as_str().to_owned();
            (empty, None, Some(FieldProblem { code, field }))
        }
        Ok(query) => {
            let page = token::list(&service, &caller, &query).await.map_err(refused)?;
            let first = query.cursor.is_none();
            let count = if first {
                let counted = token::count(&service, &caller, &query.filter).await;
                let (count, more) = counted.map_err(refused)?;
                Some(TokenCount { count, more })
            } else {
                None
            };
            (TokenPage::at(page, &query.filter, now), count, None)
        }
    };
    // What looks like a secret is not written into the page either.
    let secret = |text: &String| is_secret_like(text);
    let filter = Filter { q: filter.q.clone().filter(|q| !secret(q)), ..filter };
    Ok(Seen { now, it: Listing { page, count, refused: wrong, teams, filter } })
}

fn read(filter: &Filter) -> Result<TokenQuery, Refused> {
    let text = |value: &'_ Option<String>| value.clone().unwrap_or_default();
    let asked = TokenFilter::parse(AskedFilter {
        q: &text(&filter.q),
        team: &text(&filter.team),
        created_by: &text(&filter.created_by),
        status: &text(&filter.status),
        scope: &text(&filter.scope),
        expires_days: &text(&filter.expires_days),
        unused: &text(&filter.unused),
        revealable: &text(&filter.revealable),
    })?;
    let sort = TokenSort::parse(&text(&filter.sort))?;
    let cursor = |text: &str| TokenCursor::parse(text, sort, &asked);
    let cursor = filter.cursor.as_deref().map(cursor).transpose()?;
    Ok(TokenQuery { filter: asked, sort, cursor, ..TokenQuery::default() })
}

/// Leads to the list with these filters, or to the token of a secret that was typed. `columns` are in the order of [`Columns::each`].
///
/// # Errors
/// What `service` refuses, a fault.
pub async fn search(typed: [String; 9], columns: [bool; 6]) -> Result<(), Refusal> {
    let some = |text: String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let [q, team, created_by, status, scope, expires_days, unused, revealable, sort] =
        typed.map(some);
    let filter = Filter {
        q,
        team,
        created_by,
        status,
        scope,
        expires_days,
        unused,
        revealable,
        sort,
        cursor: None,
        columns: chosen(columns),
        missed: None,
    };
    let path = match address(filter).await {
        Ok(path) => path,
        Err(error) if error.refusals().first().code == Code::Unauthenticated => {
            paths::sign_in_then(paths::TOKENS)
        }
        Err(error) => return Err(refused(error)),
    };
    leptos_axum::redirect(&path);
    Ok(())
}

async fn address(filter: Filter) -> Result<String, service::Error> {
    let (service, caller) = service_and_person()?;
    token::may_list(&caller)?;
    let typed = filter.q.clone().unwrap_or_default();
    if !is_secret_like(&typed) {
        return Ok(filter.address());
    }
    let Some(secret) = secret_in(&typed) else { return Ok(missed(filter)) };
    match token::find(&service, &caller, secret).await {
        Ok(token) => Ok(paths::token(token.id)),
        Err(error) if error.refusals().first().code == Code::NotFound => Ok(missed(filter)),
        Err(error) => Err(error),
    }
}

fn missed(filter: Filter) -> String {
    Filter { q: None, missed: Some("secret".to_owned()), ..filter }.address()
}

/// The columns as an address has them; `None` when they are those that nobody chose.
fn chosen(columns: [bool; 6]) -> Option<String> {
    let offered = Columns::default().each();
    if offered.map(|(_, on)| on) == columns {
        return None;
    }
    let shown = offered.iter().zip(columns).filter(|(_, on)| *on).map(|((name, _), _)| *name);
    let shown: Vec<&str> = shown.collect();
    Some(if shown.is_empty() { "none".to_owned() } else { shown.join(",") })
}
