//! An answer together with the time at which it was given.

use domain::OffsetDateTime;
use serde::{Deserialize, Serialize};

/// What the server said, and its clock then: relative times are told from that, so that the server and the browser write the same words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen<T> {
    /// The server's time.
    #[serde(with = "time::serde::rfc3339")]
    pub now: OffsetDateTime,
    /// The answer.
    pub it: T,
}
