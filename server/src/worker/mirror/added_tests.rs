//! Mirrors that people add while a server runs. Each wait is for a condition, and far shorter than the period, so that what passes was woken.

use super::super::{News, run_all};
use super::*;
use domain::audit::Caller;
use domain::id::KeyId;
use domain::mirror::{NewTarget, Status, TargetChange, TargetKind, TargetName};
use domain::policy::Actor;
use domain::team::{NewTeam, TeamName};
use domain::text::Description;
use domain::token::{Conditions, ExpiryRequest, NewToken, Scopes, TokenName};
use service::Parts;
use sqlx::{AssertSqlSafe, PgPool};
use std::time::Duration;
use store::Store;
use tokio::task::JoinHandle;
use vault::Sealer;

/// Half of the period: nothing here may be the period's doing.
const SOON: Duration = Duration::from_secs(30);

struct Story {
    pool: PgPool,
    service: Service,
    owner: Caller,
    stop: CancellationToken,
    running: JoinHandle<()>,
}

impl Story {
    /// A server without a mirror, and a database with a token.
    async fn begin(pool: PgPool) -> Self {
        let sealer = Sealer::parse(&Sealer::generate_key()).ok();
        let parts = Parts { sealer, ..Parts::new(Store::on(pool.clone())) };
        let service = Service::new(parts).await.expect("a service");
        let id = service.random(|rng| KeyId::generate(service.now(), rng));
        let owner = Caller::local(Actor::Machine { id, name: "story".to_owned() });
        let name = TeamName::parse("Images").expect("a name");
        let new = NewTeam { name, description: Description::default(), reveal_allowed: false };
        let team = service::team::create(&service, &owner, new).await.expect("a team").id;
        let asked = NewToken {
            name: TokenName::parse("one").expect("a name"),
            team,
            description: Description::default(),
            tags: domain::token::Tags::default(),
            scopes: Scopes::parse(["*"]).expect("a scope"),
            expiry: ExpiryRequest::Never,
            conditions: Conditions::default(),
            revealable: false,
        };
        service::token::create(&service, &owner, asked, None).await.expect("a token");
        let stop = CancellationToken::new();
        let running = tokio::spawn(run_all(service.clone(), stop.clone()));
        Self { pool, service, owner, stop, running }
    }

    async fn add(&self, name: &str, target: NewTarget) {
        let name = TargetName::parse(name).expect("a name");
        service::mirror::create(&self.service, &self.owner, name, target).await.expect("added");
    }

    async fn status(&self, name: &str) -> Option<Status> {
        let all = service::mirror::list(&self.service, &self.owner).await.expect("a list");
        all.iter().find(|mirror| mirror.name == name).map(|mirror| mirror.status())
    }

    async fn becomes(&self, name: &str, status: Option<Status>) {
        let reached = async {
            // Each turn asks the database, so that it does not spin.
            while self.status(name).await != status {}
        };
        if tokio::time::timeout(SOON, reached).await.is_err() {
            let all = service::mirror::list(&self.service, &self.owner).await;
            panic!("{name} does not become {status:?}: {all:?}");
        }
    }

    async fn records(&self, schema: &str) -> i64 {
        let sql = format!("SELECT count(*) FROM {schema}.objects WHERE key LIKE 'tokens/%'");
        sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&self.pool).await.expect("a count")
    }

    async fn end(self) {
        self.stop.cancel();
        let ended = tokio::time::timeout(SOON, self.running).await;
        ended.expect("it ends promptly").expect("without a panic");
    }
}

/// A target in a schema of the story's own database.
fn schema(pool: &PgPool, schema: &str, password: Option<&str>) -> NewTarget {
    let url = std::env::var("DATABASE_URL").expect("DATABASE_URL");
    let rest = url.split_once("://").expect("a URL").1;
    let (who, place) = rest.split_once('@').expect("a role");
    let (role, right) = who.split_once(':').unwrap_or((who, ""));
    let (host, port) =
        place.split(['/', '?']).next().and_then(|it| it.split_once(':')).expect("a port");
    let options = pool.connect_options();
    let given = [
        ("host", host),
        ("port", port),
        ("username", role),
        ("password", password.unwrap_or(right)),
        ("database", options.get_database().expect("a database")),
        ("sslmode", "disable"),
        ("schema", schema),
    ];
    NewTarget::parse(TargetKind::Postgres, given).map_err(|it| it.first()).expect("a target")
}

