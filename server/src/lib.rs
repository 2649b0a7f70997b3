//! Everything that listens or ticks.
//!
//! Owns the configuration, the one place where things are built ([`boot`]), the HTTP doors ([`http`]), the command line ([`cli`]) and the
//! clock ([`worker`]). Never holds a rule: it decides when, and for whom. Start at [`boot`], then [`http`].

// The types of the console's pages are deep.
#![recursion_limit = "256"]

pub mod boot;
pub mod cli;
pub mod config;
pub mod http;
pub mod logging;
mod memory;
pub mod trace;
pub mod worker;
