//! Changes a route.

use super::{credentials, facts};
use crate::error::violated;
use crate::{Result, Service};
use domain::audit::{Caller, Event, EventKind, SubjectKind};
use domain::id::RouteId;
use domain::policy::{Action, permit};
use domain::route::{CredentialChange, ListedRoute, PlacedRoute, RouteChange};
use domain::{Code, Refused};

/// Changes what is said of a route. What stays as it was is no change, and leaves no event; a secret that is given is always one. A secret goes with
/// the kind of authentication that it was for, and delivery with the secret.
///
/// # Errors
/// `unauthenticated`, `forbidden`, `not_found`; `route_changed` when the version is another; `path_taken` on `path`; `sealing_off` on `auth`;
/// `secret_missing` on `deliver_secret`; a fault.
pub async fn change(
    service: &Service,
    caller: &Caller,
    id: RouteId,
    asked: RouteChange,
) -> Result<PlacedRoute> {
    let mut tx = service.store().begin(permit(&caller.actor, Action::ChangeRoute)?).await?;
    let (before, kept) = tx.lock_route(id).await?.ok_or(Code::NotFound)?;
    if asked.version.is_some_and(|version| version != before.version) {
        return Err(Code::RouteChanged.into());
    }
    let wanted_delivery = asked.deliver;
    let (mut after, credentials) = drawn_up(&before, asked);
    let same_kind = after.route.auth.kind().has_the_secrets_of(&before.route.auth.kind());
    let (secret, sealed) = match credentials {
        CredentialChange::Replace(new) => {
            (Some("replaced"), credentials::seal(service, id, Some(&new))?)
        }
        CredentialChange::Keep if same_kind => (None, kept),
        CredentialChange::Keep | CredentialChange::Remove => (kept.map(|_| "removed"), None),
    };
    after.has_secret = sealed.is_some();
    if !after.has_secret {
        if wanted_delivery == Some(true) {
            return Err(Refused::field("deliver_secret", Code::SecretMissing).into());
        }
        after.deliver = false;
    }
    if after == before && secret.is_none() {
        let paths = tx.list_route_paths().await?;
        return Ok(PlacedRoute::among(before, &paths));
    }
    after.version += 1;
    after.updated_at = service.now();
    tx.update_route(&after, sealed.as_deref())
        .await
        .map_err(|error| violated(error, &[("routes_path_key", "path", Code::PathTaken)]))?;
    let paths = tx.list_route_paths().await?;
    let event = Event::new(
        EventKind::RouteChanged,
        SubjectKind::Route,
        Some(id.to_string()),
        after.label(),
    )
    .with("before", facts::told(&before))
    .with("after", facts::told(&after))
    .with_all(secret.map(|done| ("secret", done.to_owned())));
    service.commit(tx, caller, event).await?;
    Ok(PlacedRoute::among(after, &paths))
}

/// The route as it shall be, but for its secret.
fn drawn_up(before: &ListedRoute, asked: RouteChange) -> (ListedRoute, CredentialChange) {
    let mut after = before.clone();
    after.name = asked.name.unwrap_or(after.name);
    after.description = asked.description.unwrap_or(after.description);
    after.route.path = asked.path.unwrap_or(after.route.path);
    after.route.backend = asked.backend.unwrap_or(after.route.backend);
    after.route.tags = asked.tags.unwrap_or(after.route.tags);
    after.route.scopes = asked.scopes.unwrap_or(after.route.scopes);
    after.route.auth = asked.auth.map_or(after.route.auth, |auth| auth.named(before.id));
    after.deliver = asked.deliver.unwrap_or(after.deliver);
    // A route that asks its callers for nothing more has no secret, whatever was sent with it.
    let none = after.route.auth.names().is_empty();
    (after, if none { CredentialChange::Remove } else { asked.credentials })
}
