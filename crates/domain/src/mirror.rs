//! Mirrors: the copies of token metadata that the edge reads.
//!
//! Owns what a mirror should hold (an [`Entry`] for each secret that opens something), the [`plan`] from what it holds to that, when to look again
//! ([`pace`]), until when an object is good ([`renewal`]), how a mirror is ([`state`]) and what people say of a target ([`target`]). Never talks to one: `storage` does, driven by `service::mirror`.
//! Start at [`plan`].

pub mod entry;
pub mod failure;
pub mod format;
pub mod key;
pub mod pace;
pub mod place;
pub mod plan;
pub mod renewal;
pub mod state;
pub mod target;

pub use entry::{Candidate, Entry};
pub use failure::{Failure, FailureClass};
pub use format::Format;
pub use key::{Digest, Key};
pub use pace::Outcome;
pub use place::{Known, Place, Presence};
pub use plan::{Comparison, Goal, Plan, Why};
pub use state::{Mirror, SetAside, Status};
pub use target::{
    MirrorTarget, NewTarget, TargetChange, TargetKind, TargetName, TargetSecrets, TargetSettings,
};
