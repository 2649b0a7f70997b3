//! Tokens: one file for each verb.

mod change;
mod conditions;
mod create;
mod disable;
mod extend;
mod holder;
mod in_browser;
mod list;
mod lock;
mod locked;
mod narrow;
mod purge;
mod reveal;
mod revoke;
mod rotate;

pub use change::{change, list_changes_since};
pub use conditions::change_conditions;
pub(crate) use create::SECRET_KEPT;
pub use create::{Created, create};
pub use disable::{disable, enable, pause};
pub use extend::extend;
pub use holder::{Own, get_own, revoke_own};
pub use in_browser::{open_for_browser, seal_for_browser};
pub use list::{count, find, get, list, may_list};
pub use lock::lock_networks;
pub use narrow::narrow_scopes;
pub(crate) use purge::purge;
pub use reveal::reveal;
pub use revoke::revoke;
pub use rotate::{finish_rotation, rotate};
