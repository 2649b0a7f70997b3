//! One request, built and sent.

use super::{Answer, Who};
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::{HeaderValue, Method, Request, header};
use serde_json::Value;
use std::net::SocketAddr;
use tower::ServiceExt as _;

/// A request to be. It is sent by `send`, or by the method that gives it its body.
pub struct Ask<'a> {
    router: &'a Router,
    request: http::request::Builder,
}

impl<'a> Ask<'a> {
    /// A request of nobody.
    pub fn new(router: &'a Router, method: Method, path: &str) -> Self {
        Self { router, request: Request::builder().method(method).uri(path) }
    }

    /// Says who asks.
    pub fn by(self, who: &Who) -> Self {
        match who {
            Who::Nobody => self.without(),
            Who::Key(key) => self.without().header("authorization", &format!("Bearer {key}")),
            Who::Session(id) => self.without().header("cookie", &format!("tokenkeep_session={id}")),
        }
    }

    /// Says that nobody asks.
    fn without(mut self) -> Self {
        if let Some(headers) = self.request.headers_mut() {
            headers.remove(header::AUTHORIZATION);
            headers.remove(header::COOKIE);
        }
        self
    }

    /// Adds a header, of whatever bytes a connection would let through.
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        let value = HeaderValue::from_bytes(value.as_bytes()).expect("a header");
        self.request = self.request.header(name, value);
        self
    }

    /// Says from which address the connection comes.
    pub fn from(mut self, address: &str) -> Self {
        let peer = SocketAddr::new(address.parse().expect("an address"), 49_152);
        self.request = self.request.extension(ConnectInfo(peer));
        self
    }

    /// Sends it without a body.
    pub async fn send(self) -> Answer {
        self.bytes(Vec::new()).await
    }

    /// Sends JSON.
    pub async fn json(self, body: &Value) -> Answer {
        self.header("content-type", "application/json").bytes(body.to_string().into_bytes()).await
    }

    /// Sends a text as JSON, whatever it is.
    pub async fn raw_json(self, body: impl Into<Vec<u8>>) -> Answer {
        self.header("content-type", "application/json").bytes(body.into()).await
    }

    /// Sends a form, already encoded.
    pub async fn form(self, body: &str) -> Answer {
        self.header("content-type", "application/x-www-form-urlencoded")
            .bytes(body.as_bytes().to_vec())
            .await
    }

    /// Sends bytes.
    pub async fn bytes(self, body: Vec<u8>) -> Answer {
        // As every client does that has the whole body at hand.
        let request = self.request.header(header::CONTENT_LENGTH, body.len());
        let request = request.body(Body::from(body)).expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("the router answers");
        Answer::read(response).await
    }
}
