//! How many uses a token has: counted by all instances together, to the last one.

use crate::world::{START, World, asked, secret};
use domain::OffsetDateTime;
use domain::token::{Conditions, NewToken, Overlap, Token};
use domain::verify::{Denial, UsesLimit, Verdict};
use service::VerifySettings;
use service::token::{Created, change_conditions, rotate};
use service::verify::{Answer, Asked, Following, answer, answer_all};
use sqlx::PgPool;
use std::time::Instant;
use time::Duration;
use time::macros::datetime;
use tokio::task::JoinSet;

const MIDNIGHT: OffsetDateTime = datetime!(2026-11-23 0:00 UTC);

fn uses(count: i64, per: Option<&str>) -> Conditions {
    let uses = UsesLimit::parse(count, per).expect("a limit");
    Conditions { uses: Some(uses), ..Conditions::default() }
}

async fn limited(world: &World, count: i64, per: Option<&str>) -> Created {
    let team = world.team("platform").await;
    let asked = NewToken { conditions: uses(count, per), ..asked(&team, "import") };
    world.create(asked).await.expect("a token")
}

async fn change(world: &World, made: &Created, conditions: Conditions) -> Token {
    let anybody = world.anybody().await;
    let changed = change_conditions(&world.service, &anybody, made.token.id, conditions);
    changed.await.expect("changed")
}

