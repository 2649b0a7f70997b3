//! The count of uses: what one statement takes, whoever takes besides and whatever their clocks say.

use crate::people::{NOW, begin, commit, hash, new_team, team_id, token};
use domain::OffsetDateTime;
use domain::audit::EventKind;
use domain::id::TokenId;
use domain::policy::Action;
use domain::token::Conditions;
use domain::verify::UsesLimit;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use std::sync::Arc;
use store::Store;
use store::verify::uses::Taken;
use time::macros::datetime;
use time::{Date, Duration, Month};
use tokio::task::JoinSet;
use uuid::Uuid;

fn limit(count: u32, per: Option<&str>) -> UsesLimit {
    UsesLimit::parse(count.into(), per).expect("a limit")
}

fn id(number: u128) -> TokenId {
    Uuid::from_u128(number).into()
}

/// A team, and tokens 1, 2, … with these limits.
async fn with_tokens(pool: &PgPool, limits: &[Option<UsesLimit>]) {
    let mut tx = begin(pool, Action::CreateTeam).await;
    tx.insert_team(team_id(1), &new_team("platform"), NOW).await.expect("a team");
    commit(tx, 1, EventKind::TeamCreated).await.expect("committed");
    for (number, uses) in (1_u8..).zip(limits) {
        let mut made = token(number.into(), team_id(1), &format!("job {number}"));
        made.conditions.uses = *uses;
        let mut tx = begin(pool, Action::CreateToken).await;
        tx.insert_token(&made, &hash(number), None).await.expect("a token");
        commit(tx, 1 + u128::from(number), EventKind::TokenCreated).await.expect("committed");
    }
}

async fn change(pool: &PgPool, token: u128, uses: UsesLimit, anew: bool, now: OffsetDateTime) {
    let conditions = Conditions { uses: Some(uses), ..Conditions::default() };
    let mut tx = begin(pool, Action::ChangeConditions).await;
    tx.set_token_conditions(id(token), &conditions, anew, Some(now)).await.expect("changed");
    let number = now.unix_timestamp_nanos().unsigned_abs();
    commit(tx, number, EventKind::TokenConditionsChanged).await.expect("committed");
}

async fn take(store: &Store, token: u128, wanted: u32, now: OffsetDateTime) -> Taken {
    let taken = store.take_uses(&[(id(token), wanted)], Some(now)).await.expect("taken");
    taken[0]
}

/// How many were given.
async fn given(store: &Store, token: u128, wanted: u32, now: OffsetDateTime) -> u32 {
    take(store, token, wanted, now).await.left.min(wanted)
}

/// Another pool on the same database, as another instance has it.
async fn instance(pool: &PgPool) -> Store {
    let options = pool.connect_options().as_ref().clone();
    let pool = PgPoolOptions::new().max_connections(4).connect_with(options).await;
    Store::on(pool.expect("a pool"))
}

