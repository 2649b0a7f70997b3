//! Building blocks. They know roles (ok, warn, danger), never a domain noun; the gallery shows each in each of its states.
//!
//! What they look like is in `style/`; here is structure, names for assistive technology, and what works without JavaScript.

pub mod bars;
pub mod button;
pub mod copy;
pub mod dialog;
pub mod empty;
pub mod field;
pub mod filter;
pub mod form;
pub mod frame;
pub mod icon;
pub mod live;
pub mod load;
pub mod menu;
pub mod moment;
pub mod note;
pub mod preferences;
pub mod status;
pub mod strong;
pub mod summary;
pub mod table;
pub mod tip;
