//! The promises of a plan, as properties.

use super::*;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Few distinct keys and contents, so that goal and observation meet.
fn key(n: u8) -> Key {
    Key::from_slice(&[n; 32]).expect("32 bytes")
}

fn digest(n: u8) -> Digest {
    Digest::of(&[n])
}

type Wanted = BTreeMap<Key, Digest>;
type World = BTreeMap<String, Option<Digest>>;

fn goals() -> impl Strategy<Value = Wanted> {
    btree_map((0..40_u8).prop_map(key), (0..3_u8).prop_map(digest), 0..40)
}

/// What is at the target: objects of ours, some of them unreadable, and foreign ones.
fn worlds() -> impl Strategy<Value = World> {
    let ours = btree_map(
        (0..40_u8).prop_map(|n| key(n).path()),
        proptest::option::of((0..3_u8).prop_map(digest)),
        0..40,
    );
    let foreign = vec("(tokens/)?[a-zA-Z0-9.]{1,12}", 0..6);
    (ours, foreign).prop_map(|(mut world, foreign)| {
        world.extend(foreign.into_iter().map(|path| (path, Some(digest(9)))));
        world
    })
}

fn plan<'w>(
    goal: &Wanted,
    listed: impl IntoIterator<Item = (&'w String, &'w Option<Digest>)>,
) -> Plan {
    let goal = Goal::new(goal.iter().map(|(key, digest)| (*key, *digest)).collect());
    let mut comparison = Comparison::new(goal);
    for (path, digest) in listed {
        comparison.see(path, *digest);
    }
    comparison.plan()
}

fn apply(plan: &Plan, goal: &Wanted, world: &mut World) {
    for key in plan.missing.iter().chain(&plan.altered) {
        world.insert(key.path(), Some(goal[key]));
    }
    for key in &plan.unwanted {
        world.remove(&key.path());
    }
}

proptest! {
    #[test]
    fn applied_it_gives_the_goal_and_planned_again_nothing(goal in goals(), mut world in worlds()) {
        let first = plan(&goal, &world);
        apply(&first, &goal, &mut world);
        let ours: BTreeMap<_, _> =
            world.iter().filter_map(|(path, digest)| Some((Key::parse(path)?, *digest))).collect();
        let wanted: BTreeMap<_, _> = goal.iter().map(|(key, digest)| (*key, Some(*digest))).collect();
        prop_assert_eq!(ours, wanted);
        let again = plan(&goal, &world);
        prop_assert!(again.is_empty());
        prop_assert_eq!(again.unchanged, goal.len());
    }

    #[test]
    fn cut_short_anywhere_it_is_finished_by_the_next(
        goal in goals(), mut world in worlds(), cut in 0..80_usize,
    ) {
        let mut part = plan(&goal, &world);
        let (missing, altered) = (part.missing.len(), part.altered.len());
        part.missing.truncate(cut);
        part.altered.truncate(cut.saturating_sub(missing));
        part.unwanted.truncate(cut.saturating_sub(missing + altered));
        apply(&part, &goal, &mut world);
        let rest = plan(&goal, &world);
        apply(&rest, &goal, &mut world);
        prop_assert!(plan(&goal, &world).is_empty());
    }

    #[test]
    fn what_is_not_named_like_ours_is_counted_and_never_touched(goal in goals(), mut world in worlds()) {
        let others = |world: &World| {
            world.iter().filter(|(path, _)| Key::parse(path).is_none())
                .map(|(path, digest)| (path.clone(), *digest)).collect::<Vec<_>>()
        };
        let before = others(&world);
        let plan = plan(&goal, &world);
        prop_assert_eq!(plan.others, before.len());
        apply(&plan, &goal, &mut world);
        prop_assert_eq!(others(&world), before);
    }

    #[test]
    fn each_wanted_object_is_told_once_and_no_unwanted_one_is_wanted(goal in goals(), world in worlds()) {
        let plan = plan(&goal, &world);
        prop_assert_eq!(plan.missing.len() + plan.altered.len() + plan.unchanged, goal.len());
        prop_assert!(plan.missing.iter().all(|key| !world.contains_key(&key.path())));
        prop_assert!(plan.altered.iter().all(|key| world.contains_key(&key.path())));
        prop_assert!(plan.unwanted.iter().all(|key| !goal.contains_key(key) && world.contains_key(&key.path())));
    }

    #[test]
    fn the_order_of_the_listing_and_what_is_listed_twice_do_not_matter(
        goal in goals(), world in worlds(), turn in 0..40_usize,
    ) {
        let once = plan(&goal, &world);
        let listed: Vec<_> = world.iter().filter(|(path, _)| Key::parse(path).is_some()).collect();
        let turned = listed.iter().cycle().skip(turn).take(listed.len() * 2).copied();
        let again = plan(&goal, turned);
        prop_assert_eq!(Plan { others: once.others, ..again }, once);
    }

    #[test]
    fn a_drastic_share_is_more_than_half_of_what_is_there(goal in goals(), world in worlds()) {
        let plan = plan(&goal, &world);
        let observed = world.keys().filter(|path| Key::parse(path).is_some()).count();
        let unwanted = plan.unwanted.len();
        prop_assert_eq!(plan.drastic(unwanted), unwanted >= 10 && unwanted * 2 > observed);
        prop_assert!(!plan.drastic(0));
    }
}

fn wiped(objects: u8, keep: u8) -> Plan {
    let world: World = (0..objects).map(|n| (key(n).path(), Some(digest(0)))).collect();
    plan(&(0..keep).map(|n| (key(n), digest(0))).collect(), &world)
}

#[test]
fn a_database_that_lost_everything_is_drastic_from_ten_objects_on() {
    assert!(!wiped(9, 0).drastic(9));
    assert!(wiped(10, 0).drastic(10));
}

#[test]
fn exactly_half_is_not_drastic_and_one_more_is() {
    assert!(!wiped(20, 10).drastic(10));
    assert!(wiped(20, 9).drastic(11));
}

#[test]
fn of_two_objects_for_one_key_the_first_counts() {
    let goal = Goal::new(vec![(key(1), digest(1)), (key(1), digest(2))]);
    let mut comparison = Comparison::new(goal);
    comparison.see(&key(1).path(), Some(digest(1)));
    assert!(comparison.plan().is_empty());
}
