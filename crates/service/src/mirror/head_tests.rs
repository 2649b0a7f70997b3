//! What the head tells of what ended, and what goes on in pages.

use super::*;
use time::macros::datetime;

const NOW: OffsetDateTime = datetime!(2026-11-22 10:00 UTC);

/// So many that ended, a second apart, the newest first.
fn ended(count: usize) -> Vec<(Key, OffsetDateTime)> {
    let one = |n: usize| {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&(count - n).to_be_bytes());
        let key = Key::from_slice(&bytes).expect("32 bytes");
        (key, NOW - Duration::seconds(i64::try_from(n).expect("few")))
    };
    (0..count).map(one).collect()
}

fn denies(told: &Told, (key, _): &(Key, OffsetDateTime)) -> bool {
    let hash = SecretHash::from_slice(key.bytes()).expect("a hash");
    told.inline.contains(&hash) || told.pages.iter().any(|page| page.denies(&hash))
}

#[test]
fn few_are_in_the_head_and_more_in_pages_and_none_is_left_out() {
    let told = Told::of(&ended(800), NOW, (800, 100_000));
    assert_eq!((told.inline.len(), told.pages.len(), told.since), (800, 0, None));
    for count in [801, 3_000, 3_801, 7_000] {
        let ended = ended(count);
        let told = Told::of(&ended, NOW, (800, 100_000));
        assert!(told.inline.len() <= 800 && told.since.is_none());
        assert!(ended.iter().all(|one| denies(&told, one)), "{count}");
    }
}

#[test]
fn a_page_stays_as_it_is_when_more_ends() {
    let (before, after) = (ended(4_000), ended(4_500));
    let pages = |ended: &[_]| Told::of(ended, NOW, (800, 100_000)).pages;
    assert!(pages(&before)[0] == pages(&after)[0]);
}

#[test]
fn of_more_than_can_be_told_the_newest_are_told_and_since_when() {
    let many = ended(500);
    let told = Told::of(&many, NOW, (10, 100));
    assert!(many[..100].iter().all(|one| denies(&told, one)));
    assert_eq!(told.since, Some(many[99].1));
    // What ended so long ago is in no cache any more.
    let told = Told::of(&ended(2_000), NOW, (10, 1_000));
    assert_eq!(told.since, None);
    // Where nothing was taken away since, it may still be there.
    let told = Told::of(&ended(2_000), NOW - Duration::hours(2), (10, 1_000));
    assert_eq!(told.since, Some(NOW - Duration::seconds(999)));
}
