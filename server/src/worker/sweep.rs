//! Removes what has run out, once a minute.

use service::Service;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const PERIOD: Duration = Duration::from_secs(60);

/// Sweeps until `stop`.
pub(super) async fn run(service: Service, stop: CancellationToken) {
    loop {
        let swept = tokio::spawn({
            let service = service.clone();
            async move { service::sweep::sweep(&service).await }
        });
        match swept.await {
            Ok(Ok(())) => {}
            Ok(Err(service::Error::Fault(fault))) => {
                tracing::warn!(
                    error = fault.chain(),
                    "sweeping failed; it is tried again in a minute"
                );
            }
            Ok(Err(service::Error::Refused(refusals))) => {
                tracing::error!(code = refusals.first().code.as_str(), "sweeping was refused");
            }
            Err(died) => {
                tracing::error!(error = %died, "sweeping panicked; it is tried again in a minute")
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PERIOD) => {}
        }
    }
}
