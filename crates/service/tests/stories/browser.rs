//! A new secret's way through the browser. How long the cookie opens is Fernet's own clock's business, and not told here.

use crate::world::{World, secret};
use service::token::{open_for_browser, seal_for_browser};
use sqlx::PgPool;
use vault::Sealer;

#[sqlx::test(migrations = "../../migrations")]
async fn the_page_of_the_token_opens_the_cookie(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let made = world.token(&world.team("platform").await, "import").await;
    let new = made.secret.as_ref().expect("a secret");
    let cookie = seal_for_browser(&world.service, &owner, new).expect("a cookie");
    assert!(!cookie.contains(secret(&made)));
    let opened =
        open_for_browser(&world.service, &owner, made.token.id, &cookie).await.expect("an answer");
    assert_eq!(opened.expect("the secret").expose(), secret(&made));
}

#[sqlx::test(migrations = "../../migrations")]
async fn another_page_does_not(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let team = world.team("platform").await;
    let (made, other) = (world.token(&team, "import").await, world.token(&team, "export").await);
    let cookie = seal_for_browser(&world.service, &owner, made.secret.as_ref().expect("a secret"))
        .expect("a cookie");
    let opened =
        open_for_browser(&world.service, &owner, other.token.id, &cookie).await.expect("an answer");
    assert!(opened.is_none());
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_we_did_not_seal_does_not_open(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let made = world.token(&world.team("platform").await, "import").await;
    let new = made.secret.as_ref().expect("a secret");
    let forged = Sealer::parse(&Sealer::generate_key()).expect("a key").seal(new);
    for cookie in ["", "nonsense", secret(&made), &forged] {
        let opened = open_for_browser(&world.service, &owner, made.token.id, cookie)
            .await
            .expect("an answer");
        assert!(opened.is_none(), "{cookie}");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn every_instance_opens_it(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let made = world.token(&world.team("platform").await, "import").await;
    let cookie = seal_for_browser(&world.service, &owner, made.secret.as_ref().expect("a secret"))
        .expect("a cookie");
    let other = world.restarted(None, 9).await;
    let opened =
        open_for_browser(&other.service, &owner, made.token.id, &cookie).await.expect("an answer");
    assert!(opened.is_some());
}
