//! What happens: one function for each verb, and every door calls it.
//!
//! Owns the order of things in a use case: permit, limits, transaction, event. Never speaks HTTP, never contains SQL, never decides what
//! is true (that is the domain's). Start at [`token::create`], which has every step.

pub mod audit;
pub mod context;
pub mod error;
pub mod idempotency;
pub mod key;
pub mod mirror;
pub mod password;
pub mod settings;
pub mod signing;
pub mod sweep;
pub mod team;
pub mod throttle;
pub mod token;
pub mod usage;
pub mod user;
pub mod verify;

pub use context::{Clock, KeySource, Parts, Randomness, Service, UsageSettings, VerifySettings};
pub use error::{Error, Fault, Result};
pub use idempotency::IdempotencyKey;
pub use store::TRACE;
