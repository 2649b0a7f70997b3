//! What must hold of everything that reads text from strangers: tokens, scopes, networks, header fields, what proxies say of callers, what is in a mirror,
//! and paths at the edge.
//!
//! Each module has one `check`, which takes any bytes and panics where a property does not hold: that nothing panics is the least of them, most
//! compare with a second implementation that is plain and slow. `make fuzz` looks for bytes that break one; `tests/corpus.rs` replays what it kept.
//! Start at [`TARGETS`].

pub mod cidr;
mod doors;
pub mod fields;
pub mod forwarded;
pub mod record;
pub mod route;
pub mod scope;
pub mod token;

/// A property check: panics where it does not hold.
pub type Check = fn(&[u8]);

/// What is fuzzed: the name of its program and of its corpus, and its check.
pub const TARGETS: [(&str, Check); 7] = [
    ("token", token::check),
    ("scope", scope::check),
    ("cidr", cidr::check),
    ("forwarded", forwarded::check),
    ("fields", fields::check),
    ("record", record::check),
    ("route", route::check),
];

/// The lines of a text; nothing where it is none.
fn lines(bytes: &[u8]) -> Vec<&str> {
    std::str::from_utf8(bytes).map(|text| text.split('\n').collect()).unwrap_or_default()
}
