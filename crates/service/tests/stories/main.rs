//! The service ring: use cases told as stories, each on a database of its own. Start at [`world`].

mod audit;
mod browser;
mod conditions;
mod disable;
mod expiry;
mod first_owner;
mod gone;
mod idempotency;
mod index;
mod keys;
mod lock;
mod names;
mod narrow;
mod pages;
mod permits;
mod rate;
mod reveal;
mod rotate;
mod settings;
mod sign_in;
mod snapshot;
mod sweep;
mod token_life;
mod usage;
mod uses;
mod world;
