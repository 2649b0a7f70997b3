//! A [`World`]: the service on a database of its own, with a clock that only moves when told and a seeded generator.
//!
//! Helpers do what most stories begin with; what a story is about it does itself.

use domain::audit::{Caller, Entry, EventKind};
use domain::page::Limit;
use domain::policy::Actor;
use domain::team::{NewTeam, Team, TeamName};
use domain::text::Description;
use domain::token::{Conditions, ExpiryRequest, NewToken, Scope, Scopes, Tags, TokenName};
use domain::user::{Email, Password};
use domain::verify::{Denial, Verdict};
use domain::{Code, OffsetDateTime, Refused};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use service::audit::AuditFilter;
use service::token::Created;
use service::verify::snapshot::SnapshotSettings;
use service::verify::{Asked, answer};
use service::{Error, KeySource, Parts, Service, VerifySettings};
use sqlx::PgPool;
use std::sync::{Arc, Mutex};
use store::Store;
use time::Duration;
use time::macros::datetime;
use vault::Sealer;

/// When every story begins.
pub const START: OffsetDateTime = datetime!(2026-11-22 10:00 UTC);
/// The owner's address.
pub const EMAIL: &str = "owner@example.com";
/// The owner's password.
pub const PASSWORD: &str = "correct horse battery staple";

/// As configured by default, but for a clock that is far from the database's.
pub fn patient() -> VerifySettings {
    VerifySettings { clock_tolerance: None, ..VerifySettings::default() }
}

/// The service, and what a story may move.
pub struct World {
    /// What is tested.
    pub service: Service,
    /// The database under it, to look at what is stored.
    pub pool: PgPool,
    clock: Arc<Mutex<OffsetDateTime>>,
}

impl World {
    /// A world with one encryption key.
    pub async fn new(pool: PgPool) -> Self {
        let key = Sealer::generate_key();
        Self::with_keys(pool, Some(&key)).await
    }

    /// A world with these encryption keys, or none.
    pub async fn with_keys(pool: PgPool, keys: Option<&str>) -> Self {
        Self::begin(pool, keys, Arc::new(Mutex::new(START)), 7, patient()).await
    }

    /// A world that verifies like this.
    pub async fn verifying(pool: PgPool, verify: VerifySettings) -> Self {
        Self::begin(pool, None, Arc::new(Mutex::new(START)), 7, verify).await
    }

    /// A world that removes tokens so many days after their end.
    pub async fn purging(pool: PgPool, days: u16) -> Self {
        let clock = Arc::new(Mutex::new(START));
        let parts = parts(&pool, None, &clock, 7, patient());
        let parts = Parts { tombstone_days: Some(days), ..parts };
        Self { service: Service::new(parts).await.expect("a service"), pool, clock }
    }

    /// The same database and clock behind a server with other keys: what a restart does. Another seed, or it would mint the same secrets.
    pub async fn restarted(&self, keys: Option<&str>, seed: u64) -> Self {
        Self::begin(self.pool.clone(), keys, Arc::clone(&self.clock), seed, patient()).await
    }

    /// A world that keeps a snapshot on disk.
    pub async fn keeping(
        pool: PgPool,
        keys: &str,
        snapshot: SnapshotSettings,
        verify: VerifySettings,
    ) -> Self {
        let clock = Arc::new(Mutex::new(START));
        let parts = parts(&pool, Some(keys), &clock, 7, verify);
        let parts = Parts { snapshot: Some(snapshot), ..parts };
        Self { service: Service::new(parts).await.expect("a service"), pool, clock }
    }

    /// Another life of that server, under the same clock, whose database does not answer.
    pub fn cut_off(
        &self,
        keys: Option<&str>,
        snapshot: SnapshotSettings,
        verify: VerifySettings,
    ) -> Self {
        let pool = PgPool::connect_lazy("postgres://nobody@127.0.0.1:1/nothing").expect("a pool");
        self.again_on(pool, keys, snapshot, verify)
    }

    /// Another life of that server, under the same clock, on a database that it has not heard of yet.
    pub fn again_on(
        &self,
        pool: PgPool,
        keys: Option<&str>,
        snapshot: SnapshotSettings,
        verify: VerifySettings,
    ) -> Self {
        let clock = Arc::clone(&self.clock);
        let parts = parts(&pool, keys, &clock, 8, verify);
        let parts = Parts { snapshot: Some(snapshot), ..parts };
        Self { service: Service::closed(parts).expect("a service"), pool, clock }
    }

    async fn begin(
        pool: PgPool,
        keys: Option<&str>,
        clock: Arc<Mutex<OffsetDateTime>>,
        seed: u64,
        verify: VerifySettings,
    ) -> Self {
        let parts = parts(&pool, keys, &clock, seed, verify);
        let service = Service::new(parts).await.expect("a service");
        Self { service, pool, clock }
    }

    /// Lets time pass.
    pub fn pass(&self, time: Duration) {
        *self.clock.lock().expect("the clock") += time;
    }

    /// The first owner, made by the operator.
    pub async fn owner(&self) -> Caller {
        let email = Email::parse(EMAIL).expect("an address");
        let made = service::user::create_owner_by_operator(
            &self.service,
            &operator(),
            email,
            password(PASSWORD),
        )
        .await;
        let user = made.expect("the first owner");
        let actor = service::user::find_actor(&self.service, user.id).await.expect("an answer");
        Caller::local(actor.expect("the owner"))
    }

