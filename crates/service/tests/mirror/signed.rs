//! Stories of what a reader can be sure of.

use crate::world::{NOW, World};
use domain::mirror::Format;
use domain::route::{AuthKind, BackendUrl, NewRoute, RoutePath, Tags};
use domain::text::Description;
use domain::token::{Overlap, SecretHash};
use record::Head;
use service::token;
use sqlx::PgPool;
use time::Duration;

fn hash(path: &str) -> SecretHash {
    let hex = path.strip_prefix("tokens/").and_then(|rest| rest.strip_suffix(".json"));
    hex.and_then(SecretHash::from_hex).expect("a hash")
}

#[sqlx::test(migrations = "../../migrations")]
async fn each_record_is_signed_for_its_own_place(pool: PgPool) {
    let world = World::new(pool).await;
    let (one, two) = (world.create("one", None).await, world.create("two", None).await);
    world.push().await;
    let (files, keys) = (world.files(), world.service.public_keys());
    let check = |path: &str, bytes: &str| {
        record::verify(&record::document(&hash(path)), bytes.as_bytes(), &keys).is_ok()
    };
    assert!(check(&one.path, &files[&one.path]) && check(&two.path, &files[&two.path]));
    assert!(!check(&one.path, &files[&two.path]), "a record cannot be moved");
    let widened = files[&one.path].replace("images:read", "images:*");
    assert!(!check(&one.path, &widened), "or be changed");
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_head_tells_how_new_it_is_and_whom_to_refuse(pool: PgPool) {
    let world = World::new(pool).await;
    let token = world.create("one", None).await;
    world.create("two", None).await;
    world.push().await;
    let head = || {
        let bytes = std::fs::read(world.root().join("head.json")).expect("a head");
        let keys = world.service.public_keys();
        assert!(record::verify(record::HEAD, &bytes, &keys).is_ok());
        Head::read(&bytes).expect("readable")
    };
    let first = head();
    assert_eq!((first.written_at, first.denied().len()), (NOW, 0));
    world.set_clock(NOW + Duration::SECOND);
    world.push().await;
    assert_eq!(head().written_at, NOW, "not at every run");
    world.revoke(&token).await;
    world.push().await;
    let told = head();
    assert_eq!(told.written_at, NOW + Duration::SECOND);
    assert!(told.denies(&hash(&token.path)) && told.audit_seq > first.audit_seq);
    world.set_clock(NOW + Duration::minutes(6));
    world.push().await;
    assert_eq!(head().written_at, NOW + Duration::minutes(6), "a reader sees that it is alive");
    world.set_clock(NOW + Duration::hours(2));
    world.push().await;
    assert!(head().denies(&hash(&token.path)), "nobody saw for long that it is gone");
    world.set_clock(NOW + Duration::hours(2) + Duration::minutes(16));
    world.push().await;
    assert!(!head().denies(&hash(&token.path)), "by now no cache has it");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_record_is_written_anew_before_it_is_too_old(pool: PgPool) {
    let world = World::new(pool).await;
    world.create_many(3).await;
    world.push().await;
    world.set_clock(NOW + Duration::days(7));
    assert_eq!(world.push().await.work.put, 3);
    assert_eq!(world.mirror().await.drift.altered, 0, "old is not altered");
    for content in world.files().values() {
        let told = record::Told::parse(content.as_bytes()).expect("a record");
        let at = told.more.expect("full").written_at;
        assert!(at > NOW && at <= NOW + Duration::days(7));
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn readers_of_token_manager_find_its_five_fields(pool: PgPool) {
    let world = World::new(pool).await.written_for(Format::TokenManager).await;
    let token = world.create("one", Some(1)).await;
    world.push().await;
    let wanted = format!(
        r#"{{"name":"one","team_id":"{}","scopes":["images:read"],"created_at":"2026-11-22T10:00:00.000000","expires_at":"2026-11-23T10:00:00.000000"}}"#,
        world.team
    );
    assert_eq!(world.files(), [(token.path, wanted)].into());
    assert!(!world.root().join("head.json").exists());
}

fn route(path: &str) -> NewRoute {
    NewRoute {
        name: None,
        description: Description::default(),
        path: RoutePath::parse(path).expect("a path"),
        backend: BackendUrl::parse("https://images.example").expect("an address"),
        tags: Tags::default(),
        scopes: None,
        auth: AuthKind::None,
        credentials: None,
        deliver: false,
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn routes_are_told_when_they_change_and_mended_when_others_change_them(pool: PgPool) {
    let world = World::new(pool).await;
    world.push().await;
    let file = world.root().join("routes.json");
    assert!(!file.exists(), "where there are none, nothing is told");
    let made = service::route::create(&world.service, &world.owner, route("/api/image")).await;
    let made = made.expect("a route");
    world.push().await;
    let told = std::fs::read(&file).expect("routes");
    let keys = world.service.public_keys();
    assert!(record::verify(record::ROUTES, &told, &keys).is_ok());
    assert!(told.starts_with(br#"{"/api/image":{"url":"https://images.example"#));
    std::fs::write(&file, r#"{"/api/image":{"url":"https://elsewhere.example","tags":[]}}"#)
        .expect("forged");
    world.reconcile().await;
    assert_eq!(std::fs::read(&file).expect("routes"), told);
    service::route::delete(&world.service, &world.owner, made.it.id).await.expect("deleted");
    world.push().await;
    assert!(
        std::fs::read(&file).expect("routes").starts_with(br#"{"written_at":"#),
        "none are left"
    );
}

/// So that nobody can put former ones back.
#[sqlx::test(migrations = "../../migrations")]
async fn routes_say_when_they_were_written_and_the_head_says_it_too(pool: PgPool) {
    let world = World::new(pool).await;
    world.push().await;
    let told = || {
        let read = |name| std::fs::read(world.root().join(name)).expect(name);
        let keys = world.service.public_keys();
        let head = record::verify(record::HEAD, &read("head.json"), &keys).expect("ours");
        let routes = record::verify(record::ROUTES, &read("routes.json"), &keys).expect("ours");
        let routes = record::Routes::read(&routes).expect("routes");
        (Head::read(&head).expect("a head").routes_at, routes.written_at, routes.routes.len())
    };
    let create = async |path: &str| {
        service::route::create(&world.service, &world.owner, route(path)).await.expect("a route")
    };
    create("/a").await;
    world.set_clock(NOW + Duration::SECOND);
    world.push().await;
    let first = Some(NOW + Duration::SECOND);
    assert_eq!(told(), (first, first, 1));
    // As they are they stay, with the heads that come after.
    world.set_clock(NOW + Duration::minutes(20));
    world.reconcile().await;
    assert_eq!(told(), (first, first, 1));
    create("/b").await;
    world.push().await;
    let second = Some(NOW + Duration::minutes(20));
    assert_eq!(told(), (second, second, 2));
}

/// However many are revoked at once, each is told.
#[sqlx::test(migrations = "../../migrations")]
async fn more_revocations_than_a_head_holds_go_on_in_pages(pool: PgPool) {
    let world = World::new(pool).await;
    world.sql(
        "INSERT INTO tokens (id, team_id, name, description, secret_hash, display, scopes, created_at, created_by)
         SELECT gen_random_uuid(), t.id, 'job ' || n, '', sha256(n::text::bytea), '', '{*}', '2026-11-22 09:00Z', 'test'
         FROM teams AS t CROSS JOIN generate_series(1, 3900) AS n",
    ).await;
    world.push().await;
    world.sql("UPDATE tokens SET disabled_at = '2026-11-22 10:00Z'").await;
    world.push().await;
    let read = |path: &str| std::fs::read(world.root().join(path)).expect("a file");
    let head = Head::read(&read("head.json")).expect("a head");
    assert_eq!((head.pages.len(), head.denied().len(), head.denied_since), (2, 0, None));
    let pages: Vec<_> = head
        .pages
        .iter()
        .map(|digest| {
            record::Page::read(digest, &read(&record::page_path(digest))).expect("a page")
        })
        .collect();
    let all = hashes();
    assert_eq!(all.len(), 3900);
    assert!(all.iter().all(|hash| pages.iter().any(|page| page.denies(hash))));
    // Somebody takes a page away: it is written again with the next head. What no head names any more is taken away.
    world.remove(&record::page_path(&head.pages[0]));
    for minutes in [16, 21] {
        world.set_clock(NOW + Duration::minutes(minutes));
        world.push().await;
    }
    read(&record::page_path(&head.pages[0]));
    for minutes in [0, 16] {
        world.set_clock(NOW + Duration::hours(3) + Duration::minutes(minutes));
        world.push().await;
    }
    assert!(!world.root().join(record::page_path(&head.pages[0])).exists());
}

fn hashes() -> Vec<SecretHash> {
    let hash = |n: i64| {
        let digest = domain::mirror::Digest::of(n.to_string().as_bytes());
        SecretHash::from_slice(digest.bytes()).expect("32 bytes")
    };
    (1..=3900).map(hash).collect()
}

/// Whoever is told to refuse a secret is told when it lives again, and of a secret whose overlap was ended early.
#[sqlx::test(migrations = "../../migrations")]
async fn the_head_follows_what_ends_early_and_what_lives_again(pool: PgPool) {
    let world = World::new(pool).await;
    let (paused, rotated) = (world.create("one", None).await, world.create("two", None).await);
    world.push().await;
    let denies = |path: &str| {
        let bytes = std::fs::read(world.root().join("head.json")).expect("a head");
        Head::read(&bytes).expect("readable").denies(&hash(path))
    };
    token::disable(&world.service, &world.owner, paused.id).await.expect("disabled");
    world.set_clock(NOW + Duration::SECOND);
    let none = Overlap::parse(Some(0)).expect("none");
    token::rotate(&world.service, &world.owner, rotated.id, none, None).await.expect("rotated");
    world.push().await;
    assert!(denies(&paused.path) && denies(&rotated.path));
    token::enable(&world.service, &world.owner, paused.id).await.expect("enabled");
    world.push().await;
    assert!(!denies(&paused.path) && denies(&rotated.path));
}
