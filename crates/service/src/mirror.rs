//! Mirrors: pushing the truth to them, and telling how far they are.
//!
//! Owns the body of the reconcile loop and what a person may do about it. Never decides when to run (`server::worker` does), never makes
//! a target right by what an event says: only by what is true now. Start at [`reconcile`].

mod adopt_routes;
mod alarm;
pub mod ask;
pub mod change;
pub mod changes;
pub mod configure;
pub mod create;
pub mod delete;
pub mod empty;
mod foreign;
pub mod get;
mod head;
mod hold;
pub mod kept;
mod lane;
pub mod list;
mod pass;
pub mod place;
pub mod probe;
mod push;
pub mod reconcile;
pub mod release;
mod routes;
pub mod target;
mod whole;

pub use ask::{ask, delete_foreign, pause, resume};
pub use change::change;
pub use changes::Changes;
pub use configure::configure;
pub use create::create;
pub use delete::delete;
pub use empty::empty;
pub use get::{Detail, get};
pub use kept::{Kept, Outside};
pub use list::list;
pub use place::list_of_token;
pub use probe::{probe, probe_kept};
pub use reconcile::{Run, reconcile};
pub use release::release;
pub use target::Target;
