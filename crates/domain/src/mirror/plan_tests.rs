//! The promises of a plan, as properties.

use super::*;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

/// Few distinct keys and contents, so that goal and observation meet.
fn key(n: u8) -> Key {
    Key::from_slice(&[n; 32]).expect("32 bytes")
}

fn digest(n: u8) -> Digest {
    Digest::of(&[n])
}

type World = BTreeMap<String, Option<Digest>>;

fn goals() -> impl Strategy<Value = BTreeMap<Key, Digest>> {
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

fn observe(world: &World) -> Observed {
    Observed::sort(world.iter().map(|(path, digest)| (path, *digest)))
}

fn apply(plan: &Plan, goal: &BTreeMap<Key, Digest>, world: &mut World) {
    for key in &plan.put {
        world.insert(key.path(), Some(goal[key]));
    }
    for key in &plan.delete {
        world.remove(&key.path());
    }
}

proptest! {
    #[test]
    fn applied_it_gives_the_goal_and_planned_again_nothing(goal in goals(), mut world in worlds()) {
        let first = plan(&goal, &observe(&world));
        apply(&first, &goal, &mut world);
        let ours: BTreeMap<_, _> =
            world.iter().filter_map(|(path, digest)| Some((Key::parse(path)?, *digest))).collect();
        let wanted: BTreeMap<_, _> = goal.iter().map(|(key, digest)| (*key, Some(*digest))).collect();
        prop_assert_eq!(ours, wanted);
        let again = plan(&goal, &observe(&world));
        prop_assert!(again.is_empty());
        prop_assert_eq!(again.unchanged, goal.len());
    }

    #[test]
    fn cut_short_anywhere_it_is_finished_by_the_next(
        goal in goals(), mut world in worlds(), cut in 0..80_usize,
    ) {
        let mut part = plan(&goal, &observe(&world));
        part.put.truncate(cut);
        part.delete.truncate(cut.saturating_sub(part.put.len()));
        apply(&part, &goal, &mut world);
        let rest = plan(&goal, &observe(&world));
        apply(&rest, &goal, &mut world);
        prop_assert!(plan(&goal, &observe(&world)).is_empty());
    }

    #[test]
    fn foreign_objects_are_counted_and_never_touched(goal in goals(), mut world in worlds()) {
        let foreign = |world: &World| {
            world.iter().filter(|(path, _)| Key::parse(path).is_none())
                .map(|(path, digest)| (path.clone(), *digest)).collect::<Vec<_>>()
        };
        let before = foreign(&world);
        prop_assert_eq!(observe(&world).foreign(), before.len());
        let plan = plan(&goal, &observe(&world));
        apply(&plan, &goal, &mut world);
        prop_assert_eq!(foreign(&world), before);
    }

    #[test]
    fn deletes_are_observed_and_never_wanted(goal in goals(), world in worlds()) {
        let observed = observe(&world);
        let plan = plan(&goal, &observed);
        prop_assert!(plan.delete.len() <= observed.len());
        prop_assert!(plan.delete.iter().all(|key| observed.ours.contains_key(key)));
        prop_assert!(plan.delete.iter().all(|key| !goal.contains_key(key)));
    }

    #[test]
    fn what_ended_tokens_explain_is_never_drastic_and_always_done(goal in goals(), world in worlds()) {
        let plan = plan(&goal, &observe(&world));
        let ended: BTreeSet<Key> = plan.delete.iter().copied().collect();
        prop_assert!(!plan.drastic(&ended));
        prop_assert_eq!(plan.explained(&ended).delete, plan.delete.clone());
        prop_assert!(plan.explained(&BTreeSet::new()).is_empty());
        prop_assert!(!plan.drastic(&BTreeSet::new()) || plan.may_be_drastic());
    }
}

fn wiped(objects: u8) -> Plan {
    let world: World = (0..objects).map(|n| (key(n).path(), Some(digest(0)))).collect();
    plan(&BTreeMap::new(), &observe(&world))
}

#[test]
fn a_database_that_answers_with_nothing_is_drastic_from_ten_objects_on() {
    assert!(!wiped(9).drastic(&BTreeSet::new()));
    assert!(wiped(10).drastic(&BTreeSet::new()));
}

#[test]
fn exactly_half_is_not_drastic_and_one_more_is() {
    let world: World = (0..20).map(|n| (key(n).path(), Some(digest(0)))).collect();
    let keep = |n| (0..n).map(|n| (key(n), digest(0))).collect::<BTreeMap<_, _>>();
    assert!(!plan(&keep(10), &observe(&world)).drastic(&BTreeSet::new()));
    assert!(plan(&keep(9), &observe(&world)).drastic(&BTreeSet::new()));
}

#[test]
fn a_held_plan_still_takes_away_what_was_revoked() {
    let ended: BTreeSet<Key> = [key(3)].into();
    let plan = wiped(20);
    assert!(plan.drastic(&ended));
    assert_eq!(plan.unexplained(&ended), 19);
    assert_eq!(plan.explained(&ended).delete, [key(3)]);
}
