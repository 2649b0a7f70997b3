//! Workers KV: the contract on the runtime's own KV, behind a worker that speaks Cloudflare's REST API; and what is KV's alone.

mod faults;
mod namespace;
mod server;

use super::{contract, found, key, listed, object};
use server::Cloudflare;
use storage::Kv;

/// An empty namespace, and the runtime that keeps it.
fn place() -> (Kv, Cloudflare) {
    let server = Cloudflare::start();
    (server.place(), server)
}

contract! { place:
    an_empty_place_lists_nothing
    what_is_put_is_listed_and_read_back
    putting_again_replaces
    deleting_is_idempotent
    empty_batches_do_nothing
    an_object_has_a_largest_size
    a_thousand_objects_are_one_listing
}
