//! The snapshot on disk: what it keeps, and a server that starts from it while the database is away.

use crate::world::{World, patient, secret};
use domain::key::KeyScope;
use domain::token::{ExpiryRequest, TokenName};
use service::token::Created;
use service::verify::snapshot::{Keeper, Restored, SnapshotSettings, Unusable, restore};
use service::verify::{Following, Trust, VerifyAccess, admit};
use service::{Service, VerifySettings};
use sqlx::{AssertSqlSafe, PgPool};
use storage::snapshot::Unreadable;
use tempfile::TempDir;
use time::Duration;
use vault::Sealer;

const STRANGER: &str = "ntk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
/// Fresh for two seconds, and five minutes more.
const LIFE: Duration = Duration::seconds(302);

/// A server that keeps a snapshot.
struct Keeping {
    world: World,
    following: Following,
    keeper: Keeper,
    key: String,
    directory: TempDir,
    verify: VerifySettings,
}

impl Keeping {
    async fn begin(pool: PgPool) -> Self {
        Self::verifying(pool, patient()).await
    }

    async fn verifying(pool: PgPool, verify: VerifySettings) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let key = Sealer::generate_key().to_string();
        let world = World::keeping(pool, &key, settings(&directory, "tokens-1"), verify).await;
        let following = Following::new(world.service.clone(), "tokens-1");
        let keeper = Keeper::new(world.service.clone()).expect("it keeps one");
        Self { world, following, keeper, key, directory, verify }
    }

    /// A look at the database, and what it found brought to the disk.
    async fn look_and_write(&mut self) {
        self.following.turn().await.expect("a look");
        self.keeper.write().expect("written");
    }

    async fn revoke(&self, made: &Created) {
        let caller = self.world.anybody().await;
        service::token::revoke(
            &self.world.service,
            &caller,
            made.token.id,
            domain::token::Revocation::default(),
        )
        .await
        .expect("ended");
    }

    /// Its next life, without a database.
    fn cut_off(&self) -> World {
        let settings = settings(&self.directory, "tokens-1");
        self.world.cut_off(Some(&self.key), settings, self.verify)
    }

    fn restored(&self) -> Result<(World, Restored), Unusable> {
        let next = self.cut_off();
        let restored = restore(&next.service)?;
        Ok((next, restored))
    }

    fn unusable(&self) -> Unusable {
        self.restored().err().expect("of no use")
    }
}

fn settings(directory: &TempDir, instance: &str) -> SnapshotSettings {
    let path = directory.path().join("snapshot");
    SnapshotSettings { path, instance: instance.to_owned() }
}

