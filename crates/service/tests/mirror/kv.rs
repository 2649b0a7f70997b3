//! Stories of a namespace of Workers KV, in the real Workers runtime.

use crate::added::{name, schema};
use crate::process::Served;
use crate::world::{NOW, World};
use domain::mirror::state::Asked;
use domain::route::{CredentialChange, RouteChange};
use service::mirror::{self, Target};
use service::route;
use sqlx::PgPool;
use std::process::Command;
use storage::{Egress, Endpoint, Kv, KvSettings, Object, ObjectKey, Patience, Place, Storage as _};
use time::Duration;
use zeroize::Zeroizing;

const TOKEN: &str = "cf-token-of-the-tests-0123456789";

struct Cloudflare {
    served: Served,
    kv: Kv,
}

impl Cloudflare {
    fn start() -> Self {
        let script =
            concat!(env!("CARGO_MANIFEST_DIR"), "/../storage/tests/kv/cloudflare/server.mjs");
        let served = Served::start(Command::new("node").arg(script).env("TOKEN", TOKEN), "ready ");
        let origin = served.said.trim_start_matches("ready ").trim();
        let _ = rustls::crypto::ring::default_provider().install_default();
        let settings = KvSettings {
            base: Endpoint::parse(&format!("{origin}/client/v4")).expect("an endpoint"),
            account: "account".to_owned(),
            namespace: "namespace".to_owned(),
            token: Zeroizing::new(TOKEN.to_owned()),
            egress: Egress::Guarded,
            patience: Patience::default(),
        };
        Self { kv: Kv::new(settings).expect("a client"), served }
    }

    async fn write(&self, path: &str, text: &str) {
        let key = ObjectKey::parse(path).expect("a key");
        let object = Object { key, bytes: text.as_bytes().to_vec(), expires_at: None };
        self.kv.put(vec![object]).await.expect("put");
    }

    async fn read(&self, path: &str) -> Option<String> {
        let key = ObjectKey::parse(path).expect("a key");
        let bytes = self.kv.get(&key).await.expect("an answer");
        bytes.map(|bytes| String::from_utf8(bytes).expect("text"))
    }
}

impl Drop for Cloudflare {
    fn drop(&mut self) {
        // Killed, it would leave the runtime behind.
        self.served.let_end();
    }
}

/// Its listings lag: what was put last may not be in them yet.
#[sqlx::test(migrations = "../../migrations")]
async fn what_a_listing_did_not_show_is_taken_away_a_minute_later(pool: PgPool) {
    let cloudflare = Cloudflare::start();
    let world = World::new(pool.clone()).await;
    let token = world.create("one", None).await;
    let (service, owner) = (&world.service, &world.owner);
    mirror::create(service, owner, name("copy"), schema(&pool, "copy")).await.expect("added");
    mirror::delete(service, owner, "copy", true).await.expect("asked");
    let target = Target::added("copy", Place::Kv(cloudflare.kv.clone()));
    let deleted = async |seconds| {
        world.set_clock(NOW + Duration::seconds(seconds));
        let run = mirror::empty(service, &target).await.expect("a run");
        let all = mirror::list(service, owner).await.expect("a list");
        (run.work.deleted, all.iter().any(|mirror| mirror.name == "copy"))
    };
    assert_eq!(deleted(0).await, (0, true));
    cloudflare.write(&token.path, "{}").await;
    assert_eq!(deleted(59).await, (0, true), "it is not time");
    assert_eq!(deleted(60).await, (1, true));
    assert_eq!(deleted(120).await, (0, false));
    assert_eq!(cloudflare.read(&token.path).await, None);
}

/// Secrets come along where they lie in clear, and are delivered once a person chose that; and nobody's route takes the secret of one of ours.
#[sqlx::test(migrations = "../../migrations")]
async fn adopted_routes_keep_their_secrets(pool: PgPool) {
    let cloudflare = Cloudflare::start();
    let ours = "route.0197a1b2-0000-7000-8000-000000000001.token";
    let theirs = format!(
        r#"{{"/image":{{"url":"https://image.example","tags":[],"auth":{{"type":"bearer","config":{{"token_ref":"image_key"}}}}}},
            "/thief":{{"url":"https://thief.example","tags":[],"auth":{{"type":"bearer","config":{{"token_ref":"{ours}"}}}}}},
            "/user":{{"url":"https://user.example","tags":[],"auth":{{"type":"basic","config":{{"username_ref":"u","password_ref":"nowhere"}}}}}}}}"#
    );
    cloudflare.write("routes.json", &theirs).await;
    cloudflare.write("secrets/image_key.json", r#"{"value":"sesame"}"#).await;
    cloudflare.write(&format!("secrets/{ours}.json"), r#"{"value":"of ours"}"#).await;
    cloudflare.write("secrets/u.json", r#"{"value":"half of it"}"#).await;
    let world = World::new(pool).await.with(Target::kv(cloudflare.kv.clone())).await;
    world.push().await;
    assert_eq!(world.mirror().await.foreign_routes.len(), 3);
    mirror::ask(&world.service, &world.owner, "kv", Asked::Adopt).await.expect("asked");
    assert_eq!(world.push().await.foreign, 0);
    let routes = route::list(&world.service, &world.owner).await.expect("routes");
    let told: Vec<_> = routes
        .iter()
        .map(|one| (one.it.route.path.as_str(), one.it.has_secret, one.it.deliver))
        .collect();
    assert_eq!(told, [("/image", true, false), ("/thief", false, false), ("/user", false, false)]);
    let image = routes[0].it.id;
    let path = format!("secrets/route.{image}.token.json");
    assert_eq!(cloudflare.read(&path).await, None, "nobody chose that");
    assert_eq!(
        cloudflare.read("secrets/image_key.json").await.as_deref(),
        Some(r#"{"value":"sesame"}"#)
    );

    let change = RouteChange {
        version: None,
        name: None,
        description: None,
        path: None,
        backend: None,
        tags: None,
        scopes: None,
        auth: None,
        credentials: CredentialChange::Keep,
        deliver: Some(true),
    };
    route::change(&world.service, &world.owner, image, change).await.expect("changed");
    world.push().await;
    assert_eq!(cloudflare.read(&path).await.as_deref(), Some(r#"{"value":"sesame"}"#));
}
