//! Management keys: what programs call the API with.

use crate::error::violated;
use crate::{Result, Service};
use domain::Code;
use domain::audit::{Caller, Event, EventKind, SubjectKind};
use domain::id::KeyId;
use domain::policy::{Action, Actor, permit};
use domain::token::{ExpiryRequest, Prefix, TokenName, TokenSecret};
use store::key::NewKey;

/// Makes a management key with the owner's rights.
///
/// # Errors
/// `forbidden`; `name_taken` on `name`; `expires_days_range` on `expires_days`; a fault.
pub async fn create(
    service: &Service,
    caller: &Caller,
    name: &TokenName,
    expiry: ExpiryRequest,
) -> Result<TokenSecret> {
    let mut tx = service.store().begin(permit(&caller.actor, Action::CreateKey)?).await?;
    let now = service.now();
    let secret = service.random(|rng| TokenSecret::mint(&Prefix::management(), rng));
    let id = service.random(|rng| KeyId::generate(now, rng));
    let key = NewKey {
        id,
        name: name.as_str(),
        hash: secret.hash(),
        display: secret.display(),
        created_at: now,
        expires_at: expiry.resolve(now)?,
    };
    tx.insert_key(key).await.map_err(|error| {
        violated(error, &[("management_keys_name_key", "name", Code::NameTaken)])
    })?;
    let event =
        Event::new(EventKind::KeyCreated, SubjectKind::Key, Some(id.to_string()), name.as_str());
    service.commit(tx, caller, event).await?;
    Ok(secret)
}

/// The machine that holds this key; `None` when the key is not good.
///
/// # Errors
/// A fault.
pub async fn find_actor(service: &Service, offered: &str) -> Result<Option<Actor>> {
    let is_key = offered.starts_with(Prefix::management().as_str());
    let Some(secret) = TokenSecret::parse(offered).filter(|_| is_key) else { return Ok(None) };
    let found = service.store().find_key(&secret.hash(), service.now()).await?;
    Ok(found.map(|(id, name)| Actor::Machine { id, name }))
}
