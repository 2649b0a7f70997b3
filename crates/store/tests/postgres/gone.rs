//! Secrets that leave the table of tokens, by whatever hand, are told to whoever follows it.

use crate::people::insert_token;
use domain::policy::{Action, Actor, permit};
use sqlx::{AssertSqlSafe, PgPool};
use store::Store;
use store::verify::{Changed, Follower, Seen};

/// A follower that has seen the one token, of hash 2.
async fn following(pool: &PgPool) -> (Follower, Seen) {
    insert_token(pool).await;
    let mut follower = Store::on(pool.clone()).follow().await.expect("a connection");
    let seen = follower.seen().await.expect("a snapshot");
    (follower, seen)
}

async fn look(follower: &mut Follower, since: &Seen) -> Changed {
    let share = |scopes: Vec<String>| domain::token::Scopes::stored(&scopes).into();
    follower.changed(since, share).await.expect("a look")
}

/// The first byte of each hash that is gone.
fn gone(changed: &Changed) -> Vec<u8> {
    let mut gone: Vec<u8> = changed.gone.iter().map(|hash| hash.bytes()[0]).collect();
    gone.sort_unstable();
    gone
}

async fn run(pool: &PgPool, statement: &str) {
    sqlx::query(AssertSqlSafe(statement.to_owned())).execute(pool).await.expect(statement);
}

async fn rows(pool: &PgPool) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM secrets_gone").fetch_one(pool).await.expect("a count")
}

const INSERT: &str = "INSERT INTO tokens (id, team_id, name, description, secret_hash, display, scopes, created_at, created_by)
     SELECT gen_random_uuid(), t.id, 'service ' || n, '', sha256(n::text::bytea), '', '{*}', now(), 'test'
     FROM teams AS t CROSS JOIN";

#[sqlx::test(migrations = "../../migrations")]
async fn a_deleted_row_is_told_once(pool: PgPool) {
    let (mut follower, before) = following(&pool).await;
    run(&pool, "DELETE FROM tokens WHERE name = 'nobody'").await;
    assert_eq!(rows(&pool).await, 0);
    run(&pool, "DELETE FROM tokens").await;
    follower.hear().await.expect("it is announced");
    let changed = look(&mut follower, &before).await;
    assert_eq!((gone(&changed), changed.all_gone, changed.tokens.len()), (vec![2], false, 0));
    let changed = look(&mut follower, &changed.seen).await;
    assert!(changed.gone.is_empty());
}

