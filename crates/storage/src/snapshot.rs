//! A snapshot on disk that nobody without its key can make, change, cut or splice: a log of what is known, and a stamp that says how much of the log
//! counts.
//!
//! The directory has one log, `log-<id>`: frames, each authenticated together with the one before (HMAC-SHA-256, RFC 2104). It is only appended to. `stamp`
//! is small, and replaced as a whole: it names the log, its length and its last tag, and has a note of whoever writes. What is in the log beyond what the
//! stamp names does not count, so that the two need not be written at once. Knows nothing of what frames and notes say. Start at [`Folder`] to write and at
//! [`Stamped::read`] to read.
//!
//! ```text
//! log-<id>   "TKLOG001"  id[16]  { length u32  payload  tag[32] }*
//! stamp      "TKSTAMP1"  id[16]  length u64  tag[32]  note length u32  note  tag[32]
//! ```
//! Numbers are little-endian. The first frame is authenticated together with the tag of the id.

mod chain;
mod read;
mod uptime;
mod write;

pub use read::{Stamped, Unreadable};
pub use uptime::Uptime;
pub use write::{Folder, Log};

use zeroize::Zeroizing;

/// What authenticates. No `Debug`; wiped when dropped.
pub type Key = Zeroizing<[u8; 32]>;
/// What tells one log from another.
pub type LogId = [u8; 16];

/// The longest payload of a frame, in bytes. A length is believed only up to this before it is authenticated.
pub const FRAME_MAX: usize = 1024 * 1024;
/// The longest note of a stamp, in bytes.
pub const NOTE_MAX: usize = 1024 * 1024;

const LOG_MAGIC: &[u8; 8] = b"TKLOG001";
const STAMP_MAGIC: &[u8; 8] = b"TKSTAMP1";
/// Of a log: the magic and the id.
const LOG_HEAD: usize = 8 + 16;
/// Of a stamp: what is before the note.
const STAMP_HEAD: usize = 8 + 16 + 8 + 32 + 4;
const STAMP: &str = "stamp";
const STAMP_UNFINISHED: &str = "stamp.new";
const LOCK: &str = "lock";

fn log_name(id: &LogId) -> String {
    use std::fmt::Write as _;
    id.iter().fold("log-".to_owned(), |mut name, byte| {
        let _ = write!(name, "{byte:02x}");
        name
    })
}
