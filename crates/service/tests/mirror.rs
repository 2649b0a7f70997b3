//! Stories of a mirror: what a team does, and what is in the directory afterwards.

#[path = "mirror/added.rs"]
mod added;
#[path = "mirror/around.rs"]
mod around;
#[path = "mirror/asked.rs"]
mod asked;
#[path = "mirror/changes.rs"]
mod changes;
#[path = "mirror/foreign.rs"]
mod foreign;
#[path = "mirror/held.rs"]
mod held;
#[path = "mirror/kinds.rs"]
mod kinds;
#[path = "mirror/kv.rs"]
mod kv;
#[path = "mirror/place.rs"]
mod place;
#[path = "../../storage/tests/outside/process.rs"]
mod process;
#[path = "mirror/signed.rs"]
mod signed;
#[path = "mirror/their_routes.rs"]
mod their_routes;
#[path = "mirror/world.rs"]
mod world;

use domain::Code;
use domain::mirror::{FailureClass, Outcome, Status};
use domain::token::Scopes;
use sqlx::PgPool;
use time::Duration;
use world::{NOW, World};

#[sqlx::test(migrations = "../../migrations")]
async fn a_token_appears_as_a_file_with_exactly_its_metadata(pool: PgPool) {
    let world = World::new(pool).await;
    let token = world.create("image job", Some(1)).await;
    let run = world.reconcile().await;
    assert_eq!((run.work.put, run.work.deleted), (1, 0));
    let wanted = format!(
        r#"{{"name":"image job","team_id":"{}","scopes":["images:read"],"created_at":"2026-11-22T10:00:00Z","expires_at":"2026-11-23T10:00:00Z","token_id":"{}","slot":"current","revision":"#,
        world.team, token.id
    );
    let files = world.files();
    assert_eq!(files.len(), 1);
    assert!(files[&token.path].starts_with(&wanted), "{}", files[&token.path]);
    assert_eq!(run.outcome, Outcome::Settled { next_moment: Some(NOW + Duration::DAY) });
    let mirror = world.mirror().await;
    assert_eq!((mirror.status(), mirror.objects, mirror.pending), (Status::Current, 1, 0));
    assert_eq!(mirror.last_ok_at, Some(NOW));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_second_run_does_nothing(pool: PgPool) {
    let world = World::new(pool).await;
    world.create("one", None).await;
    world.reconcile().await;
    let run = world.reconcile().await;
    assert_eq!((run.work.put, run.work.deleted, run.held), (0, 0, 0));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_revoked_token_disappears(pool: PgPool) {
    let world = World::new(pool).await;
    let (gone, stays) = (world.create("gone", None).await, world.create("stays", None).await);
    world.reconcile().await;
    world.revoke(&gone).await;
    let mirror = world.mirror().await;
    assert_eq!((mirror.status(), mirror.pending), (Status::Behind, 1));
    assert_eq!(world.reconcile().await.work.deleted, 1);
    assert_eq!(world.paths(), [stays.path]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_token_that_lost_scopes_is_written_anew(pool: PgPool) {
    let world = World::new(pool).await;
    let token = world.create("one", None).await;
    world.sql("UPDATE tokens SET scopes = '{audio,images:*}'").await;
    world.reconcile().await;
    let kept = Scopes::parse(["images:read"]).expect("a scope");
    let narrowed = service::token::narrow_scopes(&world.service, &world.owner, token.id, kept);
    narrowed.await.expect("narrowed");
    assert_eq!(world.mirror().await.status(), Status::Behind);
    let run = world.reconcile().await;
    assert_eq!((run.work.put, run.work.deleted), (1, 0));
    assert!(world.files()[&token.path].contains(r#""scopes":["images:read"]"#));
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_expired_token_disappears_at_its_instant(pool: PgPool) {
    let world = World::new(pool).await;
    let token = world.create("short", Some(1)).await;
    world.reconcile().await;
    world.set_clock(NOW + Duration::DAY - Duration::MICROSECOND);
    world.reconcile().await;
    assert_eq!(world.paths(), [token.path]);
    world.set_clock(NOW + Duration::DAY);
    let run = world.reconcile().await;
    assert_eq!(run.outcome, Outcome::Settled { next_moment: None });
    assert_eq!(world.paths(), [""; 0]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_invalid_row_is_set_aside_and_blocks_no_other(pool: PgPool) {
    let world = World::new(pool).await;
    let good = world.create("good", None).await;
    let bad = world.create("bad", None).await;
    world.reconcile().await;
    world.sql("UPDATE tokens SET scopes = '{a b}' WHERE name = 'bad'").await;
    let run = world.reconcile().await;
    assert_eq!(run.set_aside, 1);
    assert_eq!(world.paths(), [good.path], "what it was is not true either");
    let mirror = world.mirror().await;
    assert_eq!((mirror.set_aside_total, mirror.status()), (1, Status::Current));
    let shown = &mirror.set_aside[0];
    assert_eq!((shown.token, shown.code), (bad.id, Code::ScopeInvalid));
    assert_eq!(shown.field.as_deref(), Some("scopes"));
    world.sql("UPDATE tokens SET scopes = '{}' WHERE name = 'bad'").await;
    world.reconcile().await;
    assert_eq!(world.mirror().await.set_aside[0].code, Code::ScopesEmpty);
}

#[sqlx::test(migrations = "../../migrations")]
async fn foreign_files_stay_and_edited_and_missing_ones_are_mended(pool: PgPool) {
    let world = World::new(pool).await;
    let (edited, missing) = (world.create("one", None).await, world.create("two", None).await);
    world.reconcile().await;
    let wanted = world.files();
    world.write("tokens/README", "hands off");
    world.write(&edited.path, r#"{"scopes":["*"]}"#);
    world.remove(&missing.path);
    assert_eq!(world.reconcile().await.work.put, 2);
    let mut found = world.files();
    assert_eq!(found.remove("tokens/README").as_deref(), Some("hands off"));
    assert_eq!(found, wanted);
    let mirror = world.mirror().await;
    assert_eq!(mirror.objects, 2, "others' are not counted as ours");
    assert_eq!((mirror.drift.missing, mirror.drift.altered, mirror.drift.others), (1, 1, 1));
    assert_eq!(mirror.observed_at, Some(NOW));
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_a_crash_left_is_cleaned(pool: PgPool) {
    let world = World::new(pool).await;
    let token = world.create("one", None).await;
    world.write("tokens/.tokenkeep-half.json", "{\"na");
    world.reconcile().await;
    assert_eq!(world.paths(), [token.path]);
    assert!(!world.root().join("tokens/.tokenkeep-half.json").exists());
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_failed_target_is_told_and_recovers(pool: PgPool) {
    let world = World::new(pool).await;
    let token = world.create("one", None).await;
    world.reconcile().await;
    let aside = world.root().with_extension("unmounted");
    std::fs::rename(world.root(), &aside).expect("unmounted");
    let run = world.reconcile().await;
    assert_eq!(run.outcome, Outcome::Failed(FailureClass::Broken));
    let mirror = world.mirror().await;
    assert_eq!((mirror.status(), mirror.objects), (Status::Stopped, 1));
    assert!(mirror.failure.is_some_and(|failure| failure.said.contains("mounted")));
    std::fs::rename(&aside, world.root()).expect("mounted");
    world.reconcile().await;
    assert_eq!(world.mirror().await.status(), Status::Current);
    assert_eq!(world.paths(), [token.path]);
}