#[sqlx::test(migrations = "../../migrations")]
async fn each_gets_what_is_left_and_no_more(pool: PgPool) {
    with_tokens(&pool, &[Some(limit(5, None)), Some(limit(2, Some("day"))), None]).await;
    let store = Store::on(pool.clone());
    let asked = [(id(3), 9), (id(2), 3), (id(1), 3), (id(77), 1)];
    let mut taken = store.take_uses(&asked, Some(NOW)).await.expect("taken");
    taken.sort_by_key(|taken| taken.token);
    let told: Vec<_> = taken.iter().map(|taken| (taken.token, taken.left)).collect();
    assert_eq!(told, [(id(1), 5), (id(2), 2), (id(3), u32::MAX)], "what is not there is not told");
    assert_eq!(taken[1].limit, Some(limit(2, Some("day"))));
    assert_eq!(taken[1].refill_in, Some(Duration::hours(14)));
    assert_eq!((taken[0].refill_in, taken[2].limit), (None, None));
    assert_eq!(take(&store, 1, 3, NOW).await.left, 2);
    assert_eq!(take(&store, 1, 3, NOW).await.left, 0);
    assert_eq!(take(&store, 2, 1, NOW).await.left, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn windows_are_those_of_the_domain(pool: PgPool) {
    let each = ["hour", "day", "week", "month"];
    let limits: Vec<_> = each.iter().map(|per| Some(limit(1, Some(per)))).collect();
    with_tokens(&pool, &limits).await;
    // Wherever the operator of the database lives.
    let options = pool.connect_options().as_ref().clone();
    let elsewhere = options.options([("TimeZone", "Asia/Kathmandu")]);
    let store = Store::on(PgPoolOptions::new().connect_with(elsewhere).await.expect("a pool"));
    let mut now = datetime!(2027-12-01 0:00 UTC);
    // Over the end of a year and of a February with 29 days, in steps that meet hours at odd minutes.
    while now.date() < Date::from_calendar_date(2028, Month::March, 3).expect("a day") {
        for (number, limit) in (1_u8..).zip(limits.iter().flatten()) {
            let taken = take(&store, number.into(), 1, now).await;
            let kept: OffsetDateTime =
                sqlx::query_scalar("SELECT window_start FROM token_uses WHERE token_id = $1")
                    .bind(Uuid::from_u128(number.into()))
                    .fetch_one(&pool)
                    .await
                    .expect("a window");
            let refill = limit.refill().expect("one");
            assert_eq!(kept, refill.begins(now), "{refill:?} at {now}");
            assert_eq!(taken.refill_in, Some(refill.next(now) - now), "{refill:?} at {now}");
        }
        now += Duration::minutes(1_129);
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_window_never_goes_back(pool: PgPool) {
    with_tokens(&pool, &[Some(limit(2, Some("day")))]).await;
    let store = Store::on(pool.clone());
    let midnight = datetime!(2026-11-23 0:00 UTC);
    let before = midnight - Duration::SECOND;
    assert_eq!(given(&store, 1, 2, before).await, 2);
    assert_eq!(given(&store, 1, 1, before).await, 0);
    assert_eq!(given(&store, 1, 1, midnight).await, 1);
    // Whose clock is behind takes from the window that has begun, and hears when that one ends.
    let behind = take(&store, 1, 1, before).await;
    assert_eq!((behind.left, behind.refill_in), (1, Some(Duration::DAY + Duration::SECOND)));
    assert_eq!(given(&store, 1, 1, before).await, 0);
    assert_eq!(given(&store, 1, 1, midnight).await, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn another_number_counts_on_and_what_begins_anew_does_not(pool: PgPool) {
    with_tokens(&pool, &[Some(limit(3, Some("day")))]).await;
    let store = Store::on(pool.clone());
    assert_eq!(given(&store, 1, 9, NOW).await, 3);
    let at = |seconds| NOW + Duration::seconds(seconds);
    change(&pool, 1, limit(5, Some("day")), false, at(1)).await;
    assert_eq!(given(&store, 1, 9, at(2)).await, 2);
    change(&pool, 1, limit(1, Some("day")), false, at(3)).await;
    assert_eq!(given(&store, 1, 9, at(4)).await, 0);
    change(&pool, 1, limit(7, None), true, at(5)).await;
    // A statement that was begun before the change counts against the new window all the same.
    assert_eq!(given(&store, 1, 2, at(4)).await, 2);
    assert_eq!(given(&store, 1, 9, at(6)).await, 5);
    assert_eq!(given(&store, 1, 9, at(86_400 * 400)).await, 0);
    // The window of the day began before the change: only what came after it counts.
    change(&pool, 1, limit(4, Some("day")), true, at(86_400 * 400 + 1)).await;
    assert_eq!(given(&store, 1, 3, at(86_400 * 400 + 2)).await, 3);
    assert_eq!(given(&store, 1, 3, at(86_400 * 400 + 3)).await, 1);
    assert_eq!(given(&store, 1, 9, at(86_400 * 401)).await, 4);
}

/// Many takers, of two instances, of several tokens at once in whatever order: what is given in all is the limit, neither more nor less.
#[sqlx::test(migrations = "../../migrations")]
async fn many_at_once_get_exactly_the_limit(pool: PgPool) {
    const TOKENS: usize = 6;
    let limits: Vec<_> = (0..TOKENS)
        .map(|at| Some(limit(200 + 10 * u32::try_from(at).expect("few"), None)))
        .collect();
    with_tokens(&pool, &limits).await;
    let stores = [Arc::new(instance(&pool).await), Arc::new(instance(&pool).await)];
    let mut takers = JoinSet::new();
    for taker in 0..8 {
        let store = Arc::clone(&stores[taker % 2]);
        takers.spawn(async move {
            let mut given = [0_u32; TOKENS];
            for round in 0..60 {
                // Each begins with another token, so that the orders differ.
                let each = (0..TOKENS).map(|at| (at + taker + round) % TOKENS);
                let asked: Vec<_> = each
                    .map(|at| {
                        (id(at as u128 + 1), u32::try_from((at + round) % 4 + 1).expect("few"))
                    })
                    .collect();
                for taken in store.take_uses(&asked, None).await.expect("taken") {
                    let (_, wanted) = asked.iter().find(|(id, _)| *id == taken.token).expect("it");
                    let at = taken.token.uuid().as_u128() as usize - 1;
                    given[at] += taken.left.min(*wanted);
                }
            }
            given
        });
    }
    let given = takers.join_all().await;
    for (at, limit) in limits.iter().flatten().enumerate() {
        let sum: u32 = given.iter().map(|given| given[at]).sum();
        assert_eq!(sum, limit.count(), "token {}", at + 1);
    }
}

/// Two instances whose clocks are half a minute apart, around midnight: each window gives its limit and no more.
#[sqlx::test(migrations = "../../migrations")]
async fn clocks_that_are_apart_give_nothing_twice(pool: PgPool) {
    const LIMIT: u32 = 100;
    with_tokens(&pool, &[Some(limit(LIMIT, Some("day")))]).await;
    let midnight = datetime!(2026-11-23 0:00 UTC);
    let stores = [Arc::new(instance(&pool).await), Arc::new(instance(&pool).await)];
    let mut takers = JoinSet::new();
    for taker in 0..6 {
        let store = Arc::clone(&stores[taker % 2]);
        let ahead = Duration::seconds(if taker % 2 == 0 { 30 } else { 0 });
        takers.spawn(async move {
            let mut given = 0;
            for second in -60..30 {
                let now = midnight + Duration::seconds(second) + ahead;
                given += self::given(&store, 1, 2, now).await;
            }
            given
        });
    }
    let given: u32 = takers.join_all().await.into_iter().sum();
    let spent: i64 = sqlx::query_scalar("SELECT spent FROM token_uses WHERE window_start = $1")
        .bind(midnight)
        .fetch_one(&pool)
        .await
        .expect("the day's");
    assert_eq!(spent, i64::from(LIMIT), "the new day gave all that it had");
    assert!(given <= 2 * LIMIT, "{given} in two days");
    assert!(given > LIMIT, "{given}: the day before gave something");
}
