//! A schema of a Postgres: the contract on a real server, and what is its alone.

mod away;
mod pooled;
mod rights;
mod way;

use crate::{found, key, listed, object};
use domain::OffsetDateTime;
use domain::mirror::FailureClass;
use sqlx::PgPool;
use storage::postgres::Schema;
use storage::{Listed, OBJECT_MAX, Object, Postgres, Storage};

const TABLE: &str = "tokenkeep_mirror.objects";

fn place(pool: &PgPool) -> Postgres {
    Postgres::new((*pool.connect_options()).clone(), Schema::default())
}

async fn run(pool: &PgPool, sql: impl Into<String>) {
    let sql = sqlx::AssertSqlSafe(sql.into());
    sqlx::raw_sql(sql).execute(pool).await.expect("SQL");
}

async fn count(pool: &PgPool) -> i64 {
    let count = sqlx::AssertSqlSafe(format!("select count(*) from {TABLE}"));
    sqlx::query_scalar(count).fetch_one(pool).await.expect("a number")
}

macro_rules! contract {
    ($($promise:ident)+) => {
        $(#[sqlx::test(migrations = false)]
        async fn $promise(pool: PgPool) {
            crate::$promise(place(&pool)).await;
        })+
    };
}

contract! {
    an_empty_place_lists_nothing
    what_is_put_is_listed_and_read_back
    putting_again_replaces
    of_a_key_that_comes_twice_the_last_is_put
    deleting_is_idempotent
    empty_batches_do_nothing
    an_object_has_a_largest_size
    the_longest_key_is_taken
    a_probe_leaves_nothing
    what_it_was_asked_is_counted
    a_thousand_objects_are_one_listing
    a_long_listing_comes_in_pages
}

#[sqlx::test(migrations = false)]
async fn what_somebody_altered_is_found(pool: PgPool) {
    let place = place(&pool);
    let put = vec![object("tokens/a.json", "one"), object("tokens/b.json", "two")];
    place.put(put).await.expect("put");
    run(&pool, format!("update {TABLE} set content = 'else' where key = 'tokens/a.json'")).await;
    let expected =
        [found(&place, "tokens/a.json", b"else"), found(&place, "tokens/b.json", b"two")];
    assert_eq!(listed(&place).await, expected);
}

#[sqlx::test(migrations = false)]
async fn what_is_not_ours_is_listed_and_left(pool: PgPool) {
    let place = place(&pool);
    place.put(vec![object("tokens/a.json", "one")]).await.expect("put");
    for key in
        ["tokens/READ ME", "tokens/x/below.json", "tokens0", "tokens-2/a.json", "other/a.json"]
    {
        run(&pool, format!("insert into {TABLE} values ('{key}', 'theirs', null, now())")).await;
    }
    place.put(vec![object("tokens/a.json", "two")]).await.expect("put");
    place.delete(vec![key("tokens/a.json")]).await.expect("delete");
    assert_eq!(listed(&place).await, [found(&place, "tokens/READ ME", b"theirs")]);
    assert_eq!(count(&pool).await, 5);
}

#[sqlx::test(migrations = false)]
async fn an_object_that_is_too_large_is_listed_and_equals_nothing(pool: PgPool) {
    let place = place(&pool);
    assert_eq!(listed(&place).await, []);
    let large = format!("decode(repeat('07', {}), 'hex')", OBJECT_MAX + 1);
    run(&pool, format!("insert into {TABLE} values ('tokens/a.json', {large}, null, now())")).await;
    assert_eq!(listed(&place).await.len(), 1);
    assert_ne!(listed(&place).await, [found(&place, "tokens/a.json", &vec![7; OBJECT_MAX])]);
    let refused = place.get(&key("tokens/a.json")).await.expect_err("too large");
    assert_eq!(refused.class, FailureClass::Broken);
}

#[sqlx::test(migrations = false)]
async fn a_batch_is_put_whole_or_not_at_all(pool: PgPool) {
    let place = place(&pool);
    assert_eq!(listed(&place).await, []);
    run(&pool, format!("alter table {TABLE} add check (key <> 'tokens/c.json')")).await;
    let batch = ["a", "b", "c", "d"].map(|name| object(&format!("tokens/{name}.json"), name));
    let refused = place.put(batch.to_vec()).await.expect_err("a constraint");
    assert_eq!(refused.class, FailureClass::Broken);
    assert_eq!(listed(&place).await, []);
}

#[sqlx::test(migrations = false)]
async fn readers_find_json_and_when_it_ends(pool: PgPool) {
    let place = place(&pool);
    let expires_at = OffsetDateTime::from_unix_timestamp(1_900_000_000).ok();
    let token = r#"{"name":"a 图","expires_at":null}"#;
    place.put(vec![Object { expires_at, ..object("tokens/a.json", token) }]).await.expect("put");
    // The sentence of the operating guide.
    let sql = "select convert_from(content, 'UTF8')::jsonb ->> 'name', expires_at \
               from tokenkeep_mirror.objects where key = 'tokens/a.json' \
               and (expires_at is null or expires_at > now())";
    let row: (String, Option<OffsetDateTime>) =
        sqlx::query_as(sql).fetch_one(&pool).await.expect("a row");
    assert_eq!(row, ("a 图".to_owned(), expires_at));
}

#[sqlx::test(migrations = false)]
async fn a_table_that_was_dropped_is_made_again(pool: PgPool) {
    let place = place(&pool);
    place.put(vec![object("tokens/a.json", "one")]).await.expect("put");
    run(&pool, "drop schema tokenkeep_mirror cascade").await;
    assert_eq!(listed(&place).await, [] as [Listed; 0]);
    place.put(vec![object("tokens/a.json", "one")]).await.expect("put");
    assert_eq!(listed(&place).await, [found(&place, "tokens/a.json", b"one")]);
}
