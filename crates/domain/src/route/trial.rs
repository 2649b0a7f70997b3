//! What would become of a request: the answer of the tester, in the edge's order.

use super::{Admission, Route, admit, find, is_readable};
use crate::token::Scopes;
use crate::verify::Denial;

/// Why a request would go, or would not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The token covers each scope that the route asks for.
    Scopes,
    /// The token may do everything.
    Everything,
    /// The token covers the resource of the route's path.
    Resource,
    /// The token covers one of the route's tags.
    Tag,
    /// The token is not good.
    Token(Denial),
    /// A backend might read the path otherwise than we do.
    PathUnreadable,
    /// No route has this path, nor one above it.
    RouteMissing,
    /// The token does not cover what the route asks for.
    ScopeDenied,
}

impl Why {
    /// Every code but those of [`Why::Token`].
    pub const OWN: &'static [Self] = &[
        Self::Scopes,
        Self::Everything,
        Self::Resource,
        Self::Tag,
        Self::PathUnreadable,
        Self::RouteMissing,
        Self::ScopeDenied,
    ];

    /// The code as it crosses the wire; that of a token that is not good is the one by which it is refused.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scopes => "scopes",
            Self::Everything => "everything",
            Self::Resource => "resource",
            Self::Tag => "tag",
            Self::Token(denial) => denial.as_str(),
            Self::PathUnreadable => "path_unreadable",
            Self::RouteMissing => "route_missing",
            Self::ScopeDenied => "scope_denied",
        }
    }

    /// Whether the request would go to the backend.
    pub const fn is_allowed(self) -> bool {
        matches!(self, Self::Scopes | Self::Everything | Self::Resource | Self::Tag)
    }
}

impl From<Admission<'_>> for Why {
    fn from(admission: Admission<'_>) -> Self {
        match admission {
            Admission::Scopes => Self::Scopes,
            Admission::Everything => Self::Everything,
            Admission::Resource(_) => Self::Resource,
            Admission::Tag(_) => Self::Tag,
            Admission::Denied => Self::ScopeDenied,
        }
    }
}

/// What would become of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trial<'r> {
    /// The route that it takes, also where the token is not good for it.
    pub route: Option<&'r Route>,
    /// Why it would go, or would not.
    pub why: Why,
}

impl<'r> Trial<'r> {
    /// Tries a request for `path` with a token, of which its scopes are known or why it is not good. As at the edge, a token that is not good is told
    /// before a route that is missing.
    pub fn of(
        routes: impl IntoIterator<Item = &'r Route>,
        path: &str,
        token: Result<&Scopes, Denial>,
    ) -> Self {
        let route = find(routes, path);
        let why = match (token, route) {
            (Err(denial), _) => Why::Token(denial),
            (Ok(_), None) if !is_readable(path) => Why::PathUnreadable,
            (Ok(_), None) => Why::RouteMissing,
            (Ok(granted), Some(route)) => admit(route, granted).into(),
        };
        Self { route, why }
    }
}
