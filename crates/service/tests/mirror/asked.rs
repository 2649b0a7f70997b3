//! Stories of what people ask of a mirror.

use crate::world::{NOW, World};
use domain::Code;
use domain::audit::Caller;
use domain::mirror::Status;
use domain::mirror::state::Asked;
use domain::policy::Actor;
use domain::refusal::Kind;
use service::mirror;
use sqlx::PgPool;
use time::Duration;

#[sqlx::test(migrations = "../../migrations")]
async fn a_plan_is_told_and_nothing_is_done(pool: PgPool) {
    let world = World::new(pool).await;
    let (one, two) = (world.create("one", None).await, world.create("two", None).await);
    world.push().await;
    world.remove(&one.path);
    world.write(&two.path, "{}");
    let before = world.files();
    mirror::ask(&world.service, &world.owner, "files", Asked::Plan).await.expect("asked");
    assert_eq!(world.mirror().await.asked, Some(Asked::Plan));
    assert!(!world.push().await.work.did_something());
    assert_eq!(world.files(), before);
    let detail = mirror::get(&world.service, &world.owner, "files").await.expect("the mirror");
    let plan = detail.plan.expect("a plan");
    assert_eq!((plan.drift.missing, plan.drift.altered, plan.unchanged, plan.ended), (1, 1, 0, 0));
    assert_eq!((plan.at, plan.some.len()), (NOW, 2));
    assert!(
        plan.some.iter().all(|line| line.len() == 10 && line.starts_with("+ ")),
        "{:?}",
        plan.some
    );
    assert_eq!(detail.mirror.asked, None);
    assert_eq!(world.events("mirror_asked").await, 1);
    assert_eq!(world.reconcile().await.work.put, 2);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_stopped_stays_as_it_is_until_it_goes_on(pool: PgPool) {
    let world = World::new(pool).await;
    let token = world.create("one", None).await;
    world.push().await;
    for _ in 0..2 {
        mirror::pause(&world.service, &world.owner, "files").await.expect("paused");
    }
    assert_eq!(world.events("mirror_paused").await, 1);
    world.revoke(&token).await;
    assert!(!world.push().await.work.did_something());
    let told = world.mirror().await;
    assert_eq!((told.status(), told.paused_at, told.lingering), (Status::Paused, Some(NOW), 1));
    let refused = mirror::ask(&world.service, &world.owner, "files", Asked::Look).await;
    assert_eq!(refused.expect_err("paused").refusals().first().code, Code::MirrorPaused);
    mirror::resume(&world.service, &world.owner, "files").await.expect("resumed");
    assert_eq!(world.push().await.work.deleted, 1);
    assert_eq!(world.mirror().await.status(), Status::Current);
}

/// However long it is stopped: what it has not taken away is told.
#[sqlx::test(migrations = "../../migrations")]
async fn the_head_of_what_is_stopped_forgets_nobody(pool: PgPool) {
    let world = World::new(pool).await;
    let (early, late) = (world.create("one", None).await, world.create("two", None).await);
    world.push().await;
    mirror::pause(&world.service, &world.owner, "files").await.expect("paused");
    world.revoke(&early).await;
    world.set_clock(NOW + Duration::minutes(90));
    world.push().await;
    world.set_clock(NOW + Duration::hours(30));
    world.revoke(&late).await;
    world.push().await;
    assert!(world.head().denies(&early.hash()) && world.head().denies(&late.hash()));
    mirror::resume(&world.service, &world.owner, "files").await.expect("resumed");
    assert_eq!(world.push().await.work.deleted, 2);
    // Readers may have it in their caches for a while longer.
    world.set_clock(NOW + Duration::hours(30) + Duration::minutes(6));
    world.push().await;
    assert!(world.head().denies(&early.hash()));
    world.set_clock(NOW + Duration::hours(30) + Duration::minutes(20));
    world.push().await;
    assert!(!world.head().denies(&early.hash()) && world.head().denies(&late.hash()));
}

/// The same of one whose deletes fail, and after another start.
#[sqlx::test(migrations = "../../migrations")]
async fn the_head_tells_of_what_cannot_be_taken_away(pool: PgPool) {
    let world = World::new(pool).await;
    let token = world.create("one", None).await;
    world.push().await;
    world.remove(&token.path);
    world.write(&format!("{}/file", token.path), "a directory is not deleted");
    world.revoke(&token).await;
    assert!(world.push().await.failure.is_some());
    let target = mirror::Target::files(storage::Files::new(world.root()));
    let world = world.with(target).await;
    world.set_clock(NOW + Duration::hours(2));
    assert!(world.push().await.failure.is_some());
    assert_eq!(world.head().written_at, NOW + Duration::hours(2));
    assert!(world.head().denies(&token.hash()));
}

/// Its readers would refuse everything without a new head, and must hear who was revoked.
#[sqlx::test(migrations = "../../migrations")]
async fn the_head_of_what_is_stopped_goes_on(pool: PgPool) {
    let world = World::new(pool).await;
    let token = world.create("one", None).await;
    world.push().await;
    mirror::pause(&world.service, &world.owner, "files").await.expect("paused");
    let head = || {
        let bytes = std::fs::read(world.root().join("head.json")).expect("a head");
        record::Head::read(&bytes).expect("readable")
    };
    world.set_clock(NOW + Duration::minutes(1));
    world.push().await;
    assert_eq!(head().written_at, NOW, "it is not time");
    world.revoke(&token).await;
    world.push().await;
    let hash = token.path.trim_start_matches("tokens/").trim_end_matches(".json").to_owned();
    let hash = domain::token::SecretHash::from_hex(&hash).expect("a hash");
    assert!(head().denies(&hash) && world.paths().contains(&token.path));
    assert_eq!(head().written_at, NOW + Duration::minutes(1));
    world.set_clock(NOW + Duration::minutes(2));
    world.push().await;
    assert_eq!(head().written_at, NOW + Duration::minutes(1), "that is told");
    world.set_clock(NOW + Duration::minutes(7));
    world.push().await;
    assert_eq!(head().written_at, NOW + Duration::minutes(7));
    // That nobody can write there is no news of what is stopped.
    let aside = world.root().with_extension("unmounted");
    std::fs::rename(world.root(), &aside).expect("unmounted");
    world.set_clock(NOW + Duration::minutes(14));
    assert_eq!(world.push().await.failure, None);
    let told = world.mirror().await;
    assert_eq!((told.status(), told.failures, told.lingering), (Status::Paused, 0, 1));
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_may_not_asks_for_nothing(pool: PgPool) {
    let world = World::new(pool).await;
    let (service, nobody) = (&world.service, Caller::local(Actor::Anonymous));
    let refusals = [
        mirror::ask(service, &nobody, "files", Asked::Look).await,
        mirror::pause(service, &nobody, "files").await,
        mirror::resume(service, &nobody, "files").await,
        mirror::delete_foreign(service, &nobody, "files", None).await,
        mirror::get(service, &nobody, "files").await.map(drop),
    ];
    for refused in refusals {
        let refused = refused.expect_err("refused");
        assert_eq!(refused.refusals().first().code.kind(), Kind::Unauthenticated);
    }
    let unknown = [
        mirror::ask(service, &world.owner, "else", Asked::Look).await,
        mirror::pause(service, &world.owner, "else").await,
        mirror::delete_foreign(service, &world.owner, "else", None).await,
        mirror::get(service, &world.owner, "else").await.map(drop),
    ];
    for refused in unknown {
        assert_eq!(refused.expect_err("refused").refusals().first().code, Code::NotFound);
    }
}
