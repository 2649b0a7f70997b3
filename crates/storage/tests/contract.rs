//! What every outside key space keeps, as functions over one; and what local files keep beyond that.
//!
//! The functions take an empty place of keys under `tokens/`, and leave it as they like.

mod faults;
mod files;
mod git;
mod kv;
mod outside;
mod postgres;
mod s3;

use storage::{Calls, Listed, OBJECT_MAX, Object, ObjectKey, PAGE_MAX, Result, Storage};

fn key(path: &str) -> ObjectKey {
    ObjectKey::parse(path).expect(path)
}

fn object(path: &str, bytes: impl Into<Vec<u8>>) -> Object {
    Object { key: key(path), bytes: bytes.into(), expires_at: None }
}

/// A whole listing, at once.
async fn list(place: &impl Storage, at: &str) -> Result<Vec<Listed>> {
    let mut listed = Vec::new();
    let mut pages = |page: Vec<Listed>| {
        assert!((1..=PAGE_MAX).contains(&page.len()), "{} in a page", page.len());
        listed.extend(page);
    };
    place.list(&key(at), &mut pages).await?;
    listed.sort();
    Ok(listed)
}

async fn listed(place: &impl Storage) -> Vec<Listed> {
    list(place, "tokens").await.expect("a listing")
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

async fn of_a_key_that_comes_twice_the_last_is_put(place: impl Storage) {
    let once = (0..40).map(|n| object(&format!("tokens/{n}.json"), "first"));
    let again = (0..40).map(|n| object(&format!("tokens/{n}.json"), "last"));
    place.put(once.chain(again).collect()).await.expect("put");
    let told = listed(&place).await;
    assert_eq!(told.len(), 40);
    assert!(told.iter().all(|listed| listed.digest == Some(place.digest(b"last"))));
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
    assert_eq!(place.object_max(), OBJECT_MAX);
    let largest = object("tokens/a.json", vec![7; OBJECT_MAX]);
    place.put(vec![largest.clone()]).await.expect("put");
    let bytes = place.get(&largest.key).await.expect("an answer");
    assert_eq!(bytes, Some(largest.bytes));
    let batch =
        vec![object("tokens/b.json", "small"), object("tokens/c.json", vec![7; OBJECT_MAX + 1])];
    place.put(batch).await.expect_err("too large");
    assert_eq!(listed(&place).await.len(), 1, "refused before anything is put");
}

async fn the_longest_key_is_taken(place: impl Storage) {
    let name = "a".repeat(place.key_max() - "tokens/.json".len());
    let longest = object(&format!("tokens/{name}.json"), "one");
    assert_eq!(longest.key.as_str().len(), place.key_max());
    place.put(vec![longest.clone()]).await.expect("put");
    assert_eq!(listed(&place).await, [found(&place, longest.key.as_str(), b"one")]);
    place.delete(vec![longest.key]).await.expect("delete");
    assert_eq!(listed(&place).await, []);
}

async fn what_it_was_asked_is_counted(place: impl Storage) {
    assert_eq!(place.calls(), Calls::default());
    place.put(vec![object("tokens/a.json", vec![b'a'; 2_000])]).await.expect("put");
    let put = place.calls();
    assert!(put.requests >= 1, "{put:?}");
    assert!((2_000..6_000).contains(&put.bytes), "{put:?}");
    place.delete(vec![key("tokens/a.json")]).await.expect("delete");
    let deleted = place.calls();
    assert!(deleted.requests > put.requests, "{deleted:?}");
    assert!(place.batch() >= 100);
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

async fn a_probe_leaves_nothing(place: impl Storage) {
    place.put(vec![object("tokens/a.json", "one")]).await.expect("put");
    for _ in 0..2 {
        place.probe().await.expect("it can be used");
    }
    assert_eq!(list(&place, "probe").await.expect("a listing"), []);
    assert_eq!(listed(&place).await, [found(&place, "tokens/a.json", b"one")]);
}

async fn a_long_listing_comes_in_pages(place: impl Storage) {
    let path = |n: usize| format!("tokens/{n:04}.json");
    let objects: Vec<_> = (0..=PAGE_MAX).map(|n| object(&path(n), format!("{n}"))).collect();
    place.put(objects).await.expect("put");
    let paths: Vec<_> = listed(&place).await.into_iter().map(|listed| listed.path).collect();
    assert_eq!(paths, (0..=PAGE_MAX).map(path).collect::<Vec<_>>());
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
