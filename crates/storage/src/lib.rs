//! Outside key spaces: places that hold objects under keys, such as a mirror of the tokens.
//!
//! Owns *how* to talk to one: list, put, delete, and what a failure means. Never decides what to put there or when (`service::mirror` does),
//! never logs, never reads the environment. Start at [`Files`].
//! Beside them, [`snapshot`]: a log on our own disk that only a holder of its key can write.
//!
//! What every backend keeps is the trait [`Storage`], and `tests/contract.rs` holds each of them to it on a real server. [`Place`] is any one of them.

pub mod calls;
pub mod egress;
pub mod error;
pub mod files;
pub mod git;
pub mod http;
pub mod kv;
pub mod object;
pub mod page;
pub mod place;
pub mod postgres;
pub mod s3;
pub mod snapshot;

pub use calls::Calls;
pub use egress::Egress;
pub use error::{Error, Result};
pub use files::Files;
pub use git::Git;
pub use http::{Endpoint, Patience};
pub use kv::{Kv, KvSettings};
pub use object::{KEY_MAX, Listed, OBJECT_MAX, Object, ObjectKey};
pub use page::{PAGE_MAX, Pages};
pub use place::{Done, Place, Storage};
pub use postgres::Postgres;
pub use s3::{S3, S3Settings};
