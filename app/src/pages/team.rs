//! Teams: the list, and the form for a new one.

mod api;
mod create;
mod list;

pub use api::Listing;
pub use create::NewTeamPage;
pub use list::TeamsPage;
