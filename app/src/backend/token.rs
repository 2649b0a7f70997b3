//! Tokens for their pages. A secret leaves by `secret::send` only, and arrives by `secret::take`.

use super::form::{self, settle};
use super::request::{public_url, refused, service_and_caller, service_and_person};
use super::{edit, secret, settings, team};
use crate::apart::apart;
use crate::pages::token::{
    Asked, AskedLimits, ConditionsStart, NewTokenStart, Shown, TeamChoice, TeamChoices,
    TokenHistory,
};
use crate::{Refusal, Seen, paths};
use domain::audit::SubjectId;
use domain::id::{TeamId, TokenId};
use domain::token::NewToken;
use domain::{Code, Refused};
use service::IdempotencyKey;
use service::audit::{self, AuditFilter};
use service::verify::receipt::get_receipt;
use service::{token, usage};
use wire::audit::AuditEntry;
use wire::receipt::Receipt;
use wire::token::{ChangeConditions, CreateToken, RateLimit, RotateToken, Token};

/// One token.
///
/// # Errors
/// `not_found`, what `service` refuses, a fault.
pub async fn get(id: &str) -> Result<Seen<Token>, Refusal> {
    let (service, caller) = service_and_caller()?;
    let now = service.now();
    let id = TokenId::parse(id).ok_or_else(|| refused(Code::NotFound))?;
    let token = token::get(&service, &caller, id).await.map_err(refused)?;
    Ok(Seen { now, it: Token::at(token, now) })
}

/// Who refuses a revoked token.
///
/// # Errors
/// `not_found`, what `service` refuses, a fault.
pub async fn receipt(id: &str) -> Result<Seen<Receipt>, Refusal> {
    let (service, caller) = service_and_caller()?;
    let id = TokenId::parse(id).ok_or_else(|| refused(Code::NotFound))?;
    let receipt = get_receipt(&service, &caller, id).await.map_err(refused)?;
    Ok(Seen { now: service.now(), it: receipt.into() })
}

/// One token, and the newest page of what happened to it.
///
/// # Errors
/// `not_found`, what `service` refuses, a fault.
pub async fn get_history(id: &str) -> Result<Seen<TokenHistory>, Refusal> {
    let Seen { now, it: token } = get(id).await?;
    let (service, caller) = service_and_caller()?;
    let subject = Some(SubjectId::token(token.id.into()));
    let filter = AuditFilter { subject, ..AuditFilter::default() };
    let page = audit::list(&service, &caller, filter).await.map_err(refused)?;
    let partial = page.next.is_some();
    let events = page.items.into_iter().map(AuditEntry::from).collect();
    let impact = usage::get_impact(&service, &caller, token.id.into()).await.map_err(refused)?;
    let key = form::new_key(&service);
    let it = TokenHistory { token, events, partial, key, impact: impact.into() };
    Ok(Seen { now, it })
}

/// What the form for a new token begins with; `team` is the one that it was asked for.
///
/// # Errors
/// What `service` refuses, a fault.
pub async fn start(team: Option<String>) -> Result<NewTokenStart, Refusal> {
    // The draft comes last: who has not signed in is refused before it is handed out.
    let teams = choices(team.as_deref().and_then(TeamId::parse)).await?;
    let reveal_on = settings::get().await?.encryption.on;
    Ok(NewTokenStart { form: form::start("create_token").await?, teams, reveal_on })
}

pub(super) async fn choices(asked: Option<TeamId>) -> Result<TeamChoices, Refusal> {
    let found = team::list_choices(asked).await?;
    let choice = |team: domain::team::TeamChoice| TeamChoice {
        id: team.id.to_string(),
        name: team.name.as_str().to_owned(),
        reveal_allowed: team.reveal_allowed,
    };
    Ok(TeamChoices { teams: found.teams.into_iter().map(choice).collect(), partial: found.partial })
}

/// Makes a token, and leads to the page that shows its secret once.
///
/// # Errors
/// The rules of the fields, what `service` refuses, a fault.
pub async fn create(asked: Asked, key: &str) -> Result<(), Refusal> {
    let tick = |ticked: bool| if ticked { "true" } else { "" };
    let values = [
        ("name", asked.name.as_str()),
        ("team_id", &asked.team_id),
        ("description", &asked.description),
        ("scopes", &asked.scopes),
        ("never_expires", tick(asked.never_expires)),
        ("expires_days", &asked.expires_days),
        ("not_before", &asked.limits.not_before),
        ("allowed_cidrs", &asked.limits.allowed_cidrs),
        ("rate_requests", &asked.limits.rate_requests),
        ("rate_seconds", &asked.limits.rate_seconds),
        ("uses_count", &asked.limits.uses_count),
        ("uses_per", &asked.limits.uses_per),
        ("revealable", tick(asked.revealable)),
        ("tags", &asked.tags),
    ];
    let outcome = make(request_of(&asked), key).await;
    settle("create_token", paths::NEW_TOKEN, &values, outcome).await
}

fn request_of(asked: &Asked) -> CreateToken {
    // Days that are no number are out of range, like any other wrong count of them.
    let days = || asked.expires_days.trim().parse().unwrap_or(0);
    CreateToken {
        name: asked.name.clone(),
        team_id: asked.team_id.clone(),
        description: Some(asked.description.clone()),
        scopes: asked.scope_list(),
        expires_days: (!asked.never_expires).then(days),
        expires_at: None,
        not_before: asked.limits.beginning(),
        allowed_cidrs: asked.limits.networks(),
        rate_limit: rate_of(&asked.limits),
        uses_limit: asked.limits.uses(),
        revealable: asked.revealable,
        tags: apart(&asked.tags),
    }
}

fn rate_of(limits: &AskedLimits) -> Option<RateLimit> {
    limits.rate().map(|(requests, seconds)| RateLimit { requests, seconds })
}

