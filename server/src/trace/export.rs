//! From spans to bytes, and off they go.

use super::delivery::Delivery;
use crate::config::TraceSettings;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use prost::Message as _;
use std::fmt;
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

/// What the thread of the batches calls. The network is `runtime`'s: that thread has none.
pub struct Exporter {
    runtime: Handle,
    delivery: Arc<Delivery>,
    resource: ResourceAttributesWithSchema,
}

impl Exporter {
    pub fn new(
        settings: &TraceSettings,
        runtime: Handle,
        closing: CancellationToken,
    ) -> reqwest::Result<Self> {
        let delivery = Delivery::new(&settings.endpoint, &settings.headers, closing)?;
        let resource = ResourceAttributesWithSchema::default();
        Ok(Self { runtime, delivery: Arc::new(delivery), resource })
    }
}

impl fmt::Debug for Exporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exporter").finish_non_exhaustive()
    }
}

impl SpanExporter for Exporter {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let resource_spans = group_spans_by_resource_and_scope(batch, &self.resource);
        let body = ExportTraceServiceRequest { resource_spans }.encode_to_vec();
        let delivery = Arc::clone(&self.delivery);
        match self.runtime.spawn(async move { delivery.bring(body.into()).await }).await {
            Ok(true) => Ok(()),
            _ => Err(OTelSdkError::InternalFailure("not delivered".to_owned())),
        }
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.resource = resource.into();
    }
}
