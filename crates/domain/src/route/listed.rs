//! Routes as they are kept: with their names, their history, and their place among each other.

use super::{AuthKind, BackendUrl, CredentialChange, Credentials, Route, RoutePath, Tags};
use crate::id::RouteId;
use crate::text::{self, Description};
use crate::token::Scopes;
use crate::{OffsetDateTime, Refused};

/// The most routes that there are: all of them are one object at a mirror, and one list on a page.
pub const ROUTES_MAX: usize = 1000;

/// What people call a route. It need not be unique.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteName(String);

impl RouteName {
    /// Reads a name of at most 255 characters; none when there is nothing but blanks.
    ///
    /// # Errors
    /// `too_long`, `control_character`, on the field `name`.
    pub fn parse(text: &str) -> Result<Option<Self>, Refused> {
        if text.trim().is_empty() {
            return Ok(None);
        }
        text::line(text, "name").map(|text| Some(Self(text)))
    }

    /// A stored name, as it is.
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is needed to make a route.
pub struct NewRoute {
    /// What people call it.
    pub name: Option<RouteName>,
    /// What it is for.
    pub description: Description,
    /// The paths that take it.
    pub path: RoutePath,
    /// Where they go.
    pub backend: BackendUrl,
    /// What it belongs to.
    pub tags: Tags,
    /// The scopes that a token needs; `None` is those of its resource and tags.
    pub scopes: Option<Scopes>,
    /// What the backend asks for.
    pub auth: AuthKind,
    /// The secrets of that, where they are known.
    pub credentials: Option<Credentials>,
    /// Whether the secrets are delivered to the edge.
    pub deliver: bool,
}

/// What becomes of a route. `None` is that it stays as it is.
pub struct RouteChange {
    /// The version that was looked at; `None` is whichever there is.
    pub version: Option<i64>,
    /// Another name; the inner `None` is none any more.
    pub name: Option<Option<RouteName>>,
    /// Another description.
    pub description: Option<Description>,
    /// Another path.
    pub path: Option<RoutePath>,
    /// Another backend.
    pub backend: Option<BackendUrl>,
    /// Other tags, all of them.
    pub tags: Option<Tags>,
    /// Other scopes, all of them; the inner `None` is none any more.
    pub scopes: Option<Option<Scopes>>,
    /// Another kind of authentication. The secrets of the former kind go.
    pub auth: Option<AuthKind>,
    /// What becomes of the secrets.
    pub credentials: CredentialChange,
    /// Whether the secrets are delivered from now on.
    pub deliver: Option<bool>,
}

/// A route as everybody who may know of it sees it: never its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedRoute {
    /// Its id.
    pub id: RouteId,
    /// What people call it.
    pub name: Option<RouteName>,
    /// What it is for.
    pub description: Description,
    /// What decides.
    pub route: Route,
    /// Whether its secrets are kept here.
    pub has_secret: bool,
    /// Whether they are delivered to the edge.
    pub deliver: bool,
    /// How many times it was written: 1 when it is new.
    pub version: i64,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// When it was changed last.
    pub updated_at: OffsetDateTime,
}

impl ListedRoute {
    /// What people know it by: its name, or its path.
    pub fn label(&self) -> &str {
        self.name.as_ref().map_or(self.route.path.as_str(), RouteName::as_str)
    }
}

/// Where a route's path is among the others. Requests take the longest, so that a route takes what is below it but for those.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoutePlace<'r> {
    /// The nearest path that it is below.
    pub below: Option<&'r RoutePath>,
    /// The paths that are below it, in order.
    pub above: Vec<&'r RoutePath>,
}

/// The place of `path` among `paths`; its own does not matter.
pub fn places<'r>(
    path: &RoutePath,
    paths: impl IntoIterator<Item = &'r RoutePath>,
) -> RoutePlace<'r> {
    let mut place = RoutePlace::default();
    for other in paths {
        if path.is_below(other) {
            let nearer = place.below.is_none_or(|nearest| other.is_below(nearest));
            place.below = if nearer { Some(other) } else { place.below };
        } else if other.is_below(path) {
            place.above.push(other);
        }
    }
    place.above.sort();
    place
}

/// A route with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedRoute {
    /// The route.
    pub it: ListedRoute,
    /// The nearest path that it is below.
    pub below: Option<RoutePath>,
    /// The paths that are below it, in order.
    pub above: Vec<RoutePath>,
}

impl PlacedRoute {
    /// The route among these paths.
    pub fn among<'r>(it: ListedRoute, paths: impl IntoIterator<Item = &'r RoutePath>) -> Self {
        let place = places(&it.route.path, paths);
        let below = place.below.cloned();
        let above = place.above.into_iter().cloned().collect();
        Self { it, below, above }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_knows_what_it_is_below_and_above() {
        let all = ["/api", "/", "/api/image/v2", "/api/images", "/api/image", "/api/image/v1"]
            .map(|path| RoutePath::parse(path).expect(path));
        let place = places(&all[4], &all);
        assert_eq!(place.below.map(RoutePath::as_str), Some("/api"));
        let above: Vec<_> = place.above.iter().map(|path| path.as_str()).collect();
        assert_eq!(above, ["/api/image/v1", "/api/image/v2"]);
        assert_eq!(places(&all[1], &all).below, None);
        assert_eq!(places(&all[1], &all).above.len(), 5);
    }
}