async fn make(asked: CreateToken, key: &str) -> Result<String, service::Error> {
    let (service, caller) = service_and_person()?;
    let asked = NewToken::try_from(asked)?;
    let key = if key.is_empty() { None } else { Some(IdempotencyKey::parse(key)?) };
    let made = token::create(&service, &caller, asked, key).await?;
    match made.secret {
        Some(secret) => {
            secret::send(&secret)?;
            Ok(paths::token_secret(made.token.id))
        }
        None => Ok(format!("{}?note=made-before", paths::token(made.token.id))),
    }
}

/// Opens the sealed copy, and leads to the page that shows it.
///
/// # Errors
/// What `service` refuses, a fault.
pub async fn reveal(id: &str) -> Result<(), Refusal> {
    let page = format!("{}?dialog=reveal", paths::token(id));
    settle("reveal_token", &page, &[], open(id).await).await
}

async fn open(id: &str) -> Result<String, service::Error> {
    let (service, caller) = service_and_person()?;
    let id = TokenId::parse(id).ok_or(Refused::new(Code::NotFound))?;
    let (token, secret) = token::reveal(&service, &caller, id).await?;
    secret::send(&secret)?;
    Ok(paths::token_secret(token.id))
}

/// What the form that changes conditions begins with.
///
/// # Errors
/// `not_found`, what `service` refuses, a fault.
pub async fn start_conditions(id: &str) -> Result<ConditionsStart, Refusal> {
    let token = get(id).await?.it;
    let form = form::start(&conditions_form(&token.id.to_string())).await?;
    let meanwhile = edit::meanwhile(&token, &form.draft).await?;
    Ok(ConditionsStart { form, token, meanwhile })
}

/// Each token has a draft of its own: what was typed for one is not offered for another.
fn conditions_form(id: &str) -> String {
    let id = TokenId::parse(id).map(|id| id.to_string()).unwrap_or_default();
    format!("change_conditions:{id}")
}

/// Replaces when, from where and how often a token may be used, and leads back to its page.
///
/// # Errors
/// The rules of the fields, what `service` refuses, a fault.
pub async fn change_conditions(
    id: &str,
    version: &str,
    limits: AskedLimits,
) -> Result<(), Refusal> {
    // The id is in it so that a draft in which everything was emptied is one too.
    let values = [
        ("id", id),
        ("version", version),
        ("not_before", limits.not_before.as_str()),
        ("allowed_cidrs", &limits.allowed_cidrs),
        ("rate_requests", &limits.rate_requests),
        ("rate_seconds", &limits.rate_seconds),
        ("uses_count", &limits.uses_count),
        ("uses_per", &limits.uses_per),
    ];
    let outcome = change(id, version, &limits).await;
    settle(&conditions_form(id), &paths::token_conditions(id), &values, outcome).await
}

async fn change(id: &str, version: &str, limits: &AskedLimits) -> Result<String, service::Error> {
    let (service, caller) = service_and_person()?;
    let caller = edit::who_saw(caller, version);
    let id = TokenId::parse(id).ok_or(Refused::new(Code::NotFound))?;
    let asked = ChangeConditions {
        not_before: limits.beginning(),
        allowed_cidrs: limits.networks(),
        rate_limit: rate_of(limits),
        uses_limit: limits.uses(),
    };
    let token = token::change_conditions(&service, &caller, id, asked.try_into()?).await?;
    Ok(paths::token(token.id))
}

/// Gives a token another secret, and leads to the page that shows it once.
///
/// # Errors
/// What `service` refuses, a fault.
pub async fn rotate(id: &str, overlap: &str, key: &str) -> Result<(), Refusal> {
    let page = format!("{}?dialog=rotate", paths::token(id));
    settle("rotate_token", &page, &[], renew(id, overlap, key).await).await
}

async fn renew(id: &str, overlap: &str, key: &str) -> Result<String, service::Error> {
    let (service, caller) = service_and_person()?;
    let id = TokenId::parse(id).ok_or(Refused::new(Code::NotFound))?;
    // What is no number is out of range.
    let overlap_seconds = Some(overlap.parse().unwrap_or(-1));
    let overlap = RotateToken { overlap_seconds }.try_into()?;
    let key = if key.is_empty() { None } else { Some(IdempotencyKey::parse(key)?) };
    let made = token::rotate(&service, &caller, id, overlap, key).await?;
    match made.secret {
        Some(secret) => {
            secret::send(&secret)?;
            Ok(paths::token_secret(id))
        }
        None => Ok(format!("{}?note=rotated-before", paths::token(id))),
    }
}

/// Ends the former secret of a rotated token, and leads back to its page.
///
/// # Errors
/// What `service` refuses, a fault.
pub async fn finish_rotation(id: &str) -> Result<(), Refusal> {
    let page = format!("{}?dialog=finish", paths::token(id));
    settle("finish_rotation", &page, &[], finish(id).await).await
}

async fn finish(id: &str) -> Result<String, service::Error> {
    let (service, caller) = service_and_person()?;
    let id = TokenId::parse(id).ok_or(Refused::new(Code::NotFound))?;
    let token = token::finish_rotation(&service, &caller, id).await?;
    Ok(paths::token(token.id))
}

/// The secret that was sent to the page of this token, if it is still there.
///
/// # Errors
/// `not_found`, what `service` refuses, a fault.
pub async fn take(id: &str) -> Result<Shown, Refusal> {
    let token = get(id).await?.it;
    let secret = secret::take(token.id.into()).await?;
    let secret = secret.map(|secret| secret.expose().to_owned());
    Ok(Shown {
        token,
        there: secret.is_some(),
        secret,
        verify_url: format!("{}/verify", public_url()),
    })
}
