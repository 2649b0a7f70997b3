//! Tokens that ended long ago are removed, where somebody wants that.

use crate::world::{World, asked, kinds, secret};
use domain::audit::EventKind::TokensPurged;
use domain::token::{ExpiryRequest, NewToken, Revocation};
use service::sweep::sweep;
use sqlx::PgPool;
use time::Duration;

async fn left(world: &World) -> Vec<String> {
    sqlx::query_scalar("SELECT name FROM tokens ORDER BY name")
        .fetch_all(&world.pool)
        .await
        .expect("names")
}

async fn seed(world: &World) -> Vec<service::token::Created> {
    let owner = world.owner().await;
    let team = world.team("platform").await;
    let short = NewToken { expiry: ExpiryRequest::Days(1), ..asked(&team, "expired") };
    let later = NewToken { expiry: ExpiryRequest::Days(20), ..asked(&team, "expires later") };
    let made = vec![
        world.create(short).await.expect("a token"),
        world.create(later).await.expect("a token"),
        world.token(&team, "lives").await,
        world.token(&team, "revoked").await,
    ];
    let revoked = made[3].token.id;
    let done = service::token::revoke(&world.service, &owner, revoked, Revocation::default());
    done.await.expect("revoked");
    made
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_ended_stays_unless_somebody_says_for_how_long(pool: PgPool) {
    let world = World::new(pool).await;
    seed(&world).await;
    world.pass(Duration::days(3650));
    sweep(&world.service).await.expect("swept");
    assert_eq!(left(&world).await.len(), 4);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_ended_long_ago_is_removed_and_its_secret_stays_refused(pool: PgPool) {
    let world = World::purging(pool, 30).await;
    let made = seed(&world).await;
    world.pass(Duration::days(30));
    sweep(&world.service).await.expect("swept");
    assert_eq!(left(&world).await.len(), 4, "not yet: to the day and the moment");
    world.pass(Duration::days(2));
    let (swept, log) = world.log_of(sweep(&world.service)).await;
    swept.expect("swept");
    assert_eq!(left(&world).await, ["expires later", "lives"]);
    assert_eq!(kinds(&log), [TokensPurged]);
    assert!(log[0].detail.contains(&("count".to_owned(), "2".to_owned())), "{log:?}");
    assert_eq!(log[0].subject_id, None);
    for ended in [&made[0], &made[3]] {
        assert_eq!(world.verify(secret(ended)).await, "unknown");
    }
    assert_eq!(world.verify(secret(&made[2])).await, "valid");
    let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM secrets_ended")
        .fetch_one(&world.pool)
        .await
        .expect("a count");
    assert_eq!(kept, 2, "no mirror brings one back");
    let (again, log) = world.log_of(sweep(&world.service)).await;
    again.expect("swept");
    assert!(log.is_empty());
}
