//! Stories of records that nobody here issued.

use crate::world::World;
use domain::Code;
use domain::mirror::{Key, Status};
use service::mirror;
use sqlx::PgPool;

/// Where a record is that nobody here issued.
pub fn path(n: u8) -> String {
    Key::from_slice(&[n; 32]).expect("32 bytes").path()
}

#[sqlx::test(migrations = "../../migrations")]
async fn they_wait_for_a_person_and_hold_up_nothing(pool: PgPool) {
    let world = World::new(pool).await;
    world.write(&path(1), "{}");
    world.write(&path(2), "{}");
    let token = world.create("one", None).await;
    let run = world.push().await;
    assert_eq!((run.work.put, run.work.deleted, run.foreign, run.held), (1, 0, 2, 0));
    let told = world.mirror().await;
    assert_eq!((told.status(), told.foreign_waiting()), (Status::Current, 2));
    assert_eq!(told.drift.foreign_some, ["01010101", "02020202"]);
    assert_eq!(world.paths().len(), 3);

    mirror::delete_foreign(&world.service, &world.owner, "files").await.expect("let go");
    assert_eq!(world.push().await.work.deleted, 2);
    assert_eq!(world.paths(), [token.path]);
    world.reconcile().await;
    assert_eq!(world.mirror().await.foreign_waiting(), 0);
    let none = mirror::delete_foreign(&world.service, &world.owner, "files").await;
    assert_eq!(none.expect_err("there are none").refusals().first().code, Code::NotHeld);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_person_lets_go_of_no_more_than_were_seen(pool: PgPool) {
    let world = World::new(pool).await;
    world.write(&path(1), "{}");
    world.push().await;
    mirror::delete_foreign(&world.service, &world.owner, "files").await.expect("let go");
    world.write(&path(2), "{}");
    assert_eq!(world.push().await.work.deleted, 0);
    assert_eq!(world.mirror().await.foreign_waiting(), 2, "nobody has seen the second");
}
