//! Tries a request: which route it would take, and whether a token may.

use crate::{Result, Service};
use domain::audit::Caller;
use domain::policy::{Action, permit};
use domain::route::{ListedRoute, Route, Trial, Why};
use domain::token::{Scopes, SecretHash};
use domain::verify::{Denial, Record, Request, Verdict, decide};
use std::net::IpAddr;
use std::sync::Arc;

/// Who would make the request. No `Debug`: it may hold a secret.
pub enum Offered<'a> {
    /// A token as it was received, and the address that it would come from; without one, its networks are not judged.
    Token(&'a str, Option<IpAddr>),
    /// A token that is good and has these scopes.
    Scopes(Scopes),
}

/// What would become of the request.
pub struct Found {
    /// The route that it takes, also where the token is not good for it.
    pub route: Option<ListedRoute>,
    /// Why it would go to the backend, or would not.
    pub why: Why,
}

/// Tries a request for `path` by the rules that the edge keeps. A query is no part of a path, and is left out. Nothing is counted: neither a use of
/// the token nor a request against its limits, so that those are not judged.
///
/// # Errors
/// `unauthenticated`, `forbidden`; a fault.
pub async fn find(
    service: &Service,
    caller: &Caller,
    path: &str,
    offered: &Offered<'_>,
) -> Result<Found> {
    let permit = permit(&caller.actor, Action::TryRoute)?;
    let mut listed = service.store().list_routes(&permit).await?;
    let granted = match offered {
        Offered::Token(token, origin) => scopes_of(service, token, *origin).await?,
        Offered::Scopes(scopes) => Ok(Arc::new(scopes.clone())),
    };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let granted = granted.as_deref().map_err(|denial| *denial);
    let Trial { route, why } = Trial::of(listed.iter().map(|route| &route.route), path, granted);
    let at = route.and_then(|found| listed.iter().position(|listed| is(listed, found)));
    Ok(Found { why, route: at.map(|at| listed.swap_remove(at)) })
}

fn is(listed: &ListedRoute, found: &Route) -> bool {
    std::ptr::eq(&raw const listed.route, found)
}

/// The scopes of a token that is good now, or why it is not.
async fn scopes_of(
    service: &Service,
    offered: &str,
    origin: Option<IpAddr>,
) -> Result<Result<Arc<Scopes>, Denial>> {
    let Some(hash) = SecretHash::of_offered(offered.trim()) else {
        return Ok(Err(Denial::Malformed));
    };
    let mut record = service.store().find_record(&hash).await?;
    if origin.is_none() {
        record = record.map(anywhere);
    }
    let asked = Request { origin, ..Request::default() };
    Ok(match decide(record.as_ref(), &asked, service.now()) {
        Verdict::Valid(record) => Ok(Arc::clone(&record.scopes)),
        Verdict::Denied(denial, _) | Verdict::NotKnown(denial) => Err(denial),
    })
}

fn anywhere(mut record: Record) -> Record {
    if let Some(conditions) = &mut record.conditions {
        conditions.origins = None;
    }
    record
}
