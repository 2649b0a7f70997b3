//! The log: one line an event on standard error. Beside it, where they are configured, the spans of traces.
//!
//! Never given a secret, a token, a hash or a query string; a test looks for them.

use crate::trace::Traces;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, Registry};

/// Starts the log at the given filter: `info`, or as `tracing_subscriber`'s `EnvFilter` reads it.
pub fn start(filter: &str, traces: Option<&Traces>) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()));
    // A second start, as in tests, keeps the first.
    let _ = match traces {
        // The filter is for everything: what it does not want is not even asked about again.
        None => Registry::default().with(log).with(filter).try_init(),
        Some(traces) => {
            Registry::default().with(log.with_filter(filter)).with(traces.layer()).try_init()
        }
    };
}
