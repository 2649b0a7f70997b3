//! The targets that people add: the form for a new one, the one that changes it, whether it can be used, and its end.

mod api;
mod change;
mod create;
mod fields;
mod part;
mod tried;

pub use api::{ChangeStart, NewStart, Typed};
pub(super) use api::{DeleteMirror, ProbeMirror, take_probe};
pub use change::MirrorTargetPage;
pub use create::NewMirrorPage;
pub use part::TargetPart;
