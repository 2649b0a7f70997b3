//! When what verification learned is brought to the database: every four seconds, and once more after the last answer.

use service::{Error, Service};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// From one flush that is done to the next. What the last one took is taken from the wait, so that nothing is more than five seconds late.
const PERIOD: Duration = Duration::from_secs(4);
/// A database that takes long to write should not do so all the time.
const LEAST: Duration = Duration::from_secs(1);

/// Flushes until the server has stopped answering.
pub(super) async fn run(service: Service, stopped: CancellationToken) {
    let mut lost = false;
    let mut took = Duration::ZERO;
    loop {
        let last = tokio::select! {
            () = stopped.cancelled() => true,
            () = tokio::time::sleep(PERIOD.saturating_sub(took).max(LEAST)) => false,
        };
        let began = Instant::now();
        let flushed = tokio::spawn({
            let service = service.clone();
            async move { service::usage::flush(&service).await }
        });
        let flushed = flushed.await;
        took = began.elapsed();
        match flushed {
            Ok(Ok(())) if lost => {
                tracing::info!("usage is written again");
                lost = false;
            }
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                if !lost || last {
                    tell(&error);
                }
                lost = true;
            }
            Err(died) => tracing::error!(error = %died, "writing usage panicked; it goes on"),
        }
        if last {
            return;
        }
    }
}

fn tell(error: &Error) {
    match error {
        Error::Fault(fault) => tracing::warn!(
            fault = fault.chain(),
            "usage cannot be written; it waits in memory as long as there is room, and is lost if the server stops now"
        ),
        Error::Refused(refusals) => {
            tracing::error!(code = refusals.first().code.as_str(), "writing usage was refused");
        }
    }
}
