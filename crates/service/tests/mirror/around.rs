//! Stories of what is around the runs: who may, which instance, which configuration.

use crate::world::World;
use domain::Code;
use domain::mirror::{Outcome, Status};
use domain::refusal::Kind;
use service::mirror;
use sqlx::PgPool;

#[sqlx::test(migrations = "../../migrations")]
async fn one_instance_at_a_time(pool: PgPool) {
    let world = World::new(pool).await;
    world.create("one", None).await;
    let lock = world.lock().await;
    assert!(world.push().await.outcome == Outcome::Busy);
    assert_eq!(world.paths(), [""; 0]);
    lock.release().await.expect("released");
    assert_ne!(world.push().await.outcome, Outcome::Busy);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_commit_is_heard_of(pool: PgPool) {
    let world = World::new(pool).await;
    let mut changes = mirror::Changes::listen(&world.service).await.expect("listening");
    world.create("one", None).await;
    changes.next().await.expect("a change");
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_may_not_gets_nothing_and_what_is_not_is_not_found(pool: PgPool) {
    let world = World::new(pool).await;
    let nobody = domain::audit::Caller::local(domain::policy::Actor::Anonymous);
    let refused = mirror::list(&world.service, &nobody).await.expect_err("refused");
    assert_eq!(refused.refusals().first().code.kind(), Kind::Unauthenticated);
    let refused =
        mirror::release(&world.service, &nobody, "files", None).await.expect_err("refused");
    assert_eq!(refused.refusals().first().code.kind(), Kind::Unauthenticated);
    let refused =
        mirror::release(&world.service, &world.owner, "else", None).await.expect_err("refused");
    assert_eq!(refused.refusals().first().code, Code::NotFound);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_mirror_that_writes_elsewhere_begins_anew_and_one_that_is_gone_is_not_listed(
    pool: PgPool,
) {
    let world = World::new(pool).await;
    world.create("one", None).await;
    world.reconcile().await;
    mirror::configure(&world.service, std::slice::from_ref(&world.target)).await.expect("the same");
    assert_eq!(world.mirror().await.status(), Status::Current);
    let elsewhere = mirror::Target::files(storage::Files::new("/elsewhere"));
    mirror::configure(&world.service, &[elsewhere]).await.expect("another");
    assert_eq!(world.mirror().await.status(), Status::Behind);
    mirror::configure(&world.service, &[]).await.expect("none");
    assert!(mirror::list(&world.service, &world.owner).await.expect("a list").is_empty());
}
