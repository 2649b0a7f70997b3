//! Stories of where a token is.

use crate::world::{NOW, World};
use domain::mirror::Presence;
use service::mirror;
use sqlx::PgPool;
use time::Duration;

impl World {
    /// What the mirror makes of a token, and since when, in seconds after the beginning.
    async fn place(&self, token: &crate::world::Made) -> (Presence, Option<i64>) {
        let places = mirror::list_of_token(&self.service, &self.owner, token.id).await;
        let place = places.expect("places").pop().expect("a mirror");
        (place.presence, place.since.map(|at| (at - NOW).whole_seconds()))
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_token_is_on_its_way_there_and_gone_again(pool: PgPool) {
    let world = World::new(pool).await;
    let token = world.create("one", Some(1)).await;
    assert_eq!(world.place(&token).await, (Presence::Coming, Some(0)));
    world.set_clock(NOW + Duration::seconds(2));
    world.push().await;
    assert_eq!(world.place(&token).await, (Presence::Holds, Some(2)));
    world.set_clock(NOW + Duration::seconds(4));
    world.create("another", None).await;
    world.push().await;
    assert_eq!(world.place(&token).await, (Presence::Holds, Some(2)), "as before");

    world.set_clock(NOW + Duration::seconds(6));
    world.revoke(&token).await;
    assert_eq!(world.place(&token).await, (Presence::MayAccept, Some(6)));
    world.set_clock(NOW + Duration::seconds(8));
    world.push().await;
    assert_eq!(world.place(&token).await, (Presence::Absent, Some(8)));
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_breaks_a_rule_is_set_aside_and_what_expired_is_absent(pool: PgPool) {
    let world = World::new(pool).await;
    let (wrong, short) = (world.create("wrong", None).await, world.create("short", Some(1)).await);
    world.sql("UPDATE tokens SET scopes = '{No scope!}' WHERE name = 'wrong'").await;
    world.reconcile().await;
    assert_eq!(world.place(&wrong).await.0, Presence::SetAside);
    assert_eq!(world.place(&short).await.0, Presence::Holds);
    world.set_clock(NOW + Duration::DAY);
    assert_eq!(world.place(&short).await.0, Presence::Absent);
}