/// What is told: the code, the uses that are left, the seconds until they are given again.
type Told = (&'static str, Option<u32>, Option<u64>);

fn tell(answer: Answer<'_>) -> Told {
    let code = match answer.verdict {
        Verdict::Valid(_) => "valid",
        Verdict::Denied(denial, _) | Verdict::NotKnown(denial) => Denial::as_str(denial),
    };
    (code, answer.uses_left, answer.retry_after_seconds())
}

async fn told(world: &World, made: &Created) -> Told {
    let asked = Asked { offered: secret(made), ..Asked::default() };
    answer(&world.service, &asked, tell).await
}

async fn told_each(world: &World, made: &Created, count: usize) -> Vec<Told> {
    let asked = vec![Asked { offered: secret(made), ..Asked::default() }; count];
    answer_all(&world.service, &asked, tell).await
}

async fn left(world: &World, made: &Created) -> u32 {
    let anybody = world.anybody().await;
    let token = service::token::get(&world.service, &anybody, made.token.id).await.expect("it");
    let uses = token.conditions.uses.expect("a limit");
    uses.left(token.tally, world.service.now())
}

/// Two instances on one database and one clock.
async fn two(pool: PgPool) -> (World, World, [Following; 2]) {
    let first = World::new(pool).await;
    let second = first.restarted(None, 8).await;
    let mut following = [
        Following::new(first.service.clone(), "tokens-1"),
        Following::new(second.service.clone(), "tokens-2"),
    ];
    for following in &mut following {
        following.turn().await.expect("loaded");
    }
    (first, second, following)
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_last_one_is_given_and_the_next_is_not(pool: PgPool) {
    let world = World::new(pool).await;
    let made = limited(&world, 2, None).await;
    assert_eq!(left(&world, &made).await, 2);
    assert_eq!(told(&world, &made).await, ("valid", Some(1), None));
    assert_eq!(told(&world, &made).await, ("valid", Some(0), None));
    assert_eq!(left(&world, &made).await, 0);
    for _ in 0..3 {
        assert_eq!(told(&world, &made).await, ("uses_spent", Some(0), None));
    }
    world.pass(Duration::days(10_000));
    assert_eq!(told(&world, &made).await, ("uses_spent", Some(0), None));
}

#[sqlx::test(migrations = "../../migrations")]
async fn uses_are_given_again_at_the_boundary_and_not_before(pool: PgPool) {
    let (world, other, _following) = two(pool).await;
    let made = limited(&world, 3, Some("day")).await;
    for left in [2, 1, 0] {
        assert_eq!(told(&world, &made).await, ("valid", Some(left), None));
    }
    let hours = |hours: u64| Some(hours * 3600);
    assert_eq!(told(&world, &made).await, ("uses_spent", Some(0), hours(14)));
    assert_eq!(told(&other, &made).await, ("uses_spent", Some(0), hours(14)));
    world.pass(MIDNIGHT - START - Duration::MICROSECOND);
    assert_eq!(told(&other, &made).await, ("uses_spent", Some(0), Some(1)));
    assert_eq!(left(&world, &made).await, 0);
    world.pass(Duration::MICROSECOND);
    assert_eq!(left(&world, &made).await, 3);
    assert_eq!(told(&other, &made).await, ("valid", Some(2), None));
    assert_eq!(told(&world, &made).await, ("valid", Some(1), None));
}

/// Five times as many ask as there are uses, of two instances, one by one and in batches.
#[sqlx::test(migrations = "../../migrations")]
async fn exactly_as_many_are_given_as_there_are(pool: PgPool) {
    const USES: usize = 200;
    let (first, second, _following) = two(pool).await;
    let made = limited(&first, USES.try_into().expect("few"), Some("month")).await;
    let offered = std::sync::Arc::new(secret(&made).to_owned());
    let mut asking = JoinSet::new();
    for at in 0..USES {
        let service = [&first, &second][at % 2].service.clone();
        let offered = std::sync::Arc::clone(&offered);
        asking.spawn(async move {
            let asked = Asked { offered: &offered, ..Asked::default() };
            let mut told = vec![answer(&service, &asked, tell).await];
            told.extend(answer_all(&service, &[asked; 3], tell).await);
            told.push(answer(&service, &asked, tell).await);
            told
        });
    }
    let told: Vec<Told> = asking.join_all().await.into_iter().flatten().collect();
    assert_eq!(told.len(), 5 * USES);
    let mut left: Vec<_> =
        told.iter().filter(|told| told.0 == "valid").map(|told| told.1.expect("counted")).collect();
    left.sort_unstable();
    // Each was given once: nobody was told the same number as somebody else.
    let each: Vec<u32> = (0..USES.try_into().expect("few")).collect();
    assert_eq!(left, each);
    assert!(told.iter().all(|told| matches!(told.0, "valid" | "uses_spent")));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_batch_counts_its_items_one_by_one_and_in_order(pool: PgPool) {
    let (world, _other, mut following) = two(pool).await;
    let made = limited(&world, 4, None).await;
    let valid = |left| ("valid", Some(left), None);
    let spent = ("uses_spent", Some(0), None);
    // Once from the database, once from memory.
    assert_eq!(told_each(&world, &made, 2).await, [valid(3), valid(2)]);
    following[0].turn().await.expect("a look");
    assert_eq!(told_each(&world, &made, 4).await, [valid(1), valid(0), spent, spent]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn only_what_would_be_good_otherwise_spends_one(pool: PgPool) {
    let (world, _other, mut following) = two(pool.clone()).await;
    let made = limited(&world, 3, None).await;
    assert_eq!(world.verify_for(secret(&made), &["audio"]).await, "scope_denied");
    assert_eq!(left(&world, &made).await, 3);
    sqlx::query("UPDATE tokens SET rate_requests = 1, rate_seconds = 60")
        .execute(&pool)
        .await
        .expect("limited");
    following[0].turn().await.expect("a look");
    assert_eq!(told(&world, &made).await.0, "valid");
    assert_eq!(told(&world, &made).await.0, "rate_limited");
    assert_eq!(left(&world, &made).await, 2);
}

#[sqlx::test(migrations = "../../migrations")]
async fn another_limit_holds_from_the_next_request_on(pool: PgPool) {
    let (world, other, mut following) = two(pool).await;
    let made = limited(&world, 1, Some("day")).await;
    let mut look = async || {
        for following in &mut following {
            following.turn().await.expect("a look");
        }
    };
    look().await;
    assert_eq!(told(&world, &made).await.0, "valid");
    assert_eq!(told(&world, &made).await.0, "uses_spent");
    assert_eq!(told(&other, &made).await.0, "uses_spent");
    // Raised: what was spent counts on.
    change(&world, &made, uses(3, Some("day"))).await;
    look().await;
    assert_eq!(told(&other, &made).await, ("valid", Some(1), None));
    assert_eq!(told(&world, &made).await, ("valid", Some(0), None));
    assert_eq!(told(&world, &made).await.0, "uses_spent");
    // Lowered below what was spent.
    change(&world, &made, uses(2, Some("day"))).await;
    look().await;
    assert_eq!(told(&world, &made).await.0, "uses_spent");
    // By other windows it begins at zero.
    let changed = change(&world, &made, uses(2, None)).await;
    assert_eq!(changed.tally, None);
    look().await;
    assert_eq!((left(&world, &made).await, told(&world, &made).await.0), (2, "valid"));
    // Lifted, and set once more.
    change(&world, &made, Conditions::default()).await;
    look().await;
    assert_eq!(told(&world, &made).await, ("valid", None, None));
    world.pass(Duration::SECOND);
    change(&world, &made, uses(2, None)).await;
    look().await;
    assert_eq!(told(&other, &made).await, ("valid", Some(1), None));
}

/// What an instance has in memory may be a moment behind: the database's limit is kept to.
#[sqlx::test(migrations = "../../migrations")]
async fn an_instance_that_has_not_heard_of_a_limit_keeps_to_it_all_the_same(pool: PgPool) {
    let (world, other, mut following) = two(pool).await;
    let made = limited(&world, 5, None).await;
    following[1].turn().await.expect("a look");
    assert_eq!(told(&other, &made).await.0, "valid");
    change(&world, &made, uses(2, None)).await;
    assert_eq!(told(&other, &made).await.0, "valid");
    assert_eq!(told(&other, &made).await.0, "uses_spent");
    change(&world, &made, Conditions::default()).await;
    following[1].turn().await.expect("a look");
    assert_eq!(told(&other, &made).await, ("valid", None, None));
}

#[sqlx::test(migrations = "../../migrations")]
async fn both_secrets_of_a_rotation_spend_the_same_uses(pool: PgPool) {
    let (world, other, mut following) = two(pool).await;
    let made = limited(&world, 3, None).await;
    assert_eq!(told(&world, &made).await.0, "valid");
    let (anybody, day) = (world.anybody().await, Overlap::parse(None).expect("a day"));
    let new = rotate(&world.service, &anybody, made.token.id, day, None).await.expect("rotated");
    following[1].turn().await.expect("a look");
    assert_eq!(told(&other, &new).await, ("valid", Some(1), None));
    assert_eq!(told(&other, &made).await, ("valid", Some(0), None));
    assert_eq!(told(&other, &new).await.0, "uses_spent");
    assert_eq!(told(&world, &made).await.0, "uses_spent");
}

#[sqlx::test(migrations = "../../migrations")]
async fn without_the_database_nobody_gets_one(pool: PgPool) {
    let patient =
        VerifySettings { budget: std::time::Duration::from_secs(300), ..crate::world::patient() };
    let world = World::verifying(pool, patient).await;
    let made = limited(&world, 3, None).await;
    let team = world.team("free").await;
    let free = world.token(&team, "export").await;
    let mut following = Following::new(world.service.clone(), "tokens-1");
    following.turn().await.expect("loaded");
    assert_eq!(told(&world, &made).await.0, "valid");
    world.service.store().close().await;
    assert_eq!(told(&world, &made).await, ("unavailable", None, None));
    assert_eq!(told_each(&world, &made, 2).await, [("unavailable", None, None); 2]);
    assert_eq!(told(&world, &free).await.0, "valid");
    // Also when the loss was noticed, and known tokens go on.
    let began = Instant::now();
    while world.service.index().trust() == service::verify::Trust::All {
        assert!(began.elapsed() < std::time::Duration::from_secs(5), "the loss is not noticed");
        tokio::task::yield_now().await;
    }
    assert_eq!(told(&world, &made).await.0, "unavailable");
    assert_eq!(told(&world, &free).await.0, "valid");
}

#[sqlx::test(migrations = "../../migrations")]
async fn that_none_is_left_is_told_from_memory(pool: PgPool) {
    let world = World::new(pool.clone()).await;
    let made = limited(&world, 1, Some("week")).await;
    assert_eq!(told(&world, &made).await.0, "valid");
    let mut versions = std::collections::HashSet::new();
    for _ in 0..60 {
        assert_eq!(told(&world, &made).await.0, "uses_spent");
        let version: String = sqlx::query_scalar("SELECT xmin::text FROM token_uses")
            .fetch_one(&pool)
            .await
            .expect("its count");
        versions.insert(version);
    }
    // The database is asked again each second, and not each time.
    assert!(versions.len() < 30, "{} of 60", versions.len());
}

/// Waits until somebody waits for the lock.
async fn until_somebody_waits(pool: &PgPool) {
    let began = Instant::now();
    loop {
        let waiting: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()",
        )
        .fetch_one(pool)
        .await
        .expect("an answer");
        if waiting > 0 {
            return;
        }
        assert!(began.elapsed() < std::time::Duration::from_secs(10), "nobody waits");
    }
}

/// Asks in the background, while somebody else holds the count.
fn asking(world: &World, made: &Created) -> tokio::task::JoinHandle<Told> {
    let (service, offered) = (world.service.clone(), secret(made).to_owned());
    tokio::spawn(async move {
        answer(&service, &Asked { offered: &offered, ..Asked::default() }, tell).await
    })
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_token_that_ends_while_its_use_is_counted_is_refused(pool: PgPool) {
    let (world, _other, mut following) = two(pool.clone()).await;
    let made = limited(&world, 5, None).await;
    assert_eq!(told(&world, &made).await.0, "valid");
    let mut held = pool.begin().await.expect("a transaction");
    sqlx::query("SELECT FROM token_uses FOR UPDATE").execute(&mut *held).await.expect("held");
    let asking = asking(&world, &made);
    until_somebody_waits(&pool).await;
    let anybody = world.anybody().await;
    service::token::revoke(
        &world.service,
        &anybody,
        made.token.id,
        domain::token::Revocation::default(),
    )
    .await
    .expect("revoked");
    following[0].turn().await.expect("a look");
    held.rollback().await.expect("let go");
    assert_eq!(asking.await.expect("an answer").0, "revoked");
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_goes_away_keeps_nobody_waiting(pool: PgPool) {
    let (world, _other, _following) = two(pool.clone()).await;
    let made = limited(&world, 5, None).await;
    assert_eq!(told(&world, &made).await, ("valid", Some(4), None));
    let mut held = pool.begin().await.expect("a transaction");
    sqlx::query("SELECT FROM token_uses FOR UPDATE").execute(&mut *held).await.expect("held");
    let gone = asking(&world, &made);
    until_somebody_waits(&pool).await;
    gone.abort();
    gone.await.expect_err("gone");
    let other = asking(&world, &made);
    held.rollback().await.expect("let go");
    // The use of whoever went away is spent: it was on its way.
    assert_eq!(other.await.expect("an answer"), ("valid", Some(2), None));
}
