//! Waiting for what a test needs.

use std::time::{Duration, Instant};

/// Between two looks.
const STEP: Duration = Duration::from_millis(20);
/// Nothing here takes longer.
const LIMIT: Duration = Duration::from_secs(60);

/// Looks again and again, until `look` says yes.
pub async fn until(what: &str, mut look: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    let mut steps = tokio::time::interval(STEP);
    while !look().await {
        assert!(began.elapsed() < LIMIT, "{what}: not within {LIMIT:?}");
        steps.tick().await;
    }
}
