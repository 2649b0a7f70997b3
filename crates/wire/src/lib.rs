//! What is said aloud: the bodies of requests and answers, and the problem document.
//!
//! Owns every shape that crosses HTTP, for the API and the console alike, and the conversions to and from the domain (parse,
//! don't validate). Never holds a row of a table, a rule, or a sentence for people.
//! Start reading at [`token`] and [`problem`].

pub mod audit;
pub mod impact;
pub mod jwks;
pub mod mirror;
pub mod origin;
pub mod page;
pub mod problem;
pub mod receipt;
pub mod route;
pub mod settings;
pub mod target;
pub mod team;
pub mod token;
pub mod token_list;
pub mod usage;
pub mod verify;
pub mod whoami;

pub use page::{Page, PageQuery};
pub use problem::Problem;
