//! What the overview counts, from the lists that there are.

use super::request::{refused, service_and_caller};
use super::{mirror, settings};
use crate::pages::overview::Facts;
use crate::{Refusal, Seen};
use domain::page::{LIMIT_MAX, Limit};
use domain::token::{State, Token};
use domain::usage::{Span, Step};
use service::team;
use service::token::{self, TokenFilter};
use service::usage;
use time::Duration;

/// Days in which an expiry is near.
const NEAR_DAYS: i64 = 14;
/// Pages of each list that are read at most: the overview says "at least" beyond that.
const PAGES_MAX: usize = 10;
/// Tokens that were never used are counted to this.
const UNUSED_MAX: u32 = 1000;
/// Rows that are shown of the tokens that expire next.
const SHOWN: usize = 5;

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

    let mut near: Vec<Token> = Vec::new();
    let mut cursor = None;
    for _ in 0..PAGES_MAX {
        let filter = TokenFilter { team: None, cursor, limit };
        let page = token::list(&service, &caller, filter).await.map_err(refused)?;
        let soon = |token: &Token| {
            token.state(now) == State::Active
                && token.expires_at.is_some_and(|at| at - now <= Duration::days(NEAR_DAYS))
        };
        near.extend(page.items.into_iter().filter(soon));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    facts.expiring_partial = cursor.is_some();
    facts.expiring = near.len();
    near.sort_by_key(|token| token.expires_at);
    facts.next =
        near.into_iter().take(SHOWN).map(|token| wire::token::Token::at(token, now)).collect();

    let day = Span::last(24, Step::Hour, now);
    let report = usage::get(&service, &caller, None, day).await.map_err(refused)?;
    facts.usage = Some(report.into());
    facts.unused = usage::count_never_used(&service, &caller, UNUSED_MAX).await.map_err(refused)?;
    facts.unused_partial = facts.unused == u64::from(UNUSED_MAX);

    facts.mirrors = mirror::list().await?.it;
    facts.encryption = Some(settings::get().await?.encryption);
    Ok(Seen { now, it: facts })
}
