//! Learn, then lock: a token is bound to where it was good from.

use crate::usage::used;
use crate::world::{START, World, asked, code, kinds, refused, secret, stranger};
use domain::audit::EventKind;
use domain::id::TokenId;
use domain::token::{Conditions, NewToken, Overlap};
use domain::usage::networks::{Advice, Outside};
use domain::usage::{LearnDays, NetworkProposal};
use domain::verify::{Origins, RateLimit};
use domain::{Code, Refused};
use service::token::{change_conditions, lock_networks, revoke, rotate};
use service::usage::{flush, propose_networks};
use sqlx::PgPool;
use time::Duration;

fn origins(texts: &[&str]) -> Origins {
    Origins::parse(texts.iter().copied()).expect("networks").expect("some")
}

async fn learned(world: &World, id: TokenId) -> NetworkProposal {
    flush(&world.service).await.expect("flushed");
    let caller = world.anybody().await;
    propose_networks(&world.service, &caller, id, LearnDays::default()).await.expect("a proposal")
}

fn outside(learned: &NetworkProposal) -> Vec<(&str, Outside)> {
    learned.outside.iter().map(|(seen, why)| (seen.origin.as_str(), *why)).collect()
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_token_is_locked_to_where_it_was_good(pool: PgPool) {
    let world = World::new(pool).await;
    let caller = world.anybody().await;
    let rate = RateLimit::parse(100, 60).ok();
    let conditions = Conditions { rate, ..Conditions::default() };
    let asked = NewToken { conditions, ..asked(&world.team("platform").await, "import") };
    let made = world.create(asked).await.expect("a token");
    let id = made.token.id;
    assert_eq!(learned(&world, id).await.advice, Advice::Unknown);

    used(&world, &made, "192.0.2.7", "curl", &[]).await;
    used(&world, &made, "2001:db8::7", "curl", &[]).await;
    used(&world, &made, "203.0.113.9", "curl", &["audio"]).await;
    world.pass(Duration::days(2));
    used(&world, &made, "192.0.2.7", "curl", &[]).await;
    let seen = learned(&world, id).await;
    let list = origins(&["192.0.2.7", "2001:db8::/64"]);
    assert_eq!(seen.advice, Advice::Lock(list.clone()));
    assert_eq!((seen.uses, seen.unlocated, seen.learned_since), (3, 0, Some(START)));
    assert!(seen.is_short());
    assert_eq!(outside(&seen), [("203.0.113.9", Outside::Refused)]);

    let (locked, log) =
        world.log_of(lock_networks(&world.service, &caller, id, list.clone(), None)).await;
    let locked = locked.expect("locked");
    assert_eq!((locked.conditions.origins.as_ref(), locked.conditions.rate), (Some(&list), rate));
    assert_eq!(kinds(&log), [EventKind::TokenConditionsChanged]);
    let told = log[0].detail.iter().find(|(name, _)| name == "after").map(|(_, text)| &**text);
    assert_eq!(told, Some("allowed_cidrs 192.0.2.7/32 2001:db8::/64; rate_limit 100/60 s"));

    // From elsewhere it is refused, and so it is where nobody can tell.
    used(&world, &made, "198.51.100.1", "curl", &[]).await;
    assert_eq!(world.verify(secret(&made)).await, "origin_denied");
    used(&world, &made, "192.0.2.7", "curl", &[]).await;
    let after = learned(&world, id).await;
    assert_eq!((after.uses, after.advice.clone()), (4, Advice::Fits));
    let mut others = outside(&after);
    others.sort_by_key(|(origin, _)| *origin);
    assert_eq!(others, [("198.51.100.1", Outside::Refused), ("203.0.113.9", Outside::Refused)]);
    // Two weeks later it needs only one of the two.
    world.pass(Duration::days(13));
    let narrower = learned(&world, id).await.advice;
    assert_eq!(narrower, Advice::Narrower(origins(&["192.0.2.7"])));
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_locked_is_what_was_shown(pool: PgPool) {
    let world = World::new(pool).await;
    let caller = world.anybody().await;
    let made = world.token(&world.team("platform").await, "import").await;
    let id = made.token.id;
    used(&world, &made, "192.0.2.7", "curl", &[]).await;
    let shown = learned(&world, id).await.advice.proposed().expect("a list").clone();
    // It is used from elsewhere before somebody presses the button: that is not in what they saw.
    used(&world, &made, "192.0.2.8", "curl", &[]).await;
    let lock = async |shown_as: Option<Origins>, list: &Origins| {
        world.log_of(lock_networks(&world.service, &caller, id, list.clone(), shown_as)).await
    };
    let locked = lock(None, &shown).await.0.expect("locked");
    assert_eq!(locked.conditions.origins, Some(shown.clone()));
    // The same once more is no change.
    let (again, log) = lock(None, &shown).await;
    assert_eq!((again.expect("locked"), log.len()), (locked, 0));
    // Somebody who looked at it before is told.
    let changed = Refused::field("replaces", Code::NetworksChanged);
    assert_eq!(refused(lock(None, &origins(&["10.0.0.0/8"])).await.0), changed);
    let other = origins(&["192.0.2.8"]);
    assert_eq!(refused(lock(Some(other.clone()), &origins(&["10.0.0.0/8"])).await.0), changed);
    lock(Some(shown), &other).await.0.expect("locked");

    // Whom the list shuts out is said.
    assert_eq!(outside(&learned(&world, id).await), [("192.0.2.7", Outside::Excluded)]);
    change_conditions(&world.service, &caller, id, Conditions::default()).await.expect("lifted");
    assert!(
        matches!(learned(&world, id).await.advice, Advice::Lock(list) if list.to_strings().len() == 2)
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_former_holder_that_goes_on_knocking_is_not_learned_from(pool: PgPool) {
    let world = World::new(pool).await;
    let caller = world.anybody().await;
    let made = world.token(&world.team("platform").await, "import").await;
    used(&world, &made, "203.0.113.9", "stolen", &[]).await;
    let none = Overlap::parse(Some(0)).expect("none");
    let new = rotate(&world.service, &caller, made.token.id, none, None).await.expect("rotated");
    world.pass(Duration::days(15));
    used(&world, &made, "203.0.113.9", "stolen", &[]).await;
    used(&world, &new, "192.0.2.7", "curl", &[]).await;
    let learned = learned(&world, made.token.id).await;
    assert_eq!(learned.advice, Advice::Lock(origins(&["192.0.2.7"])));
    assert_eq!(outside(&learned), [("203.0.113.9", Outside::Refused)]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn uses_from_nowhere_known_are_told(pool: PgPool) {
    let world = World::new(pool).await;
    let made = world.token(&world.team("platform").await, "import").await;
    world.verify(secret(&made)).await;
    let nowhere = learned(&world, made.token.id).await;
    assert_eq!(
        (nowhere.advice, nowhere.unlocated, nowhere.learned_since),
        (Advice::Unknown, 1, None)
    );
    used(&world, &made, "192.0.2.7", "curl", &[]).await;
    let known = learned(&world, made.token.id).await;
    assert_eq!((known.uses, known.unlocated), (2, 1));
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_has_ended_or_is_nobodys_is_not_locked(pool: PgPool) {
    let world = World::new(pool).await;
    let caller = world.anybody().await;
    let made = world.token(&world.team("platform").await, "import").await;
    let list = || origins(&["192.0.2.7"]);
    let by_nobody = lock_networks(&world.service, &stranger(), made.token.id, list(), None).await;
    assert_eq!(code(by_nobody), Code::Unauthenticated);
    let days = LearnDays::default();
    let asked_by_nobody = propose_networks(&world.service, &stranger(), made.token.id, days).await;
    assert_eq!(code(asked_by_nobody), Code::Unauthenticated);
    revoke(&world.service, &caller, made.token.id, domain::token::Revocation::default())
        .await
        .expect("ended");
    let lock = async |id| code(lock_networks(&world.service, &caller, id, list(), None).await);
    assert_eq!(lock(made.token.id).await, Code::AlreadyEnded);
    assert_eq!(lock(TokenId::from(uuid::Uuid::nil())).await, Code::NotFound);
}
