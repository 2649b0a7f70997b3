//! Which networks a token could be locked to, by what was learned.

use crate::{Result, Service};
use domain::Code;
use domain::audit::Caller;
use domain::id::TokenId;
use domain::policy::{Action, permit};
use domain::usage::{Counts, LearnDays, NetworkProposal};

/// What was learned of where a token is good from, and the networks that would do.
///
/// # Errors
/// `unauthenticated`, `forbidden`, `not_found`; a fault.
pub async fn propose_networks(
    service: &Service,
    caller: &Caller,
    id: TokenId,
    days: LearnDays,
) -> Result<NetworkProposal> {
    let permit = permit(&caller.actor, Action::ListTokens)?;
    let (store, now) = (service.store(), service.now());
    let token = store.find_token(&permit, id).await?.ok_or(Code::NotFound)?;
    // Before the origins: what is counted meanwhile is then among them too, and no use seems to come from nowhere.
    let counted = store.usage_of_token(&permit, id, &days.span(now)).await?;
    let uses: Counts = counted.into_iter().map(|(_, outcome, count)| (outcome, count)).collect();
    let seen = store.list_origins(&permit, id).await?;
    Ok(NetworkProposal::of(days, now, uses.valid(), seen, token.conditions.origins))
}
