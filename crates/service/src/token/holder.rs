//! What whoever has a token's secret may know of that token, and do about it.

use super::revoke::end;
use crate::{Result, Service};
use domain::Code;
use domain::audit::Caller;
use domain::policy::{Action, Actor, permit};
use domain::token::{Revocation, SecretHash, Token};
use domain::verify::receipt::Receipt;
use domain::verify::{Denial, Record, Request, Verdict, decide};

/// What a holder learns of their token.
pub enum Own {
    /// It is good.
    Good(Box<Token>),
    /// It is not, or not from there.
    Denied(Denial),
}

/// The token of this secret, if it is good. It does not count against its limit.
///
/// # Errors
/// A fault.
pub async fn get_own(service: &Service, caller: &Caller, offered: &str) -> Result<Own> {
    let record = match find(service, caller, offered).await? {
        Ok(record) => record,
        Err(denial) => return Ok(Own::Denied(denial)),
    };
    let request = Request { origin: caller.origin, ..Request::default() };
    if let Verdict::Denied(denial, _) = decide(Some(&record), &request, service.now()) {
        return Ok(Own::Denied(denial));
    }
    let permit = permit(&holder(&record), Action::GetOwnToken)?;
    let token = service.store().find_token(&permit, record.id).await?.ok_or(Code::NotFound)?;
    Ok(Own::Good(Box::new(token)))
}

/// Ends the token of this secret for good, and says who refuses it by now. From wherever and in whatever state: who finds a secret where it should not
/// be shall be able to. The audit log says that the token itself did it.
///
/// # Errors
/// `unauthenticated` when it is no token's secret, or one that a rotation replaced for good; `already_ended`; a fault.
pub async fn revoke_own(
    service: &Service,
    caller: &Caller,
    offered: &str,
) -> Result<(Token, Receipt)> {
    let found = find(service, caller, offered).await?;
    let record = found.map_err(|_| Code::Unauthenticated)?;
    let retires_at = record.conditions.as_ref().and_then(|conditions| conditions.retires_at);
    if retires_at.is_some_and(|at| at <= service.now()) {
        return Err(Code::Unauthenticated.into());
    }
    let caller = Caller { actor: holder(&record), ..caller.clone() };
    let may_revoke = permit(&caller.actor, Action::RevokeOwnToken)?;
    let token = end(service, &caller, may_revoke, record.id, Revocation::default()).await?;
    let may_get = permit(&caller.actor, Action::GetOwnToken)?;
    let receipt = service
        .store()
        .find_receipt(&may_get, token.id, crate::mirror::target::readers_lag)
        .await?;
    Ok((token, receipt.ok_or(Code::NotFound)?))
}

fn holder(record: &Record) -> Actor {
    Actor::Holder { id: record.id, name: record.name.to_string() }
}

/// What is known of the token of this secret. Whoever asks for many that nobody issued gets no query.
async fn find(
    service: &Service,
    caller: &Caller,
    offered: &str,
) -> Result<std::result::Result<Record, Denial>> {
    let Some(hash) = SecretHash::of_offered(offered) else { return Ok(Err(Denial::Malformed)) };
    let strangers = service.index().strangers();
    if !strangers.may_ask(caller.origin, service.now()) {
        return Ok(Err(Denial::Unknown));
    }
    let record = service.store().find_record(&hash).await?;
    if record.is_none() {
        strangers.asked_in_vain(caller.origin, service.now());
    }
    Ok(record.ok_or(Denial::Unknown))
}