#[sqlx::test(migrations = "../../migrations")]
async fn no_deletion_slips_under_a_look(pool: PgPool) {
    let (mut follower, before) = following(&pool).await;
    let mut slow = pool.begin().await.expect("a transaction");
    sqlx::query("DELETE FROM tokens").execute(&mut *slow).await.expect("deleted");
    run(&pool, "UPDATE teams SET name = 'data'").await;
    let changed = look(&mut follower, &before).await;
    assert!(changed.gone.is_empty());
    slow.commit().await.expect("committed");
    assert_eq!(gone(&look(&mut follower, &changed.seen).await), [2]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_there_again_is_not_gone(pool: PgPool) {
    let (mut follower, before) = following(&pool).await;
    run(&pool, "CREATE TABLE aside AS SELECT * FROM tokens").await;
    run(&pool, "DELETE FROM tokens").await;
    run(&pool, "INSERT INTO tokens SELECT * FROM aside").await;
    let changed = look(&mut follower, &before).await;
    assert_eq!((changed.gone.len(), changed.tokens.len()), (0, 1));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_secret_that_was_written_over_is_gone_and_one_that_was_moved_is_not(pool: PgPool) {
    let (mut follower, before) = following(&pool).await;
    let rotate = |byte: u8| {
        format!(
            "UPDATE tokens SET retired_hash = secret_hash, retired_until = now(), secret_hash = decode(repeat('{byte:02x}', 32), 'hex')"
        )
    };
    run(&pool, &rotate(3)).await;
    run(&pool, "UPDATE tokens SET description = 'changed', secret_hash = secret_hash").await;
    let changed = look(&mut follower, &before).await;
    assert!(changed.gone.is_empty());
    run(&pool, &rotate(4)).await;
    let changed = look(&mut follower, &changed.seen).await;
    assert_eq!(gone(&changed), [2]);
    run(&pool, "UPDATE tokens SET retired_hash = NULL, retired_until = NULL").await;
    let changed = look(&mut follower, &changed.seen).await;
    assert_eq!(gone(&changed), [3]);
    run(&pool, "UPDATE tokens SET secret_hash = decode(repeat('05', 32), 'hex')").await;
    assert_eq!(gone(&look(&mut follower, &changed.seen).await), [4]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn both_secrets_of_a_token_go_with_its_team(pool: PgPool) {
    let (mut follower, before) = following(&pool).await;
    run(
        &pool,
        "UPDATE tokens SET retired_hash = decode(repeat('01', 32), 'hex'), retired_until = now()",
    )
    .await;
    run(&pool, "ALTER TABLE tokens DROP CONSTRAINT tokens_team_id_fkey, ADD FOREIGN KEY (team_id) REFERENCES teams (id) ON DELETE CASCADE").await;
    run(&pool, "DELETE FROM teams").await;
    assert_eq!(gone(&look(&mut follower, &before).await), [1, 2]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn very_many_and_all_are_told_by_one_row(pool: PgPool) {
    let (mut follower, before) = following(&pool).await;
    run(&pool, &format!("{INSERT} generate_series(1, 10001) AS n")).await;
    run(&pool, "DELETE FROM tokens WHERE name LIKE 'service %'").await;
    assert_eq!(rows(&pool).await, 1);
    let changed = look(&mut follower, &before).await;
    assert!(changed.all_gone && changed.gone.is_empty());
    let changed = look(&mut follower, &changed.seen).await;
    assert!(!changed.all_gone);
    run(&pool, "TRUNCATE tokens CASCADE").await;
    assert!(look(&mut follower, &changed.seen).await.all_gone);
}

#[sqlx::test(migrations = "../../migrations")]
async fn whoever_was_away_for_longer_than_it_is_kept_loads_anew(pool: PgPool) {
    let (mut follower, before) = following(&pool).await;
    run(&pool, &format!("{INSERT} generate_series(1, 3) AS n")).await;
    run(&pool, "DELETE FROM tokens").await;
    let store = Store::on(pool.clone());
    let clock = permit(&Actor::Clock, Action::Sweep).expect("the clock may");
    store.sweep_gone(&clock).await.expect("swept");
    assert_eq!(rows(&pool).await, 4);
    let between = look(&mut follower, &before).await;
    assert_eq!((between.gone.len(), between.all_gone), (4, false));
    run(&pool, "UPDATE secrets_gone SET at = at - interval '8 days'").await;
    for _ in 0..2 {
        store.sweep_gone(&clock).await.expect("swept");
        assert_eq!(rows(&pool).await, 1);
        assert!(look(&mut follower, &before).await.all_gone);
        // Whoever looked in time has nothing to do.
        assert!(!look(&mut follower, &between.seen).await.all_gone);
    }
}

/// Why a secret left is told: a row that was deleted, a rotation, or a management key, which was never a token's.
#[sqlx::test(migrations = "../../migrations")]
async fn why_a_secret_left_is_written_down(pool: PgPool) {
    insert_token(&pool).await;
    run(&pool, "UPDATE tokens SET secret_hash = decode(repeat('03', 32), 'hex')").await;
    run(&pool, "DELETE FROM tokens").await;
    run(
        &pool,
        "INSERT INTO management_keys (id, name, secret_hash, display, created_at, scopes)
         VALUES (gen_random_uuid(), 'k', decode(repeat('04', 32), 'hex'), '', now(), '{verify}')",
    )
    .await;
    run(&pool, "DELETE FROM management_keys").await;
    let why: Vec<(i32, String)> =
        sqlx::query_as("SELECT get_byte(hash, 0), why FROM secrets_gone ORDER BY id")
            .fetch_all(&pool)
            .await
            .expect("rows");
    let expected =
        [(2, "replaced"), (3, "deleted"), (4, "key")].map(|(n, why)| (n, why.to_owned()));
    assert_eq!(why, expected);
    run(&pool, "UPDATE secrets_gone SET at = at - interval '8 days'").await;
    let clock = permit(&Actor::Clock, Action::Sweep).expect("the clock may");
    Store::on(pool.clone()).sweep_gone(&clock).await.expect("swept");
    let kept: Vec<(i32, bool)> =
        sqlx::query_as("SELECT get_byte(hash, 0), replaced FROM secrets_ended ORDER BY hash")
            .fetch_all(&pool)
            .await
            .expect("rows");
    assert_eq!(kept, [(2, true), (3, false)]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_truncated_is_remembered(pool: PgPool) {
    insert_token(&pool).await;
    run(
        &pool,
        "UPDATE tokens SET retired_hash = decode(repeat('01', 32), 'hex'), retired_until = now()",
    )
    .await;
    run(&pool, "TRUNCATE teams CASCADE").await;
    let kept: Vec<i32> =
        sqlx::query_scalar("SELECT get_byte(hash, 0) FROM secrets_ended ORDER BY 1")
            .fetch_all(&pool)
            .await
            .expect("rows");
    assert_eq!(kept, [1, 2]);
}
