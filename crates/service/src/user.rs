//! People: the first owner, signing in and out.

mod create_owner;
mod sign_in;

pub use create_owner::{create_owner, create_owner_by_operator, create_setup_link, setup_open};
pub use sign_in::{sign_in, sign_out};

use crate::{Result, Service};
use domain::id::UserId;
use domain::policy::Actor;
use domain::user::User;

/// The actor that a session's person is; `None` when there is no such person any more.
///
/// # Errors
/// A fault.
pub async fn find_actor(service: &Service, id: UserId) -> Result<Option<Actor>> {
    Ok(service.store().find_user(id).await?.map(actor))
}

pub(crate) fn actor(user: User) -> Actor {
    Actor::Person { id: user.id, email: user.email.as_str().to_owned(), role: user.role }
}
