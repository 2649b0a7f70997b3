//! Binds a token to the networks that somebody was shown.

use super::conditions::replace;
use super::locked::lock;
use crate::{Result, Service};
use domain::audit::Caller;
use domain::id::TokenId;
use domain::policy::{Action, permit};
use domain::token::{Conditions, Token};
use domain::verify::Origins;
use domain::{Code, Refused};

/// Binds a token to `networks`, in place of the list that `shown` was; its other conditions stay. What is locked is what was sent: nothing is learned
/// anew on the way.
///
/// # Errors
/// `unauthenticated`, `forbidden`, `not_found`; `already_ended`; `networks_changed` on `replaces` when the token has another list by now; a fault.
pub async fn lock_networks(
    service: &Service,
    caller: &Caller,
    id: TokenId,
    networks: Origins,
    shown: Option<Origins>,
) -> Result<Token> {
    let mut tx = service.store().begin(permit(&caller.actor, Action::ChangeConditions)?).await?;
    let (token, _) = lock(&mut tx, caller, id).await?;
    if token.state(service.now()).has_ended() {
        return Err(Code::AlreadyEnded.into());
    }
    let origins = Some(networks);
    // Sent twice, it is done once.
    if token.conditions.origins != shown && token.conditions.origins != origins {
        return Err(Refused::field("replaces", Code::NetworksChanged).into());
    }
    let conditions = Conditions { origins, ..token.conditions.clone() };
    replace(service, caller, tx, token, conditions).await
}