    /// A machine with a management key.
    pub async fn machine(&self, name: &str) -> Caller {
        let name = TokenName::parse(name).expect("a name");
        let made =
            service::key::create(&self.service, &operator(), &name, ExpiryRequest::Never).await;
        let key = made.expect("a key");
        let found = service::key::find_actor(&self.service, key.expose()).await.expect("an answer");
        Caller::local(found.expect("the machine"))
    }

    /// A team whose tokens may be revealed.
    pub async fn team(&self, name: &str) -> Team {
        self.team_as(name, true).await
    }

    /// A team of that policy.
    pub async fn team_as(&self, name: &str, reveal_allowed: bool) -> Team {
        let machine = self.anybody().await;
        service::team::create(&self.service, &machine, new_team(name, reveal_allowed))
            .await
            .expect("a team")
    }

    /// A token that never expires.
    pub async fn token(&self, team: &Team, name: &str) -> Created {
        self.create(asked(team, name)).await.expect("a token")
    }

    /// Makes a token as somebody who may.
    pub async fn create(&self, asked: NewToken) -> Result<Created, Error> {
        let machine = self.anybody().await;
        service::token::create(&self.service, &machine, asked, None).await
    }

    /// The verdict's code on a token: `valid`, or why not.
    pub async fn verify(&self, secret: &str) -> &'static str {
        self.verify_for(secret, &[]).await
    }

    /// The verdict's code on a token for some scopes.
    pub async fn verify_for(&self, secret: &str, scopes: &[&str]) -> &'static str {
        let wanted: Vec<_> =
            scopes.iter().map(|text| Scope::parse(text).expect("a scope")).collect();
        let asked = Asked { offered: secret, wanted: &wanted, ..Asked::default() };
        answer(&self.service, &asked, |answer| match answer.verdict {
            Verdict::Valid(_) => "valid",
            Verdict::Denied(denial, _) | Verdict::NotKnown(denial) => Denial::as_str(denial),
        })
        .await
    }

    /// The whole audit log, oldest first.
    pub async fn log(&self) -> Vec<Entry> {
        let filter = AuditFilter { limit: limit(200), ..AuditFilter::default() };
        let page = service::audit::list(&self.service, &self.anybody().await, filter).await;
        let mut entries = page.expect("the log").items;
        entries.reverse();
        entries
    }

    /// The lines of the audit log that one deed leaves.
    pub async fn log_of<T>(&self, deed: impl Future<Output = T>) -> (T, Vec<Entry>) {
        let before = self.log().await.len();
        let done = deed.await;
        (done, self.log().await.split_off(before))
    }

    /// A machine that no key belongs to: for helpers whose actor does not matter.
    pub async fn anybody(&self) -> Caller {
        Caller::local(Actor::Machine { id: uuid::Uuid::nil().into(), name: "the story".to_owned() })
    }
}

fn parts(
    pool: &PgPool,
    keys: Option<&str>,
    clock: &Arc<Mutex<OffsetDateTime>>,
    seed: u64,
    verify: VerifySettings,
) -> Parts {
    let hand = Arc::clone(clock);
    Parts {
        sealer: keys.map(|keys| Sealer::parse(keys).expect("good keys")),
        key_source: if keys.is_some() { KeySource::Configured } else { KeySource::None },
        clock: Arc::new(move || *hand.lock().expect("the clock")),
        randomness: Box::new(ChaCha20Rng::seed_from_u64(seed)),
        verify,
        ..Parts::new(Store::on(pool.clone()))
    }
}

/// The operator at the command line.
pub fn operator() -> Caller {
    Caller::local(Actor::Operator)
}

/// Nobody known.
pub fn stranger() -> Caller {
    Caller::local(Actor::Anonymous)
}

/// A password of an account.
pub fn password(text: &str) -> Password {
    Password::choose(text.to_owned()).expect("a good password")
}

/// A page size.
pub fn limit(rows: i64) -> Limit {
    Limit::parse(Some(rows)).expect("a limit")
}

/// What makes a team.
pub fn new_team(name: &str, reveal_allowed: bool) -> NewTeam {
    let name = TeamName::parse(name).expect("a name");
    NewTeam { name, description: Description::default(), reveal_allowed }
}

/// What makes a token that never expires and cannot be revealed.
pub fn asked(team: &Team, name: &str) -> NewToken {
    NewToken {
        name: TokenName::parse(name).expect("a name"),
        team: team.id,
        description: Description::parse("nightly import").expect("a description"),
        scopes: Scopes::parse(["images:read", "images:write"]).expect("scopes"),
        expiry: ExpiryRequest::Never,
        conditions: Conditions::default(),
        revealable: false,
        tags: Tags::default(),
    }
}

/// The text of a new token's secret.
pub fn secret(made: &Created) -> &str {
    made.secret.as_ref().expect("its secret").expose()
}

/// The first refusal of what must have been refused.
pub fn refused<T>(done: Result<T, Error>) -> Refused {
    match done {
        Err(Error::Refused(refusals)) => refusals.first(),
        Err(Error::Fault(fault)) => panic!("a fault: {}", fault.chain()),
        Ok(_) => panic!("it was not refused"),
    }
}

/// The code of what must have been refused.
pub fn code<T>(done: Result<T, Error>) -> Code {
    refused(done).code
}

/// The kinds of some entries.
pub fn kinds(entries: &[Entry]) -> Vec<EventKind> {
    entries.iter().map(|entry| entry.kind).collect()
}
