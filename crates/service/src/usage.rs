//! What is learned from verification: collected in memory, flushed in batches, and read.
//!
//! Never on the way of an answer: [`Recorder`] takes no lock that another thread of answers holds, and asks nobody. Start at [`Recorder::record`], then
//! [`flush`].

pub mod flush;
mod gathered;
pub mod impact;
mod known;
pub mod latency;
pub mod networks;
mod notices;
pub mod recorder;
pub mod report;
pub mod told;
mod window;

pub use flush::{flush, tidy};
pub use impact::get_impact;
pub use networks::propose_networks;
pub use recorder::Recorder;
pub use report::{count_never_used, get, get_of_token};
pub use told::report;
