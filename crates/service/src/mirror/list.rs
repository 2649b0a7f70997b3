//! Lists the mirrors.

use crate::{Result, Service};
use domain::audit::Caller;
use domain::mirror::Mirror;
use domain::policy::{Action, permit};

/// Every mirror that is configured, and how far it is.
///
/// # Errors
/// `unauthenticated`, `forbidden`; a fault.
pub async fn list(service: &Service, caller: &Caller) -> Result<Vec<Mirror>> {
    let permit = permit(&caller.actor, Action::ListMirrors)?;
    Ok(service.store().list_mirrors(&permit).await?)
}
