//! Stories of targets that people add. The target is a schema of the test's own server.

use crate::world::World;
use domain::Code;
use domain::audit::Caller;
use domain::mirror::{NewTarget, Status, TargetChange, TargetKind, TargetName};
use domain::policy::Actor;
use service::mirror::{Target, change, create, delete, empty, kept, probe, probe_kept};
use sqlx::PgPool;
use vault::Sealer;

const PASSWORD: &str = "canary-of-a-target";

/// Where the test's database is: host, port, role and password.
fn server() -> [String; 4] {
    let url = std::env::var("DATABASE_URL").expect("DATABASE_URL");
    let rest = url.split_once("://").expect("a URL").1;
    let (who, place) = rest.split_once('@').expect("a role");
    let (role, password) = who.split_once(':').unwrap_or((who, ""));
    let (host, port) =
        place.split(['/', '?']).next().and_then(|it| it.split_once(':')).expect("a port");
    [host, port, role, password].map(str::to_owned)
}

/// A target in a schema of the story's own database.
pub fn schema(pool: &PgPool, schema: &str) -> NewTarget {
    let [host, port, role, password] = server();
    let options = pool.connect_options();
    let given = [
        ("host", &*host),
        ("port", &port),
        ("username", &role),
        ("password", &password),
        ("database", options.get_database().expect("a database")),
        ("sslmode", "disable"),
        ("schema", schema),
    ];
    NewTarget::parse(TargetKind::Postgres, given).map_err(|it| it.first()).expect("a target")
}

/// One that is not there.
fn bucket(endpoint: &str) -> NewTarget {
    let given = [
        ("endpoint", endpoint),
        ("bucket", "mirror"),
        ("access_key", "AK"),
        ("secret_key", PASSWORD),
    ];
    NewTarget::parse(TargetKind::S3, given).map_err(|it| it.first()).expect("a target")
}

pub fn name(text: &str) -> TargetName {
    TargetName::parse(text).expect("a name")
}

