//! Changes when, from where and how often a token may be used; and says it in the words of the audit log.

use super::locked::{lock, written};
use crate::{Result, Service};
use domain::Code;
use domain::audit::{Caller, EventKind};
use domain::id::TokenId;
use domain::policy::{Action, permit};
use domain::token::{Conditions, Token};
use domain::verify::{Origins, UsesLimit};
use store::Tx;
use time::format_description::well_known::Rfc3339;

/// Replaces all of a token's conditions. What stays as it was is no change, and leaves no event.
///
/// # Errors
/// `unauthenticated`, `forbidden`, `not_found`; `already_ended`; `not_before_late` on `not_before`; a fault.
pub async fn change_conditions(
    service: &Service,
    caller: &Caller,
    id: TokenId,
    conditions: Conditions,
) -> Result<Token> {
    let mut tx = service.store().begin(permit(&caller.actor, Action::ChangeConditions)?).await?;
    let (token, _) = lock(&mut tx, caller, id).await?;
    if token.state(service.now()).has_ended() {
        return Err(Code::AlreadyEnded.into());
    }
    replace(service, caller, tx, token, conditions).await
}

/// Replaces the conditions of the token that `tx` has locked.
///
/// # Errors
/// `not_before_late` on `not_before`; a fault.
pub(super) async fn replace(
    service: &Service,
    caller: &Caller,
    mut tx: Tx,
    mut token: Token,
    conditions: Conditions,
) -> Result<Token> {
    conditions.fit(token.expires_at)?;
    if conditions == token.conditions {
        return Ok(token);
    }
    let anew = !conditions.uses.is_some_and(|uses| uses.counts_on(token.conditions.uses));
    tx.set_token_conditions(token.id, &conditions, anew, service.moved_clock()).await?;
    token.tally = token.tally.filter(|_| !anew);
    let before = std::mem::replace(&mut token.conditions, conditions);
    let event = written(EventKind::TokenConditionsChanged, &mut token)
        .with("before", told(&before))
        .with("after", told(&token.conditions));
    service.commit_answer(tx, caller, event).await?;
    Ok(token)
}

fn told(conditions: &Conditions) -> String {
    let facts: Vec<_> =
        facts(conditions).into_iter().map(|(name, text)| format!("{name} {text}")).collect();
    if facts.is_empty() { "none".to_owned() } else { facts.join("; ") }
}

/// Those of the conditions that ask something, each a name as on the wire and a text.
pub(super) fn facts(conditions: &Conditions) -> Vec<(&'static str, String)> {
    let begins = conditions.not_before.and_then(|at| at.format(&Rfc3339).ok());
    let networks = conditions.origins.as_ref().map(Origins::to_strings);
    let (rate, uses) = (conditions.rate, conditions.uses);
    [
        ("not_before", begins),
        ("allowed_cidrs", networks.map(|networks| networks.join(" "))),
        ("rate_limit", rate.map(|rate| format!("{}/{} s", rate.requests(), rate.seconds()))),
        ("uses_limit", uses.map(uses_text)),
    ]
    .into_iter()
    .filter_map(|(name, text)| Some((name, text?)))
    .collect()
}

/// `1000/day`, or `1000` for so many in all.
fn uses_text(uses: UsesLimit) -> String {
    match uses.refill() {
        Some(refill) => format!("{}/{}", uses.count(), refill.as_str()),
        None => uses.count().to_string(),
    }
}
