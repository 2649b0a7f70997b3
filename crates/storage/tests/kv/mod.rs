//! Workers KV: the contract on the runtime's own KV, behind a worker that speaks Cloudflare's REST API; and what is KV's alone.

mod faults;
mod namespace;
mod server;

use super::{found, key, list, listed, object};
use server::Cloudflare;
use storage::Kv;

/// An empty namespace, and the runtime that keeps it.
fn place() -> (Kv, Cloudflare) {
    let server = Cloudflare::start();
    (server.place(), server)
}

/// One test, because each start of the runtime takes the better part of a second; each promise has a namespace of its own.
#[tokio::test]
async fn the_runtime_keeps_the_contract() {
    let server = Cloudflare::start();
    super::an_empty_place_lists_nothing(server.place_in("namespace0")).await;
    super::what_is_put_is_listed_and_read_back(server.place_in("namespace1")).await;
    super::putting_again_replaces(server.place_in("namespace2")).await;
    super::deleting_is_idempotent(server.place_in("namespace3")).await;
    super::empty_batches_do_nothing(server.place_in("namespace4")).await;
    super::an_object_has_a_largest_size(server.place_in("namespace5")).await;
    super::a_thousand_objects_are_one_listing(server.place_in("namespace6")).await;
    super::the_longest_key_is_taken(server.place_in("namespace7")).await;
    super::what_it_was_asked_is_counted(server.place_in("namespace8")).await;
}
