//! The OpenAPI document, and the page that shows it.

use super::{Web, api, holder, jwks, verify};
use axum::Router;
use axum::response::IntoResponse;
use axum::routing::get;
use http::header;
use utoipa::OpenApi;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Tokenkeep",
        description = "Issue, list, reveal, revoke and verify API tokens. Errors are problem documents (RFC 9457) with a stable `code`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    tags(
        (name = "tokens", description = "What teams, services and gateways call with."),
        (name = "teams", description = "Who tokens belong to."),
        (name = "routes", description = "Which paths at the edge go to which backend."),
        (name = "mirrors", description = "Copies of what is needed to verify a token, for readers near the edge."),
        (name = "audit", description = "What happened, and who did it."),
        (name = "usage", description = "How tokens were used."),
        (name = "verify", description = "Whether a token is good."),
        (name = "holders", description = "For whoever has a token."),
    ),
    security(("management_key" = [])),
)]
struct Document;

/// The document.
pub fn document() -> utoipa::openapi::OpenApi {
    let (_, paths) = api::routes()
        .merge(verify::documented())
        .merge(holder::documented())
        .merge(jwks::documented())
        .split_for_parts();
    let mut document = Document::openapi();
    document.merge(paths);
    let components = document.components.get_or_insert_default();
    for (name, description) in [
        ("management_key", "A management key, from `tokenkeep admin api-key`."),
        ("token", "A token, here or in `X-API-Key`."),
    ] {
        let mut bearer = Http::new(HttpAuthScheme::Bearer);
        bearer.description = Some(description.to_owned());
        components.security_schemes.insert(name.to_owned(), SecurityScheme::Http(bearer).into());
    }
    document
}

/// The document as it is committed and served.
pub fn json() -> String {
    document().to_pretty_json().unwrap_or_default()
}

pub(super) fn routes() -> Router<Web> {
    let json = json();
    Router::new().route(
        "/api/openapi.json",
        get(move || async move { ([(header::CONTENT_TYPE, "application/json")], json).into_response() }),
    )
}
