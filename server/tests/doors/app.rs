//! A [`TestApp`]: the doors as `serve` builds them, with a clock that only moves when told and a seeded generator.
//!
//! Ask it with [`TestApp::get`] and [`TestApp::post`]; what it answers is an [`Answer`], whose [`Answer::shown`] is made for snapshots.

mod answer;
mod ask;

pub use answer::Answer;
pub use ask::Ask;

use axum::Router;
use domain::OffsetDateTime;
use domain::audit::Caller;
use domain::key::KeyScope;
use domain::policy::Actor;
use domain::token::{ExpiryRequest, TokenName};
use domain::user::{Email, Password};
use domain::verify::Origins;
use http::Method;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use serde_json::{Value, json};
use server::http::{Front, Web};
use service::key::create_scoped;
use service::verify::{Following, VerifyAccess};
use service::{KeySource, Parts, Service, UsageSettings, VerifySettings};
use sqlx::PgPool;
use std::sync::{Arc, Mutex};
use store::Store;
use tempfile::TempDir;
use time::Duration;
use time::macros::datetime;
use tower_sessions::{Expiry, Session};
use vault::Sealer;

/// When every test begins.
pub const START: OffsetDateTime = datetime!(2026-11-22 10:00 UTC);
/// The owner's address.
pub const EMAIL: &str = "owner@example.com";
/// The owner's password.
pub const PASSWORD: &str = "correct horse battery staple";
/// How people reach it.
pub const ORIGIN: &str = "http://tokens.example.com";

/// Who asks.
#[derive(Clone, Debug)]
pub enum Who {
    /// Nobody known.
    Nobody,
    /// Somebody with this text after `Bearer`.
    Key(String),
    /// Somebody with a session's cookie.
    Session(String),
}

/// The router, and what a test may move and look at.
pub struct TestApp {
    /// What is tested.
    pub router: Router,
    /// The room behind it.
    pub service: Service,
    /// The database under it.
    pub pool: PgPool,
    /// A management key.
    pub key: Who,
    clock: Arc<Mutex<OffsetDateTime>>,
    site: TempDir,
}

impl TestApp {
    /// An app with one encryption key, and a management key.
    pub async fn new(pool: PgPool) -> Self {
        let key = Sealer::generate_key();
        Self::with_keys(pool, Some(&key)).await
    }

    /// An app with these encryption keys, or none.
    pub async fn with_keys(pool: PgPool, keys: Option<&str>) -> Self {
        let verify = VerifySettings::default();
        let mut app = Self::begin(pool, keys, Arc::new(Mutex::new(START)), 7, verify).await;
        app.key = app.key_named("deploy", ExpiryRequest::Never).await;
        app
    }

    /// An app that answers about tokens to whoever has a key.
    pub async fn for_keys(pool: PgPool) -> Self {
        let access = VerifyAccess::Key;
        Self::verifying(pool, VerifySettings { access, ..VerifySettings::default() }).await
    }

    /// An app that verifies like this.
    pub async fn verifying(pool: PgPool, verify: VerifySettings) -> Self {
        let key = Sealer::generate_key();
        let mut app = Self::begin(pool, Some(&key), Arc::new(Mutex::new(START)), 7, verify).await;
        app.key = app.key_named("deploy", ExpiryRequest::Never).await;
        app
    }

    /// The same database, clock and management key behind a server with other encryption keys.
    pub async fn restarted(&self, keys: Option<&str>) -> Self {
        // Another seed, or it would mint the same ids.
        let mut app = Self::begin(
            self.pool.clone(),
            keys,
            Arc::clone(&self.clock),
            8,
            VerifySettings::default(),
        )
        .await;
        app.key = self.key.clone();
        app
    }

    async fn begin(
        pool: PgPool,
        keys: Option<&str>,
        clock: Arc<Mutex<OffsetDateTime>>,
        seed: u64,
        verify: VerifySettings,
    ) -> Self {
        let hand = Arc::clone(&clock);
        let parts = Parts {
            sealer: keys.map(|keys| Sealer::parse(keys).expect("good keys")),
            key_source: if keys.is_some() { KeySource::Configured } else { KeySource::None },
            clock: Arc::new(move || *hand.lock().expect("the clock")),
            randomness: Box::new(ChaCha20Rng::seed_from_u64(seed)),
            usage: UsageSettings { measured: true, ..UsageSettings::default() },
            verify: VerifySettings { clock_tolerance: None, ..verify },
            ..Parts::new(Store::on(pool.clone()))
        };
        let service = Service::new(parts).await.expect("a service");
        let site = site();
        let router = doors(web(&service, &site));
        Self { router, service, pool, key: Who::Nobody, clock, site }
    }

    /// The same router for people who reach it over TLS.
    pub fn over_tls(&self) -> Router {
        doors(Web {
            public_url: "https://tokens.example.com".into(),
            secure: true,
            ..web(&self.service, &self.site)
        })
    }

