//! Routes: which paths at the edge go to which backend, and what a token needs for them.
//!
//! Owns the grammar of a route, the search for the one that a path takes ([`find`]), and whether a token may take it ([`admit`]): the same two
//! functions for the edge and for the server's tester, held to `vectors/routes.json` of this crate. Never connects to a backend: it judges how an
//! address is written, and not where it leads. Start at [`find`]; [`path`] says which paths are read at all.

pub mod auth;
pub mod backend;
pub mod credentials;
pub mod listed;
pub mod path;
pub mod tag;
pub mod trial;

pub use auth::{Auth, AuthKind, HeaderName, SecretName};
pub use backend::BackendUrl;
pub use credentials::{CredentialChange, Credentials};
pub use listed::{ListedRoute, NewRoute, PlacedRoute, RouteChange, RouteName, RoutePlace, places};
pub use path::{RoutePath, is_readable};
pub use tag::{Tag, Tags};
pub use trial::{Trial, Why};

use crate::token::Scopes;

/// A route as the edge has it: all that decides where a request goes, and whether it may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The paths that take it: this one and all below.
    pub path: RoutePath,
    /// Where they go.
    pub backend: BackendUrl,
    /// What it belongs to; a token may be good for a tag.
    pub tags: Tags,
    /// The scopes that a token needs, each; `None` is that one for the route's resource or for one of its tags is enough.
    pub scopes: Option<Scopes>,
    /// What the backend asks of whoever forwards to it.
    pub auth: Auth,
}

/// The route that a request's path takes: of those whose path is the request's or above it, by whole segments, the longest. Case matters. A path that
/// a backend might read otherwise than we do takes none ([`is_readable`]).
///
/// `path` is as it was received, without query, still percent-encoded. No two routes have the same path; the order of `routes` does not matter.
pub fn find<'r>(routes: impl IntoIterator<Item = &'r Route>, path: &str) -> Option<&'r Route> {
    if !is_readable(path) {
        return None;
    }
    let above = routes.into_iter().filter(|route| route.path.covers(path));
    above.max_by_key(|route| route.path.as_str().len())
}

/// Whether a token may take a route, and what for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission<'r> {
    /// It covers each scope that the route asks for.
    Scopes,
    /// The route asks for none, and the token may do everything.
    Everything,
    /// The route asks for none, and the token covers the resource of its path.
    Resource(&'r str),
    /// The route asks for none, and the token covers one of its tags.
    Tag(&'r Tag),
    /// It may not.
    Denied,
}

impl Admission<'_> {
    /// Whether it may.
    pub fn is_allowed(self) -> bool {
        self != Self::Denied
    }
}

/// Decides whether a token with the scopes `granted` may take a route. Allocates nothing.
///
/// A route that asks for scopes needs each of them. One that asks for none needs `*`, or a scope for the resource of its own path
/// ([`RoutePath::resource`]), or `tag:` and one of its tags. It is the route's path that counts, so that a request cannot choose its resource.
pub fn admit<'r>(route: &'r Route, granted: &Scopes) -> Admission<'r> {
    if let Some(wanted) = &route.scopes {
        let each = wanted.iter().all(|wanted| granted.cover_text(wanted.as_str()));
        return if each { Admission::Scopes } else { Admission::Denied };
    }
    if granted.iter().any(|scope| scope.as_str() == "*") {
        return Admission::Everything;
    }
    if let Some(resource) = route.path.resource().filter(|name| granted.cover_text(name)) {
        return Admission::Resource(resource);
    }
    let tag = route.tags.iter().find(|tag| granted.cover_text(tag.scope()));
    tag.map_or(Admission::Denied, Admission::Tag)
}

#[cfg(test)]
#[path = "route/tests.rs"]
mod tests;
