//! When, from where and how often a token may be used: as it is asked for.

use crate::world::{START, World, asked, code, refused, secret};
use domain::audit::EventKind;
use domain::team::Team;
use domain::token::{Conditions, ExpiryRequest, NewToken, State, Token};
use domain::verify::{Origins, RateLimit, UsesLimit};
use domain::{Code, Refused, Version};
use service::IdempotencyKey;
use service::token::change_conditions;
use sqlx::PgPool;
use time::Duration;

/// From an hour after the start on, from two networks, a hundred times a minute, a thousand a day.
fn conditions() -> Conditions {
    Conditions {
        not_before: Some(START + Duration::hours(1)),
        origins: Origins::parse(["10.0.0.0/8", "2001:db8::7"]).expect("networks"),
        rate: Some(RateLimit::parse(100, 60).expect("a limit")),
        uses: Some(UsesLimit::parse(1000, Some("day")).expect("a limit")),
    }
}

fn limited(team: &Team) -> NewToken {
    NewToken { conditions: conditions(), ..asked(team, "import") }
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_was_asked_for_is_kept_and_told(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let team = world.team("platform").await;
    let (made, log) = world.log_of(world.create(limited(&team))).await;
    let made = made.expect("a token");
    let seen = service::token::get(&world.service, &owner, made.token.id).await.expect("the token");
    assert_eq!(seen, made.token);
    assert_eq!(seen.conditions, conditions());
    let told = |name| log[0].detail.iter().find(|(told, _)| told == name).map(|(_, text)| &**text);
    assert_eq!(told("not_before"), Some("2026-11-22T11:00:00Z"));
    assert_eq!(told("allowed_cidrs"), Some("10.0.0.0/8 2001:db8::7/128"));
    assert_eq!(told("rate_limit"), Some("100/60 s"));
    assert_eq!(told("uses_limit"), Some("1000/day"));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_token_begins_when_it_should(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let team = world.team("platform").await;
    let conditions = Conditions { origins: None, rate: None, ..conditions() };
    let made = world.create(NewToken { conditions, ..limited(&team) }).await.expect("a token");
    let active = || async {
        let teams = service::team::list(&world.service, &owner, None, crate::world::limit(10));
        teams.await.expect("a list").items[0].active_tokens
    };
    assert_eq!(made.token.state(world.service.now()), State::Scheduled);
    assert_eq!(world.verify(secret(&made)).await, "not_yet_valid");
    assert_eq!(active().await, 0);
    world.pass(Duration::hours(1));
    assert_eq!(made.token.state(world.service.now()), State::Active);
    assert_eq!(world.verify(secret(&made)).await, "valid");
    assert_eq!(active().await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_token_that_would_begin_after_its_end_is_refused(pool: PgPool) {
    let world = World::new(pool).await;
    let team = world.team("platform").await;
    let days = |days| NewToken { expiry: ExpiryRequest::Days(days), ..limited(&team) };
    world.create(days(1)).await.expect("a token");
    let conditions = Conditions { not_before: Some(START + Duration::DAY), ..conditions() };
    let late = world.create(NewToken { conditions, ..days(1) }).await;
    assert_eq!(refused(late), Refused::field("not_before", Code::NotBeforeLate));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_request_with_other_conditions_is_another_request(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let team = world.team("platform").await;
    let send = async |conditions: Conditions| {
        let key = IdempotencyKey::parse("order 66").expect("a key");
        let asked = NewToken { conditions, ..limited(&team) };
        service::token::create(&world.service, &owner, asked, Some(key)).await
    };
    let first = send(conditions()).await.expect("a token");
    assert_eq!(send(conditions()).await.expect("the same").token.id, first.token.id);
    for other in [
        Conditions::default(),
        Conditions { not_before: None, ..conditions() },
        Conditions { origins: None, ..conditions() },
        Conditions { rate: None, ..conditions() },
        Conditions { uses: None, ..conditions() },
        Conditions { uses: UsesLimit::parse(1000, None).ok(), ..conditions() },
    ] {
        assert_eq!(code(send(other).await), Code::IdempotencyMismatch);
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_token_whose_time_has_not_begun_can_be_revealed(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let asked = NewToken { revealable: true, ..limited(&world.team("platform").await) };
    let made = world.create(asked).await.expect("a token");
    let (_, shown) =
        service::token::reveal(&world.service, &owner, made.token.id).await.expect("the secret");
    assert_eq!(shown.expose(), secret(&made));
}

#[sqlx::test(migrations = "../../migrations")]
async fn conditions_are_replaced_as_a_whole(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let made = world.token(&world.team("platform").await, "import").await;
    let id = made.token.id;
    let (changed, log) =
        world.log_of(change_conditions(&world.service, &owner, id, conditions())).await;
    assert_eq!(changed.expect("changed").conditions, conditions());
    let (line, told) = (&log[0], |name: &str| {
        log[0].detail.iter().find(|(told, _)| told == name).map(|(_, text)| text.as_str())
    });
    assert_eq!(line.kind, EventKind::TokenConditionsChanged);
    assert_eq!(told("before"), Some("none"));
    let after = "not_before 2026-11-22T11:00:00Z; allowed_cidrs 10.0.0.0/8 2001:db8::7/128; rate_limit 100/60 s; uses_limit 1000/day";
    assert_eq!(told("after"), Some(after));
    assert_eq!(world.verify(secret(&made)).await, "not_yet_valid");
    world.pass(Duration::hours(1));
    assert_eq!(world.verify(secret(&made)).await, "origin_denied");

    let none = change_conditions(&world.service, &owner, id, Conditions::default()).await;
    let version = Version::stored(3);
    assert_eq!(none.expect("changed"), Token { version, ..made.token.clone() });
    assert_eq!(world.verify(secret(&made)).await, "valid");
    let again = change_conditions(&world.service, &owner, id, Conditions::default());
    let (again, log) = world.log_of(again).await;
    assert_eq!(again.expect("the token"), Token { version, ..made.token });
    assert!(log.is_empty(), "nothing changed");
}

#[sqlx::test(migrations = "../../migrations")]
async fn conditions_that_cannot_be_change_nothing(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let expiring = NewToken { expiry: ExpiryRequest::Days(1), ..limited(&world.team("a").await) };
    let id = world.create(expiring).await.expect("a token").token.id;
    let change = async |conditions| change_conditions(&world.service, &owner, id, conditions).await;
    let late = Conditions { not_before: Some(START + Duration::DAY), ..Conditions::default() };
    assert_eq!(refused(change(late).await), Refused::field("not_before", Code::NotBeforeLate));
    let seen = service::token::get(&world.service, &owner, id).await.expect("the token");
    assert_eq!(seen.conditions, conditions());
    world.pass(Duration::DAY);
    assert_eq!(code(change(Conditions::default()).await), Code::AlreadyEnded);
    let nothing = domain::id::TokenId::from(uuid::Uuid::nil());
    let nothing = change_conditions(&world.service, &owner, nothing, conditions()).await;
    assert_eq!(code(nothing), Code::NotFound);
}
