//! A bucket: the contract on two servers that have nothing in common, and what is S3's alone.
//!
//! s3s-fs is written in Rust, checks signatures to the letter, and its listings have no ETag, so that objects are read. moto is written in
//! Python, checks signatures against the key of a user of its own, and its listings have the MD5.

mod bucket;
mod faults;
mod servers;

use super::{contract, found, key, list, listed, object};
use servers::{Moto, S3s};
use storage::S3;

/// An empty bucket, and the server that keeps it.
fn place() -> (S3, S3s) {
    let server = S3s::start();
    (server.place("mirror"), server)
}

contract! { place:
    an_empty_place_lists_nothing
    what_is_put_is_listed_and_read_back
    putting_again_replaces
    deleting_is_idempotent
    empty_batches_do_nothing
    an_object_has_a_largest_size
    what_it_was_asked_is_counted
    a_thousand_objects_are_one_listing
}

/// One test, because each start of this server takes a second of a core; each promise has a bucket of its own.
#[tokio::test]
async fn moto_keeps_the_contract() {
    let moto = Moto::start().await;
    super::an_empty_place_lists_nothing(moto.place("empty")).await;
    super::what_is_put_is_listed_and_read_back(moto.place("put")).await;
    super::putting_again_replaces(moto.place("again")).await;
    super::deleting_is_idempotent(moto.place("deleting")).await;
    super::empty_batches_do_nothing(moto.place("batches")).await;
    super::an_object_has_a_largest_size(moto.place("largest")).await;
    super::the_longest_key_is_taken(moto.place("longest")).await;
    super::what_it_was_asked_is_counted(moto.place("counted")).await;
    super::a_thousand_objects_are_one_listing(moto.place("thousand")).await;
    bucket::a_prefix_keeps_two_mirrors_apart(|settings| moto.place_with("shared", settings)).await;
    bucket::an_altered_object_is_found(moto.place("altered")).await;
    bucket::foreign_objects_are_listed_as_they_are(moto.place("foreign"), &moto).await;
    bucket::wrong_credentials_are_denied(|id, secret| moto.place_as("mine", id, secret)).await;
}
