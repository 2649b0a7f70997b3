//! What a mirror holds: whoever can write there writes what they like.

use domain::mirror::Format;
use domain::token::SecretHash;
use record::{Head, RECORD_MAX, Told, Unreadable, payload, read, unsigned};

/// The bytes of a record, or of a head.
pub fn check(bytes: &[u8]) {
    let hash = SecretHash::of_offered(&format!("ntk_{}", "A".repeat(43))).expect("good form");
    check_record(&hash, bytes);
    check_head(bytes);
    let Some(signed) = payload(bytes) else { return };
    let (object, end) = signed.payload.split_at(signed.payload.len() - 1);
    assert!(bytes.starts_with(object) && end == b"}", "what is signed is what is there");
    let comma = if object == b"{" { "" } else { "," };
    let tail = format!(r#"{comma}"key_id":"{}","signature":""#, signed.key_id);
    assert!(bytes[object.len()..].starts_with(tail.as_bytes()), "and the key is the one named");
    assert_eq!(bytes.len(), object.len() + tail.len() + 86 + 2);
}

fn check_record(hash: &SecretHash, bytes: &[u8]) {
    let (entry, written_at) = match read(hash, bytes) {
        Ok(good) => good,
        Err(Unreadable::TooLarge) => return assert!(bytes.len() > RECORD_MAX),
        Err(_) => return,
    };
    // What was believed says the same when we write it.
    match written_at {
        Some(at) => {
            let again = unsigned(&entry, at, Format::Full);
            assert!(read(hash, &again) == Ok((entry, Some(at))));
        }
        None => {
            let again = unsigned(&entry, entry.created_at, Format::TokenManager);
            let (ours, theirs) = (Told::parse(&again), Told::parse(bytes));
            let (ours, theirs) = (ours.expect("ours"), theirs.expect("it was read"));
            // Theirs may have more digits than microseconds.
            assert_eq!(ours.created_at.unix_timestamp(), theirs.created_at.unix_timestamp());
            assert_eq!((ours.team.len(), ours.more), (36, None));
        }
    }
}

fn check_head(bytes: &[u8]) {
    let Ok(head) = Head::read(bytes) else { return };
    assert!(head.denied().iter().all(|hash| head.denies(hash)));
    assert!(Head::read(&head.unsigned()) == Ok(head));
}
