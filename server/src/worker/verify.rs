//! When the index of tokens is looked after: after each change and at each heartbeat. Before the server is ready, that was done once.
//!
//! What a look does is `service::verify::Following`.

use service::Error;
use service::verify::Following;
use tokio_util::sync::CancellationToken;

/// Looks after it until the server has stopped answering.
pub(super) async fn run(mut following: Following, stopped: CancellationToken) {
    let mut lost = false;
    loop {
        tokio::select! {
            () = stopped.cancelled() => break,
            () = following.wait() => {}
        }
        // Not to be cut off: a look that is half done would be thrown away with its connection.
        match following.turn().await {
            Ok(()) if lost => {
                tracing::info!("the database answers again; the index is up to date");
                lost = false;
            }
            Ok(()) => {}
            Err(error) => {
                if !lost {
                    tell(&error);
                }
                lost = true;
            }
        }
    }
    following.leave().await;
}

fn tell(error: &Error) {
    match error {
        Error::Fault(fault) => tracing::error!(
            fault = fault.chain(),
            "the index cannot be kept up to date; known tokens go on for as long as TOKENKEEP_VERIFY_BUDGET_SECONDS says"
        ),
        Error::Refused(refusals) => {
            tracing::error!(code = refusals.first().code.as_str(), "the index was refused");
        }
    }
}
