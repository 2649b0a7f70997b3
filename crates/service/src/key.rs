//! Management keys: what programs call the API with.

use crate::error::violated;
use crate::{Result, Service};
use domain::Code;
use domain::audit::{Caller, Event, EventKind, SubjectKind};
use domain::id::KeyId;
use domain::key::{Key, KeyScope, ListedKey};
use domain::policy::{Action, Actor, permit};
use domain::token::{ExpiryRequest, Prefix, SecretHash, TokenName, TokenSecret};
use store::key::NewKey;

/// Makes a management key with the owner's rights.
///
/// # Errors
/// As [`create_scoped`].
pub async fn create(
    service: &Service,
    caller: &Caller,
    name: &TokenName,
    expiry: ExpiryRequest,
) -> Result<TokenSecret> {
    create_scoped(service, caller, name, expiry, &[]).await
}

/// Makes a management key that may do what its scopes say; without any, what an owner may.
///
/// # Errors
/// `forbidden`; `name_taken` on `name`; `expires_days_range` on `expires_days`; a fault.
pub async fn create_scoped(
    service: &Service,
    caller: &Caller,
    name: &TokenName,
    expiry: ExpiryRequest,
    scopes: &[KeyScope],
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
        scopes,
    };
    tx.insert_key(key).await.map_err(|error| {
        violated(error, &[("management_keys_name_key", "name", Code::NameTaken)])
    })?;
    let mut event =
        Event::new(EventKind::KeyCreated, SubjectKind::Key, Some(id.to_string()), name.as_str());
    if !scopes.is_empty() {
        let scopes: Vec<_> = scopes.iter().map(|scope| scope.as_str()).collect();
        event = event.with("scopes", scopes.join(" "));
    }
    service.commit(tx, caller, event).await?;
    Ok(secret)
}

/// The keys that nobody revoked, the oldest first; never a secret.
///
/// # Errors
/// `unauthenticated`, `forbidden`; a fault.
pub async fn list(service: &Service, caller: &Caller) -> Result<Vec<ListedKey>> {
    let permit = permit(&caller.actor, Action::ListKeys)?;
    Ok(service.store().list_keys(&permit).await?)
}

/// Ends a key, named by its id or its name. The API refuses it from then on, and every server that verifies forgets it when it hears of it.
///
/// # Errors
/// `unauthenticated`, `forbidden`; `not_found` when there is none, or it was revoked already; a fault.
pub async fn revoke(service: &Service, caller: &Caller, id_or_name: &str) -> Result<KeyId> {
    let mut tx = service.store().begin(permit(&caller.actor, Action::RevokeKey)?).await?;
    let revoked = tx.revoke_key(id_or_name.trim(), service.now()).await?;
    let (id, name) = revoked.ok_or(Code::NotFound)?;
    let event = Event::new(EventKind::KeyRevoked, SubjectKind::Key, Some(id.to_string()), name);
    service.commit(tx, caller, event).await?;
    Ok(id)
}

/// The hash of what is offered as a key; `None` when it has not the form of one.
pub(crate) fn hash(offered: &str) -> Option<SecretHash> {
    let is_key = offered.starts_with(Prefix::management().as_str());
    SecretHash::of_offered(offered).filter(|_| is_key)
}

/// The key of this secret; `None` when it is not good.
///
/// # Errors
/// A fault.
pub async fn find(service: &Service, offered: &str) -> Result<Option<Key>> {
    let Some(hash) = hash(offered) else { return Ok(None) };
    Ok(service.store().find_key(&hash, service.now()).await?)
}

/// The program that holds this key; `None` when the key is not good.
///
/// # Errors
/// A fault.
pub async fn find_actor(service: &Service, offered: &str) -> Result<Option<Actor>> {
    Ok(find(service, offered).await?.and_then(|key| key.actor()))
}
