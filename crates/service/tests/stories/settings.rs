//! The settings as the console shows them.

use crate::world::{World, asked};
use service::KeySource;
use sqlx::PgPool;
use vault::Sealer;

#[sqlx::test(migrations = "../../migrations")]
async fn the_state_of_the_encryption_key_is_told(pool: PgPool) {
    let keys = format!("{},{}", *Sealer::generate_key(), *Sealer::generate_key());
    let world = World::with_keys(pool, Some(&keys)).await;
    let owner = world.owner().await;
    let mut asked = asked(&world.team("platform").await, "import");
    asked.revealable = true;
    world.create(asked).await.expect("a token");
    let settings = service::settings::get(&world.service, &owner).await.expect("the settings");
    assert_eq!((settings.encryption_keys, settings.sealed_tokens), (2, 1));
    assert_eq!(settings.key_source, KeySource::Configured);
    assert_eq!(settings.token_prefix, "ntk_");
}

#[sqlx::test(migrations = "../../migrations")]
async fn without_a_key_reveal_is_off(pool: PgPool) {
    let world = World::with_keys(pool, None).await;
    let owner = world.owner().await;
    let settings = service::settings::get(&world.service, &owner).await.expect("the settings");
    assert_eq!((settings.encryption_keys, settings.key_source), (0, KeySource::None));
}
