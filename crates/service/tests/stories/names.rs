//! Names: one live token of a name in a team, one team of a name.

use crate::world::{World, asked, new_team, refused};
use domain::id::TeamId;
use domain::{Code, Refused};
use sqlx::PgPool;

const TAKEN: Refused = Refused::field("name", Code::NameTaken);

#[sqlx::test(migrations = "../../migrations")]
async fn a_name_is_taken_within_its_team_whatever_its_case(pool: PgPool) {
    let world = World::new(pool).await;
    let team = world.team("platform").await;
    world.token(&team, "Import").await;
    assert_eq!(refused(world.create(asked(&team, "Import")).await), TAKEN);
    assert_eq!(refused(world.create(asked(&team, " iMPORT ")).await), TAKEN);
}

#[sqlx::test(migrations = "../../migrations")]
async fn another_team_may_use_the_same_name(pool: PgPool) {
    let world = World::new(pool).await;
    let (one, other) = (world.team("platform").await, world.team("data").await);
    world.token(&one, "import").await;
    assert!(world.create(asked(&other, "import")).await.is_ok());
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_name_is_free_again_after_its_token_was_ended(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let team = world.team("platform").await;
    let made = world.token(&team, "import").await;
    service::token::revoke(
        &world.service,
        &owner,
        made.token.id,
        domain::token::Revocation::default(),
    )
    .await
    .expect("ended");
    let next = world.create(asked(&team, "import")).await.expect("the name is free");
    assert_ne!(next.token.id, made.token.id);
    assert_eq!(refused(world.create(asked(&team, "import")).await), TAKEN);
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_expired_token_keeps_its_name(pool: PgPool) {
    let world = World::new(pool).await;
    let team = world.team("platform").await;
    let mut short = asked(&team, "import");
    short.expiry = domain::token::ExpiryRequest::Days(1);
    world.create(short).await.expect("a token");
    world.pass(time::Duration::days(2));
    assert_eq!(refused(world.create(asked(&team, "import")).await), TAKEN);
}

#[sqlx::test(migrations = "../../migrations")]
async fn two_at_once_with_one_name_make_one_token(pool: PgPool) {
    let world = World::new(pool).await;
    let team = world.team("platform").await;
    let (one, two) =
        tokio::join!(world.create(asked(&team, "import")), world.create(asked(&team, "import")));
    let (made, other) = if one.is_ok() { (one, two) } else { (two, one) };
    assert!(made.is_ok());
    assert_eq!(refused(other), TAKEN);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_team_must_exist(pool: PgPool) {
    let world = World::new(pool).await;
    let mut team = world.team("platform").await;
    team.id = TeamId::from(uuid::Uuid::nil());
    let unknown = Refused::field("team_id", Code::TeamUnknown);
    assert_eq!(refused(world.create(asked(&team, "import")).await), unknown);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_refused_token_leaves_nothing(pool: PgPool) {
    let world = World::new(pool).await;
    let team = world.team("platform").await;
    world.token(&team, "import").await;
    let (done, log) = world.log_of(world.create(asked(&team, "import"))).await;
    assert!(done.is_err());
    assert!(log.is_empty());
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_team_name_is_unique_whatever_its_case(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    world.team("Platform").await;
    let again = service::team::create(&world.service, &owner, new_team("platform", false)).await;
    assert_eq!(refused(again), TAKEN);
}
