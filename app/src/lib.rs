//! The console: pages and their building blocks, rendered by the server and taken over by the browser.
//!
//! Owns what people see and the server functions behind it. Never holds a rule: a server function enters, converts, calls `service`,
//! and renders or redirects. Start reading at [`routes`], then at [`pages::sign_in`], the model of a page with a form.
//!
//! # How to write a page with a form
//! 1. *Words*: a namespace in `locales/*/`, named in `build.rs`; say them with `say!(namespace.key)`.
//! 2. *Server function*: `#[server(prefix = "/fn", endpoint = "verb_noun")]`, returns `Result<(), Refusal>`. Its body converts with
//!    `wire` or `domain`, calls `service`, and ends in `backend::form::settle(form, page, values, outcome)`, which redirects on success and
//!    on refusal keeps the values (never a password or a secret) as a draft for the page to show again.
//!    It never returns a secret: see `backend::secret`.
//! 3. *Page*: `Resource` of [`form_start::start_form`] (the draft, a key against double posts, the server's time), a
//!    [`ui::load::Load`] around it, inside it a [`ui::form::Form`] with fields of [`ui::field`]. A field finds its draft and its
//!    errors by its name, which is the server function's argument and the refusal's field.
//! 4. It works without JavaScript: nothing may be needed that only a script does.

#![recursion_limit = "256"]

include!(concat!(env!("OUT_DIR"), "/i18n/mod.rs"));

pub mod apart;
#[cfg(feature = "ssr")]
pub mod backend;
pub mod behind;
pub mod form_start;
pub mod pages;
pub mod paths;
pub mod refusal;
pub mod routes;
pub mod seen;
pub mod session;
pub mod shell;
pub mod ui;
pub mod usage;
pub mod visit;
pub mod words;

pub use refusal::Refusal;
pub use routes::App;
pub use seen::Seen;
pub use shell::shell;
