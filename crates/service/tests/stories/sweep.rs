//! Sweeping: what has run out goes, the rest stays.

use crate::world::{START, World, asked};
use domain::OffsetDateTime;
use service::IdempotencyKey;
use sqlx::PgPool;
use time::Duration;

async fn replays(world: &World) -> Vec<bool> {
    sqlx::query_scalar("SELECT sealed IS NOT NULL FROM idempotency_keys")
        .fetch_all(&world.pool)
        .await
        .expect("rows")
}

async fn sweep(world: &World) {
    service::sweep::sweep(&world.service).await.expect("swept");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_replayed_secret_is_let_go_after_ten_minutes_and_its_key_after_a_day(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let key = IdempotencyKey::parse("order 66").expect("a key");
    let asked = asked(&world.team("platform").await, "import");
    service::token::create(&world.service, &owner, asked, Some(key)).await.expect("a token");
    world.pass(Duration::minutes(10));
    sweep(&world).await;
    assert_eq!(replays(&world).await, [true]);
    world.pass(Duration::microseconds(1));
    sweep(&world).await;
    assert_eq!(replays(&world).await, [false]);
    world.pass(Duration::hours(24));
    sweep(&world).await;
    assert!(replays(&world).await.is_empty());
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_session_goes_at_the_instant_of_its_expiry(pool: PgPool) {
    let world = World::new(pool).await;
    for (byte, expires_at) in [(1, START + Duration::hours(1)), (2, START + Duration::hours(2))] {
        insert_session(&world, byte, expires_at).await;
    }
    world.pass(Duration::hours(1));
    sweep(&world).await;
    let left: Vec<OffsetDateTime> = sqlx::query_scalar("SELECT expires_at FROM sessions")
        .fetch_all(&world.pool)
        .await
        .expect("rows");
    assert_eq!(left, [START + Duration::hours(2)]);
}

async fn insert_session(world: &World, byte: u8, expires_at: OffsetDateTime) {
    sqlx::query("INSERT INTO sessions (id_hash, record, expires_at) VALUES ($1, '{}', $2)")
        .bind(vec![byte; 32])
        .bind(expires_at)
        .execute(&world.pool)
        .await
        .expect("a session");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_verifier_that_was_not_heard_of_for_a_day_is_forgotten(pool: PgPool) {
    let world = World::new(pool).await;
    for (id, name, until) in
        [("1", "gone", "- interval '25 hours'"), ("2", "here", "- interval '23 hours'")]
    {
        let statement = format!(
            "INSERT INTO verifiers (id, name, serves_until) VALUES ('00000000-0000-7000-8000-00000000000{id}', '{name}', now() {until})"
        );
        sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&world.pool).await.expect("a row");
    }
    sweep(&world).await;
    let left: Vec<String> = sqlx::query_scalar("SELECT name FROM verifiers")
        .fetch_all(&world.pool)
        .await
        .expect("rows");
    assert_eq!(left, ["here"]);
}