fn saying(given: &[(&'static str, &str)]) -> TargetChange {
    TargetChange::new(None, given.iter().map(|(name, text)| (*name, (*text).to_owned())))
}

fn code<T>(done: Result<T, service::Error>) -> (Code, Option<&'static str>) {
    let Err(error) = done else { panic!("it was not refused") };
    let first = error.refusals().first();
    (first.code, first.field)
}

impl World {
    async fn added(&self, pool: &PgPool) -> Target {
        create(&self.service, &self.owner, name("copy"), schema(pool, "copy"))
            .await
            .expect("added");
        self.made("copy").await
    }

    async fn made(&self, name: &str) -> Target {
        let all = kept::list(&self.service).await.expect("a list");
        let kept = all.iter().find(|kept| kept.name() == name).expect("it is there");
        kept.make(&self.service).map_err(|failure| failure.said).expect("made")
    }

    async fn status(&self, name: &str) -> Option<Status> {
        let all = service::mirror::list(&self.service, &self.owner).await.expect("a list");
        all.iter().find(|mirror| mirror.name == name).map(|mirror| mirror.status())
    }
}

async fn records(pool: &PgPool) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM copy.objects WHERE key LIKE 'tokens/%'")
        .fetch_one(pool)
        .await
        .expect("a count")
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_target_is_added_and_holds_what_it_should(pool: PgPool) {
    let world = World::new(pool.clone()).await;
    world.create("one", None).await;
    let target = world.added(&pool).await;
    assert_eq!(world.status("copy").await, Some(Status::Behind));
    service::mirror::reconcile(&world.service, &target).await.expect("a run");
    assert_eq!((world.status("copy").await, records(&pool).await), (Some(Status::Current), 1));
    assert_eq!(world.events("mirror_created").await, 1);

    // The configuration of a server that starts does not concern it.
    let configured = std::slice::from_ref(&world.target);
    service::mirror::configure(&world.service, configured).await.expect("configured");
    assert_eq!(world.status("copy").await, Some(Status::Current));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_name_and_a_place_are_one_mirrors_alone(pool: PgPool) {
    let world = World::new(pool.clone()).await;
    world.added(&pool).await;
    let again = |named: &str, target| create(&world.service, &world.owner, name(named), target);
    let other = again("copy", schema(&pool, "other")).await;
    assert_eq!(code(other), (Code::NameTaken, Some("name")));
    assert_eq!(code(again("other", schema(&pool, "copy")).await), (Code::PlaceTaken, None));
    for n in 1..10 {
        let target = bucket(&format!("http://127.0.0.1:{n}"));
        create(&world.service, &world.owner, name(&format!("b{n}")), target).await.expect("added");
    }
    let eleventh = again("eleventh", bucket("http://127.0.0.1:99")).await;
    assert_eq!(code(eleventh), (Code::MirrorsTooMany, None));
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_writes_elsewhere_begins_anew_and_an_old_run_tells_nothing_of_it(pool: PgPool) {
    let world = World::new(pool.clone()).await;
    world.create("one", None).await;
    let old = world.added(&pool).await;
    service::mirror::reconcile(&world.service, &old).await.expect("a run");
    let elsewhere = saying(&[("schema", "elsewhere"), ("password", "")]);
    change(&world.service, &world.owner, "copy", elsewhere).await.expect("changed");
    assert_eq!(world.status("copy").await, Some(Status::Behind));
    // Another server that has not heard of it.
    let run = service::mirror::reconcile(&world.service, &old).await.expect("a run");
    assert_eq!((run.work.calls, world.status("copy").await), (0, Some(Status::Behind)));
    let new = world.made("copy").await;
    service::mirror::reconcile(&world.service, &new).await.expect("a run");
    assert_eq!(world.status("copy").await, Some(Status::Current));
    assert_eq!(world.events("mirror_changed").await, 1);
    // What is said again is no change.
    let same = saying(&[("schema", "elsewhere")]);
    change(&world.service, &world.owner, "copy", same).await.expect("nothing to do");
    assert_eq!(world.events("mirror_changed").await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_change_is_of_what_was_looked_at(pool: PgPool) {
    let world = World::new(pool.clone()).await;
    world.added(&pool).await;
    let late = TargetChange::new(Some(7), [("schema", "elsewhere".to_owned())]);
    let refused = change(&world.service, &world.owner, "copy", late).await;
    assert_eq!(code(refused), (Code::MirrorChanged, None));
    let configured = change(&world.service, &world.owner, "files", saying(&[])).await;
    assert_eq!(code(configured), (Code::MirrorConfigured, None));
    let nothing = change(&world.service, &world.owner, "nothing", saying(&[])).await;
    assert_eq!(code(nothing), (Code::NotFound, None));
    let moved =
        change(&world.service, &world.owner, "copy", saying(&[("host", "localhost")])).await;
    assert_eq!(code(moved), (Code::SecretNotKept, Some("password")));
}

#[sqlx::test(migrations = "../../migrations")]
async fn secrets_are_sealed_for_what_is_told_of_their_target(pool: PgPool) {
    let world = World::new(pool.clone()).await;
    let asked = bucket("http://127.0.0.1:9");
    create(&world.service, &world.owner, name("b"), asked).await.expect("added");
    let rows: String = sqlx::query_scalar("SELECT string_agg(t::text, '') FROM mirror_targets t")
        .fetch_one(&pool)
        .await
        .expect("rows");
    assert!(!rows.contains(PASSWORD) && rows.contains("gAAAAA"), "{rows}");
    // Somebody who can write there, and has no key, sends them elsewhere: they do not go.
    world.sql("UPDATE mirror_targets SET settings = settings || '{\"endpoint\":\"http://127.0.0.1:8\"}'").await;
    let all = kept::list(&world.service).await.expect("a list");
    let failure = all[0].make(&world.service).expect_err("nothing is made of it");
    assert_eq!(failure.said, "no configured key opens its secrets");
    kept::fail(&world.service, "b", &failure).await.expect("told");
    assert_eq!(world.status("b").await, Some(Status::Stopped));
    let lost = change(&world.service, &world.owner, "b", saying(&[("region", "eu-1")])).await;
    assert_eq!(code(lost), (Code::SecretLost, Some("access_key")));
    let anew = saying(&[("access_key", "AK"), ("secret_key", PASSWORD)]);
    change(&world.service, &world.owner, "b", anew).await.expect("given anew");
    world.made("b").await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_change_of_keys_is_followed_and_a_save_needs_only_the_new_one(pool: PgPool) {
    let world = World::new(pool.clone()).await;
    let asked = bucket("http://127.0.0.1:9");
    create(&world.service, &world.owner, name("b"), asked).await.expect("added");
    let new = Sealer::generate_key();
    let both = world.restarted(&format!("{},{}", *new, crate::world::KEY)).await;
    let needs = async || kept::list(&both).await.expect("a list")[0].needs_an_earlier_key(&both);
    assert!(needs().await);
    change(&both, &world.owner, "b", saying(&[])).await.expect("sealed anew");
    assert!(!needs().await);
    let alone = world.restarted(&new).await;
    let all = kept::list(&alone).await.expect("a list");
    all[0].make(&alone).expect("the new key is enough");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_probe_says_which_step_failed_and_leaves_nothing(pool: PgPool) {
    let world = World::new(pool.clone()).await;
    let probed = probe(&world.service, &world.owner, &schema(&pool, "copy")).await.expect("probed");
    assert_eq!(probed.failed, None);
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM copy.objects")
        .fetch_one(&pool)
        .await
        .expect("a count");
    assert_eq!(left, 0);
    let gone = bucket("http://127.0.0.1:9");
    let probed = probe(&world.service, &world.owner, &gone).await.expect("probed");
    let failed = probed.failed.expect("nobody is there");
    assert_eq!(failed.step, Some("write"));
    assert!(!failed.failure.said.contains(PASSWORD), "{}", failed.failure.said);

    world.added(&pool).await;
    let as_it_is = probe_kept(&world.service, &world.owner, "copy", &saying(&[])).await;
    assert_eq!(as_it_is.expect("probed").failed, None);
    let wrong = saying(&[("password", "wrong")]);
    let probed = probe_kept(&world.service, &world.owner, "copy", &wrong).await.expect("probed");
    assert_eq!(probed.failed.expect("refused").failure.class, domain::mirror::FailureClass::Denied);
    let elsewhere =
        probe_kept(&world.service, &world.owner, "copy", &saying(&[("host", "localhost")])).await;
    assert_eq!(code(elsewhere), (Code::SecretNotKept, Some("password")));
    let nothing = probe_kept(&world.service, &world.owner, "nothing", &saying(&[])).await;
    assert_eq!(code(nothing), (Code::NotFound, None));
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_deleted_stays_at_the_target_unless_it_is_emptied(pool: PgPool) {
    let world = World::new(pool.clone()).await;
    world.create("one", None).await;
    let target = world.added(&pool).await;
    service::mirror::reconcile(&world.service, &target).await.expect("a run");
    delete(&world.service, &world.owner, "copy", false).await.expect("deleted");
    assert_eq!((world.status("copy").await, records(&pool).await), (None, 1));
    let again = delete(&world.service, &world.owner, "copy", false).await;
    assert_eq!(code(again), (Code::NotFound, None));
    let configured = delete(&world.service, &world.owner, "files", false).await;
    assert_eq!(code(configured), (Code::MirrorConfigured, None));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_target_is_emptied_of_what_is_ours_and_then_deleted(pool: PgPool) {
    let world = World::new(pool.clone()).await;
    let gone = world.create("gone", None).await;
    world.create("one", None).await;
    let target = world.added(&pool).await;
    service::mirror::reconcile(&world.service, &target).await.expect("a run");
    world.revoke(&gone).await;
    let foreign = format!("tokens/{}.json", "ab".repeat(32));
    for path in [foreign.as_str(), "notes/mine.json", "routes.json"] {
        sqlx::query("INSERT INTO copy.objects (key, content, written_at) VALUES ($1, 'x', now())")
            .bind(path)
            .execute(&pool)
            .await
            .expect("written by somebody else");
    }
    // Nobody asked for that.
    empty(&world.service, &target).await.expect("nothing");
    assert_eq!(records(&pool).await, 3);
    delete(&world.service, &world.owner, "copy", true).await.expect("asked");
    let refused = change(&world.service, &world.owner, "copy", saying(&[("schema", "b")])).await;
    assert_eq!(code(refused), (Code::MirrorEmptying, None));
    let run = empty(&world.service, &target).await.expect("a run");
    assert_eq!((run.work.deleted, run.failure), (2, None));
    let left: Vec<String> = sqlx::query_scalar("SELECT key FROM copy.objects ORDER BY key")
        .fetch_all(&pool)
        .await
        .expect("keys");
    assert_eq!(left, ["notes/mine.json", "routes.json", foreign.as_str()]);
    assert_eq!(world.status("copy").await, None);
    assert_eq!(
        (world.events("mirror_emptying").await, world.events("mirror_deleted").await),
        (1, 1)
    );
}

/// Seen here by a trigger, which does what people do meanwhile.
#[sqlx::test(migrations = "../../migrations")]
async fn what_was_made_again_while_it_is_emptied_is_not_deleted(pool: PgPool) {
    let world = World::new(pool.clone()).await;
    world.create("one", None).await;
    let target = world.added(&pool).await;
    service::mirror::reconcile(&world.service, &target).await.expect("a run");
    delete(&world.service, &world.owner, "copy", true).await.expect("asked");
    world
        .sql(
            "CREATE FUNCTION again() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                 UPDATE public.mirror_targets SET version = 1, created_at = created_at + interval '1 second', emptying_since = NULL;
                 RETURN NULL;
             END $$",
        )
        .await;
    world.sql("CREATE TRIGGER again AFTER DELETE ON copy.objects EXECUTE FUNCTION again()").await;
    assert_eq!(empty(&world.service, &target).await.expect("a run").work.deleted, 1);
    assert!(world.status("copy").await.is_some());
    assert_eq!(world.events("mirror_deleted").await, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn another_format_is_written_at_once(pool: PgPool) {
    let world = World::new(pool.clone()).await;
    world.create("one", None).await;
    let target = world.added(&pool).await;
    service::mirror::reconcile(&world.service, &target).await.expect("a run");
    let format = saying(&[("format", "token-manager")]);
    change(&world.service, &world.owner, "copy", format).await.expect("changed");
    let target = world.made("copy").await;
    let run = service::mirror::reconcile(&world.service, &target).await.expect("a run");
    assert_eq!((run.work.put, world.status("copy").await), (1, Some(Status::Current)));
}

#[sqlx::test(migrations = "../../migrations")]
async fn of_two_at_once_one_has_the_place(pool: PgPool) {
    let world = World::new(pool.clone()).await;
    let one =
        |named: &str| create(&world.service, &world.owner, name(named), schema(&pool, "copy"));
    let (a, b, c) = tokio::join!(one("a"), one("b"), one("c"));
    let made = [a, b, c];
    assert_eq!(made.iter().filter(|made| made.is_ok()).count(), 1);
    for refused in made.into_iter().filter(Result::is_err) {
        assert_eq!(code(refused), (Code::PlaceTaken, None));
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn strangers_may_do_nothing_of_it(pool: PgPool) {
    let world = World::new(pool.clone()).await;
    let stranger = Caller::local(Actor::Anonymous);
    let refused = (Code::Unauthenticated, None);
    let made = create(&world.service, &stranger, name("b"), bucket("http://127.0.0.1:9")).await;
    assert_eq!(code(made), refused);
    assert_eq!(code(change(&world.service, &stranger, "files", saying(&[])).await), refused);
    assert_eq!(code(delete(&world.service, &stranger, "files", true).await), refused);
    let tried = probe(&world.service, &stranger, &bucket("http://127.0.0.1:9")).await;
    assert_eq!(code(tried), refused);
    assert_eq!(code(probe_kept(&world.service, &stranger, "files", &saying(&[])).await), refused);
}
