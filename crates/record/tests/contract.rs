//! The bytes of records and of the head, as those who read mirrors are promised them.

use domain::id::{TeamId, TokenId};
use domain::mirror::{Candidate, Digest, Entry, Format};
use domain::token::SecretHash;
use domain::{Code, OffsetDateTime};
use record::{
    Head, PAGE_MAX, Page, Routes, SigningKey, Unreadable, bytes, dated, document, page_path,
    payload, read, their_routes, verify,
};
use time::macros::datetime;

const WRITTEN: OffsetDateTime = datetime!(2026-11-22 16:30:00.5 UTC);
const FIVE: &str = concat!(
    r#"{"name":"image \"job\" 图","team_id":"0197a1b2-0000-7000-8000-000000000001","#,
    r#""scopes":["*","images:read"],"created_at":"2026-11-22T10:00:00.25Z","#,
    r#""expires_at":"2026-11-23T10:00:00Z""#
);

fn candidate() -> Candidate {
    Candidate {
        token: TokenId::parse("0197a1b2-0000-7000-8000-000000000002").expect("an id"),
        hash: vec![7; 32],
        name: "image \"job\" 图".to_owned(),
        team: TeamId::parse("0197a1b2-0000-7000-8000-000000000001").expect("an id"),
        scopes: vec!["images:read".to_owned(), "*".to_owned()],
        created_at: datetime!(2026-11-22 10:00:00.25 UTC),
        expires_at: Some(datetime!(2026-11-23 12:00 +2)),
        not_before: None,
        retires_at: None,
        networks: None,
        rate: None,
        revision: 812,
    }
}

fn entry(candidate: &Candidate) -> Entry {
    candidate.judge().map_err(|refused| refused.code).expect("a good row")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("text")
}

fn unreadable(text: &str) -> Option<Unreadable> {
    read(&SecretHash::from_slice(&[7; 32]).expect("32 bytes"), text.as_bytes()).err()
}

#[test]
fn the_first_five_members_are_those_of_the_seed() {
    let full = bytes(&entry(&candidate()), WRITTEN, Format::Full, None);
    let more = concat!(
        r#","token_id":"0197a1b2-0000-7000-8000-000000000002","slot":"current","revision":812,"#,
        r#""written_at":"2026-11-22T16:30:00.5Z"}"#
    );
    assert_eq!(text(&full), format!("{FIVE}{more}"));
}

