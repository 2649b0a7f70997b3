//! What a Postgres says while it cannot, or may not: the class that it has, and that nothing of the batch is there.

use super::goal::{attempt, digests, goal, mends};
use super::{SIZE, Subject};
use domain::mirror::FailureClass::{self, Broken, Denied, Transient};
use sqlx::{AssertSqlSafe, PgPool};

/// By SQLSTATE (PostgreSQL's documentation, appendix A): no room on its disk, no right, a server that only reads, one that stops, one that is wrong.
const SAID: [(&str, FailureClass); 5] = [
    ("53100", Transient),
    ("42501", Denied),
    ("25006", Denied),
    ("57P01", Transient),
    ("XX000", Broken),
];

async fn run(pool: &PgPool, statement: String) {
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(pool).await.expect("it runs");
}

#[sqlx::test(migrations = false)]
async fn what_a_postgres_says_has_its_class_and_is_put_right(pool: PgPool) {
    let subject = Subject::postgres(&pool).await;
    let before = goal(0, SIZE);
    mends(&subject.place, &before, "nothing").await;
    for (state, class) in SAID {
        // For the last object of the first batch: what came before it is not there either.
        run(
            &pool,
            format!(
                "create function tokenkeep_mirror.says() returns trigger language plpgsql as
                 $$ begin raise exception 'x' using errcode = '{state}'; end $$;
                 create trigger says before insert or update on tokenkeep_mirror.objects
                 for each row when (new.key like '%06.json') execute function tokenkeep_mirror.says()"
            ),
        )
        .await;
        let next = goal(1, SIZE);
        let refused = attempt(&subject.place, &next).await.expect_err(state);
        assert_eq!(refused.class, class, "{refused}");
        let held = subject.holds().await;
        assert_eq!(held, digests(&subject.place, &before), "{state}: no half of a batch");
        run(&pool, "drop function tokenkeep_mirror.says() cascade".to_owned()).await;
        mends(&subject.place, &next, state).await;
        mends(&subject.place, &before, "going back").await;
    }
}
