//! Traces: what a request did and how long it took, for a collector that speaks OpenTelemetry's protocol (OTLP over HTTP, as protobuf).
//!
//! Owns where spans go and which are made. Off unless an endpoint is configured; then nothing here is built. Only the spans of [`service::TRACE`] are
//! exported, never an event of the log and never another crate's span: what they say is chosen, one attribute at a time. Start at
//! [`Traces::start`].

mod delivery;
mod export;
mod parent;
mod sampling;

use crate::config::TraceSettings;
use export::Exporter;
use opentelemetry::trace::{TraceContextExt as _, TraceId, TracerProvider as _};
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::resource::TelemetryResourceDetector;
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, SdkTracerProvider, SpanLimits,
};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tracing::{Metadata, Subscriber};
use tracing_opentelemetry::{OpenTelemetryLayer, OpenTelemetrySpanExt as _};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::FilterFn;
use tracing_subscriber::registry::LookupSpan;

pub use parent::Parent;
pub use sampling::{Sampling, Share};

/// How many spans wait at most; more are let go, so that a collector that is slow costs memory and no time.
const WAITING_MAX: usize = 2_048;
/// How many are sent at once.
const BATCH_MAX: usize = 512;
/// How long they wait for others.
const DELAY: Duration = Duration::from_secs(5);
/// How long the last of them may take when the server stops.
const FLUSH: Duration = Duration::from_secs(3);

/// The traces of this process.
pub struct Traces {
    provider: SdkTracerProvider,
    closing: CancellationToken,
    sampling: Sampling,
}

impl Traces {
    /// Begins to export, on a thread of its own and, for the network, on `runtime`.
    ///
    /// # Errors
    /// When there can be no HTTP client: the machine has no root certificates, for instance.
    pub fn start(
        settings: &TraceSettings,
        instance: String,
        runtime: &Handle,
    ) -> reqwest::Result<Self> {
        let closing = CancellationToken::new();
        let exporter = Exporter::new(settings, runtime.clone(), closing.clone())?;
        let batches = BatchConfigBuilder::default()
            .with_max_queue_size(WAITING_MAX)
            .with_max_export_batch_size(BATCH_MAX)
            .with_scheduled_delay(DELAY)
            .build();
        let processor = BatchSpanProcessor::builder(exporter).with_batch_config(batches).build();
        // Everything that the environment could say to the provider is said here: it is read in one place, which is the configuration.
        let provider = SdkTracerProvider::builder()
            .with_span_processor(processor)
            .with_sampler(settings.sampling)
            .with_span_limits(SpanLimits::default())
            .with_resource(resource(settings, instance))
            .build();
        Ok(Self { provider, closing, sampling: settings.sampling })
    }

    /// Which requests are traced.
    pub const fn sampling(&self) -> Sampling {
        self.sampling
    }

    /// What turns spans of ours into spans to export.
    pub fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        let scope = InstrumentationScope::builder("tokenkeep")
            .with_version(env!("CARGO_PKG_VERSION"))
            .build();
        // A span is begun when it is looked at or over, so that the sampler sees what was recorded of it.
        OpenTelemetryLayer::new(self.provider.tracer_with_scope(scope))
            .with_context_activation(false)
            .with_location(false)
            .with_threads(false)
            .with_level(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            .with_filter(FilterFn::new(is_ours))
    }

    /// Sends what waits, for as long as may be, and ends.
    pub async fn finish(self) {
        self.closing.cancel();
        let ended =
            tokio::task::spawn_blocking(move || self.provider.shutdown_with_timeout(FLUSH)).await;
        if !matches!(ended, Ok(Ok(()))) {
            tracing::warn!("the last spans could not be delivered in time");
        }
    }
}

fn is_ours(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && metadata.target() == service::TRACE
}

/// What every span says of this process.
fn resource(settings: &TraceSettings, instance: String) -> Resource {
    let ours = [
        ("service.version", env!("CARGO_PKG_VERSION").to_owned()),
        ("service.instance.id", instance),
    ];
    let mut attributes = BTreeMap::from(ours.map(|(name, value)| (name.to_owned(), value)));
    attributes.extend(settings.resource.clone());
    Resource::builder_empty()
        .with_detector(Box::new(TelemetryResourceDetector))
        .with_attributes(attributes.into_iter().map(|(name, value)| KeyValue::new(name, value)))
        .with_service_name(settings.service_name.clone())
        .build()
}

/// The trace that this request is part of, where it has one.
pub fn current() -> Option<TraceId> {
    let context = tracing::Span::current().context();
    let span = context.span();
    let of = span.span_context();
    of.is_valid().then(|| of.trace_id())
}
