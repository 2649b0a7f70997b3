//! A token's end is put off, it is paused, protected, and ended for a reason.

use crate::world::{START, World, asked, code, kinds, refused, secret};
use domain::audit::EventKind::{TokenDisabled, TokenEnabled, TokenExtended, TokenRevoked};
use domain::token::{ExpiryRequest, NewToken, Revocation, RevokeReason, State, TokenChange};
use domain::{Code, Refused};
use service::token::{change, disable, enable, extend, get, pause, revoke, revoke_own};
use sqlx::PgPool;
use time::Duration;

fn because(reason: RevokeReason, note: &str) -> Revocation {
    Revocation::parse(Some(reason.as_str()), Some(note)).expect("a reason")
}

fn protected(protected: bool) -> TokenChange {
    TokenChange { protected: Some(protected), ..TokenChange::default() }
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_end_is_put_off_and_the_secret_stays(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let team = world.team("platform").await;
    let asked = NewToken { expiry: ExpiryRequest::Days(1), ..asked(&team, "import") };
    let made = world.create(asked).await.expect("a token");
    let id = made.token.id;
    world.pass(Duration::hours(23));
    let (later, log) =
        world.log_of(extend(&world.service, &owner, id, ExpiryRequest::Days(1))).await;
    assert_eq!(later.expect("extended").expires_at, Some(START + Duration::hours(47)));
    assert_eq!(kinds(&log), [TokenExtended]);
    let told = |name| log[0].detail.iter().find(|(told, _)| told == name).map(|(_, text)| &**text);
    assert_eq!(told("before"), Some("2026-11-23T10:00:00Z"));
    assert_eq!(told("after"), Some("2026-11-24T09:00:00Z"));
    world.pass(Duration::hours(2));
    assert_eq!(world.verify(secret(&made)).await, "valid");

    let sooner = extend(&world.service, &owner, id, ExpiryRequest::At(START)).await;
    assert_eq!(code(sooner), Code::ExpiresInPast);
    let sooner = START + Duration::hours(46);
    let sooner = extend(&world.service, &owner, id, ExpiryRequest::At(sooner)).await;
    assert_eq!(refused(sooner), Refused::field("expires_at", Code::ExpiresSooner));
    let same = START + Duration::hours(47);
    let (same, log) =
        world.log_of(extend(&world.service, &owner, id, ExpiryRequest::At(same))).await;
    same.expect("no change");
    assert!(log.is_empty());
    let never = extend(&world.service, &owner, id, ExpiryRequest::Never).await;
    assert_eq!(never.expect("without an end").expires_at, None);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_has_ended_never_comes_back(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let team = world.team("platform").await;
    let short = NewToken { expiry: ExpiryRequest::Days(1), ..asked(&team, "import") };
    let expired = world.create(short).await.expect("a token").token.id;
    let revoked = world.token(&team, "export").await.token.id;
    revoke(&world.service, &owner, revoked, Revocation::default()).await.expect("revoked");
    world.pass(Duration::DAY);
    for id in [expired, revoked] {
        let done = extend(&world.service, &owner, id, ExpiryRequest::Never).await;
        assert_eq!(code(done), Code::AlreadyEnded);
        let done = pause(&world.service, &owner, id, START + Duration::days(9)).await;
        assert_eq!(code(done), Code::AlreadyEnded);
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_pause_is_over_by_time_alone(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let made = world.token(&world.team("platform").await, "import").await;
    let id = made.token.id;
    let until = START + Duration::hours(1);
    let (paused, log) = world.log_of(pause(&world.service, &owner, id, until)).await;
    let paused = paused.expect("paused");
    assert_eq!(kinds(&log), [TokenDisabled]);
    let fact = ("until".to_owned(), "2026-11-22T11:00:00Z".to_owned());
    assert!(log[0].detail.contains(&fact), "{log:?}");
    assert_eq!(get(&world.service, &owner, id).await.expect("the token"), paused);
    assert_eq!(paused.state(world.service.now()), State::Disabled);
    assert_eq!(world.verify(secret(&made)).await, "disabled");
    let off: bool = sqlx::query_scalar("SELECT disabled_at IS NOT NULL FROM tokens")
        .fetch_one(&world.pool)
        .await
        .expect("the token");
    assert!(off, "a server that knows of no pauses refuses it");

    world.pass(Duration::hours(1) - Duration::microseconds(1));
    assert_eq!(world.verify(secret(&made)).await, "disabled");
    let over = async {
        world.pass(Duration::microseconds(1));
        world.verify(secret(&made)).await
    };
    let (over, log) = world.log_of(over).await;
    assert_eq!(over, "valid");
    assert!(log.is_empty(), "nobody wrote anything");
    assert_eq!(code(enable(&world.service, &owner, id).await), Code::NotDisabled);

    let until = world.service.now() + Duration::DAY;
    pause(&world.service, &owner, id, until).await.expect("once more");
    let (on, log) = world.log_of(enable(&world.service, &owner, id)).await;
    assert_eq!(on.expect("before its end").pause, None);
    assert_eq!(kinds(&log), [TokenEnabled]);
    assert_eq!(world.verify(secret(&made)).await, "valid");
    let past = pause(&world.service, &owner, id, world.service.now()).await;
    assert_eq!(refused(past), Refused::field("until", Code::UntilInvalid));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_pause_becomes_another_one_or_is_for_good(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let made = world.token(&world.team("platform").await, "import").await;
    let id = made.token.id;
    for hours in [2, 3, 1] {
        let until = START + Duration::hours(hours);
        let paused = pause(&world.service, &owner, id, until).await.expect("paused");
        assert_eq!(paused.pause.map(|pause| pause.until), Some(until));
    }
    let off = disable(&world.service, &owner, id).await.expect("for good");
    assert_eq!((off.pause, off.disabled_at), (None, Some(START)));
    world.pass(Duration::hours(9));
    assert_eq!(world.verify(secret(&made)).await, "disabled");
    assert_eq!(code(disable(&world.service, &owner, id).await), Code::AlreadyDisabled);
    let until = world.service.now() + Duration::DAY;
    assert_eq!(code(pause(&world.service, &owner, id, until).await), Code::AlreadyDisabled);
}

/// Who writes `disabled_at` and knows of no pauses, such as a server of the version before.
#[sqlx::test(migrations = "../../migrations")]
async fn a_pause_is_forgotten_by_who_knows_of_none(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let made = world.token(&world.team("platform").await, "import").await;
    let id = made.token.id;
    let until = START + Duration::hours(1);
    pause(&world.service, &owner, id, until).await.expect("paused");
    let run = async |statement: &'static str| {
        sqlx::query(statement).execute(&world.pool).await.expect(statement);
    };
    run("UPDATE tokens SET disabled_at = NULL").await;
    assert_eq!(world.verify(secret(&made)).await, "valid");
    run("UPDATE tokens SET disabled_at = '2026-11-22 10:30Z'").await;
    world.pass(Duration::hours(2));
    assert_eq!(world.verify(secret(&made)).await, "disabled");
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_end_has_a_reason_that_everybody_reads(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let id = world.token(&world.team("platform").await, "import").await.token.id;
    let why = because(RevokeReason::Leaked, "in a log");
    let (ended, log) = world.log_of(revoke(&world.service, &owner, id, why.clone())).await;
    let ended = ended.expect("revoked");
    assert_eq!((kinds(&log), &ended.revocation), (vec![TokenRevoked], &why));
    let facts = [("reason", "leaked"), ("note", "in a log")];
    for (name, text) in facts {
        assert!(log[0].detail.contains(&(name.to_owned(), text.to_owned())), "{log:?}");
    }
    assert_eq!(get(&world.service, &owner, id).await.expect("the token"), ended);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_protected_is_revoked_by_its_holder_only(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let team = world.team("platform").await;
    let made = world.token(&team, "import").await;
    let id = made.token.id;
    change(&world.service, &owner, id, protected(true)).await.expect("protected");
    let done = revoke(&world.service, &owner, id, Revocation::default()).await;
    assert_eq!(code(done), Code::TokenProtected);
    disable(&world.service, &owner, id).await.expect("it can be stopped");
    change(&world.service, &owner, id, protected(false)).await.expect("taken off");
    revoke(&world.service, &owner, id, Revocation::default()).await.expect("revoked");

    let found = world.token(&team, "found").await;
    change(&world.service, &owner, found.token.id, protected(true)).await.expect("protected");
    revoke_own(&world.service, &crate::world::stranger(), secret(&found))
        .await
        .expect("by its holder");
}