async fn write(pool: &PgPool, made: &Created, set: &str) {
    let statement = format!("UPDATE tokens SET {set} WHERE id = '{}'", made.token.id);
    sqlx::query(AssertSqlSafe(statement)).execute(pool).await.expect("written");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_was_revoked_stays_so(pool: PgPool) {
    let mut keeping = Keeping::begin(pool).await;
    let team = keeping.world.team("platform").await;
    let good = keeping.world.token(&team, "good").await;
    let early = keeping.world.token(&team, "early").await;
    keeping.revoke(&early).await;
    let late = keeping.world.token(&team, "late").await;
    keeping.look_and_write().await;
    let made_after = keeping.world.token(&team, "made after").await;
    keeping.revoke(&late).await;
    keeping.look_and_write().await;

    let (next, restored) = keeping.restored().expect("usable");
    assert_eq!((restored.tokens, restored.as_of), (2, keeping.world.service.now()));
    // The clock of the story stood still, and the machine's did not.
    let life = restored.good_until - restored.as_of;
    assert!(life <= LIFE && life > LIFE - Duration::minutes(1), "{life}");
    assert_eq!(next.service.index().trust(), Trust::WhatIsKnown);
    assert_eq!(next.verify(secret(&good)).await, "valid");
    assert_eq!(next.verify(secret(&made_after)).await, "valid");
    assert_eq!(next.verify(secret(&late)).await, "revoked");
    assert_eq!(next.verify_for(secret(&good), &["images:delete"]).await, "scope_denied");
    // It was no token of this index: nobody can tell now.
    assert_eq!(next.verify(secret(&early)).await, "unavailable");
    assert_eq!(next.verify(STRANGER).await, "unavailable");
    assert!(!next.service.is_open());
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_was_deleted_by_hand_stays_so(pool: PgPool) {
    let mut keeping = Keeping::begin(pool.clone()).await;
    let team = keeping.world.team("platform").await;
    let (good, gone) =
        (keeping.world.token(&team, "good").await, keeping.world.token(&team, "gone").await);
    keeping.look_and_write().await;
    let (next, restored) = keeping.restored().expect("usable");
    assert_eq!((restored.tokens, next.verify(secret(&gone)).await), (2, "valid"));
    // Before the next stamp, and while nobody looks.
    let delete = "DELETE FROM tokens WHERE name = 'gone'";
    sqlx::query(delete).execute(&pool).await.expect("deleted");
    let resumed = keeping.world.again_on(
        pool.clone(),
        Some(&keeping.key),
        settings(&keeping.directory, "tokens-1"),
        keeping.verify,
    );
    let from = restore(&resumed.service).expect("usable");
    let mut following = Following::resumed(resumed.service.clone(), "tokens-1", &from);
    following.turn().await.expect("it is back");
    assert_eq!(resumed.verify(secret(&gone)).await, "unknown");
    assert_eq!(resumed.verify(secret(&good)).await, "valid");

    let mut keeping = Keeping { following, world: resumed, ..keeping };
    keeping.keeper = Keeper::new(keeping.world.service.clone()).expect("it keeps one");
    // As part of the whole.
    keeping.look_and_write().await;
    let (next, restored) = keeping.restored().expect("usable");
    assert_eq!((restored.tokens, next.verify(secret(&gone)).await), (1, "unavailable"));
    // And as a change.
    let delete = "DELETE FROM tokens WHERE name = 'good'";
    sqlx::query(delete).execute(&pool).await.expect("deleted");
    keeping.look_and_write().await;
    let (next, restored) = keeping.restored().expect("usable");
    assert_eq!((restored.tokens, next.verify(secret(&good)).await), (0, "unavailable"));
}

#[sqlx::test(migrations = "../../migrations")]
async fn conditions_and_both_secrets_of_a_rotation_are_kept(pool: PgPool) {
    let mut keeping = Keeping::begin(pool.clone()).await;
    let team = keeping.world.team("platform").await;
    let mut made = Vec::new();
    for name in ["disabled", "scheduled", "bound", "limited", "rotated"] {
        made.push(keeping.world.token(&team, name).await);
    }
    let sets = [
        "disabled_at = now()",
        "not_before = '2027-01-01'",
        "allowed_cidrs = '{10.0.0.0/8}'",
        "rate_requests = 1, rate_seconds = 60",
        "retired_hash = secret_hash, secret_hash = decode(repeat('ab', 32), 'hex'), retired_until = '2026-11-22 10:01+00'",
    ];
    for (made, set) in made.iter().zip(sets) {
        write(&pool, made, set).await;
    }
    // Once as part of the whole, and once as changes.
    for _ in 0..2 {
        keeping.look_and_write().await;
        let (next, restored) = keeping.restored().expect("usable");
        assert_eq!(restored.tokens, 6);
        for (made, code) in
            made.iter().zip(["disabled", "not_yet_valid", "origin_denied", "valid", "valid"])
        {
            assert_eq!(next.verify(secret(made)).await, code);
        }
        assert_eq!(next.verify(secret(&made[3])).await, "rate_limited");
        sqlx::query("UPDATE tokens SET description = 'changed'")
            .execute(&pool)
            .await
            .expect("written");
    }
    let (next, _) = keeping.restored().expect("usable");
    next.pass(Duration::minutes(1));
    assert_eq!(next.verify(secret(&made[4])).await, "rotated");
}

#[sqlx::test(migrations = "../../migrations")]
async fn it_is_good_for_as_long_as_the_process_would_have_been(pool: PgPool) {
    let mut keeping = Keeping::begin(pool).await;
    let made = keeping.world.token(&keeping.world.team("platform").await, "import").await;
    keeping.look_and_write().await;
    keeping.world.pass(LIFE - Duration::microseconds(1));
    let (next, restored) = keeping.restored().expect("usable");
    assert_eq!(restored.good_until, next.service.now() + Duration::microseconds(1));
    // That moment is over by the time somebody asks.
    assert_eq!(next.service.index().trust(), Trust::Nothing);
    assert_eq!(next.verify(secret(&made)).await, "unavailable");
    keeping.world.pass(Duration::microseconds(1));
    assert!(matches!(keeping.unusable(), Unusable::Old(_)));
    // Every look makes it good for as long again, changes or none.
    keeping.look_and_write().await;
    keeping.world.pass(LIFE - Duration::seconds(60));
    let (next, _) = keeping.restored().expect("usable");
    assert_eq!(next.verify(secret(&made)).await, "valid");
}

#[sqlx::test(migrations = "../../migrations")]
async fn one_from_the_future_of_another_or_of_another_key_is_not_used(pool: PgPool) {
    let strict = VerifySettings { clock_tolerance: Some(Duration::days(36_500)), ..patient() };
    let mut keeping = Keeping::verifying(pool, strict).await;
    assert!(matches!(keeping.unusable(), Unusable::Unreadable(Unreadable::Absent)));
    keeping.look_and_write().await;
    let used = |key: &str, instance: &str, verify: VerifySettings| {
        let next = keeping.world.cut_off(Some(key), settings(&keeping.directory, instance), verify);
        restore(&next.service)
    };
    let narrow = VerifySettings { clock_tolerance: Some(Duration::seconds(30)), ..strict };
    keeping.world.pass(Duration::seconds(-30));
    assert!(used(&keeping.key, "tokens-1", narrow).is_ok());
    keeping.world.pass(Duration::seconds(-1));
    assert!(matches!(used(&keeping.key, "tokens-1", narrow), Err(Unusable::Ahead(_))));
    keeping.world.pass(Duration::seconds(31));
    assert!(
        matches!(used(&keeping.key, "tokens-2", strict), Err(Unusable::OfAnother(name)) if name == "tokens-1")
    );
    let other = Sealer::generate_key();
    assert!(matches!(
        used(&other, "tokens-1", strict),
        Err(Unusable::Unreadable(Unreadable::NotSigned))
    ));
    let ring = format!("{},{}", *other, keeping.key);
    assert!(used(&ring, "tokens-1", strict).is_ok());
    // Without a budget or a key there is none, whatever lies there.
    let none = VerifySettings { budget: std::time::Duration::ZERO, ..strict };
    assert!(matches!(
        used(&keeping.key, "tokens-1", none),
        Err(Unusable::Unreadable(Unreadable::Absent))
    ));
    let next = keeping.world.cut_off(None, settings(&keeping.directory, "tokens-1"), strict);
    assert!(next.service.snapshot().is_none() && Keeper::new(next.service.clone()).is_none());
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_budget_that_was_raised_makes_no_snapshot_older(pool: PgPool) {
    let short = VerifySettings { budget: std::time::Duration::from_secs(60), ..patient() };
    let mut keeping = Keeping::verifying(pool, short).await;
    keeping.look_and_write().await;
    // The lease in the database, and so every receipt, counts on 62 seconds.
    keeping.verify = patient();
    keeping.world.pass(Duration::seconds(61));
    assert!(keeping.restored().is_ok());
    keeping.world.pass(Duration::seconds(1));
    assert!(matches!(keeping.unusable(), Unusable::Old(_)));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_look_that_does_not_agree_makes_nothing_younger(pool: PgPool) {
    let keeping = Keeping::begin(pool.clone()).await;
    let Keeping { world, mut following, mut keeper, .. } = keeping;
    following.turn().await.expect("loaded");
    keeper.write().expect("written");
    let snapshot = world.service.snapshot().expect("it keeps one");
    let first = snapshot.as_of();
    assert_eq!(first, Some(world.service.now()));
    world.pass(Duration::seconds(5));
    // Nobody looked.
    keeper.write().expect("nothing to write");
    assert_eq!(snapshot.as_of(), first);
    // Another instance has the name.
    let other = world.restarted(None, 9).await;
    let mut later = Following::new(other.service.clone(), "tokens-1");
    later.turn().await.expect("loaded");
    following.turn().await.expect("a look");
    following.turn().await.expect("a look");
    keeper.write().expect("nothing to write");
    assert_eq!(snapshot.as_of(), first);
}

#[sqlx::test(migrations = "../../migrations")]
async fn it_goes_on_when_the_database_is_back(pool: PgPool) {
    let mut keeping = Keeping::begin(pool.clone()).await;
    let team = keeping.world.team("platform").await;
    let (good, ended) =
        (keeping.world.token(&team, "good").await, keeping.world.token(&team, "ended").await);
    keeping.look_and_write().await;
    let next = keeping.world.again_on(
        pool,
        Some(&keeping.key),
        settings(&keeping.directory, "tokens-1"),
        keeping.verify,
    );
    let restored = restore(&next.service).expect("usable");
    // What happens while it cannot hear is heard afterwards, without loading anything.
    keeping.revoke(&ended).await;
    let missed = keeping.world.token(&team, "missed").await;
    let mut following = Following::resumed(next.service.clone(), "tokens-1", &restored);
    following.turn().await.expect("it is back");
    next.service.open().await.expect("it answers");
    assert!(next.service.is_open());
    assert_eq!((next.service.index().trust(), next.service.index().len()), (Trust::All, 2));
    assert_eq!(next.verify(secret(&good)).await, "valid");
    assert_eq!(next.verify(secret(&ended)).await, "revoked");
    assert_eq!(next.verify(secret(&missed)).await, "valid");
}

#[sqlx::test(migrations = "../../migrations")]
async fn of_too_many_tokens_those_in_memory_are_kept(pool: PgPool) {
    let few = VerifySettings { resident_max: 4, ..patient() };
    let mut keeping = Keeping::verifying(pool, few).await;
    let team = keeping.world.team("platform").await;
    let mut made = Vec::new();
    for n in 0..5 {
        made.push(keeping.world.token(&team, &format!("job {n}")).await);
    }
    keeping.following.turn().await.expect("loaded");
    assert_eq!(keeping.world.verify(secret(&made[0])).await, "valid");
    keeping.look_and_write().await;
    let (next, _) = keeping.restored().expect("usable");
    assert_eq!(next.verify(secret(&made[0])).await, "valid");
    assert_eq!(next.verify(secret(&made[4])).await, "unavailable");

    // It still is an index of some, which learns what it is asked for.
    let next = keeping.world.again_on(
        keeping.world.pool.clone(),
        Some(&keeping.key),
        settings(&keeping.directory, "tokens-1"),
        few,
    );
    let restored = restore(&next.service).expect("usable");
    let mut following = Following::resumed(next.service.clone(), "tokens-1", &restored);
    following.turn().await.expect("it is back");
    assert_eq!(next.verify(secret(&made[4])).await, "valid");
    next.service.store().close().await;
    assert_eq!(next.verify(secret(&made[4])).await, "valid");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_key_that_might_verify_still_may(pool: PgPool) {
    let access = VerifySettings { access: VerifyAccess::Key, ..patient() };
    let mut keeping = Keeping::verifying(pool, access).await;
    let name = TokenName::parse("proxy").expect("a name");
    let caller = crate::world::operator();
    let key = service::key::create_scoped(
        &keeping.world.service,
        &caller,
        &name,
        ExpiryRequest::Never,
        &[KeyScope::Verify],
    );
    let key = key.await.expect("a key");
    let may = async |service: &Service, key: &str| admit(service, Some(key), None).await.is_ok();
    assert!(may(&keeping.world.service, key.expose()).await);
    keeping.look_and_write().await;
    let (next, _) = keeping.restored().expect("usable");
    assert!(may(&next.service, key.expose()).await);
    assert!(!may(&next.service, &STRANGER.replace("ntk_", "tkm_")).await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_server_that_may_come_back_stays_in_receipts(pool: PgPool) {
    let mut keeping = Keeping::begin(pool.clone()).await;
    keeping.look_and_write().await;
    keeping.following.leave().await;
    let names: Vec<String> =
        sqlx::query_scalar("SELECT name FROM verifiers").fetch_all(&pool).await.expect("names");
    assert_eq!(names, ["tokens-1"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_disk_that_does_not_take_it_stops_nothing(pool: PgPool) {
    let mut keeping = Keeping::begin(pool).await;
    let made = keeping.world.token(&keeping.world.team("platform").await, "import").await;
    std::fs::write(keeping.directory.path().join("snapshot"), "no directory").expect("written");
    keeping.following.turn().await.expect("loaded");
    assert!(keeping.keeper.write().is_err());
    let snapshot = keeping.world.service.snapshot().expect("it keeps one");
    assert_eq!((snapshot.failures(), snapshot.as_of()), (1, None));
    // It is not tried again at once.
    keeping.following.turn().await.expect("a look");
    keeping.keeper.write().expect("it waits");
    assert_eq!(keeping.world.verify(secret(&made)).await, "valid");
}
