//! What a proposal promises, by example and as properties.

use super::*;
use proptest::collection::vec;
use proptest::prelude::*;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use time::macros::datetime;

const NOW: OffsetDateTime = datetime!(2026-11-22 10:30 UTC);

fn ago(days: i64) -> OffsetDateTime {
    NOW - Duration::days(days)
}

/// An origin that was good from `first` to `last` days ago.
fn good(origin: &str, first: i64, last: i64) -> SeenOrigin {
    let last_valid_at = Some(ago(last));
    let (first_at, last_at) = (ago(first), ago(last));
    SeenOrigin { origin: origin.to_owned(), first_at, last_at, last_valid_at, valid: 5, refused: 0 }
}

/// An origin that was never good, seen last so many days ago.
fn refused(origin: &str, last: i64) -> SeenOrigin {
    SeenOrigin { last_valid_at: None, valid: 0, refused: 1, ..good(origin, last, last) }
}

fn origins(texts: &[&str]) -> Origins {
    Origins::parse(texts.iter().copied()).expect("networks").expect("some")
}

fn proposal(seen: Vec<SeenOrigin>, allowed: Option<&[&str]>) -> NetworkProposal {
    let uses = seen.iter().map(|seen| seen.valid).sum();
    NetworkProposal::of(LearnDays::default(), NOW, uses, seen, allowed.map(origins))
}

#[test]
fn days_have_bounds() {
    assert_eq!(LearnDays::parse(None).map(LearnDays::get), Ok(14));
    for days in [1, 90] {
        assert_eq!(LearnDays::parse(Some(days)).map(|days| i64::from(days.get())), Ok(days));
    }
    for days in [0, -1, 91, i64::MAX] {
        let refused = Refused::field("days", Code::LearnDaysRange);
        assert_eq!(LearnDays::parse(Some(days)), Err(refused));
    }
}

#[test]
fn where_it_was_good_is_proposed_and_the_rest_stays_outside() {
    let seen = vec![
        good("192.0.2.7", 30, 0),
        good("2001:db8::/64", 3, 1),
        good("198.51.100.1", 60, 15),
        refused("203.0.113.9", 2),
        refused("203.0.113.8", 40),
        // It was good once, and knocks again and again since: after a rotation a former holder does.
        SeenOrigin { last_at: ago(0), refused: 99, ..good("203.0.113.7", 60, 20) },
    ];
    let learned = proposal(seen, None);
    assert_eq!(learned.advice, Advice::Lock(origins(&["192.0.2.7/32", "2001:db8::/64"])));
    let outside: Vec<_> =
        learned.outside.iter().map(|(seen, why)| (seen.origin.as_str(), *why)).collect();
    let expected = [
        ("198.51.100.1", Outside::Unseen),
        ("203.0.113.9", Outside::Refused),
        ("203.0.113.8", Outside::Unseen),
        ("203.0.113.7", Outside::Refused),
    ];
    assert_eq!(outside, expected);
    assert_eq!(learned.networks[0].network, "192.0.2.7/32");
    assert_eq!((learned.networks[0].origins, learned.networks[0].uses), (1, 5));
    assert_eq!(learned.networks[0].first_at, Some(ago(30)));
}

#[test]
fn it_says_how_long_it_has_learned() {
    let long = proposal(vec![good("192.0.2.7", 30, 0)], None);
    assert!(!long.is_short());
    assert_eq!(long.learned_for(NOW).whole_days(), 13);
    let short = proposal(vec![good("192.0.2.7", 3, 0)], None);
    assert!(short.is_short());
    assert_eq!(short.learned_for(NOW), Duration::days(3));
    let nothing = proposal(vec![refused("192.0.2.7", 30)], None);
    assert!(nothing.is_short());
    assert_eq!((nothing.learned_since, nothing.advice), (None, Advice::Unknown));
}

#[test]
fn uses_from_nowhere_known_are_counted() {
    let seen = vec![good("192.0.2.7", 30, 0), good("192.0.2.8", 60, 20)];
    let learned = NetworkProposal::of(LearnDays::default(), NOW, 12, seen, None);
    assert_eq!((learned.uses, learned.unlocated), (12, 7));
    let none = NetworkProposal::of(LearnDays::default(), NOW, 3, Vec::new(), None);
    assert_eq!((none.unlocated, none.advice), (3, Advice::Unknown));
}

#[test]
fn a_list_is_held_against_what_was_seen() {
    let seen = || vec![good("10.1.2.3", 20, 0), good("2001:db8::/64", 20, 1)];
    // An address of IPv6 is in the network that was recorded of it.
    let fits = proposal(seen(), Some(&["10.0.0.0/8", "2001:db8::7"]));
    assert_eq!((fits.advice, fits.outside.len()), (Advice::Fits, 0));
    let list = ["10.0.0.0/8", "192.0.2.0/24", "2001:db8::7"];
    let narrower = proposal(seen(), Some(&list));
    assert_eq!(narrower.advice, Advice::Narrower(origins(&["10.0.0.0/8", "2001:db8::7"])));
    let seen_of: Vec<_> = narrower.networks.iter().map(|network| network.origins).collect();
    assert_eq!(seen_of, [1, 0, 1]);
    let unused = proposal(vec![refused("10.1.2.3", 1)], Some(&list));
    assert_eq!((unused.advice, unused.outside.len()), (Advice::Unknown, 0));
    // It was good from there until somebody locked it.
    let locked = proposal(seen(), Some(&["10.0.0.0/8"]));
    assert_eq!(locked.advice, Advice::Fits);
    assert_eq!(locked.outside, [(good("2001:db8::/64", 20, 1), Outside::Excluded)]);
}