    /// The same router, with its metrics on.
    pub fn measured(&self) -> Router {
        doors(Web { metrics: true, ..web(&self.service, &self.site) })
    }

    /// The router of a server that has not heard of its database yet. Its service asks for none.
    pub fn not_open(&self) -> Router {
        let service = Service::closed(Parts::new(self.service.store().clone())).expect("a service");
        doors(web(&service, &self.site))
    }

    /// The same app, which believes these proxies about where a request comes from.
    pub fn behind(mut self, proxies: &str) -> Self {
        let trusted_proxies = Origins::parse(proxies.split(',')).expect("networks").map(Arc::new);
        self.router = doors(Web { trusted_proxies, ..web(&self.service, &self.site) });
        self
    }

    /// Verification from memory, loaded. Each turn of it brings what changed.
    pub async fn follow(&self) -> Following {
        let mut following = Following::new(self.service.clone(), "doors");
        following.turn().await.expect("loaded");
        following
    }

    /// Lets time pass.
    pub fn pass(&self, time: Duration) {
        *self.clock.lock().expect("the clock") += time;
    }

    /// A new management key.
    pub async fn key_named(&self, name: &str, expiry: ExpiryRequest) -> Who {
        let name = TokenName::parse(name).expect("a name");
        let made =
            service::key::create(&self.service, &Caller::local(Actor::Operator), &name, expiry)
                .await;
        Who::Key(made.expect("a key").expose().to_owned())
    }

    /// A new management key that may only verify.
    pub async fn verify_key_named(&self, name: &str, expiry: ExpiryRequest) -> Who {
        let name = TokenName::parse(name).expect("a name");
        let operator = Caller::local(Actor::Operator);
        let scopes = [KeyScope::Verify];
        let made = create_scoped(&self.service, &operator, &name, expiry, &scopes).await;
        Who::Key(made.expect("a key").expose().to_owned())
    }

    /// The first owner, made by the operator; their id.
    pub async fn owner(&self) -> String {
        let email = Email::parse(EMAIL).expect("an address");
        let password = Password::choose(PASSWORD.to_owned()).expect("a password");
        let caller = Caller::local(Actor::Operator);
        let made =
            service::user::create_owner_by_operator(&self.service, &caller, email, password).await;
        made.expect("the first owner").id.to_string()
    }

    /// A session of that person, as signing in makes it.
    pub async fn session(&self, user_id: &str) -> Who {
        let store = Arc::new(Store::on(self.pool.clone()));
        let session = Session::new(None, store, Some(Expiry::OnInactivity(Duration::hours(1))));
        session.insert("user_id", user_id).await.expect("kept");
        for name in ["signed_in_at", "seen_at"] {
            session.insert(name, self.service.now().unix_timestamp()).await.expect("kept");
        }
        session.save().await.expect("saved");
        Who::Session(session.id().expect("an id").to_string())
    }

    /// A question by this method.
    pub fn ask(&self, method: Method, path: &str) -> Ask<'_> {
        Ask::new(&self.router, method, path)
    }

    /// A question by GET, with the management key.
    pub fn get(&self, path: &str) -> Ask<'_> {
        self.ask(Method::GET, path).by(&self.key)
    }

    /// A question by POST, with the management key.
    pub fn post(&self, path: &str) -> Ask<'_> {
        self.ask(Method::POST, path).by(&self.key)
    }

    /// The id of a new team whose tokens may be revealed.
    pub async fn team(&self, name: &str) -> String {
        let made =
            self.post("/api/teams").json(&json!({ "name": name, "reveal_allowed": true })).await;
        made.text_of("id")
    }

    /// A new token that can be revealed and never expires, as it was answered.
    pub async fn token(&self, team_id: &str, name: &str) -> Value {
        let body = json!({ "name": name, "team_id": team_id, "scopes": ["images:read"], "revealable": true });
        let made = self.post("/api/tokens").json(&body).await;
        assert_eq!(made.status, 201, "{}", made.shown());
        made.json()
    }
}

/// Every door, as `serve` has them.
fn doors(web: Web) -> Router {
    Router::new().fallback_service(Front::new(web))
}

fn web(service: &Service, site: &TempDir) -> Web {
    Web {
        service: service.clone(),
        site: site.path().into(),
        public_url: ORIGIN.into(),
        secure: false,
        metrics: false,
        trusted_proxies: None,
    }
}

/// A directory as the build leaves it.
fn site() -> TempDir {
    let site = tempfile::tempdir().expect("a directory");
    std::fs::create_dir(site.path().join("pkg")).expect("a directory");
    std::fs::write(site.path().join("pkg/tokenkeep.js"), "// the console's script")
        .expect("a file");
    site
}

/// A text of an answer.
pub fn text(json: &Value, name: &str) -> String {
    json[name].as_str().unwrap_or_else(|| panic!("no text {name} in {json}")).to_owned()
}
