//! The log: one line an event on standard error.
//!
//! Never given a secret, a token, a hash or a query string; a test looks for them.

use tracing_subscriber::EnvFilter;

/// Starts the log at the given filter: `info`, or as `tracing_subscriber`'s `EnvFilter` reads it.
pub fn start(filter: &str) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()));
    // A second start, as in tests, keeps the first.
    let _ = log.try_init();
}
