//! A database that came from another cluster.

use crate::people::insert_token;
use domain::verify::Record;
use sqlx::PgPool;
use store::Store;
use store::verify::{Follower, Known, Seen};

async fn look(follower: &mut Follower, since: &Seen) -> (Seen, usize) {
    let share = |scopes: Vec<String>| domain::token::Scopes::stored(&scopes).into();
    let changed = follower.changed(since, share).await.expect("a look");
    (changed.seen, changed.tokens.len())
}

#[sqlx::test(migrations = "../../migrations")]
async fn restored_tokens_are_seen_once(pool: PgPool) {
    let store = Store::on(pool.clone());
    let mut follower = store.follow().await.expect("a connection");
    let before = follower.seen().await.expect("a snapshot");
    insert_token(&pool).await;
    // As a restore does it: the rows first, and then the triggers.
    for statement in [
        "ALTER TABLE tokens DISABLE TRIGGER tokens_mark_changed",
        "UPDATE tokens SET changed_xid = '4611686018427387904'",
        "ALTER TABLE tokens ENABLE TRIGGER tokens_mark_changed",
    ] {
        sqlx::query(statement).execute(&pool).await.expect("restored");
    }
    let (seen, _) = look(&mut follower, &before).await;
    assert_eq!(look(&mut follower, &seen).await.1, 1, "without help it is found again and again");

    assert_eq!(store.adopt_history().await.expect("taken over"), 1);
    let (seen, found) = look(&mut follower, &seen).await;
    assert_eq!(found, 1);
    assert_eq!(look(&mut follower, &seen).await.1, 0);
    assert_eq!(store.adopt_history().await.expect("nothing is left to do"), 0);
    let version = sqlx::query_scalar::<_, i64>("SELECT version FROM tokens");
    assert_eq!(version.fetch_one(&pool).await.expect("it"), 1, "nothing of it is another");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_loaded_is_not_told_again(pool: PgPool) {
    let store = Store::on(pool.clone());
    insert_token(&pool).await;
    let mut follower = store.follow().await.expect("a connection");
    let mut loaded: Vec<Record> = Vec::new();
    let share = |scopes: Vec<String>| domain::token::Scopes::stored(&scopes).into();
    let each = |known: Known| loaded.push(known.record);
    let seen = follower.load(crate::people::NOW, share, each).await.expect("loaded");
    assert_eq!(loaded.len(), 1);
    assert_eq!(look(&mut follower, &seen).await.1, 0);
    assert!(!seen.is_before(&seen));
}
