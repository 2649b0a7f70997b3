//! What stands before the router: a proxy's question that memory can answer is answered at once, without a route, layers and boxes, which cost more
//! than the answer. All else goes through the router, the same question too when the database has to be asked.
//!
//! Start at [`Front::answer`].

use super::{Web, failure, forward_auth, headers, request, router};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::response::Response;
use http::Request;
use http_body::Body as HttpBody;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tower::{BoxError, Service, ServiceExt as _};

/// Every door; cheap to clone.
#[derive(Clone)]
pub struct Front(Arc<Inner>);

struct Inner {
    web: Web,
    router: Router,
}

/// An answer, there or to come.
pub enum Answering {
    /// It is there.
    AtOnce(Option<Response>),
    /// The router makes it.
    Routed(Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>),
}

impl Front {
    /// The doors of this server.
    pub fn new(web: Web) -> Self {
        let router = router(web.clone());
        Self::with(web, router)
    }

    /// The same, with these routes.
    pub(super) fn with(web: Web, router: Router) -> Self {
        Self(Arc::new(Inner { web, router }))
    }

    /// Answers a request that came from `peer`.
    pub fn answer<B>(&self, peer: Option<SocketAddr>, request: Request<B>) -> Answering
    where
        B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        match self.at_once(peer, &request) {
            Some(response) => Answering::AtOnce(Some(response)),
            None => self.routed(peer, request),
        }
    }

    /// The router's answer.
    pub(super) fn routed<B>(&self, peer: Option<SocketAddr>, mut request: Request<B>) -> Answering
    where
        B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        if let Some(peer) = peer {
            request.extensions_mut().insert(ConnectInfo(peer));
        }
        let router = self.0.router.clone();
        Answering::Routed(Box::pin(router.oneshot(request.map(Body::new))))
    }

    /// The answer, where memory has it.
    pub(super) fn at_once<B>(
        &self,
        peer: Option<SocketAddr>,
        request: &Request<B>,
    ) -> Option<Response> {
        let Inner { web, .. } = &*self.0;
        let peer = peer.map(|peer| peer.ip());
        let answer = || forward_auth::at_once(web, peer, request.uri(), request.headers());
        // What is answered there has the headers that every answer has.
        catch_unwind(AssertUnwindSafe(answer)).unwrap_or_else(|panic| {
            Some(headers::secure(request::explain(web, failure::panicked(panic))))
        })
    }
}

/// For tests, and for whoever would put it into another router.
impl Service<Request<Body>> for Front {
    type Response = Response;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Answering {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
        self.answer(peer, request)
    }
}

impl Future for Answering {
    type Output = Result<Response, Infallible>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.get_mut() {
            Self::AtOnce(response) => {
                response.take().map_or(Poll::Pending, |response| Poll::Ready(Ok(response)))
            }
            Self::Routed(routed) => routed.as_mut().poll(context),
        }
    }
}
