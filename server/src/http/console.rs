//! The console: pages rendered on the server, the server functions behind their forms, and the files that hydrate them.

use super::waiting::accepts_html;
use super::{BODY_MAX, Failure, Web};
use app::backend::{Cookies, PublicUrl};
use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::Code;
use http::{HeaderValue, StatusCode, header};
use leptos::config::LeptosOptions;
use leptos::nonce::use_nonce;
use leptos::prelude::{provide_context, use_context};
use leptos_axum::{LeptosRoutes as _, ResponseOptions};
use tower::ServiceExt as _;
use tower_http::services::ServeDir;
use wire::Problem;

pub(super) fn routes(web: &Web) -> Router<Web> {
    let options = options(web);
    let pages = leptos_axum::generate_route_list(app::App);
    let shell = {
        let options = options.clone();
        move || app::shell(options.clone())
    };
    Router::new()
        .leptos_routes_with_context(&options, pages, context(web), shell)
        .with_state(options)
        .layer(middleware::from_fn(called))
        .route("/pkg/{*file}", get(file))
        .fallback(other)
}

fn options(web: &Web) -> LeptosOptions {
    LeptosOptions::builder()
        .output_name("tokenkeep")
        .site_root(web.site.display().to_string())
        .site_pkg_dir("pkg")
        .build()
}

/// What pages and server functions find in their context.
fn context(web: &Web) -> impl Fn() + Clone + Send + Sync + 'static {
    let service = web.service.clone();
    let cookies = Cookies { secure: web.secure };
    let public_url = PublicUrl(web.public_url.to_string());
    move || {
        provide_context(service.clone());
        provide_context(public_url.clone());
        provide_context(cookies);
        app::backend::provide();
        if let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>())
            && let Ok(policy) = HeaderValue::from_str(&content_security_policy(&nonce))
        {
            response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
    }
}

/// Everything from this origin, scripts also by nonce; the browser compiles wasm.
fn content_security_policy(nonce: &str) -> String {
    // Hot reload opens a socket on a port of its own.
    let reload = if cfg!(debug_assertions) { " ws:" } else { "" };
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'{reload}; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
}

/// A server function that cannot read its arguments answers 500 by itself; the status is in the problem document that it answers with.
async fn called(request: Request, next: Next) -> Response {
    let is_call = request.uri().path().contains("/fn/");
    let response = next.run(request).await;
    if !is_call || response.status() != StatusCode::INTERNAL_SERVER_ERROR {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(body) = axum::body::to_bytes(body, BODY_MAX).await else {
        return Failure::from(Code::Internal).into_response();
    };
    let status = serde_json::from_slice::<Problem>(&body).ok().map(|problem| problem.status);
    parts.status =
        status.and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(parts.status);
    Response::from_parts(parts, body.into())
}

/// A file of the console; compressed ahead where the build has done so.
pub(super) async fn file(State(web): State<Web>, request: Request) -> Response {
    let files = ServeDir::new(&web.site).precompressed_br().precompressed_gzip();
    match files.oneshot(request).await {
        Ok(response) if response.status() == StatusCode::NOT_FOUND => {
            Failure::from(Code::NotFound).into_response()
        }
        Ok(mut response) => {
            // Asked for again each time, and answered "not modified" until the next version.
            response
                .headers_mut()
                .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
            response.into_response()
        }
        Err(never) => match never {},
    }
}

/// An icon or another file at the root; else a page that says there is none, or a problem document for programs.
async fn other(State(web): State<Web>, request: Request) -> Response {
    let path = request.uri().path();
    let is_file = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    if is_file {
        return file(State(web), request).await;
    }
    if path.starts_with("/api/") || !accepts_html(request.headers()) {
        return Failure::from(Code::NotFound).into_response();
    }
    let options = options(&web);
    let page = leptos_axum::render_app_async_with_context(context(&web), move || {
        app::shell(options.clone())
    });
    page(request).await.into_response()
}
