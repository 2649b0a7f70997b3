//! Stories of what a change brings to a mirror, without a look at all that is there.

use crate::world::{NOW, World};
use domain::mirror::{FailureClass, Format, Outcome, Status};
use domain::token::{Conditions, Overlap};
use domain::verify::Origins;
use service::token;
use sqlx::PgPool;
use time::Duration;

#[sqlx::test(migrations = "../../migrations")]
async fn only_what_changed_is_pushed_and_nothing_is_asked(pool: PgPool) {
    let world = World::new(pool).await;
    let first = world.create("first", None).await;
    world.push().await;
    world.remove(&first.path);
    let second = world.create("second", None).await;
    let run = world.push().await;
    assert_eq!((run.work.put, run.work.deleted), (1, 0));
    assert_eq!(
        world.paths(),
        std::slice::from_ref(&second.path),
        "what others did there is found by the next look at everything"
    );
    world.revoke(&second).await;
    let run = world.push().await;
    assert_eq!((run.work.put, run.work.deleted), (0, 1));
    let mirror = world.mirror().await;
    assert_eq!((mirror.status(), mirror.pending, mirror.objects), (Status::Current, 0, 1));
    assert_eq!(world.push().await.work, domain::mirror::state::Work::default());
    assert_eq!(world.reconcile().await.work.put, 1);
    assert_eq!(world.mirror().await.drift.missing, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn everything_is_looked_at_once_in_a_while(pool: PgPool) {
    let world = World::new(pool).await;
    let token = world.create("one", None).await;
    world.push().await;
    world.write(&token.path, "{}");
    world.set_clock(NOW + Duration::minutes(15) - Duration::SECOND);
    assert_eq!(world.push().await.work.put, 0);
    world.set_clock(NOW + Duration::minutes(15));
    assert_eq!(world.push().await.work.put, 1);
    let mirror = world.mirror().await;
    assert_eq!((mirror.drift.altered, mirror.drift.missing), (1, 0));
}

#[sqlx::test(migrations = "../../migrations")]
async fn moments_pass_without_anybody_writing(pool: PgPool) {
    let world = World::new(pool).await.written_for(Format::TokenManager).await;
    let short = world.create("short", Some(1)).await;
    let later = world.create("later", None).await;
    let not_before = Some(NOW + Duration::HOUR);
    let conditions = Conditions { not_before, ..Conditions::default() };
    token::change_conditions(&world.service, &world.owner, later.id, conditions)
        .await
        .expect("changed");
    let run = world.push().await;
    assert_eq!(run.outcome, Outcome::Settled { next_moment: not_before });
    assert_eq!(world.paths(), std::slice::from_ref(&short.path));
    world.set_clock(NOW + Duration::HOUR);
    let run = world.push().await;
    assert_eq!((run.work.put, run.work.deleted), (1, 0));
    assert_eq!(run.outcome, Outcome::Settled { next_moment: Some(NOW + Duration::DAY) });
    world.set_clock(NOW + Duration::DAY);
    world.push().await;
    assert_eq!(world.paths(), [later.path]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_pause_is_a_beginning_to_readers_of_every_version(pool: PgPool) {
    let world = World::new(pool).await;
    let token = world.create("one", None).await;
    world.push().await;
    let until = NOW + Duration::HOUR;
    token::pause(&world.service, &world.owner, token.id, until).await.expect("paused");
    let run = world.push().await;
    assert_eq!((run.work.put, run.work.deleted), (1, 0));
    assert_eq!(run.outcome, Outcome::Settled { next_moment: Some(until) });
    let record = &world.files()[&token.path];
    assert!(record.contains(r#""not_before":"2026-11-22T11:00:00Z""#), "{record}");
    // Over by time alone: nobody has to write, but that it is told as it is.
    world.set_clock(until);
    assert_eq!(world.push().await.outcome, Outcome::Settled { next_moment: None });

    let later = until + Duration::HOUR;
    token::pause(&world.service, &world.owner, token.id, later).await.expect("paused");
    world.push().await;
    token::enable(&world.service, &world.owner, token.id).await.expect("enabled");
    world.push().await;
    let record = &world.files()[&token.path];
    assert!(!record.contains("2026-11-22T12:00:00Z"), "{record}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_pause_leaves_out_what_cannot_be_told(pool: PgPool) {
    let world = World::new(pool).await.written_for(Format::TokenManager).await;
    let token = world.create("one", None).await;
    world.push().await;
    let until = NOW + Duration::HOUR;
    token::pause(&world.service, &world.owner, token.id, until).await.expect("paused");
    world.push().await;
    assert!(world.paths().is_empty());
    world.set_clock(until);
    world.push().await;
    assert_eq!(world.paths(), [token.path]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn both_secrets_of_a_rotation_are_told_until_the_overlap_ends(pool: PgPool) {
    let world = World::new(pool).await;
    let token = world.create("one", None).await;
    world.push().await;
    let overlap = Overlap::parse(Some(3600)).expect("an hour");
    token::rotate(&world.service, &world.owner, token.id, overlap, None).await.expect("rotated");
    assert_eq!(world.push().await.work.put, 2);
    let former = &world.files()[&token.path];
    assert!(
        former.contains(r#""slot":"former""#)
            && former.contains(r#""expires_at":"2026-11-22T11:00:00Z""#),
        "{former}"
    );
    world.set_clock(NOW + Duration::HOUR);
    assert_eq!(world.push().await.work.deleted, 1);
    let files = world.files();
    assert!(!files.contains_key(&token.path) && files.len() == 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn conditions_are_told_to_those_who_keep_them(pool: PgPool) {
    let world = World::new(pool).await;
    let token = world.create("bound", None).await;
    let origins = Origins::parse(["10.0.0.0/8"]).expect("a network");
    let conditions = Conditions { origins, ..Conditions::default() };
    token::change_conditions(&world.service, &world.owner, token.id, conditions)
        .await
        .expect("changed");
    world.push().await;
    assert!(world.files()[&token.path].contains(r#""allowed_cidrs":["10.0.0.0/8"]"#));
    let world = world.written_for(Format::TokenManager).await;
    assert_eq!(world.reconcile().await.work.deleted, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn rows_that_are_deleted_by_hand_are_taken_away(pool: PgPool) {
    let world = World::new(pool).await;
    let gone = world.create("gone", None).await;
    let stays = world.create("stays", None).await;
    world.push().await;
    world.sql("DELETE FROM tokens WHERE name = 'gone'").await;
    assert_eq!(world.push().await.work.deleted, 1);
    assert_eq!(world.paths(), std::slice::from_ref(&stays.path));
    // Of what is not told one by one, everything is looked at.
    world.write(&gone.path, "{}");
    world.sql("INSERT INTO secrets_gone (hash) VALUES (NULL)").await;
    assert_eq!(world.push().await.work.deleted, 1);
    assert_eq!(world.paths(), [stays.path]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_cannot_be_taken_away_may_still_be_accepted_and_is_shown(pool: PgPool) {
    let world = World::new(pool).await;
    let token = world.create("one", None).await;
    world.create("two", None).await;
    world.push().await;
    let aside = world.root().with_extension("unmounted");
    std::fs::rename(world.root(), &aside).expect("unmounted");
    world.revoke(&token).await;
    for failures in 1..=6 {
        assert_eq!(world.push().await.outcome, Outcome::Failed(FailureClass::Broken));
        let mirror = world.mirror().await;
        assert_eq!((mirror.failures, mirror.lingering), (failures, 1));
        assert_eq!(mirror.failing_since, Some(NOW));
        assert_eq!(mirror.lagging_since, Some(NOW));
        assert_eq!(world.events("mirror_failing").await, i64::from(failures >= 5), "told once");
    }
    let detail = service::mirror::get(&world.service, &world.owner, "files").await.expect("it");
    let shown = detail.lingering.first().expect("a token");
    assert_eq!((shown.token, shown.name.as_str()), (token.id, "one"));
    assert!(detail.runs.first().is_some_and(|run| run.failure.is_some()));
    std::fs::rename(&aside, world.root()).expect("mounted");
    assert!(world.push().await.work.deleted >= 1);
    let mirror = world.mirror().await;
    assert_eq!((mirror.failures, mirror.lingering, mirror.lagging_since), (0, 0, None));
    assert_eq!(world.events("mirror_recovered").await, 1);
    assert!(!world.paths().contains(&token.path));
}

/// That nothing changed is not a success, as long as nobody can look at what is there.
#[sqlx::test(migrations = "../../migrations")]
async fn a_mirror_that_cannot_be_listed_keeps_failing(pool: PgPool) {
    let world = World::new(pool).await;
    world.create("one", None).await;
    world.push().await;
    let aside = world.root().with_extension("unmounted");
    std::fs::rename(world.root(), &aside).expect("unmounted");
    world.reconcile().await;
    for failures in 2..=5 {
        assert_eq!(world.push().await.outcome, Outcome::Failed(FailureClass::Broken));
        assert_eq!(world.mirror().await.failures, failures);
    }
    assert_eq!(world.events("mirror_failing").await, 1);
    std::fs::rename(&aside, world.root()).expect("mounted");
    world.push().await;
    let told = world.mirror().await;
    assert_eq!((told.failures, told.status()), (0, Status::Current));
}
