//! An index that takes many frames: written, changed while it grows, and read.

use super::*;
use crate::verify::snapshot::{SnapshotSettings, restore};
use crate::{Parts, VerifySettings};
use domain::token::{Scopes, SecretHash};
use domain::verify::Record;
use store::Store;
use store::verify::{Known, Seen};
use vault::Sealer;

/// Some frames of 256 KiB.
const TOKENS: u32 = 20_000;

fn service(settings: &SnapshotSettings, key: &str) -> Service {
    let options = "postgres://nobody@127.0.0.1:1/nothing".parse().expect("a URL");
    let parts = Parts {
        sealer: Sealer::parse(key).ok(),
        snapshot: Some(settings.clone()),
        verify: VerifySettings::default(),
        ..Parts::new(Store::lazy(options, Duration::from_secs(1)))
    };
    Service::closed(parts).expect("a service")
}

fn hash(n: u32) -> SecretHash {
    let mut bytes = [7; 32];
    // Spread, as a hash is.
    bytes[..4].copy_from_slice(&n.wrapping_mul(0x9E37_79B1).to_le_bytes());
    SecretHash::from_slice(&bytes).expect("a hash")
}

fn known(service: &Service, n: u32, revoked: bool) -> Known {
    let scopes = service.index().share(&[format!("images:{}", n % 100)]);
    let record = Record {
        id: uuid::Uuid::from_u128(n.into()).into(),
        team: uuid::Uuid::nil().into(),
        name: format!("job {n}").into(),
        scopes,
        expires_at: None,
        revoked,
        conditions: None,
    };
    Known { hash: hash(n), record, retired: None }
}

/// What a look does when these changed.
fn look(service: &Service, changed: Vec<Known>) {
    let snapshot = service.snapshot().expect("it keeps one");
    let as_of = snapshot.moment(service.now());
    let changes = super::super::copies(&changed, &[]);
    service.index().apply(changed, &[], service.now());
    snapshot.applied(changes);
    let (history, seen) = ("one".to_owned(), Seen::stored("1:1:".to_owned()));
    snapshot.agreed(Agreed { history, seen, as_of });
}

#[tokio::test]
async fn a_large_index_is_what_it_was() {
    let directory = tempfile::tempdir().expect("a directory");
    let settings =
        SnapshotSettings { path: directory.path().join("snapshot"), instance: "one".to_owned() };
    let key = Sealer::generate_key();
    let service = self::service(&settings, &key);
    let mut filling = service.index().begin_fill(TOKENS.into(), true, service.now());
    for n in 0..TOKENS {
        let Known { hash, record, .. } = known(&service, n, false);
        filling.put(&hash, Some(record));
    }
    service.index().fill(filling);
    let mut keeper = Keeper::new(service.clone()).expect("it keeps one");
    look(&service, Vec::new());
    assert!(keeper.write().expect("written"));
    assert!(!keeper.write().expect("nothing to write"));
    let length =
        |keeper: &Keeper| keeper.open.as_ref().map(|open| open.log.length()).unwrap_or_default();
    let whole = length(&keeper);
    for n in 0..10 {
        look(&service, vec![known(&service, n, true)]);
        keeper.write().expect("written");
    }
    assert!((whole + 1..whole + 10_000).contains(&length(&keeper)), "only changes are added");

    let next = self::service(&settings, &key);
    let restored = restore(&next).expect("usable");
    assert_eq!(restored.tokens, TOKENS as usize - 10);
    for n in 0..TOKENS {
        let told = next.index().ask(&hash(n), |entry| {
            let record = &entry.expect("known").record;
            (record.revoked, *record.name == *format!("job {n}"), record.scopes.joined())
        });
        let crate::verify::index::Found::Told(told) = told else { panic!("{n} is not known") };
        assert_eq!(told, (n < 10, true, Scopes::stored(&[format!("images:{}", n % 100)]).joined()));
    }
}

#[tokio::test]
async fn too_many_changes_are_written_as_a_whole() {
    let directory = tempfile::tempdir().expect("a directory");
    let settings =
        SnapshotSettings { path: directory.path().join("snapshot"), instance: "one".to_owned() };
    let key = Sealer::generate_key();
    let service = self::service(&settings, &key);
    let mut keeper = Keeper::new(service.clone()).expect("it keeps one");
    service.index().fill(service.index().begin_fill(0, true, service.now()));
    look(&service, Vec::new());
    keeper.write().expect("written");
    // The same few, again and again, while the disk is slow.
    let few: Vec<u32> = (0..1000).collect();
    for _ in 0..=crate::verify::snapshot::CHANGES_MAX / few.len() {
        look(&service, few.iter().map(|n| known(&service, *n, false)).collect());
    }
    assert!(service.snapshot().expect("it keeps one").waiting().changes.is_empty());
    keeper.write().expect("written");
    assert_eq!(keeper.open.as_ref().map(|open| open.tokens), Some(1000));
    assert_eq!(restore(&self::service(&settings, &key)).expect("usable").tokens, 1000);
}
