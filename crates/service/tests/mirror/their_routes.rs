//! Stories of routes at a mirror that nobody here made.

use crate::world::World;
use domain::Code;
use domain::mirror::state::{Asked, ForeignRoute};
use domain::route::{AuthKind, BackendUrl, NewRoute, RoutePath, Tags};
use domain::text::Description;
use service::{mirror, route};
use sqlx::PgPool;

/// As token-manager writes them, in both of its forms.
const THEIRS: &str = r#"{"/api/image":{"url":"https://images.example","tags":["media"],"auth":{"type":"bearer","config":{"token_ref":"image_key"}}},
    "/api/image/v2":"https://images2.example","/video":{"url":"https://video.example","tags":[]},"/video/live/x":{"url":"https://live.example","tags":[]},
    "/bad//path":{"url":"https://bad.example","tags":[]}}"#;

async fn make(world: &World, path: &str) {
    let new = NewRoute {
        name: None,
        description: Description::default(),
        path: RoutePath::parse(path).expect("a path"),
        backend: BackendUrl::parse("https://ours.example").expect("an address"),
        tags: Tags::default(),
        scopes: None,
        auth: AuthKind::None,
        credentials: None,
        deliver: false,
    };
    route::create(&world.service, &world.owner, new).await.expect("a route");
}

async fn paths(world: &World) -> Vec<String> {
    let routes = route::list(&world.service, &world.owner).await.expect("routes");
    routes.iter().map(|one| one.it.route.path.as_str().to_owned()).collect()
}

fn there(world: &World) -> String {
    std::fs::read_to_string(world.root().join("routes.json")).expect("routes")
}

#[sqlx::test(migrations = "../../migrations")]
async fn they_wait_and_ours_with_them_and_are_adopted_where_they_stand_beside_ours(pool: PgPool) {
    let world = World::new(pool).await;
    world.write("routes.json", THEIRS);
    make(&world, "/video/live").await;
    assert_eq!(world.push().await.foreign, 5);
    assert_eq!(there(&world), THEIRS, "what others wrote is not overwritten");
    let told = world.mirror().await;
    let code = |path: &str, code| ForeignRoute { path: path.to_owned(), code };
    let expected = [
        code("/api/image", None),
        code("/api/image/v2", None),
        code("/bad//path", Some(Code::RouteUnreadable)),
        code("/video", Some(Code::PathOverlaps)),
        code("/video/live/x", Some(Code::PathOverlaps)),
    ];
    assert_eq!((told.foreign_routes.as_slice(), told.foreign_waiting()), (expected.as_slice(), 5));
    make(&world, "/more").await;
    world.push().await;
    assert_eq!(there(&world), THEIRS, "also when ours change");

    mirror::ask(&world.service, &world.owner, "files", Asked::Adopt).await.expect("asked");
    assert_eq!(world.push().await.foreign, 3);
    assert_eq!(paths(&world).await, ["/api/image", "/api/image/v2", "/more", "/video/live"]);
    let routes = route::list(&world.service, &world.owner).await.expect("routes");
    let image = &routes[0].it;
    assert_eq!(
        (image.route.auth.kind(), image.has_secret, image.deliver),
        (AuthKind::Bearer, false, false)
    );
    assert_eq!(image.route.tags.to_strings(), ["media"]);
    assert_eq!(world.events("route_created").await, 4);
    assert_eq!(there(&world), THEIRS, "three are left");
    assert_eq!(world.mirror().await.foreign_routes, expected[2..]);

    world.delete_foreign().await.expect("let go");
    world.push().await;
    assert!(there(&world).contains(r#""/video/live":{"url":"https://ours.example""#));
    assert!(!there(&world).contains("/bad"));
    let told = world.mirror().await;
    assert_eq!((told.foreign_waiting(), told.foreign_routes.len()), (0, 0));
}

#[sqlx::test(migrations = "../../migrations")]
async fn when_all_are_adopted_ours_are_written(pool: PgPool) {
    let world = World::new(pool).await;
    let target = world.target.clone().adopting_at_start(true);
    let world = world.with(target).await;
    world.write("routes.json", r#"{"/a":"https://a.example","/a/b":"https://b.example"}"#);
    assert_eq!(world.push().await.foreign, 0);
    assert_eq!(paths(&world).await, ["/a", "/a/b"]);
    assert!(there(&world).contains(r#""signature":"#));
}

/// What we signed once and nobody remembers is not true any more: a mirror that begins anew does not go on with it.
#[sqlx::test(migrations = "../../migrations")]
async fn what_we_wrote_ourselves_is_not_foreign(pool: PgPool) {
    let world = World::new(pool).await;
    make(&world, "/api/image").await;
    world.push().await;
    assert!(there(&world).contains("/api/image"));
    world.sql("DELETE FROM mirrors").await;
    world.sql("DELETE FROM routes").await;
    let target = world.target.clone();
    let world = world.with(target).await;
    assert_eq!(world.push().await.foreign, 0);
    assert!(there(&world).starts_with(r#"{"written_at":"#), "none are left");
    assert_eq!(paths(&world).await, [""; 0]);
}

/// What cannot be read at all may be somebody's too: it is not overwritten before a person let it go.
#[sqlx::test(migrations = "../../migrations")]
async fn what_is_no_list_of_routes_waits_as_well(pool: PgPool) {
    let world = World::new(pool).await;
    world.write("routes.json", "{\"/a\": ");
    make(&world, "/b").await;
    world.reconcile().await;
    assert_eq!(there(&world), "{\"/a\": ");
    let unreadable =
        ForeignRoute { path: "routes.json".to_owned(), code: Some(Code::RouteUnreadable) };
    assert_eq!(world.mirror().await.foreign_routes, [unreadable]);
    world.delete_foreign().await.expect("let go");
    world.push().await;
    assert!(there(&world).contains("/b") && world.mirror().await.foreign_routes.is_empty());
}
