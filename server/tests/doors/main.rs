//! The doors ring: the whole router, called in process, on a database of its own for each test. Start at [`app`].
//!
//! One file an endpoint; [`bad_input`] and [`authorisation`] go over all of them, and [`canary`] looks for secrets that got out.

// The types of the console's pages are deep.
#![recursion_limit = "256"]

mod app;
mod audit;
mod authorisation;
mod bad_input;
mod canary;
mod change_conditions;
mod change_token;
mod create_token;
mod credentials;
mod csrf;
mod disable_token;
mod errors;
mod extend_token;
mod forward_auth;
mod get_token;
mod headers;
mod health;
mod holder;
mod identify;
mod jwks;
mod list_tokens;
mod lock_origins;
mod metrics;
mod mirror;
mod narrow_scopes;
mod openapi;
mod origin;
mod proxy;
mod reveal_token;
mod revoke_token;
mod rotate_token;
mod route;
mod route_vectors;
mod socket;
mod target;
mod team;
mod usage;
mod vectors;
mod verify;
mod verify_access;
mod verify_batch;
mod waiting;