fn saying(given: &[(&'static str, &str)]) -> TargetChange {
    TargetChange::new(None, given.iter().map(|(name, text)| (*name, (*text).to_owned())))
}

#[sqlx::test(migrations = "../migrations")]
async fn a_mirror_is_written_from_the_moment_it_is_added_until_it_is_deleted(pool: PgPool) {
    let story = Story::begin(pool.clone()).await;
    story.add("copy", schema(&pool, "copy", None)).await;
    story.becomes("copy", Some(Status::Current)).await;
    assert_eq!(story.records("copy").await, 1);

    let elsewhere = saying(&[("schema", "elsewhere")]);
    service::mirror::change(&story.service, &story.owner, "copy", elsewhere).await.expect("moved");
    story.becomes("copy", Some(Status::Current)).await;
    assert_eq!(story.records("elsewhere").await, 1);

    service::mirror::delete(&story.service, &story.owner, "copy", true).await.expect("asked");
    story.becomes("copy", None).await;
    assert_eq!((story.records("elsewhere").await, story.records("copy").await), (0, 1));
    story.end().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_wrong_credential_stops_its_own_mirror_alone_and_says_so(pool: PgPool) {
    let story = Story::begin(pool.clone()).await;
    story.add("wrong", schema(&pool, "wrong", Some("nonsense"))).await;
    story.add("right", schema(&pool, "right", None)).await;
    story.becomes("wrong", Some(Status::Stopped)).await;
    story.becomes("right", Some(Status::Current)).await;
    let right = schema(&pool, "wrong", None);
    let mended = saying(&[("password", right.secrets.expose("password").expect("it"))]);
    service::mirror::change(&story.service, &story.owner, "wrong", mended).await.expect("mended");
    story.becomes("wrong", Some(Status::Current)).await;
    story.end().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn what_another_server_made_of_the_list_is_put_right(pool: PgPool) {
    let story = Story::begin(pool.clone()).await;
    story.add("copy", schema(&pool, "copy", None)).await;
    story.becomes("copy", Some(Status::Current)).await;
    let service = story.service.clone();
    story.end().await;
    // An older version that starts knows of no mirrors but its own.
    sqlx::query("DELETE FROM mirrors").execute(&pool).await.expect("deleted");
    let stop = CancellationToken::new();
    let running = tokio::spawn(run_all(service.clone(), stop.clone()));
    let owner = Caller::local(Actor::Clock);
    let again = Story { pool, service, owner, stop, running };
    again.becomes("copy", Some(Status::Current)).await;
    again.end().await;
}

/// One that was deleted and made again under its name, before a server heard of either, is another.
#[sqlx::test(migrations = "../migrations")]
async fn what_is_made_again_under_its_name_has_a_loop_of_its_own(pool: PgPool) {
    let story = Story::begin(pool.clone()).await;
    let (service, owner) = (story.service.clone(), story.owner.clone());
    story.end().await;
    let (stop, loops, mut running) =
        (CancellationToken::new(), TaskTracker::new(), BTreeMap::new());
    let news = News::begin(service.clone(), &stop).await.expect("it listens");
    let mut loops_of_now = Vec::new();
    for place in ["copy", "other"] {
        if place == "other" {
            service::mirror::delete(&service, &owner, "edge", false).await.expect("deleted");
        }
        let name = TargetName::parse("edge").expect("a name");
        let target = schema(&pool, place, None);
        service::mirror::create(&service, &owner, name, target).await.expect("added");
        let all = kept::list(&service).await.expect("a list");
        adjust(&service, &loops, &news.heard, &stop, &mut running, &all).await;
        loops_of_now.push(running["edge"].stop.clone());
    }
    assert!(loops_of_now[0].is_cancelled() && !loops_of_now[1].is_cancelled());
    stop.cancel();
    loops.close();
    tokio::time::timeout(SOON, loops.wait()).await.expect("they end");
}
