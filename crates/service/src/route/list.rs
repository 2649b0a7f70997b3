//! Lists routes, and gets one.

use crate::{Result, Service};
use domain::Code;
use domain::audit::Caller;
use domain::id::RouteId;
use domain::policy::{Action, permit};
use domain::route::{ListedRoute, PlacedRoute, RoutePath};

/// The routes, by path, each with its place among the others.
///
/// # Errors
/// `unauthenticated`, `forbidden`; a fault.
pub async fn list(service: &Service, caller: &Caller) -> Result<Vec<PlacedRoute>> {
    let (routes, paths) = all(service, caller).await?;
    Ok(routes.into_iter().map(|route| PlacedRoute::among(route, &paths)).collect())
}

/// One route.
///
/// # Errors
/// `unauthenticated`, `forbidden`, `not_found`; a fault.
pub async fn get(service: &Service, caller: &Caller, id: RouteId) -> Result<PlacedRoute> {
    let (routes, paths) = all(service, caller).await?;
    let route = routes.into_iter().find(|route| route.id == id).ok_or(Code::NotFound)?;
    Ok(PlacedRoute::among(route, &paths))
}

async fn all(service: &Service, caller: &Caller) -> Result<(Vec<ListedRoute>, Vec<RoutePath>)> {
    let permit = permit(&caller.actor, Action::ListRoutes)?;
    let routes = service.store().list_routes(&permit).await?;
    let paths = routes.iter().map(|route| route.route.path.clone()).collect();
    Ok((routes, paths))
}
