//! Routes: the list, the forms that make and change one, and the tester.

mod api;
mod auth;
mod create;
mod edit;
mod list;
mod tester;

pub use api::{Asked, RouteStart, Secrets, TrialStart, Tried};
pub use create::NewRoutePage;
pub use edit::RoutePage;
pub use list::RoutesPage;
pub use tester::TryRoutePage;
