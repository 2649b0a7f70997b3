//! Where a token is.

use crate::{Result, Service};
use domain::Code;
use domain::audit::Caller;
use domain::id::TokenId;
use domain::mirror::Place;
use domain::policy::{Action, permit};

/// What each mirror makes of a token, by what the database knows: no mirror is asked.
///
/// # Errors
/// `unauthenticated`, `forbidden`; `not_found`; a fault.
pub async fn list_of_token(service: &Service, caller: &Caller, id: TokenId) -> Result<Vec<Place>> {
    let permit = permit(&caller.actor, Action::ListMirrors)?;
    let places = service.store().list_token_mirrors(&permit, id, service.now()).await?;
    Ok(places.ok_or(Code::NotFound)?)
}
