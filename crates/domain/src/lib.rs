//! Pure rules of Tokenkeep: what is true about tokens, teams, people, mirrors and routes.
//!
//! Owns the grammar of every value, the policy and the verify decision. Never does I/O, never asks
//! for the time or for randomness (both are arguments), and builds for wasm32 as it does for the server.
//! Start reading at [`token`], then [`policy`] and [`verify`].

pub mod audit;
pub mod id;
pub mod key;
pub mod mirror;
pub mod page;
pub mod policy;
pub mod refusal;
pub mod route;
pub mod team;
pub mod text;
pub mod token;
pub mod usage;
pub mod user;
pub mod verify;
pub mod version;

pub use refusal::{Code, Kind, Refusals, Refused};
pub use time::OffsetDateTime;
pub use version::{Expected, Version};