#[test]
fn what_a_verifier_needs_is_after_them() {
    let all = Candidate {
        expires_at: None,
        not_before: Some(datetime!(2026-11-22 12:00 UTC)),
        retires_at: Some(datetime!(2026-11-22 18:00 UTC)),
        networks: Some(vec!["10.0.0.0/8".to_owned(), "2001:db8::/32".to_owned()]),
        rate: Some((100, 60)),
        ..candidate()
    };
    let full = bytes(&entry(&all), WRITTEN, Format::Full, None);
    let (_, more) = text(&full).split_once(r#","expires_at""#).expect("the five");
    assert_eq!(
        more,
        concat!(
            r#":"2026-11-22T18:00:00Z","token_id":"0197a1b2-0000-7000-8000-000000000002","#,
            r#""not_before":"2026-11-22T12:00:00Z","allowed_cidrs":["10.0.0.0/8","2001:db8::/32"],"#,
            r#""rate_limit":{"requests":100,"seconds":60},"slot":"former","revision":812,"#,
            r#""written_at":"2026-11-22T16:30:00.5Z"}"#
        )
    );
}

#[test]
fn token_manager_gets_its_five_members_and_no_zone() {
    let key = SigningKey::of(&[7; 32]);
    let theirs = bytes(&entry(&candidate()), WRITTEN, Format::TokenManager, Some(&key));
    assert_eq!(
        text(&theirs),
        concat!(
            r#"{"name":"image \"job\" 图","team_id":"0197a1b2-0000-7000-8000-000000000001","#,
            r#""scopes":["*","images:read"],"created_at":"2026-11-22T10:00:00.250000","#,
            r#""expires_at":"2026-11-23T10:00:00.000000"}"#
        )
    );
    let never = entry(&Candidate { expires_at: None, ..candidate() });
    let never = bytes(&never, WRITTEN, Format::TokenManager, None);
    assert!(never.ends_with(br#""expires_at":null}"#));
}

#[test]
fn a_signed_record_is_good_in_its_own_place_only() {
    let key = SigningKey::of(&[7; 32]);
    let entry = entry(&candidate());
    let signed = bytes(&entry, WRITTEN, Format::Full, Some(&key));
    assert!(text(&signed).contains(r#","key_id":""#));
    let plain = bytes(&entry, WRITTEN, Format::Full, None);
    assert_eq!(payload(&signed).expect("signed").payload, plain);
    let keys = [key.public()];
    assert_eq!(verify(&document(&entry.hash), &signed, &keys), Ok(plain));
    let elsewhere = SecretHash::from_slice(&[8; 32]).expect("32 bytes");
    assert!(verify(&document(&elsewhere), &signed, &keys).is_err());
}

#[test]
fn the_secret_of_a_record_is_in_no_byte_of_it() {
    let entry = entry(&candidate());
    let signed = bytes(&entry, WRITTEN, Format::Full, Some(&SigningKey::of(&[7; 32])));
    assert!(!text(&signed).contains(&entry.hash.to_hex()));
}

#[test]
fn what_others_wrote_is_read_and_what_they_added_is_not() {
    let theirs = r#"{"name":"x","team_id":"core-team","scopes":["image"],"created_at":"2026-11-22T10:00:00.5","expires_at":null,"colour":[{}]}"#;
    assert_eq!(unreadable(theirs), Some(Unreadable::Member("team_id")));
    let told = record::Told::parse(theirs.as_bytes()).expect("it says something");
    assert_eq!((told.team.as_str(), told.more), ("core-team", None));
    assert_eq!(told.created_at, datetime!(2026-11-22 10:00:00.5 UTC));
}

#[test]
fn what_is_no_record_is_refused_for_what_it_is() {
    let full = bytes(&entry(&candidate()), WRITTEN, Format::Full, None);
    let full = text(&full);
    assert_eq!(unreadable(full), None);
    for (from, to, why) in [
        ("{", "[", Unreadable::Malformed),
        (r#""name":"image"#, r#""name":7,"x":"image"#, Unreadable::Malformed),
        (r#""expires_at""#, r#""expired_at""#, Unreadable::Malformed),
        (r#""slot""#, r#""name":"twice","slot""#, Unreadable::Malformed),
        ("2026-11-23T10", "2026-11-23 at 10", Unreadable::Member("expires_at")),
        ("0197a1b2-0000-7000-8000-000000000002", "2", Unreadable::Member("token_id")),
        (r#""token_id":"#, r#""x":"#, Unreadable::Member("token_id")),
        ("current", "next", Unreadable::Member("slot")),
        (r#""revision":812"#, r#""x":1"#, Unreadable::Member("revision")),
        (r#""written_at":"#, r#""x":"#, Unreadable::Member("written_at")),
        ("images:read", "images read", Unreadable::Refused("scopes", Code::ScopeInvalid)),
        (r#""*","images:read""#, "", Unreadable::Refused("scopes", Code::ScopesEmpty)),
        ("slot", r#"allowed_cidrs":[],"slot"#, Unreadable::Refused("allowed_cidrs", Code::Empty)),
    ] {
        let altered = full.replacen(from, to, 1);
        assert_ne!(altered, full, "{from}");
        assert_eq!(unreadable(&altered), Some(why), "{altered}");
    }
    let long = format!("{full}{}", " ".repeat(record::RECORD_MAX));
    assert_eq!(unreadable(&long), Some(Unreadable::TooLarge));
}

#[test]
fn the_head_says_how_new_a_mirror_is_and_whom_to_refuse() {
    let hash = |byte: u8| SecretHash::from_slice(&[byte; 32]).expect("32 bytes");
    let head = Head::new(WRITTEN, 77, vec![hash(9), hash(1), hash(9)]).expect("a head");
    assert!(head.denies(&hash(1)) && head.denies(&hash(9)) && !head.denies(&hash(2)));
    let (one, nine) = ("01".repeat(32), "09".repeat(32));
    let plain = format!(
        r#"{{"written_at":"2026-11-22T16:30:00.5Z","audit_seq":77,"denied":["{one}","{nine}"]}}"#
    );
    assert_eq!(text(&head.bytes(None)), plain);
    let key = SigningKey::of(&[7; 32]);
    let signed = head.bytes(Some(&key));
    let payload = verify(record::HEAD, &signed, &[key.public()]).expect("ours");
    assert_eq!(text(&payload), plain);
    assert!(Head::read(&payload) == Ok(head));
    let more = Head::read(&payload).expect("a head").in_pages(vec![Digest::of(b"page")]);
    let more = more.denied_since(Some(WRITTEN)).routes_at(Some(WRITTEN));
    let said = more.unsigned();
    let said = text(&said);
    assert!(
        said.contains(r#""pages":["#) && said.ends_with(r#""routes_at":"2026-11-22T16:30:00.5Z"}"#)
    );
    assert!(Head::read(said.as_bytes()) == Ok(more));
    for bad in ["", "{}", r#"{"written_at":"x","audit_seq":1,"denied":[]}"#, &plain[1..]] {
        assert!(Head::read(bad.as_bytes()).is_err(), "{bad}");
    }
    let short = plain.replace(&nine, "09");
    assert_eq!(Head::read(short.as_bytes()).err(), Some(Unreadable::Member("denied")));
}

#[test]
fn a_page_is_known_by_its_bytes() {
    let hash = |byte: u8| SecretHash::from_slice(&[byte; 32]).expect("32 bytes");
    let page = Page::new(vec![hash(9), hash(1), hash(9)]);
    assert!(page.denies(&hash(1)) && page.denies(&hash(9)) && !page.denies(&hash(2)));
    let bytes = page.bytes();
    let digest = Digest::of(&bytes);
    assert_eq!(page_path(&digest), format!("denied/{}.json", digest.to_hex()));
    assert!(Page::read(&digest, &bytes) == Ok(page));
    let other = Page::read(&Digest::of(b""), &bytes);
    assert_eq!(other.err(), Some(Unreadable::Member("digest")));
    let full = (0..u16::try_from(PAGE_MAX).expect("few"))
        .map(|n| SecretHash::of_offered(&format!("ntk_{n:04}{}", "A".repeat(39))).expect("a form"));
    assert!(Page::new(full.collect()).bytes().len() <= 256 * 1024);
}

#[test]
fn routes_say_when_they_were_written() {
    let plain = r#"{"/a":{"url":"https://a.example","tags":[]}}"#;
    let told = dated(plain.as_bytes().to_vec(), WRITTEN);
    assert_eq!(
        text(&told),
        r#"{"/a":{"url":"https://a.example","tags":[]},"written_at":"2026-11-22T16:30:00.5Z"}"#
    );
    let routes = Routes::read(&told).expect("routes");
    assert_eq!((routes.written_at, routes.routes.len()), (Some(WRITTEN), 1));
    assert_eq!(Routes::read(plain.as_bytes()).expect("routes").written_at, None);
    let none = dated(b"{}".to_vec(), WRITTEN);
    assert_eq!(text(&none), r#"{"written_at":"2026-11-22T16:30:00.5Z"}"#);
    for bad in [
        r#"{"written_at":"x"}"#,
        r#"{"written_at":7}"#,
        r#"{"/a":{"url":"https://a.example","tags":[],"x":1}}"#,
    ] {
        assert!(Routes::read(bad.as_bytes()).is_none(), "{bad}");
    }
}

#[test]
fn the_routes_of_others_are_read_one_by_one() {
    let theirs = r#"{"/old":"https://a.example","/b":{"url":"https://b.example","tags":["x"],"auth":{"type":"bearer","config":{"token_ref":"b_key"}}},
        "/c":{"url":"nowhere","tags":[]},"/d//e":"https://d.example","note":1}"#;
    let routes = their_routes(theirs.as_bytes()).expect("an object");
    let read: Vec<_> = routes.iter().map(|one| (one.path.as_str(), one.route.is_some())).collect();
    assert_eq!(read, [("/b", true), ("/c", false), ("/d//e", false), ("/old", true)]);
    assert!(their_routes(b"[]").is_none());
}
