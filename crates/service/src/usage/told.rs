//! Uses that another doorway saw, and tells: a Worker at the edge, which decides by itself.

use crate::{Result, Service};
use domain::audit::Caller;
use domain::id::TokenId;
use domain::policy::{Action, permit};
use domain::usage::Outcome;
use std::collections::HashSet;

/// The most kinds of use in one report.
pub const ITEMS_MAX: usize = 1_000;
/// Of each, more are taken as so many.
pub const COUNT_MAX: u32 = 10_000;

/// Uses of a token that were alike.
pub struct ToldUse {
    /// The token.
    pub token: TokenId,
    /// How they ended.
    pub outcome: Outcome,
    /// The path of the route that they took.
    pub route: Option<String>,
    /// How many.
    pub count: u32,
}

/// Counts what a Worker of this name saw, as of now. Tokens that there are not are left out.
///
/// # Errors
/// `unauthenticated`, `forbidden`; a fault.
pub async fn report(
    service: &Service,
    caller: &Caller,
    worker: &str,
    uses: &[ToldUse],
) -> Result<()> {
    let permit = permit(&caller.actor, Action::ReportUsage)?;
    let asked: HashSet<_> = uses.iter().map(|told| told.token).collect();
    let asked: Vec<_> = asked.into_iter().collect();
    let known = service.store().find_known_tokens(&permit, &asked).await?;
    let known: HashSet<_> = known.into_iter().collect();
    let now = service.now();
    for told in uses.iter().filter(|told| known.contains(&told.token)) {
        service.usage().tell(told, worker, now);
    }
    Ok(())
}
