//! Where a request comes from.

use axum::extract::{ConnectInfo, FromRequestParts};
use http::request::Parts;
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

/// The address of the other end of the connection, where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin(pub Option<IpAddr>);

impl Origin {
    /// The origin of a request with these extensions.
    pub fn of(extensions: &http::Extensions) -> Self {
        Self(extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip()))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Origin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.extensions))
    }
}
