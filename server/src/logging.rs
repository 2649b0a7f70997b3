//! The log: one line an event on standard error. Beside it, where they are configured, the spans of traces.
//!
//! Never given a secret, a token, a hash or a query string; a test looks for them.

use crate::trace::Traces;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, Registry};

/// What sqlx calls notices of Postgres by.
const NOTICES: &str = "sqlx::postgres::notice";

/// Starts the log at the given filter: `info`, or as `tracing_subscriber`'s `EnvFilter` reads it.
pub fn start(filter: &str, traces: Option<&Traces>) {
    let filter = wanted(filter);
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

/// The filter as it was given, but that of what Postgres tells beside its answers only warnings are wanted, unless the filter names it: that a table is
/// there already is what every command hears.
fn wanted(given: &str) -> EnvFilter {
    let asked = EnvFilter::try_new(given);
    let (given, asked) = match asked {
        Ok(asked) => (given, asked),
        Err(_) => ("info", EnvFilter::new("info")),
    };
    if asked.max_level_hint().is_some_and(|most| most <= LevelFilter::WARN) {
        return asked;
    }
    // What is said later about the same target holds.
    EnvFilter::new(format!("{NOTICES}=warn,{given}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notices_of_postgres_are_heard_by_whoever_asks_for_them() {
        let shown = |given: &str| wanted(given).to_string();
        assert!(shown("info").contains("sqlx::postgres::notice=warn"));
        assert!(shown("what=is=this").contains("sqlx::postgres::notice=warn"));
        assert!(shown("info,sqlx::postgres::notice=info").contains("sqlx::postgres::notice=info"));
        assert_eq!(shown("off"), "off");
        assert_eq!(shown("error"), "error");
    }
}
