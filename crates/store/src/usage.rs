//! What verification learned.
//!
//! Written in batches ([`flush`]), read for pages and the API ([`read`]). Never touches the table `tokens` but to read it: a write there would wake
//! every verifier. Not written through a [`Tx`](crate::Tx), as these are observations; what the audit log is told of them is, in [`notice`].

pub mod flush;
pub mod notice;
pub mod read;

pub use flush::{Batch, HourCount, LastUse, OriginUse, ScopeUse, UnnamedUse};
