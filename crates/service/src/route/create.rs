//! Makes a route.

use super::{credentials, facts};
use crate::error::violated;
use crate::{Result, Service};
use domain::audit::{Caller, Event, EventKind, SubjectKind};
use domain::id::RouteId;
use domain::policy::{Action, permit};
use domain::route::listed::ROUTES_MAX;
use domain::route::{ListedRoute, NewRoute, PlacedRoute, Route};
use domain::{Code, Refused};
use store::Tx;

/// Makes a route, and says where it is among the others.
///
/// # Errors
/// `unauthenticated`, `forbidden`; `path_taken` on `path`; `sealing_off` on `auth`; `secret_missing` on `deliver_secret`; `routes_too_many`; a fault.
pub async fn create(service: &Service, caller: &Caller, asked: NewRoute) -> Result<PlacedRoute> {
    let mut tx = service.store().begin(permit(&caller.actor, Action::CreateRoute)?).await?;
    let paths = tx.list_route_paths().await?;
    if paths.len() >= ROUTES_MAX {
        return Err(Code::RoutesTooMany.into());
    }
    let route = insert(service, tx, caller, asked, None).await?;
    Ok(PlacedRoute::among(route, &paths))
}

/// Adds a route, in a transaction that was opened for it; `mirror` is where it was adopted from.
///
/// # Errors
/// `path_taken` on `path`; `sealing_off` on `auth`; `secret_missing` on `deliver_secret`; a fault.
pub(crate) async fn insert(
    service: &Service,
    mut tx: Tx,
    caller: &Caller,
    asked: NewRoute,
    mirror: Option<String>,
) -> Result<ListedRoute> {
    let now = service.now();
    let id = service.random(|rng| RouteId::generate(now, rng));
    let sealed = credentials::seal(service, id, asked.credentials.as_ref())?;
    if asked.deliver && sealed.is_none() {
        return Err(Refused::field("deliver_secret", Code::SecretMissing).into());
    }
    let route = ListedRoute {
        id,
        name: asked.name,
        description: asked.description,
        route: Route {
            path: asked.path,
            backend: asked.backend,
            tags: asked.tags,
            scopes: asked.scopes,
            auth: asked.auth.named(id),
        },
        has_secret: sealed.is_some(),
        deliver: asked.deliver,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    tx.insert_route(&route, sealed.as_deref())
        .await
        .map_err(|error| violated(error, &[("routes_path_key", "path", Code::PathTaken)]))?;
    let event = Event::new(
        EventKind::RouteCreated,
        SubjectKind::Route,
        Some(id.to_string()),
        route.label(),
    );
    let event = event.with_all(facts::facts(&route));
    let event = match mirror {
        Some(mirror) => event.with("mirror", mirror),
        None => event,
    };
    service.commit(tx, caller, event).await?;
    Ok(route)
}
