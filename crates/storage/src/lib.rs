//! Outside key spaces: places that hold objects under keys, such as a mirror of the tokens.
//!
//! Owns *how* to talk to one: list, put, delete, and what a failure means. Never decides what to put there or when (`service::mirror` does),
//! never logs, never reads the environment. Start at [`Files`].
//! Beside them, [`snapshot`]: a log on our own disk that only a holder of its key can write.
//!
//! There is one backend, local files, so there is no trait: one whose only user is its only implementation would be a guess about the next.
//! The shape is that of the trait to come (lists and batches, as bulk APIs want them; no transaction over several objects), and
//! `tests/contract.rs` holds what every backend must keep, as functions over it. The second backend makes it a trait.

pub mod error;
pub mod files;
pub mod object;
pub mod snapshot;

pub use error::{Error, Result};
pub use files::Files;
pub use object::{Listed, OBJECT_MAX, Object, ObjectKey};
