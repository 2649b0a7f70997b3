//! Makes the first owner: by the link that the server prints, or by the operator.

use crate::{Result, Service};
use domain::Code;
use domain::audit::{Caller, Event, EventKind, SubjectKind};
use domain::id::UserId;
use domain::policy::{Action, permit};
use domain::token::{Prefix, TokenSecret};
use domain::user::{Email, Password, Role, User};
use store::Tx;

/// How long a setup link is good.
const LINK_LIFE: time::Duration = time::Duration::hours(24);

/// Whether there is no owner yet.
///
/// # Errors
/// A fault.
pub async fn setup_open(service: &Service) -> Result<bool> {
    Ok(!service.store().has_owner().await?)
}

/// Makes a link for the first owner, in place of every earlier one; `None` when there is an owner.
///
/// # Errors
/// `forbidden`; a fault.
pub async fn create_setup_link(service: &Service, caller: &Caller) -> Result<Option<TokenSecret>> {
    let permit = permit(&caller.actor, Action::CreateSetupLink)?;
    if !setup_open(service).await? {
        return Ok(None);
    }
    let mut tx = service.store().begin(permit).await?;
    let now = service.now();
    let secret = service.random(|rng| TokenSecret::mint(&Prefix::setup(), rng));
    tx.replace_setup_link(&secret.hash(), now, now + LINK_LIFE).await?;
    let event = Event::new(EventKind::SetupLinkCreated, SubjectKind::User, None, "first owner");
    service.commit(tx, caller, event).await?;
    Ok(Some(secret))
}

/// Makes the first owner with a setup link, which is used up.
///
/// # Errors
/// `too_many_attempts`, `setup_done`, `setup_link_invalid`; a fault.
pub async fn create_owner(
    service: &Service,
    caller: &Caller,
    link: &str,
    email: Email,
    password: Password,
) -> Result<User> {
    let permit = permit(&caller.actor, Action::CreateOwner)?;
    if !service.throttle().allows(caller.origin, "the first owner") {
        return Err(Code::TooManyAttempts.into());
    }
    if !setup_open(service).await? {
        return Err(Code::SetupDone.into());
    }
    let link = TokenSecret::parse(link).ok_or(Code::SetupLinkInvalid)?;
    let hash = hash(service, password).await?;
    let mut tx = service.store().begin(permit).await?;
    if !tx.take_setup_link(&link.hash(), service.now()).await? {
        return Err(Code::SetupLinkInvalid.into());
    }
    insert(service, caller, tx, email, hash).await
}

/// Makes the first owner at the command line or from the configuration: whoever can do that owns the machine.
///
/// # Errors
/// `forbidden`, `setup_done`; a fault.
pub async fn create_owner_by_operator(
    service: &Service,
    caller: &Caller,
    email: Email,
    password: Password,
) -> Result<User> {
    if caller.actor == domain::policy::Actor::Anonymous {
        return Err(Code::Forbidden.into());
    }
    let permit = permit(&caller.actor, Action::CreateOwner)?;
    let hash = hash(service, password).await?;
    let tx = service.store().begin(permit).await?;
    insert(service, caller, tx, email, hash).await
}

async fn hash(service: &Service, password: Password) -> Result<String> {
    let mut salt = [0; 16];
    service.random(|rng| rng.fill_bytes(&mut salt));
    service.passwords().hash(password, salt).await
}

async fn insert(
    service: &Service,
    caller: &Caller,
    mut tx: Tx,
    email: Email,
    password_hash: String,
) -> Result<User> {
    let now = service.now();
    let id = service.random(|rng| UserId::generate(now, rng));
    let user = User { id, email, role: Role::Owner };
    if !tx.insert_first_owner(&user, &password_hash, now).await? {
        return Err(Code::SetupDone.into());
    }
    let event = Event::new(
        EventKind::OwnerCreated,
        SubjectKind::User,
        Some(id.to_string()),
        user.email.as_str(),
    );
    service.commit(tx, caller, event).await?;
    Ok(user)
}
