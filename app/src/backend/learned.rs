//! What was learned of a token's use, for its page, and what is done about it.

use super::form::settle;
use super::request::{refused, service_and_caller, service_and_person};
use crate::pages::token::Use;
use crate::{Refusal, Seen, paths};
use domain::id::TokenId;
use domain::token::Scopes;
use domain::usage::{LearnDays, Span, Step};
use domain::{Code, Refused};
use service::{token, usage};
use wire::origin::{LockOrigins, OriginProposal};
use wire::token::NarrowScopes;
use wire::usage::TokenUsage;

/// How a token was used; where from is learned from so many days.
///
/// # Errors
/// `learn_days_range`, `not_found`, what `service` refuses, a fault.
pub async fn usage(id: &str, days: Option<i64>) -> Result<Seen<Use>, Refusal> {
    let (service, caller) = service_and_caller()?;
    let now = service.now();
    let id = TokenId::parse(id).ok_or_else(|| refused(Code::NotFound))?;
    let days = LearnDays::parse(days).map_err(refused)?;
    let of = async |span| usage::get_of_token(&service, &caller, id, span).await.map_err(refused);
    let week = TokenUsage::from(of(Span::last(7, Step::Day, now)).await?);
    let day = TokenUsage::from(of(Span::last(24, Step::Hour, now)).await?).series;
    let learned = usage::propose_networks(&service, &caller, id, days).await.map_err(refused)?;
    let origins = OriginProposal::of(id.uuid(), learned);
    Ok(Seen { now, it: Use { week, day, origins } })
}

/// Binds a token to networks, and leads back to its page.
///
/// # Errors
/// What `service` refuses, a fault.
pub async fn lock_networks(id: &str, networks: &str, replaces: &str) -> Result<(), Refusal> {
    let outcome = lock(id, words(networks), words(replaces)).await;
    settle("lock_networks", &paths::token(id), &[], outcome).await
}

async fn lock(
    id: &str,
    allowed_cidrs: Vec<String>,
    replaces: Vec<String>,
) -> Result<String, service::Error> {
    let (service, caller) = service_and_person()?;
    let id = TokenId::parse(id).ok_or(Refused::new(Code::NotFound))?;
    let (networks, shown) = LockOrigins { allowed_cidrs, replaces }.lists()?;
    let token = token::lock_networks(&service, &caller, id, networks, shown).await?;
    Ok(paths::token(token.id))
}

/// Leaves a token fewer scopes, and leads back to its page.
///
/// # Errors
/// What `service` refuses, a fault.
pub async fn narrow_scopes(id: &str, scopes: &str) -> Result<(), Refusal> {
    let page = format!("{}?dialog=narrow", paths::token(id));
    settle("narrow_scopes", &page, &[], narrow(id, words(scopes)).await).await
}

async fn narrow(id: &str, scopes: Vec<String>) -> Result<String, service::Error> {
    let (service, caller) = service_and_person()?;
    let id = TokenId::parse(id).ok_or(Refused::new(Code::NotFound))?;
    let scopes = Scopes::try_from(NarrowScopes { scopes })?;
    let token = token::narrow_scopes(&service, &caller, id, scopes).await?;
    Ok(paths::token(token.id))
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}
