//! When, from where and how often a token may be used: as it is asked for.

use crate::world::{START, World, asked, code, refused, secret};
use domain::team::Team;
use domain::token::{Conditions, ExpiryRequest, NewToken, State};
use domain::verify::{Origins, RateLimit};
use domain::{Code, Refused};
use service::IdempotencyKey;
use sqlx::PgPool;
use time::Duration;

/// From an hour after the start on, from two networks, a hundred times a minute.
fn conditions() -> Conditions {
    Conditions {
        not_before: Some(START + Duration::hours(1)),
        origins: Origins::parse(["10.0.0.0/8", "2001:db8::7"]).expect("networks"),
        rate: Some(RateLimit::parse(100, 60).expect("a limit")),
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
