//! Named constraints become errors that a use case can tell apart.

use crate::people::{NOW, begin, commit, hash, new_team, team_id, token};
use domain::audit::EventKind;
use domain::id::KeyId;
use domain::policy::{Action, Actor, permit};
use domain::token::Display;
use sqlx::PgPool;
use store::key::NewKey;
use store::{Error, Store};
use uuid::Uuid;

async fn violated(done: store::Result<()>) -> String {
    match done.expect_err("refused") {
        Error::Constraint(name) => name,
        other => panic!("{other}"),
    }
}

async fn with_team(pool: &PgPool) {
    let mut tx = begin(pool, Action::CreateTeam).await;
    tx.insert_team(team_id(1), &new_team("platform"), NOW).await.expect("a team");
    commit(tx, 1, EventKind::TeamCreated).await.expect("committed");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_team_name_that_is_taken(pool: PgPool) {
    with_team(&pool).await;
    let mut tx = begin(&pool, Action::CreateTeam).await;
    let done = tx.insert_team(team_id(2), &new_team("PLATFORM"), NOW).await;
    assert_eq!(violated(done).await, "teams_name_key");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_token_name_that_is_taken(pool: PgPool) {
    with_team(&pool).await;
    let mut tx = begin(&pool, Action::CreateToken).await;
    tx.insert_token(&token(2, team_id(1), "import"), &hash(2), None).await.expect("a token");
    let done = tx.insert_token(&token(3, team_id(1), "IMPORT"), &hash(3), None).await;
    assert_eq!(violated(done).await, "tokens_name_key");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_token_of_no_team(pool: PgPool) {
    let mut tx = begin(&pool, Action::CreateToken).await;
    let done = tx.insert_token(&token(2, team_id(1), "import"), &hash(2), None).await;
    assert_eq!(violated(done).await, "tokens_team_id_fkey");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_hash_that_is_taken(pool: PgPool) {
    with_team(&pool).await;
    let mut tx = begin(&pool, Action::CreateToken).await;
    tx.insert_token(&token(2, team_id(1), "import"), &hash(2), None).await.expect("a token");
    let done = tx.insert_token(&token(3, team_id(1), "export"), &hash(2), None).await;
    assert_eq!(violated(done).await, "tokens_secret_hash_key");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_key_name_that_is_taken(pool: PgPool) {
    let permit = permit(&Actor::Operator, Action::CreateKey).expect("the operator's right");
    let mut tx = Store::on(pool).begin(permit).await.expect("a transaction");
    let key = |number: u8, name| NewKey {
        id: KeyId::from(Uuid::from_u128(number.into())),
        name,
        hash: hash(number),
        display: Display::stored("tkm_AAAAAAAA…AAAA".to_owned()),
        created_at: NOW,
        expires_at: None,
        scopes: &[],
    };
    tx.insert_key(key(1, "deploy")).await.expect("a key");
    assert_eq!(violated(tx.insert_key(key(2, "Deploy")).await).await, "management_keys_name_key");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_the_code_matches_on_exists(pool: PgPool) {
    let names: Vec<String> = sqlx::query_scalar(
        "SELECT conname::text FROM pg_constraint UNION SELECT indexname::text FROM pg_indexes WHERE schemaname = 'public'",
    )
    .fetch_all(&pool)
    .await
    .expect("the names");
    for name in
        ["teams_name_key", "tokens_name_key", "tokens_team_id_fkey", "management_keys_name_key"]
    {
        assert!(names.iter().any(|found| found == name), "{name}");
    }
}
