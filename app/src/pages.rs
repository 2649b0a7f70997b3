//! Pages, one folder or file for each noun. A page never imports another noun's page.

pub mod audit;
pub mod gallery;
pub mod mirror;
pub mod missing;
pub mod overview;
pub mod route;
pub mod settings;
pub mod setup;
pub mod sign_in;
pub mod team;
pub mod token;
