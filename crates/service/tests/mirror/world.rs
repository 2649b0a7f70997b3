//! A service on its own database, with a clock to set and a directory to look into.

use domain::OffsetDateTime;
use domain::audit::Caller;
use domain::id::{KeyId, TeamId, TokenId};
use domain::mirror::state::Asked;
use domain::mirror::{Format, Key, Mirror};
use domain::policy::{Action, Actor, permit};
use domain::team::{NewTeam, TeamName};
use domain::text::Description;
use domain::token::{Conditions, ExpiryRequest, NewToken, Scopes, SecretHash, Tags, TokenName};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use service::mirror::{Run, Target};
use service::{Parts, Service};
use sqlx::PgPool;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use store::Store;
use store::mirror::MirrorLock;
use time::macros::datetime;
use vault::Sealer;

/// An encryption key, as Fernet writes them.
pub const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
/// When every story begins.
pub const NOW: OffsetDateTime = datetime!(2026-11-22 10:00 UTC);

/// A token, and where it should be.
pub struct Made {
    pub id: TokenId,
    pub path: String,
}

impl Made {
    pub fn hash(&self) -> SecretHash {
        let hex = self.path.trim_start_matches("tokens/").trim_end_matches(".json");
        SecretHash::from_hex(hex).expect("a hash")
    }
}

pub struct World {
    pub service: Service,
    pub owner: Caller,
    pub team: TeamId,
    pub target: Target,
    pool: PgPool,
    clock: Arc<Mutex<OffsetDateTime>>,
    dir: tempfile::TempDir,
}

impl World {
    pub async fn new(pool: PgPool) -> Self {
        let clock = Arc::new(Mutex::new(NOW));
        let told = Arc::clone(&clock);
        let parts = Parts {
            clock: Arc::new(move || *told.lock().expect("the clock")),
            randomness: Box::new(ChaCha20Rng::seed_from_u64(7)),
            sealer: Some(Sealer::parse(KEY).expect("a key")),
            tombstone_days: Some(30),
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
        let dir = tempfile::tempdir().expect("a directory");
        let target = Target::files(storage::Files::new(dir.path().join("mirror")));
        let targets = std::slice::from_ref(&target);
        service::mirror::configure(&service, targets).await.expect("configured");
        Self { service, owner, team, target, pool, clock, dir }
    }

    /// A server on the same database, with other encryption keys.
    pub async fn restarted(&self, keys: &str) -> Service {
        let sealer = Some(Sealer::parse(keys).expect("keys"));
        let parts = Parts { sealer, ..Parts::new(Store::on(self.pool.clone())) };
        Service::new(parts).await.expect("a service")
    }

    /// The same with another mirror.
    pub async fn with(mut self, target: Target) -> Self {
        self.target = target;
        let targets = std::slice::from_ref(&self.target);
        service::mirror::configure(&self.service, targets).await.expect("configured");
        self
    }

    /// The same, written for other readers.
    pub async fn written_for(self, format: Format) -> Self {
        let target = self.target.clone().written_for(format);
        self.with(target).await
    }

    pub fn set_clock(&self, now: OffsetDateTime) {
        *self.clock.lock().expect("the clock") = now;
    }

    pub async fn create(&self, name: &str, days: Option<i64>) -> Made {
        let asked = NewToken {
            name: TokenName::parse(name).expect("a name"),
            team: self.team,
            description: Description::default(),
            scopes: Scopes::parse(["images:read"]).expect("a scope"),
            expiry: ExpiryRequest::parse(days, None).expect("an expiry"),
            conditions: Conditions::default(),
            revealable: false,
            tags: Tags::default(),
        };
        let created = service::token::create(&self.service, &self.owner, asked, None).await;
        let created = created.expect("a token");
        let path = created.secret.map(|secret| Key::of(&secret.hash()).path()).expect("a secret");
        Made { id: created.token.id, path }
    }

    /// Tokens `job 00`, `job 01` and so on.
    pub async fn create_many(&self, count: usize) {
        for n in 0..count {
            self.create(&format!("job {n:02}"), None).await;
        }
    }

    pub async fn revoke(&self, token: &Made) {
        service::token::revoke(
            &self.service,
            &self.owner,
            token.id,
            domain::token::Revocation::default(),
        )
        .await
        .expect("revoked");
    }

    /// A run that looks at everything.
    pub async fn reconcile(&self) -> Run {
        let name = self.target.name();
        service::mirror::ask(&self.service, &self.owner, name, Asked::Look).await.expect("asked");
        self.push().await
    }

    /// A run, as a change wakes it.
    pub async fn push(&self) -> Run {
        service::mirror::reconcile(&self.service, &self.target).await.expect("a run")
    }

    /// Releases the deletes that are held by now.
    pub async fn release(&self) -> service::Result<()> {
        let digest = self.mirror().await.held_digest;
        service::mirror::release(&self.service, &self.owner, self.target.name(), digest.as_ref())
            .await
    }

    /// Lets the foreign records go that are known by now.
    pub async fn delete_foreign(&self) -> service::Result<()> {
        let (digest, name) = (self.mirror().await.foreign_digest, self.target.name());
        service::mirror::delete_foreign(&self.service, &self.owner, name, digest.as_ref()).await
    }

    pub async fn mirror(&self) -> Mirror {
        let mut mirrors = service::mirror::list(&self.service, &self.owner).await.expect("a list");
        mirrors.pop().expect("a mirror")
    }

    /// Takes the mirror's lock, as another instance would.
    pub async fn lock(&self) -> MirrorLock {
        let permit = permit(&Actor::Clock, Action::RecordMirrorRun).expect("a permit");
        let lock = self.service.store().lock_mirror(&permit, self.target.name()).await;
        lock.expect("an answer").expect("the lock")
    }

    /// Does to the database what no use case does.
    pub async fn sql(&self, statement: &'static str) {
        sqlx::query(statement).execute(&self.pool).await.expect(statement);
    }

    pub async fn events(&self, kind: &str) -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM audit_events WHERE kind = $1")
            .bind(kind)
            .fetch_one(&self.pool)
            .await
            .expect("a count")
    }

    pub fn root(&self) -> PathBuf {
        self.dir.path().join("mirror")
    }

    /// Every file of the mirror that is not hidden, with its content.
    pub fn files(&self) -> BTreeMap<String, String> {
        let Ok(directory) = std::fs::read_dir(self.root().join("tokens")) else {
            return BTreeMap::new();
        };
        let names = directory.map(|entry| entry.expect("an entry").file_name());
        names
            .map(|name| format!("tokens/{}", name.to_str().expect("text")))
            .filter(|path| !path.starts_with("tokens/."))
            .map(|path| {
                (path.clone(), std::fs::read_to_string(self.root().join(path)).expect("text"))
            })
            .collect()
    }

    /// The head that is there.
    pub fn head(&self) -> record::Head {
        let bytes = std::fs::read(self.root().join("head.json")).expect("a head");
        record::Head::read(&bytes).expect("readable")
    }

    pub fn paths(&self) -> Vec<String> {
        self.files().into_keys().collect()
    }

    pub fn write(&self, path: &str, content: &str) {
        let path = self.root().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        std::fs::write(path, content).expect("written");
    }

    pub fn remove(&self, path: &str) {
        std::fs::remove_file(self.root().join(path)).expect("removed");
    }
}