#[test]
fn neighbours_become_one_network_and_no_wider_than_may_be() {
    let near = |n: u8| good(&format!("192.0.{n}.1"), 20, 0);
    let many = proposal((0..60).map(near).chain([good("10.0.0.1", 20, 0)]).collect(), None);
    let Advice::Lock(list) = &many.advice else { panic!("{:?}", many.advice) };
    let networks = list.to_strings();
    assert!(networks.len() <= CIDRS_MAX);
    // Far from the others, it stays what it is.
    assert!(networks.contains(&"10.0.0.1/32".to_owned()), "{networks:?}");
    let far = |n: u8| good(&format!("10.{n}.0.1"), 20, 0);
    assert_eq!(proposal((0..51).map(far).collect(), None).advice, Advice::TooMany);
    assert!(matches!(proposal((0..50).map(far).collect(), None).advice, Advice::Lock(_)));
}

#[test]
fn of_origins_that_are_not_all_recorded_nothing_is_proposed() {
    let near = |n: u8| good(&format!("192.0.2.{n}"), 20, 0);
    let seen: Vec<_> = (0..200).map(near).collect();
    assert_eq!(proposal(seen.clone(), None).advice, Advice::TooMany);
    assert_eq!(proposal(seen, Some(&["192.0.2.0/24"])).advice, Advice::TooMany);
}

/// Addresses that have neighbours, and some that have none.
fn address() -> impl Strategy<Value = IpAddr> {
    prop_oneof![
        (0..4_u32, 0..1024_u32).prop_map(|(net, host)| {
            IpAddr::from(Ipv4Addr::from_bits(0x0a00_0000 | (net << 16) | host))
        }),
        (0..3_u128, 0..64_u128).prop_map(|(net, host)| {
            IpAddr::from(Ipv6Addr::from_bits((0x2001_0db8 + net) << 96 | host << 64 | 7))
        }),
        any::<u32>().prop_map(|bits| IpAddr::from(Ipv4Addr::from_bits(bits))),
    ]
}

proptest! {
    #[test]
    fn what_is_proposed_lets_in_whoever_was_good(addresses in vec(address(), 1..150)) {
        let mut texts: Vec<_> = addresses.iter().map(|at| Origin::of(*at).to_string()).collect();
        texts.sort();
        texts.dedup();
        let seen: Vec<_> = texts.iter().map(|text| good(text, 20, 0)).collect();
        let learned = proposal(seen, None);
        let Advice::Lock(list) = &learned.advice else {
            prop_assert!(learned.advice == Advice::TooMany && texts.len() > CIDRS_MAX);
            return Ok(());
        };
        for address in &addresses {
            prop_assert!(list.allow(Some(*address)), "{address} is not in {list:?}");
        }
        prop_assert!(learned.outside.is_empty());
        prop_assert!(list.networks().len() <= CIDRS_MAX);
        prop_assert_eq!(learned.networks.len(), list.networks().len());
        let counted: usize = learned.networks.iter().map(|network| network.origins).sum();
        prop_assert_eq!(counted, texts.len());
        // What is sent is what is locked.
        let sent = list.to_strings();
        prop_assert_eq!(&origins(&sent.iter().map(String::as_str).collect::<Vec<_>>()), list);
    }

    #[test]
    fn nothing_is_widened_beyond_the_bounds(addresses in vec(address(), 51..150)) {
        let networks = addresses.iter().map(|at| Origin::of(*at).network()).collect();
        // Before whole neighbours are made one without letting anybody else in.
        for network in fewer(networks, CIDRS_MAX).unwrap_or_default() {
            let widest = if matches!(network, IpNet::V4(_)) { V4_WIDEST } else { V6_WIDEST };
            prop_assert!(network.prefix_len() >= widest, "{network}");
        }
    }

    #[test]
    fn few_origins_are_named_exactly(addresses in vec(address(), 1..50)) {
        let networks: Vec<_> = addresses.iter().map(|at| Origin::of(*at).network()).collect();
        let named = fewer(networks.clone(), CIDRS_MAX).expect("few");
        prop_assert_eq!(named, IpNet::aggregate(&networks));
    }

    #[test]
    fn a_narrower_list_is_part_of_the_list(
        addresses in vec(address(), 1..20),
        listed in vec((address(), 8..=32_u8), 1..20),
    ) {
        let texts: Vec<_> = listed.iter().map(|(at, prefix)| format!("{at}/{prefix}")).collect();
        let list = origins(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        let seen = addresses.iter().map(|at| good(&Origin::of(*at).to_string(), 20, 0)).collect();
        let learned = NetworkProposal::of(LearnDays::default(), NOW, 1, seen, Some(list.clone()));
        if let Advice::Narrower(narrower) = &learned.advice {
            prop_assert!(narrower.networks().iter().all(|network| list.networks().contains(network)));
            for address in addresses.iter().filter(|at| list.allow(Some(**at))) {
                prop_assert!(narrower.allow(Some(*address)));
            }
        }
    }
}
