//! What the mirrors should hold, and how far each of them is.
//!
//! Owns the view `mirror_secrets` and the tables `mirrors`, `mirror_runs` and `mirror_targets`. What should be there is [`goal`]; what was done is [`run`]; what people
//! decide is [`hold`] and [`asked`]; what they say of targets is [`target`].

pub mod asked;
pub mod changes;
pub mod goal;
mod hold;
mod list;
pub mod lock;
mod place;
pub mod run;
pub mod standing;
pub mod target;
mod told;

pub use changes::Changes;
pub use goal::{Changed, Mark};
pub use hold::Holds;
pub use lock::MirrorLock;
pub use run::RunRecord;
pub use standing::Standing;
pub use target::KeptTarget;
