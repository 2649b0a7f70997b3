//! What the overview counts, from the lists that there are.

use super::request::{refused, service_and_caller};
use super::{mirror, settings};
use crate::pages::overview::Facts;
use crate::{Refusal, Seen};
use domain::page::{LIMIT_MAX, Limit};
use domain::token::list::{SortBy, StatusSet};
use domain::token::{State, TokenFilter, TokenQuery, TokenSort};
use domain::usage::{Span, Step};
use service::team;
use service::token;
use service::usage;

/// Pages of each list that are read at most: the overview says "at least" beyond that.
const PAGES_MAX: usize = 10;
/// Tokens that were never used are counted to this.
const UNUSED_MAX: u32 = 1000;
/// Rows that are shown of the tokens that expire next.
const SHOWN: i64 = 5;

/// The overview.
///
/// # Errors
/// What `service` refuses, a fault.
pub async fn get() -> Result<Seen<Facts>, Refusal> {
    let (service, caller) = service_and_caller()?;
    let now = service.now();
    let limit = Limit::parse(Some(i64::from(LIMIT_MAX))).map_err(refused)?;

    let mut facts = Facts::default();
    let mut cursor = None;
    for _ in 0..PAGES_MAX {
        let page = team::list(&service, &caller, cursor, limit).await.map_err(refused)?;
        facts.teams += page.items.len();
        facts.active += page.items.iter().map(|team| team.active_tokens).sum::<u64>();
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    facts.partial = cursor.is_some();

    let filter = TokenFilter {
        status: Some(StatusSet::parse(State::ExpiringSoon.as_str()).map_err(refused)?),
        ..TokenFilter::default()
    };
    let (expiring, more) = token::count(&service, &caller, &filter).await.map_err(refused)?;
    facts.expiring = usize::try_from(expiring).unwrap_or(usize::MAX);
    facts.expiring_partial = more;
    let query = TokenQuery {
        filter,
        sort: TokenSort { by: SortBy::Expires, descending: false },
        limit: Limit::parse(Some(SHOWN)).map_err(refused)?,
        ..TokenQuery::default()
    };
    let next = token::list(&service, &caller, &query).await.map_err(refused)?;
    facts.next = next.tokens.into_iter().map(|token| wire::token::Token::at(token, now)).collect();

    let day = Span::last(24, Step::Hour, now);
    let report = usage::get(&service, &caller, None, day).await.map_err(refused)?;
    facts.usage = Some(report.into());
    facts.unused = usage::count_never_used(&service, &caller, UNUSED_MAX).await.map_err(refused)?;
    facts.unused_partial = facts.unused == u64::from(UNUSED_MAX);

    facts.mirrors = mirror::list().await?.it;
    facts.encryption = Some(settings::get().await?.encryption);
    Ok(Seen { now, it: facts })
}
