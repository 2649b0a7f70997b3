//! What holds of every record.

use domain::mirror::{Candidate, Entry, Format};
use domain::token::SecretHash;
use domain::{OffsetDateTime, id};
use proptest::prelude::*;
use record::{Head, SigningKey, Told, bytes, document, payload, read, verify};
use time::Duration;
use time::macros::datetime;
use uuid::Uuid;

const START: OffsetDateTime = datetime!(2026-11-22 10:00 UTC);

fn instant() -> impl Strategy<Value = OffsetDateTime> {
    (1_i64..1_000_000_000_000).prop_map(|micros| START + Duration::microseconds(micros))
}

/// What an entry is made of, which may be printed where the entry may not.
#[derive(Clone, Debug)]
struct Row {
    written_at: OffsetDateTime,
    seed: [u8; 32],
    hash: [u8; 32],
    ids: (u128, u128),
    revision: u64,
    name: String,
    scopes: Vec<String>,
    ends: Option<OffsetDateTime>,
    former: bool,
    not_before: Option<OffsetDateTime>,
    networks: Option<Vec<String>>,
    rate: Option<(i64, i64)>,
}

fn row() -> impl Strategy<Value = Row> {
    let network = (1_u8..=255, any::<u8>(), 1_u8..=32);
    let network = network.prop_map(|(a, b, bits)| format!("{a}.{b}.0.0/{bits}"));
    let networks = prop::option::of(prop::collection::vec(network, 1..5));
    let scopes = prop::collection::vec("[a-z]{1,8}(:[a-z]{1,8})?", 1..6);
    let bytes = (any::<[u8; 32]>(), any::<[u8; 32]>(), any::<(u128, u128)>(), any::<u64>());
    let times =
        (instant(), prop::option::of(instant()), any::<bool>(), prop::option::of(instant()));
    let rate = prop::option::of((1_i64..1000, 1_i64..1000));
    (bytes, "[^\\p{C}\\s]{1,50}", scopes, times, networks, rate).prop_map(
        |((seed, hash, ids, revision), name, scopes, times, networks, rate)| {
            let (written_at, ends, former, not_before) = times;
            let former = former && ends.is_some();
            Row {
                written_at,
                seed,
                hash,
                ids,
                revision,
                name,
                scopes,
                ends,
                former,
                not_before,
                networks,
                rate,
            }
        },
    )
}

impl Row {
    fn entry(&self) -> Entry {
        let (expires_at, retires_at) =
            if self.former { (None, self.ends) } else { (self.ends, None) };
        let candidate = Candidate {
            token: id::TokenId::from(Uuid::from_u128(self.ids.0)),
            hash: self.hash.to_vec(),
            name: self.name.clone(),
            team: Uuid::from_u128(self.ids.1).into(),
            scopes: self.scopes.clone(),
            created_at: START,
            expires_at,
            not_before: self.not_before,
            retires_at,
            networks: self.networks.clone(),
            rate: self.rate,
            revision: self.revision,
        };
        candidate.judge().map_err(|refused| refused.field).expect("a good row")
    }
}

proptest! {
    #[test]
    fn a_record_reads_back_as_what_it_was_written_from(row in row()) {
        let entry = row.entry();
        let signed = bytes(&entry, row.written_at, Format::Full, Some(&SigningKey::of(&row.seed)));
        let (back, at) = read(&entry.hash, &signed).expect("ours");
        prop_assert!(back == entry);
        prop_assert_eq!(at, Some(row.written_at));
    }

    #[test]
    fn equal_entries_have_equal_bytes_and_one_signature(row in row()) {
        let (entry, key) = (row.entry(), SigningKey::of(&row.seed));
        let signed = bytes(&entry, row.written_at, Format::Full, Some(&key));
        let again = SigningKey::of(&row.seed);
        prop_assert_eq!(&signed, &bytes(&row.entry(), row.written_at, Format::Full, Some(&again)));
        let plain = bytes(&entry, row.written_at, Format::Full, None);
        prop_assert_eq!(verify(&document(&entry.hash), &signed, &[key.public()]), Ok(plain));
    }

    #[test]
    fn token_manager_is_told_the_same_by_its_five_members(row in row()) {
        let full = Told::parse(&bytes(&row.entry(), row.written_at, Format::Full, None));
        let theirs = Told::parse(&bytes(&row.entry(), row.written_at, Format::TokenManager, None));
        let more = None;
        prop_assert_eq!(theirs.expect("ours"), Told { more, ..full.expect("ours") });
    }

    #[test]
    fn nothing_that_is_read_panics(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let hash = SecretHash::from_slice(&[7; 32]).expect("32 bytes");
        let _ = (read(&hash, &bytes).is_ok(), Head::read(&bytes).is_ok(), payload(&bytes).is_some());
    }
}
