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
