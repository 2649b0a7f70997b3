//! What a mirror holds, as bytes: the contract with everybody who reads one.
//!
//! Owns the record of a token ([`bytes`], [`read`]), the [`Head`] with its [`Page`]s, the [`Routes`], and the signature around them and every other document ([`sign`], [`payload`]). Never talks
//! to a mirror, and never decides: `storage` and `domain` do. Builds for wasm32, where nothing is signed and the runtime verifies.
//! Start at [`bytes`].

mod head;
mod instant;
mod page;
mod public;
mod routes;
mod seal;
#[cfg(not(target_arch = "wasm32"))]
mod signing;
mod told;
mod write;

pub use head::{DENIED_MAX, HEAD_MAX, Head};
pub use page::{PAGE_MAX, PAGES, Page, page_path};
pub use public::PublicKey;
pub use routes::{Routes, TheirRoute, dated, their_routes};
pub use seal::{HEAD, ROUTES, Signed, document, message, payload};
#[cfg(not(target_arch = "wasm32"))]
pub use signing::{SigningKey, Unverified, sign, verify};
pub use told::{More, RECORD_MAX, Told, Unreadable, read};
#[cfg(not(target_arch = "wasm32"))]
pub use write::bytes;
pub use write::unsigned;
