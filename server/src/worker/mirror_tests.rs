//! The loop on a real database and a real directory. Each wait is for a condition, and far shorter than the period, so that what passes was woken.

use super::*;
use domain::OffsetDateTime;
use domain::audit::Caller;
use domain::id::{KeyId, TeamId};
use domain::mirror::Status;
use domain::policy::Actor;
use domain::team::{NewTeam, TeamName};
use domain::text::Description;
use domain::token::{Conditions, ExpiryRequest, NewToken, Scopes, Tags, TokenName};
use service::Parts;
use sqlx::PgPool;
use std::path::Path;
use std::sync::{Arc, Mutex};
use storage::Files;
use store::Store;
use tokio::task::JoinHandle;

const NOW: OffsetDateTime = time::macros::datetime!(2026-11-22 10:00 UTC);
/// Half of the period: nothing here may be the period's doing.
const SOON: Duration = Duration::from_secs(30);

struct Story {
    pool: PgPool,
    service: Service,
    owner: Caller,
    team: TeamId,
    dir: tempfile::TempDir,
    clock: Arc<Mutex<OffsetDateTime>>,
    stop: CancellationToken,
    running: JoinHandle<()>,
}

impl Story {
    async fn begin(pool: PgPool) -> Self {
        let clock = Arc::new(Mutex::new(NOW));
        let told = Arc::clone(&clock);
        let dir = tempfile::tempdir().expect("a directory");
        let parts = Parts {
            clock: Arc::new(move || *told.lock().expect("the clock")),
            configured: vec![Target::files(Files::new(dir.path().join("mirror")))],
            ..Parts::new(Store::on(pool.clone()))
        };
        let service = Service::new(parts).await.expect("a service");
        let id = service.random(|rng| KeyId::generate(NOW, rng));
        let owner = Caller::local(Actor::Machine { id, name: "story".to_owned() });
        let new = NewTeam {
            name: TeamName::parse("Images").expect("a name"),
            description: Description::default(),
            reveal_allowed: false,
        };
        let team = service::team::create(&service, &owner, new).await.expect("a team").id;
        let stop = CancellationToken::new();
        let running = tokio::spawn(run_all(service.clone(), stop.clone()));
        Self { pool, service, owner, team, dir, clock, stop, running }
    }

    async fn create(&self, name: &str, expiry: ExpiryRequest) {
        let asked = NewToken {
            name: TokenName::parse(name).expect("a name"),
            team: self.team,
            description: Description::default(),
            scopes: Scopes::parse(["*"]).expect("a scope"),
            expiry,
            conditions: Conditions::default(),
            revealable: false,
            tags: Tags::default(),
        };
        service::token::create(&self.service, &self.owner, asked, None).await.expect("a token");
    }

    /// Waits until the mirror has been looked at and holds so many files. Each turn asks the database, so that it does not spin.
    async fn holds(&self, files: usize) {
        let tokens = self.dir.path().join("mirror/tokens");
        let held = async {
            loop {
                let mirrors = service::mirror::list(&self.service, &self.owner).await;
                let current =
                    mirrors.expect("a list").iter().any(|m| m.status() == Status::Current);
                if current && count(&tokens) == files {
                    return;
                }
            }
        };
        tokio::time::timeout(SOON, held).await.expect("woken in time");
    }

    async fn end(self) {
        self.stop.cancel();
        let ended = tokio::time::timeout(SOON, self.running).await;
        ended.expect("it ends promptly").expect("without a panic");
    }
}

fn count(directory: &Path) -> usize {
    std::fs::read_dir(directory).map_or(0, Iterator::count)
}

