//! What a question on a token's page leads to: its end, a later end, off and on. Each leads back to the page.

use super::edit::who_saw;
use super::form::settle;
use super::request::service_and_person;
use crate::pages::token::whole_instant;
use crate::{Refusal, paths};
use domain::audit::Caller;
use domain::id::TokenId;
use domain::token::Revocation;
use domain::{Code, OffsetDateTime, Refused};
use service::{Service, token};
use time::Duration;
use wire::token::{DisableToken, ExtendToken, RevokeToken};

fn question(id: &str, dialog: &str) -> String {
    format!("{}?dialog={dialog}", paths::token(id))
}

fn asked(id: &str) -> Result<(Service, Caller, TokenId), service::Error> {
    let (service, caller) = service_and_person()?;
    Ok((service, caller, TokenId::parse(id).ok_or(Refused::new(Code::NotFound))?))
}

/// Ends a token.
///
/// # Errors
/// What `service` refuses, a fault.
pub async fn revoke(id: &str, reason: &str, note: &str, confirm: &str) -> Result<(), Refusal> {
    let outcome = end(id, reason, note, confirm).await;
    settle("revoke_token", &question(id, "revoke"), &[], outcome).await
}

async fn end(id: &str, reason: &str, note: &str, confirm: &str) -> Result<String, service::Error> {
    let (service, caller, id) = asked(id)?;
    let said = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let why = Revocation::try_from(RevokeToken { reason: said(reason), note: said(note) })?;
    let token = token::get(&service, &caller, id).await?;
    // What has ended is lost to nobody by this. One that is protected, or was revoked, is refused for that.
    let asks = !token.state(service.now()).has_ended() && !token.protected;
    if asks && confirm.trim() != token.name.as_str() {
        return Err(Refused::field("confirm", Code::ConfirmationWrong).into());
    }
    token::revoke(&service, &caller, id, why).await?;
    Ok(paths::token(id))
}

/// Puts off the end of a token.
///
/// # Errors
/// What `service` refuses, a fault.
pub async fn extend(id: &str, version: &str, end: &str, at: &str) -> Result<(), Refusal> {
    let outcome = put_off(id, version, end, at).await;
    settle("extend_token", &question(id, "extend"), &[], outcome).await
}

async fn put_off(id: &str, version: &str, end: &str, at: &str) -> Result<String, service::Error> {
    let (service, caller, id) = asked(id)?;
    let until = match end {
        "never" => ExtendToken { never: true, ..ExtendToken::default() },
        "date" => ExtendToken { expires_at: Some(whole_instant(at)), ..ExtendToken::default() },
        // Days that are no number are out of range.
        days => {
            let expires_days = Some(days.parse().unwrap_or(0));
            ExtendToken { expires_days, ..ExtendToken::default() }
        }
    };
    token::extend(&service, &who_saw(caller, version), id, until.try_into()?).await?;
    Ok(paths::token(id))
}

/// Switches a token off, for a time or until somebody switches it on.
///
/// # Errors
/// What `service` refuses, a fault.
pub async fn disable(id: &str, pause: &str, until: &str) -> Result<(), Refusal> {
    let outcome = switch_off(id, pause, until).await;
    settle("disable_token", &question(id, "disable"), &[], outcome).await
}

async fn switch_off(id: &str, pause: &str, until: &str) -> Result<String, service::Error> {
    let (service, caller, id) = asked(id)?;
    match end_of_pause(pause, until, service.now())? {
        Some(until) => token::pause(&service, &caller, id, until).await?,
        None => token::disable(&service, &caller, id).await?,
    };
    Ok(paths::token(id))
}

fn end_of_pause(
    pause: &str,
    until: &str,
    now: OffsetDateTime,
) -> Result<Option<OffsetDateTime>, Refused> {
    match pause {
        "" => Ok(None),
        "date" => DisableToken { until: Some(whole_instant(until)) }.until(),
        seconds => {
            let seconds = seconds.parse().ok().map(Duration::seconds);
            let until = seconds.and_then(|seconds| now.checked_add(seconds));
            until.map(Some).ok_or(Refused::field("until", Code::UntilInvalid))
        }
    }
}

/// Switches a token on again.
///
/// # Errors
/// What `service` refuses, a fault.
pub async fn enable(id: &str) -> Result<(), Refusal> {
    settle("enable_token", &question(id, "enable"), &[], switch_on(id).await).await
}

async fn switch_on(id: &str) -> Result<String, service::Error> {
    let (service, caller, id) = asked(id)?;
    token::enable(&service, &caller, id).await?;
    Ok(paths::token(id))
}
