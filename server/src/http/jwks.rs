//! `GET /.well-known/jwks.json`: what mirrors are verified with. For everybody, and without the database.

use super::Web;
use axum::extract::State;
use axum::{Json, Router};
use http::{HeaderName, header};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use wire::jwks::{Jwk, Jwks};

/// Five minutes: so long does a reader that fetches the keys not know of a new one.
const CACHED: (HeaderName, &str) = (header::CACHE_CONTROL, "public, max-age=300");
/// Pages of every origin may read it: it says nothing of anybody.
const OPEN: (HeaderName, &str) = (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");

pub(super) fn routes() -> Router<Web> {
    documented().split_for_parts().0
}

pub(super) fn documented() -> OpenApiRouter<Web> {
    OpenApiRouter::new().routes(routes!(list))
}

/// The public keys that what mirrors hold is signed with: Ed25519, each named by its thumbprint. None where there is no encryption key, and nothing is signed.
#[utoipa::path(
    get,
    path = "/.well-known/jwks.json",
    tag = "verify",
    responses((status = 200, description = "A JSON Web Key Set (RFC 7517). May be kept for five minutes.", body = Jwks)),
    security(())
)]
async fn list(State(web): State<Web>) -> ([(HeaderName, &'static str); 2], Json<Jwks>) {
    let keys = web.service.public_keys();
    let keys = keys.iter().map(|key| Jwk::ed25519(key.x(), key.id())).collect();
    ([CACHED, OPEN], Json(Jwks { keys }))
}
