//! Tokens whose rows are deleted by hand: nobody accepts them for longer than a look takes.

use crate::world::{World, patient, secret};
use service::VerifySettings;
use service::verify::Following;
use sqlx::{AssertSqlSafe, PgPool};

async fn run(pool: &PgPool, statement: &str) {
    sqlx::query(AssertSqlSafe(statement.to_owned())).execute(pool).await.expect(statement);
}

/// A world of two tokens that is followed, and keeps as many tokens in memory.
async fn followed(pool: PgPool, resident_max: usize) -> (World, Following, [String; 2]) {
    let world = World::verifying(pool, VerifySettings { resident_max, ..patient() }).await;
    let team = world.team("platform").await;
    let (one, two) = (world.token(&team, "one").await, world.token(&team, "two").await);
    let mut following = Following::new(world.service.clone(), "tokens-1");
    following.turn().await.expect("loaded");
    let secrets = [&one, &two].map(|made| secret(made).to_owned());
    for secret in &secrets {
        assert_eq!(world.verify(secret).await, "valid");
    }
    (world, following, secrets)
}

async fn is_unknown_at_the_next_look(pool: PgPool, resident_max: usize) {
    let (world, mut following, [one, two]) = followed(pool.clone(), resident_max).await;
    run(&pool, "DELETE FROM tokens WHERE name = 'one'").await;
    following.turn().await.expect("a look");
    assert_eq!(world.verify(&one).await, "unknown");
    assert_eq!(world.verify(&two).await, "valid");
    assert_eq!(world.service.index().len(), 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_token_whose_row_is_gone_is_unknown_at_the_next_look(pool: PgPool) {
    is_unknown_at_the_next_look(pool, 100).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn so_it_is_where_only_the_hottest_are_kept(pool: PgPool) {
    is_unknown_at_the_next_look(pool, 1).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_row_that_was_put_back_is_good_again(pool: PgPool) {
    let (world, mut following, [one, _]) = followed(pool.clone(), 100).await;
    run(&pool, "CREATE TABLE aside AS SELECT * FROM tokens").await;
    run(&pool, "DELETE FROM tokens").await;
    following.turn().await.expect("a look");
    assert_eq!(world.verify(&one).await, "unknown");
    run(&pool, "INSERT INTO tokens SELECT * FROM aside").await;
    following.turn().await.expect("a look");
    assert_eq!(world.verify(&one).await, "valid");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_revoked_token_whose_row_is_gone_is_unknown(pool: PgPool) {
    let (world, mut following, [one, _]) = followed(pool.clone(), 100).await;
    run(&pool, "UPDATE tokens SET revoked_at = now()").await;
    following.turn().await.expect("a look");
    assert_eq!(world.verify(&one).await, "revoked");
    run(&pool, "DELETE FROM tokens").await;
    following.turn().await.expect("a look");
    assert_eq!(world.verify(&one).await, "unknown");
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_emptied_table_is_loaded_anew(pool: PgPool) {
    let (world, mut following, [one, two]) = followed(pool.clone(), 100).await;
    run(&pool, "CREATE TABLE aside AS SELECT * FROM tokens WHERE name = 'two'").await;
    run(&pool, "TRUNCATE tokens CASCADE").await;
    run(&pool, "INSERT INTO tokens SELECT * FROM aside").await;
    following.turn().await.expect("a look");
    assert_eq!(world.service.index().len(), 1);
    assert_eq!(world.verify(&one).await, "unknown");
    assert_eq!(world.verify(&two).await, "valid");
}
