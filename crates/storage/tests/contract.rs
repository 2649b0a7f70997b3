//! What every outside key space keeps, as functions over one; and what local files keep beyond that.
//!
//! The functions take an empty place of keys under `tokens/`, and leave it as they like.

mod files;
mod git;
mod kv;
mod outside;
mod postgres;
mod s3;

use storage::{Listed, OBJECT_MAX, Object, ObjectKey, Storage};

fn key(path: &str) -> ObjectKey {
    ObjectKey::parse(path).expect(path)
}

fn object(path: &str, bytes: impl Into<Vec<u8>>) -> Object {
    Object { key: key(path), bytes: bytes.into(), expires_at: None }
}

async fn listed(place: &impl Storage) -> Vec<Listed> {
    let mut listed = place.list(&key("tokens")).await.expect("a listing");
    listed.sort();
    listed
}

fn found(place: &impl Storage, path: &str, bytes: &[u8]) -> Listed {
    Listed { path: path.to_owned(), digest: Some(place.digest(bytes)) }
}

async fn an_empty_place_lists_nothing(place: impl Storage) {
    assert_eq!(listed(&place).await, []);
    assert_eq!(place.get(&key("tokens/a.json")).await.expect("an answer"), None);
}

async fn what_is_put_is_listed_and_read_back(place: impl Storage) {
    let objects = vec![object("tokens/b.json", "two"), object("tokens/a.json", "one")];
    place.put(objects).await.expect("put");
    assert_eq!(
        listed(&place).await,
        [found(&place, "tokens/a.json", b"one"), found(&place, "tokens/b.json", b"two")]
    );
    let bytes = place.get(&key("tokens/b.json")).await.expect("an answer");
    assert_eq!(bytes.as_deref(), Some(&b"two"[..]));
}

async fn putting_again_replaces(place: impl Storage) {
    for bytes in ["a longer first content", "second", "second"] {
        place.put(vec![object("tokens/a.json", bytes)]).await.expect("put");
        assert_eq!(listed(&place).await, [found(&place, "tokens/a.json", bytes.as_bytes())]);
    }
}

async fn deleting_is_idempotent(place: impl Storage) {
    let objects = vec![object("tokens/a.json", "one"), object("tokens/b.json", "two")];
    place.delete(vec![key("tokens/a.json")]).await.expect("nothing is there yet");
    place.put(objects).await.expect("put");
    for _ in 0..2 {
        place.delete(vec![key("tokens/a.json"), key("tokens/c.json")]).await.expect("delete");
        assert_eq!(listed(&place).await, [found(&place, "tokens/b.json", b"two")]);
    }
}

async fn empty_batches_do_nothing(place: impl Storage) {
    place.put(Vec::new()).await.expect("put");
    place.delete(Vec::new()).await.expect("delete");
    assert_eq!(listed(&place).await, []);
}

async fn an_object_has_a_largest_size(place: impl Storage) {
    let largest = object("tokens/a.json", vec![7; OBJECT_MAX]);
    place.put(vec![largest.clone()]).await.expect("put");
    let bytes = place.get(&largest.key).await.expect("an answer");
    assert_eq!(bytes, Some(largest.bytes));
    let batch =
        vec![object("tokens/b.json", "small"), object("tokens/c.json", vec![7; OBJECT_MAX + 1])];
    place.put(batch).await.expect_err("too large");
    assert_eq!(listed(&place).await.len(), 1, "refused before anything is put");
}

async fn a_thousand_objects_are_one_listing(place: impl Storage) {
    let objects: Vec<_> = (0..1_000)
        .map(|n| object(&format!("tokens/{n:04}.json"), format!("{{\"n\":{n}}}")))
        .collect();
    place.put(objects.clone()).await.expect("put");
    let wanted: Vec<_> =
        objects.iter().map(|object| found(&place, object.key.as_str(), &object.bytes)).collect();
    assert_eq!(listed(&place).await, wanted);
}

macro_rules! contract {
    ($place:path: $($promise:ident)+) => {
        $(#[tokio::test]
        async fn $promise() {
            let (place, _alive) = $place();
            crate::$promise(place).await;
        })+
    };
}
pub(crate) use contract;
