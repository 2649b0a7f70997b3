//! Stories of mirrors of other kinds: the same runs, and what readers find there.

use crate::world::World;
use domain::mirror::{FailureClass, Outcome};
use service::mirror::Target;
use sqlx::PgPool;
use std::path::Path;
use std::process::Command;
use storage::git::{Address, Branch, Settings};
use storage::postgres::Schema;
use storage::{Git, Postgres};

fn git(dir: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git").arg("-C").arg(dir).args(arguments).output().expect("git runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_run_is_one_commit_with_its_counts(pool: PgPool) {
    let dir = tempfile::tempdir().expect("a directory");
    let remote = dir.path().join("remote.git");
    let settings = Settings {
        address: Address::parse(&remote.display().to_string()).expect("an address"),
        credentials: None,
        ssh: None,
        branch: Branch::default(),
        local_path: dir.path().to_owned(),
        search_path: std::env::var("PATH").expect("PATH"),
        egress: storage::Egress::Guarded,
        times: storage::git::Times::default(),
    };
    let world = World::new(pool).await.with(Target::git(Git::new(settings))).await;
    let gone = world.create("gone", None).await;
    world.create("stays", None).await;
    assert_eq!(world.reconcile().await.outcome, Outcome::Failed(FailureClass::Broken));
    git(dir.path(), &["init", "--quiet", "--bare", "--initial-branch=main", "remote.git"]);
    assert_eq!(world.reconcile().await.work.put, 2);
    world.revoke(&gone).await;
    let new = world.create("new", None).await;
    let run = world.reconcile().await;
    assert_eq!((run.work.put, run.work.deleted), (1, 1));
    assert_eq!(world.reconcile().await.work.put, 0);
    let log = git(&remote, &["log", "--format=%s", "main"]);
    assert_eq!(log, "Mirror: 1 put, 1 deleted\nMirror: 2 put, 0 deleted");
    let content = git(&remote, &["show", &format!("main:{}", new.path)]);
    assert!(content.starts_with(r#"{"name":"new","#), "{content}");
    git(&remote, &["show", &format!("main~1:{}", gone.path)]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_schema_of_the_same_database_can_be_a_mirror(pool: PgPool) {
    let place = Postgres::new((*pool.connect_options()).clone(), Schema::default());
    let world = World::new(pool.clone()).await.with(Target::postgres(place)).await;
    let gone = world.create("gone", None).await;
    let stays = world.create("stays", Some(1)).await;
    assert_eq!(world.reconcile().await.work.put, 2);
    world.revoke(&gone).await;
    let run = world.reconcile().await;
    assert_eq!((run.work.put, run.work.deleted), (0, 1));
    assert_eq!(world.reconcile().await.work.put, 0);
    let sql = "select key, convert_from(content, 'UTF8')::jsonb ->> 'name', expires_at is not null \
               from tokenkeep_mirror.objects where key like 'tokens/%'";
    let rows: Vec<(String, String, bool)> =
        sqlx::query_as(sql).fetch_all(&pool).await.expect("rows");
    assert_eq!(rows, [(stays.path, "stays".to_owned(), true)]);
}

/// The push of everything holds up no revocation: what is revoked between its parts is taken away before it ends.
#[sqlx::test(migrations = "../../migrations")]
async fn what_is_revoked_during_a_long_push_is_gone_when_it_ends(pool: PgPool) {
    let place = Postgres::new((*pool.connect_options()).clone(), Schema::default());
    let world = World::new(pool.clone()).await.with(Target::postgres(place)).await;
    world.reconcile().await;
    let revoked = world.create("revoked", None).await;
    world.create("stays", None).await;
    let objects = async || -> Vec<String> {
        let sql = "select key from tokenkeep_mirror.objects where key like 'tokens/%'";
        sqlx::query_scalar(sql).fetch_all(&pool).await.expect("keys")
    };
    world.sql("DELETE FROM tokenkeep_mirror.objects").await;
    world.sql("UPDATE mirrors SET seen = NULL").await;
    // As if a person did it in the moment in which the objects arrive.
    world
        .sql(
            "CREATE FUNCTION revoke_one() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                 UPDATE public.tokens SET revoked_at = now() WHERE name = 'revoked' AND revoked_at IS NULL;
                 RETURN NULL;
             END $$",
        )
        .await;
    world
        .sql(
            "CREATE TRIGGER revoke_one AFTER INSERT ON tokenkeep_mirror.objects
             FOR EACH ROW WHEN (NEW.key LIKE 'tokens/%') EXECUTE FUNCTION revoke_one()",
        )
        .await;
    let run = world.push().await;
    assert_eq!((run.work.put, run.work.deleted), (2, 1));
    let left = objects().await;
    assert!(left.len() == 1 && !left.contains(&revoked.path), "{left:?}");
}

/// Of more than a second holds, a part is put at a time: what is revoked meanwhile goes before the next, or is never put.
#[sqlx::test(migrations = "../../migrations")]
async fn what_is_revoked_during_many_changes_goes_before_the_rest_comes(pool: PgPool) {
    let place = Postgres::new((*pool.connect_options()).clone(), Schema::default());
    let world = World::new(pool.clone()).await.with(Target::postgres(place)).await;
    world.reconcile().await;
    world
        .sql(
            "INSERT INTO tokens (id, team_id, name, description, secret_hash, display, scopes, created_at, created_by)
             SELECT gen_random_uuid(), t.id, 'job ' || n, '', sha256(n::text::bytea), '', '{*}', '2026-11-22 09:00Z', 'test'
             FROM teams AS t CROSS JOIN generate_series(1, 4500) AS n",
        )
        .await;
    // The one that came first, and the one that would come last.
    world
        .sql(
            "CREATE FUNCTION revoke_two() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                 IF NOT EXISTS (SELECT FROM public.tokens WHERE revoked_at IS NOT NULL) THEN
                     UPDATE public.tokens SET revoked_at = now()
                     WHERE secret_hash IN (decode(substr(NEW.key, 8, 64), 'hex'), (SELECT secret_hash FROM public.tokens ORDER BY secret_hash DESC LIMIT 1));
                 END IF;
                 RETURN NULL;
             END $$",
        )
        .await;
    world
        .sql(
            "CREATE TRIGGER revoke_two AFTER INSERT ON tokenkeep_mirror.objects
             FOR EACH ROW WHEN (NEW.key LIKE 'tokens/%') EXECUTE FUNCTION revoke_two()",
        )
        .await;
    world.sql("CREATE TABLE public.when_deleted AS SELECT 0::bigint AS there LIMIT 0").await;
    world
        .sql(
            "CREATE FUNCTION count_there() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                 INSERT INTO public.when_deleted SELECT count(*) FROM tokenkeep_mirror.objects;
                 RETURN NULL;
             END $$",
        )
        .await;
    world
        .sql(
            "CREATE TRIGGER count_there AFTER DELETE ON tokenkeep_mirror.objects
             FOR EACH ROW EXECUTE FUNCTION count_there()",
        )
        .await;
    let run = world.push().await;
    assert_eq!(run.work.put, 4499, "the last was never put");
    let count = async |sql: &'static str| -> i64 {
        sqlx::query_scalar(sql).fetch_one(&pool).await.expect("a count")
    };
    let there = count("SELECT max(there) FROM when_deleted").await;
    assert!((1..3000).contains(&there), "the first went after one part: {there}");
    let left = "SELECT count(*) FROM tokenkeep_mirror.objects WHERE key LIKE 'tokens/%'";
    assert_eq!(count(left).await, 4498);
    assert_eq!(world.mirror().await.pending, 0);
}
