//! The HTTP doors: the API, verification, health and the console.
//!
//! Owns routing, who is calling, problem documents and headers. Handlers enter, convert, call a use case, and answer; they hold no rule.
//! Start at [`listen()`] and [`router`].

pub mod api;
pub mod body;
pub mod console;
pub mod docs;
pub mod failure;
mod fields;
pub mod forward_auth;
pub mod front;
pub mod headers;
pub mod health;
pub mod holder;
pub mod identify;
pub mod json;
pub mod jwks;
pub mod listen;
pub mod metrics;
pub mod openapi;
pub mod origin;
pub mod request;
pub mod site;
pub mod traced;
pub mod verify;
mod verify_json;
pub mod waiting;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::response::Response;
use axum::routing::future::RouteFuture;
use domain::Code;
use domain::verify::Origins;
use futures_util::FutureExt as _;
use service::Service;
use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::Arc;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::SizeAbove;
use tower_http::csrf::CsrfLayer;

pub use failure::Failure;
pub use front::Front;
pub use listen::listen;
pub use traced::Traced;

/// The largest body that is read, in bytes.
pub const BODY_MAX: usize = 1024 * 1024;

/// What the doors need; cheap to clone.
#[derive(Clone)]
pub struct Web {
    /// The room behind them.
    pub service: Service,
    /// Where the console's files are.
    pub site: Arc<Path>,
    /// How people reach the console: the origin that forms may come from.
    pub public_url: Arc<str>,
    /// Whether cookies may only travel over TLS.
    pub secure: bool,
    /// The proxies that are believed about where a request comes from.
    pub trusted_proxies: Option<Arc<Origins>>,
    /// Whether `GET /metrics` answers.
    pub metrics: bool,
}

/// Every route.
pub fn router(web: Web) -> Router {
    // Verification has no session and no origin of a form to look at: it is the path that runs millions of times, and only what it needs is in it.
    // One future that is not boxed, in place of three layers that are.
    let explaining = web.clone();
    let verification =
        ServiceBuilder::new().map_future(move |answering: RouteFuture<Infallible>| {
            let web = explaining.clone();
            async move {
                let caught = AssertUnwindSafe(answering).catch_unwind().await;
                let response: Response = match caught {
                    Ok(answered) => answered?,
                    Err(panic) => failure::panicked(panic),
                };
                Ok::<_, Infallible>(headers::secure(request::explain(&web, response)))
            }
        });
    let verification = verify::routes()
        .method_not_allowed_fallback(|| async { Failure::from(Code::MethodNotAllowed) })
        // Reads no body, so that none is too large for it: its answers are the few that proxies take.
        .merge(forward_auth::routes())
        .layer(verification);
    let waiting = || middleware::from_fn_with_state(web.clone(), waiting::gate);
    let bare = health::routes()
        .merge(jwks::routes())
        .merge(metrics::routes())
        .merge(holder::routes().layer(waiting()));
    let (api, _) = api::routes().split_for_parts();
    let known = Router::new()
        .merge(api)
        .merge(openapi::routes())
        .merge(docs::routes())
        .merge(console::routes(&web))
        .layer(middleware::from_fn_with_state(web.clone(), identify::identify))
        .layer(identify::sessions(&web))
        .layer(csrf(&web.public_url))
        .layer(waiting());
    let every = ServiceBuilder::new()
        .layer(middleware::from_fn_with_state(web.clone(), request::answer))
        .map_response(headers::secure)
        .layer(CatchPanicLayer::custom(failure::panicked))
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(middleware::from_fn(body::bound))
        .layer(compression());
    bare.merge(known)
        .method_not_allowed_fallback(|| async { Failure::from(Code::MethodNotAllowed) })
        .layer(every)
        .merge(verification)
        .with_state(web)
}

fn csrf(
    public_url: &str,
) -> CsrfLayer<impl tower_http::csrf::ResponseForProtectionError<axum::body::Body> + use<>> {
    let layer = CsrfLayer::new();
    // A URL that is no origin was refused with the configuration.
    let layer = match layer.clone().add_trusted_origin(public_url) {
        Ok(trusting) => trusting,
        Err(_) => layer,
    };
    layer.with_rejection_response(|_| failure::response(Code::OriginRefused))
}

/// Large answers are compressed, but for files that lie there compressed already.
fn compression() -> CompressionLayer<SizeAbove> {
    CompressionLayer::new().compress_when(SizeAbove::new(1024))
}