#[sqlx::test(migrations = "../migrations")]
async fn a_commit_wakes_it(pool: PgPool) {
    let story = Story::begin(pool).await;
    story.holds(0).await;
    story.create("one", ExpiryRequest::Never).await;
    story.holds(1).await;
    story.end().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn an_expiry_wakes_it(pool: PgPool) {
    let story = Story::begin(pool).await;
    let expiry = NOW + time::Duration::SECOND;
    story.create("short", ExpiryRequest::At(expiry)).await;
    // The clock stands still, so that this holds however slow the machine is.
    story.holds(1).await;
    *story.clock.lock().expect("the clock") = expiry;
    story.holds(0).await;
    story.end().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn it_listens_again_when_its_connection_is_lost(pool: PgPool) {
    let story = Story::begin(pool).await;
    story.create("one", ExpiryRequest::Never).await;
    story.holds(1).await;
    let lost: i64 = sqlx::query_scalar(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
         WHERE datname = current_database() AND query LIKE 'LISTEN%'",
    )
    .fetch_one(&story.pool)
    .await
    .expect("a count");
    assert_eq!(lost, 1);
    story.create("two", ExpiryRequest::Never).await;
    story.holds(2).await;
    story.end().await;
}

/// What is recorded of the spans of runs, in its order.
#[derive(Clone, Default)]
struct Recorded(Arc<Mutex<Vec<(&'static str, String)>>>);

impl tracing::field::Visit for Recorded {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        let told = (field.name(), format!("{value:?}"));
        self.0.lock().expect("what is recorded").push(told);
    }
}

impl<S> tracing_subscriber::Layer<S> for Recorded
where
    S: tracing::Subscriber + for<'l> tracing_subscriber::registry::LookupSpan<'l>,
{
    fn on_new_span(
        &self,
        span: &tracing::span::Attributes<'_>,
        _: &tracing::Id,
        _: tracing_subscriber::layer::Context<'_, S>,
    ) {
        if span.metadata().name() == "mirror run" {
            span.record(&mut self.clone());
        }
    }

    fn on_record(
        &self,
        id: &tracing::Id,
        values: &tracing::span::Record<'_>,
        spans: tracing_subscriber::layer::Context<'_, S>,
    ) {
        if spans.span(id).is_some_and(|span| span.name() == "mirror run") {
            values.record(&mut self.clone());
        }
    }
}

impl Recorded {
    /// What was recorded since the last time.
    fn take(&self) -> Vec<(&'static str, String)> {
        std::mem::take(&mut *self.0.lock().expect("what is recorded"))
    }
}

/// The mirror in another directory, which begins anew.
async fn another(service: &Service, directory: &Path) -> Target {
    let target = Target::files(Files::new(directory));
    let targets = std::slice::from_ref(&target);
    service::mirror::configure(service, targets).await.expect("configured");
    target
}

/// A run, when the lock of the loop that was ended has come back: it may have been at work.
async fn free(service: &Service, target: &Target, recorded: &Recorded) -> Outcome {
    loop {
        recorded.take();
        let (service, target) = (service.clone(), target.clone());
        let outcome = once(&Job { service, target, empties: false }).await;
        if outcome != Outcome::Busy {
            return outcome;
        }
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_runs_span_has_its_numbers_and_never_what_the_target_said(pool: PgPool) {
    use tracing_subscriber::layer::SubscriberExt as _;
    let story = Story::begin(pool).await;
    story.create("one", ExpiryRequest::Never).await;
    story.holds(1).await;
    let service = story.service.clone();
    story.end().await;

    let recorded = Recorded::default();
    let subscriber = tracing_subscriber::Registry::default().with(recorded.clone());
    let _recording = tracing::subscriber::set_default(subscriber);
    let dir = tempfile::tempdir().expect("a directory");
    let target = another(&service, &dir.path().join("mirror")).await;
    free(&service, &target, &recorded).await;
    let number = |name, number: i64| (name, number.to_string());
    let expected = [
        ("tokenkeep.mirror", "\"files\"".to_owned()),
        number("tokenkeep.mirror.put", 1),
        number("tokenkeep.mirror.deleted", 0),
        number("tokenkeep.mirror.held", 0),
    ];
    assert_eq!(recorded.take(), expected);

    // No directory can be made below a file.
    std::fs::write(dir.path().join("file"), "").expect("a file");
    let target = another(&service, &dir.path().join("file/mirror")).await;
    assert!(matches!(free(&service, &target, &recorded).await, Outcome::Failed(_)));
    let told = recorded.take();
    assert_eq!(told.last(), Some(&("otel.status_code", "\"ERROR\"".to_owned())), "{told:?}");
    let path = dir.path().display().to_string();
    assert!(told.iter().all(|(_, value)| !value.contains(&path)), "{told:?}");
}
