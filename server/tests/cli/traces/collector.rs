//! A collector: takes what is exported, and keeps it as it came.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use http::{HeaderMap, StatusCode};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};

/// What came, in order: the key in the header, and the body.
type Taken = Arc<Mutex<Vec<(String, Bytes)>>>;

/// A collector on a port of its own, for as long as the test runs.
pub struct Collector {
    address: SocketAddr,
    taken: Taken,
}

impl Collector {
    /// One that takes everything.
    pub fn start() -> Self {
        Self::answering(StatusCode::OK)
    }

    /// One that takes nothing.
    pub fn refusing() -> Self {
        Self::answering(StatusCode::UNAUTHORIZED)
    }

    fn answering(status: StatusCode) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.set_nonblocking(true).expect("a port for tokio");
        let address = listener.local_addr().expect("its address");
        let taken = Taken::default();
        let take = move |State(taken): State<Taken>, headers: HeaderMap, body: Bytes| async move {
            assert_eq!(headers["content-type"], "application/x-protobuf");
            let key = headers["x-collector-key"].to_str().expect("text").to_owned();
            taken.lock().expect("no panic").push((key, body));
            status
        };
        let router = Router::new().route("/v1/traces", post(take)).with_state(taken.clone());
        // On a thread of its own: the test's waits for the server to end, which waits for the collector.
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
                axum::serve(listener, router).await
            })
        });
        Self { address, taken }
    }

    /// What the server is to be told.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What came so far.
    pub fn exported(&self) -> Exported {
        let taken = self.taken.lock().expect("no panic");
        let decode = |body: &Bytes| ExportTraceServiceRequest::decode(body.clone()).expect("OTLP");
        Exported {
            keys: taken.iter().map(|(key, _)| key.clone()).collect(),
            bytes: taken.iter().flat_map(|(_, body)| body.to_vec()).collect(),
            requests: taken.iter().map(|(_, body)| decode(body)).collect(),
        }
    }
}

/// What a collector was sent.
pub struct Exported {
    keys: Vec<String>,
    bytes: Vec<u8>,
    requests: Vec<ExportTraceServiceRequest>,
}

impl Exported {
    /// Every span.
    pub fn spans(&self) -> Vec<&Span> {
        let resources = self.requests.iter().flat_map(|request| &request.resource_spans);
        resources.flat_map(|of| &of.scope_spans).flat_map(|of| &of.spans).collect()
    }

    /// The one span of this name.
    #[track_caller]
    pub fn named(&self, name: &str) -> &Span {
        let spans = self.spans();
        let names: Vec<_> = spans.iter().map(|span| &span.name).collect();
        let mut found = spans.iter().filter(|span| span.name == name);
        match (found.next(), found.next()) {
            (Some(span), None) => span,
            _ => panic!("one {name} of {names:?}"),
        }
    }

    /// What is said of the process.
    pub fn resource(&self, name: &str) -> Option<String> {
        let of = self.requests.first()?.resource_spans.first()?.resource.as_ref()?;
        find(&of.attributes, name)
    }

    /// Everything as it came, but for the headers.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The keys that were in the headers, each once.
    pub fn keys(&self) -> Vec<String> {
        let mut keys = self.keys.clone();
        keys.dedup();
        keys
    }
}

fn value<'a>(attributes: &'a [KeyValue], name: &str) -> Option<&'a Value> {
    let found = attributes.iter().find(|attribute| attribute.key == name)?;
    found.value.as_ref()?.value.as_ref()
}

fn find(attributes: &[KeyValue], name: &str) -> Option<String> {
    match value(attributes, name)? {
        Value::StringValue(text) => Some(text.clone()),
        _ => None,
    }
}

/// An attribute that is text.
pub fn text(span: &Span, name: &str) -> Option<String> {
    find(&span.attributes, name)
}

/// An attribute that is a number.
pub fn number(span: &Span, name: &str) -> Option<i64> {
    match value(&span.attributes, name)? {
        Value::IntValue(number) => Some(*number),
        _ => None,
    }
}

/// Bytes in lower-case digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
