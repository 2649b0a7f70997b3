//! Which rights are enough, which are not, and which schema is nobody's but Tokenkeep's.

use super::{place, run};
use crate::{found, list, listed, object};
use domain::mirror::FailureClass;
use sqlx::PgPool;
use sqlx::postgres::PgConnectOptions;
use storage::postgres::Schema;
use storage::{Postgres, Storage};

/// A role of this test's own, gone afterwards.
struct Role {
    name: String,
    options: PgConnectOptions,
}

impl Role {
    async fn make(pool: &PgPool) -> Self {
        let options = (*pool.connect_options()).clone();
        let name = format!("r{}", options.get_database().expect("a name"));
        run(pool, format!("create role \"{name}\" login password 'canary-secret'")).await;
        let options = options.username(&name).password("canary-secret");
        Self { name, options }
    }

    fn place(&self) -> Postgres {
        Postgres::new(self.options.clone(), Schema::default())
    }

    async fn end(self, pool: &PgPool) {
        run(pool, format!("drop owned by \"{0}\"; drop role \"{0}\"", self.name)).await;
    }
}

#[sqlx::test(migrations = false)]
async fn a_role_that_may_create_makes_what_it_needs(pool: PgPool) {
    let role = Role::make(&pool).await;
    let database = role.options.get_database().expect("a name");
    run(&pool, format!("grant create on database \"{database}\" to \"{}\"", role.name)).await;
    let place = role.place();
    place.put(vec![object("tokens/a.json", "one")]).await.expect("put");
    assert_eq!(listed(&place).await, [found(&place, "tokens/a.json", b"one")]);
    drop(place);
    role.end(&pool).await;
}

#[sqlx::test(migrations = false)]
async fn where_the_table_is_a_role_that_writes_it_is_enough(pool: PgPool) {
    let role = Role::make(&pool).await;
    assert_eq!(listed(&place(&pool)).await, [], "somebody made the table");
    let name = &role.name;
    run(&pool, format!("grant usage on schema tokenkeep_mirror to \"{name}\"")).await;
    let table = "tokenkeep_mirror.objects";
    run(&pool, format!("grant select, insert, update, delete on {table} to \"{name}\"")).await;
    let place = role.place();
    place.put(vec![object("tokens/a.json", "one")]).await.expect("put");
    place.put(vec![object("tokens/a.json", "two")]).await.expect("put");
    assert_eq!(listed(&place).await, [found(&place, "tokens/a.json", b"two")]);
    place.delete(vec![crate::key("tokens/a.json")]).await.expect("delete");
    run(&pool, format!("revoke delete on {table} from \"{name}\"")).await;
    let refused = place.delete(vec![crate::key("tokens/a.json")]).await.expect_err("no right");
    assert_eq!(refused.class, FailureClass::Denied);
    drop(place);
    role.end(&pool).await;
}

#[sqlx::test(migrations = false)]
async fn a_role_that_may_nothing_is_denied(pool: PgPool) {
    let role = Role::make(&pool).await;
    let refused = list(&role.place(), "tokens").await.expect_err("no right");
    assert_eq!(refused.class, FailureClass::Denied, "{refused}");
    role.end(&pool).await;
}

#[sqlx::test(migrations = false)]
async fn a_wrong_password_is_denied_and_is_not_told(pool: PgPool) {
    let options = (*pool.connect_options()).clone().password("canary-wrong");
    let place = Postgres::new(options, Schema::default());
    let refused = list(&place, "tokens").await.expect_err("a wrong password");
    assert_eq!(refused.class, FailureClass::Denied, "{refused}");
    for told in
        [refused.to_string(), format!("{refused:?}"), place.describe(), format!("{place:?}")]
    {
        assert!(!told.contains("canary"), "{told}");
    }
}

#[sqlx::test(migrations = false)]
async fn a_database_that_is_not_there_is_broken(pool: PgPool) {
    let options = (*pool.connect_options()).clone().database("nowhere");
    let refused = list(&Postgres::new(options, Schema::default()), "tokens").await;
    assert_eq!(refused.expect_err("nowhere").class, FailureClass::Broken);
}

#[sqlx::test(migrations = "../../migrations")]
async fn tokenkeeps_own_schema_is_refused_and_another_beside_it_is_not(pool: PgPool) {
    let own = Schema::parse("public").expect("a name");
    let place = Postgres::new((*pool.connect_options()).clone(), own);
    let put = vec![object("tokens/a.json", "one")];
    let refused = place.put(put.clone()).await.expect_err("our own tables");
    assert_eq!(refused.class, FailureClass::Broken);
    let made: Option<String> = sqlx::query_scalar("select to_regclass('public.objects')::text")
        .fetch_one(&pool)
        .await
        .expect("an answer");
    assert_eq!(made, None, "nothing was made");
    super::place(&pool).put(put).await.expect("another schema");
}
