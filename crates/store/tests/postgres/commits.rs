//! The write transaction: all or nothing, with its line in the log, announced when mirrors should know.

use crate::people::{NOW, begin, commit, hash, new_team, team_id, token};
use domain::audit::EventKind;
use domain::policy::Action;
use sqlx::PgPool;
use sqlx::postgres::PgListener;

async fn count(pool: &PgPool) -> (i64, i64) {
    sqlx::query_as("SELECT (SELECT count(*) FROM teams), (SELECT count(*) FROM audit_events)")
        .fetch_one(pool)
        .await
        .expect("counts")
}

async fn add_team(pool: &PgPool, number: u128, name: &str) {
    let mut tx = begin(pool, Action::CreateTeam).await;
    tx.insert_team(team_id(number), &new_team(name), NOW).await.expect("a team");
    commit(tx, number, EventKind::TeamCreated).await.expect("committed");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_dropped_changes_nothing(pool: PgPool) {
    let mut tx = begin(&pool, Action::CreateTeam).await;
    tx.insert_team(team_id(1), &new_team("platform"), NOW).await.expect("a team");
    drop(tx);
    assert_eq!(count(&pool).await, (0, 0));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_commit_brings_its_line_or_fails_whole(pool: PgPool) {
    add_team(&pool, 1, "platform").await;
    assert_eq!(count(&pool).await, (1, 1));
    let mut tx = begin(&pool, Action::CreateTeam).await;
    tx.insert_team(team_id(2), &new_team("data"), NOW).await.expect("a team");
    // The event's id is taken, so that the line cannot be written.
    let done = commit(tx, 1, EventKind::TeamCreated).await;
    assert!(done.expect_err("refused").violates("audit_events_id_key"));
    assert_eq!(count(&pool).await, (1, 1));
}

#[sqlx::test(migrations = "../../migrations")]
async fn only_what_moves_a_mirror_is_announced(pool: PgPool) {
    let mut listener = PgListener::connect_with(&pool).await.expect("a listener");
    listener.listen(store::CHANGES).await.expect("listening");
    add_team(&pool, 1, "platform").await;
    let mut tx = begin(&pool, Action::CreateToken).await;
    tx.insert_token(&token(2, team_id(1), "import"), &hash(2), None).await.expect("a token");
    commit(tx, 2, EventKind::TokenCreated).await.expect("committed");
    let heard = listener.recv().await.expect("a notification");
    assert_eq!(heard.payload(), "token_created");
}
