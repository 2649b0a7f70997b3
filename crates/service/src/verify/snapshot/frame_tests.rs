//! Frames: what was put is read, and what is none is not.

use super::*;
use domain::id::{TeamId, TokenId};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

fn instants() -> impl Strategy<Value = OffsetDateTime> {
    (-62_000_000_000_000_000_i64..253_000_000_000_000_000)
        .prop_map(|micros| super::super::note::instant(micros).expect("an instant"))
}

fn conditions() -> impl Strategy<Value = Option<Box<Conditions>>> {
    let origins =
        prop_oneof![Just(vec![]), Just(vec!["10.0.0.0/8".to_owned(), "2001:db8::/32".to_owned()])];
    let rate = (1..=1_000_000_i64, 1..=86_400_i64);
    let per = option::of(prop_oneof![Just("hour"), Just("day"), Just("week"), Just("month")]);
    let parts = (
        option::of(instants()),
        any::<bool>(),
        option::of(instants()),
        option::of(instants()),
        option::of(origins),
        option::of(rate),
        option::of((1..=1_000_000_000_i64, per)),
    );
    parts.prop_map(|(not_before, disabled, paused_until, retires_at, origins, rate, uses)| {
        let origins = origins.map(|texts| Origins::stored(&texts));
        let rate =
            rate.map(|(requests, seconds)| RateLimit::parse(requests, seconds).expect("a limit"));
        let uses = uses.map(|(count, per)| UsesLimit::parse(count, per).expect("a limit"));
        Conditions { not_before, disabled, paused_until, retires_at, origins, rate, uses }.boxed()
    })
}

fn records() -> impl Strategy<Value = ([u8; 32], Option<Record>)> {
    let parts = (
        any::<[u8; 32]>(),
        any::<[u8; 16]>(),
        any::<[u8; 16]>(),
        "\\PC{0,40}",
        vec("[a-z]{1,3}(:[a-z]{1,3})?", 0..4),
        option::of(instants()),
        any::<bool>(),
        (conditions(), any::<bool>()),
    );
    parts.prop_map(|(hash, id, team, name, scopes, expires_at, revoked, (conditions, gone))| {
        let record = Record {
            id: TokenId::from(uuid::Uuid::from_bytes(id)),
            team: TeamId::from(uuid::Uuid::from_bytes(team)),
            name: name.into(),
            scopes: Scopes::stored(&scopes).into(),
            expires_at,
            revoked,
            conditions,
        };
        (hash, (!gone).then_some(record))
    })
}

fn framed(records: &[([u8; 32], Option<Record>)]) -> Vec<u8> {
    let mut frame = Frame::default();
    for (hash, record) in records {
        frame.put(&SecretHash::from_slice(hash).expect("a hash"), record.as_ref());
    }
    frame.take().unwrap_or_default()
}

fn told(bytes: &[u8]) -> Option<Vec<([u8; 32], Option<Record>)>> {
    let mut told = Vec::new();
    let share = |scopes: Vec<String>| Scopes::stored(&scopes).into();
    read(bytes, share, |hash, record| told.push((*hash.bytes(), record)))?;
    Some(told)
}

proptest! {
    #[test]
    fn what_was_put_is_read(records in vec(records(), 0..20)) {
        prop_assert_eq!(told(&framed(&records)), Some(records));
    }

    #[test]
    fn what_was_cut_is_not_understood(records in vec(records(), 1..3), at in any::<prop::sample::Index>()) {
        let bytes = framed(&records);
        let whole: Vec<_> = (1..=records.len()).map(|n| framed(&records[..n]).len()).collect();
        let at = at.index(bytes.len());
        prop_assert_eq!(told(&bytes[..at]).is_some(), at == 0 || whole.contains(&at));
    }

    #[test]
    fn nothing_makes_it_panic(bytes in vec(any::<u8>(), 0..400)) {
        let _ = told(&bytes);
    }
}

#[test]
fn a_frame_begins_anew_with_its_scopes() {
    let scopes: Arc<Scopes> = Scopes::stored(&["a".to_owned()]).into();
    let record = |n: u8| Record {
        id: uuid::Uuid::from_bytes([n; 16]).into(),
        team: uuid::Uuid::nil().into(),
        name: "import".into(),
        scopes: Arc::clone(&scopes),
        expires_at: None,
        revoked: false,
        conditions: None,
    };
    let hash = |n: u8| SecretHash::from_slice(&[n; 32]).expect("a hash");
    let mut frame = Frame::default();
    frame.put(&hash(1), Some(&record(1)));
    frame.put(&hash(2), Some(&record(2)));
    let first = frame.take().expect("bytes");
    assert!(frame.take().is_none());
    frame.put(&hash(3), Some(&record(3)));
    let second = frame.take().expect("bytes");
    assert_eq!(told(&first).expect("read").len(), 2);
    assert_eq!(told(&second).expect("read")[0].1, Some(record(3)));
    // The scopes are written once in each.
    assert!(first.len() < 2 * second.len());
}
