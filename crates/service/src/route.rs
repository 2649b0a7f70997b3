//! Routes: one file for each verb.

mod change;
mod create;
mod credentials;
mod delete;
mod facts;
mod find;
mod list;
mod publish;
mod secrets;

pub use change::change;
pub use create::create;
pub(crate) use create::insert;
pub use credentials::opens_samples;
pub use delete::delete;
pub use find::{Found, Offered, find};
pub use list::{get, list};
pub use publish::{Published, published};
pub use secrets::{Delivered, RouteSecret, delivered};
