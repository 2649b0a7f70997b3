//! The doors with traces: a span for each request that is recorded. It stands before [`Front`] where traces are configured, and nowhere else: without
//! them a request meets nothing of this.
//!
//! A span has the route's pattern, never the path, the query string or a header: there are secrets in all three. Its attributes are those of
//! OpenTelemetry's semantic conventions for HTTP servers (1.43), with the pattern in `url.path` too.

use super::front::{Answering, Front};
use super::{Web, forward_auth, router};
use crate::trace::{Parent, Sampling};
use axum::body::Bytes;
use axum::extract::MatchedPath;
use axum::response::Response;
use http::{Method, Request, Uri, Version};
use http_body::Body as HttpBody;
use opentelemetry::trace::{Status, TraceContextExt as _};
use std::net::SocketAddr;
use std::sync::Arc;
use tower::{BoxError, ServiceBuilder};
use tracing::{Instrument as _, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// Every door, with traces; cheap to clone.
#[derive(Clone)]
pub struct Traced {
    front: Front,
    sampling: Sampling,
    site: Arc<Site>,
}

/// What every span says of where it was asked.
struct Site {
    scheme: String,
    host: String,
    port: u16,
}

impl Site {
    /// From the address that people use.
    fn of(public_url: &str) -> Self {
        let uri: Uri = public_url.parse().unwrap_or_default();
        let scheme = uri.scheme_str().unwrap_or("http").to_owned();
        let port = uri.port_u16().unwrap_or(if scheme == "https" { 443 } else { 80 });
        Self { scheme, host: uri.host().unwrap_or_default().to_owned(), port }
    }
}

impl Traced {
    /// The doors of this server.
    pub fn new(web: Web, sampling: Sampling) -> Self {
        let site = Arc::new(Site::of(&web.public_url));
        let routes = router(web.clone()).layer(ServiceBuilder::new().map_request(matched));
        Self { front: Front::with(web, routes), sampling, site }
    }

    /// Answers a request that came from `peer`.
    pub fn answer<B>(&self, peer: Option<SocketAddr>, request: Request<B>) -> Answering
    where
        B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        let parent = Parent::of(request.headers());
        if !self.sampling.takes(request.uri().path(), parent.as_ref()) {
            return self.front.answer(peer, request);
        }
        let span = self.begin(parent, &request);
        if let Some(response) = span.in_scope(|| self.front.at_once(peer, &request)) {
            routed(&span, request.method(), forward_auth::pattern(request.uri().path()));
            answered(&span, &response);
            return Answering::AtOnce(Some(response));
        }
        let routed = self.front.routed(peer, request);
        Answering::Routed(Box::pin(async move {
            let response = routed.instrument(span.clone()).await?;
            answered(&span, &response);
            Ok(response)
        }))
    }

    fn begin<B>(&self, parent: Option<Parent>, request: &Request<B>) -> Span {
        let method = named(request.method());
        let span = tracing::trace_span!(
            target: service::TRACE,
            parent: None,
            "request",
            otel.kind = "server",
            otel.name = method,
        );
        // It fails where the layer is not there; then there is no span to have a parent.
        let _ = span.set_parent(Sampling::context(parent));
        span.set_attribute("http.request.method", method);
        span.set_attribute("url.scheme", self.site.scheme.clone());
        span.set_attribute("server.address", self.site.host.clone());
        span.set_attribute("server.port", i64::from(self.site.port));
        if let Some(version) = version(request.version()) {
            span.set_attribute("network.protocol.version", version);
        }
        span
    }
}

/// The router has found where the request goes.
fn matched<B>(request: Request<B>) -> Request<B> {
    if let Some(pattern) = request.extensions().get::<MatchedPath>() {
        routed(&Span::current(), request.method(), pattern.as_str());
    }
    request
}

fn routed(span: &Span, method: &Method, pattern: &str) {
    span.set_attribute("http.route", pattern.to_owned());
    span.set_attribute("url.path", pattern.to_owned());
    span.context().span().update_name(format!("{} {pattern}", named(method)));
}

fn answered(span: &Span, response: &Response) {
    let status = response.status();
    span.set_attribute("http.response.status_code", i64::from(status.as_u16()));
    if status.is_server_error() {
        span.set_attribute("error.type", status.as_str().to_owned());
        span.set_status(Status::error(""));
    }
    // The id that the log has, and whoever asked.
    if let Some(id) = response.headers().get("x-request-id").and_then(|id| id.to_str().ok()) {
        span.set_attribute("tokenkeep.request_id", id.to_owned());
    }
}

/// The method, where it is one that is known: anybody can send any word.
fn named(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::CONNECT => "CONNECT",
        Method::OPTIONS => "OPTIONS",
        Method::TRACE => "TRACE",
        Method::PATCH => "PATCH",
        _ => "_OTHER",
    }
}

const fn version(version: Version) -> Option<&'static str> {
    match version {
        Version::HTTP_10 => Some("1.0"),
        Version::HTTP_11 => Some("1.1"),
        Version::HTTP_2 => Some("2"),
        _ => None,
    }
}
