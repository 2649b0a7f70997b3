//! The secrets of routes on their way to the database and back. They are sealed each for its own route, so that a sealed secret that somebody copied
//! to another row opens nowhere.

use crate::{Result, Service};
use domain::id::RouteId;
use domain::route::Credentials;
use domain::{Code, Refused};
use store::Store;
use vault::Sealer;

/// What a route's secret is sealed for.
pub(super) fn place(route: RouteId) -> String {
    format!("route {route}")
}

/// Seals what there is.
///
/// # Errors
/// `sealing_off` on `auth` when there is no key to seal with.
pub(super) fn seal(
    service: &Service,
    route: RouteId,
    credentials: Option<&Credentials>,
) -> Result<Option<String>> {
    let Some(credentials) = credentials else { return Ok(None) };
    let sealer = service.sealer().ok_or(Refused::field("auth", Code::SealingOff))?;
    Ok(Some(sealer.seal_text(&place(route), credentials.expose())))
}

/// Whether a key opens the oldest and the newest of the routes' secrets: what the doctor asks. Nothing of them is told.
///
/// # Errors
/// A fault of the database.
pub async fn opens_samples(sealer: &Sealer, store: &Store) -> store::Result<Vec<bool>> {
    let samples = store.sealed_route_samples().await?;
    let opens =
        |(route, sealed): &(RouteId, String)| sealer.open_text(&place(*route), sealed).is_ok();
    Ok(samples.iter().map(opens).collect())
}
