//! When what the index knows is brought to the disk: once a second, and once more after the last answer. Nothing waits for it.

use service::verify::snapshot::Keeper;
use service::{Error, Service};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const PERIOD: Duration = Duration::from_secs(1);

/// Writes until the server has stopped answering. Ends at once where no snapshot is kept.
pub(super) async fn run(service: Service, stopped: CancellationToken) {
    let mut keeper = Keeper::new(service.clone());
    let mut failing = false;
    while let Some(mut keeping) = keeper {
        let last = tokio::select! {
            () = stopped.cancelled() => true,
            () = tokio::time::sleep(PERIOD) => false,
        };
        let written = tokio::task::spawn_blocking(move || {
            let written = keeping.write();
            (keeping, written)
        });
        keeper = match written.await {
            Ok((keeping, Ok(written))) => {
                if written && failing {
                    tracing::info!("the snapshot is written again");
                    failing = false;
                }
                Some(keeping)
            }
            Ok((keeping, Err(error))) => {
                if !failing {
                    tell(&error);
                }
                failing = true;
                Some(keeping)
            }
            Err(died) => {
                tracing::error!(error = %died, "writing the snapshot panicked; it begins anew");
                Keeper::new(service.clone())
            }
        };
        if last {
            return;
        }
    }
}

fn tell(error: &Error) {
    if let Error::Fault(fault) = error {
        tracing::error!(
            fault = fault.chain(),
            "the snapshot cannot be written; verification goes on, and it is tried again"
        );
    }
}
