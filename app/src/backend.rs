//! The server's side of the console: what `#[server]` bodies use, and nothing else does.
//!
//! Owns the way from a request to a `service` call and back: who calls, drafts of refused forms, cookies, redirects. Holds no rule.
//! This is the only module that is compiled for the server alone.

pub mod audit;
pub mod deeds;
pub mod edit;
pub mod form;
pub mod learned;
pub mod mirror;
pub mod overview;
pub mod request;
pub mod route;
pub mod secret;
pub mod session;
pub mod settings;
pub mod target;
pub mod team;
pub mod token;
pub mod token_list;
pub mod visit;
pub mod waiting;

pub use request::{Cookies, PublicUrl, refused, service_and_caller};
pub use visit::provide;
