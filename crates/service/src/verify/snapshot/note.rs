//! The note of a stamp: of when the snapshot is, and of what.

use super::age::AsOf;
use domain::OffsetDateTime;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use storage::snapshot::Uptime;

/// Raised with every change of what a frame or a note says.
pub(super) const VERSION: u32 = 4;

/// See the module. Times are in microseconds: since 1970, since the machine's start, or a span.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Note {
    pub(super) version: u32,
    /// Whose it is.
    pub(super) instance: String,
    /// Which history of which database, and how much of it was seen.
    pub(super) history: String,
    pub(super) seen: String,
    /// The last look that agreed with the database.
    pub(super) as_of: i64,
    pub(super) boot: Option<String>,
    pub(super) uptime: Option<u64>,
    /// For how long without the database it is good: what the lease in the database was written with.
    pub(super) budget: u64,
    /// How many instances share the limits.
    pub(super) instances: u32,
    /// How many records the log began with.
    pub(super) tokens: u64,
    /// Whether those were all, and not only the ones that were asked for most.
    pub(super) all: bool,
    /// The management keys that might ask of late.
    pub(super) keys: Vec<KeyNote>,
}

/// A management key that might ask whether tokens are good.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyNote {
    /// The hash of its secret, in hex.
    pub(super) hash: String,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) expires_at: Option<i64>,
    /// When the database was asked about it last.
    pub(super) checked_at: i64,
}

impl Note {
    /// `None` when another version wrote it.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice::<Self>(bytes).ok().filter(|note| note.version == VERSION)
    }

    /// When it was true.
    pub(super) fn as_of(&self) -> Option<AsOf> {
        let uptime = self
            .boot
            .clone()
            .zip(self.uptime)
            .map(|(boot, micros)| Uptime { boot, elapsed: Duration::from_micros(micros) });
        Some(AsOf { wall: instant(self.as_of)?, uptime })
    }
}

/// Microseconds since 1970, which is what Postgres keeps.
pub(super) fn micros(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos().div_euclid(1000)).unwrap_or(i64::MAX)
}

/// The instant so many microseconds after 1970.
pub(super) fn instant(micros: i64) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1000).ok()
}
