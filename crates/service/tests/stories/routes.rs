//! Routes: made, changed, deleted and tried; what the mirrors are told of them, and what nobody is.

use crate::world::{World, asked, code, kinds, refused, secret, stranger};
use domain::audit::{Caller, EventKind};
use domain::id::RouteId;
use domain::policy::Actor;
use domain::route::{
    AuthKind, BackendUrl, CredentialChange, Credentials, NewRoute, RouteChange, RouteName,
    RoutePath, Tags, Why,
};
use domain::text::Description;
use domain::token::{NewToken, Scopes};
use domain::verify::Denial;
use domain::{Code, Refused};
use service::route::{
    Delivered, Offered, change, create, delete, delivered, find, get, list, published,
};
use sqlx::PgPool;
use time::Duration;
use vault::Sealer;

const SECRET: &str = "sk-canary-0123456789";

fn new(path: &str) -> NewRoute {
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

fn bearer(path: &str, deliver: bool) -> NewRoute {
    let credentials = Credentials::one(SECRET, "token").map_err(|refused| refused.code);
    let credentials = Some(credentials.expect("a secret"));
    NewRoute { auth: AuthKind::Bearer, credentials, deliver, ..new(path) }
}

fn nothing() -> RouteChange {
    RouteChange {
        version: None,
        name: None,
        description: None,
        path: None,
        backend: None,
        tags: None,
        scopes: None,
        auth: None,
        credentials: CredentialChange::Keep,
        deliver: None,
    }
}

fn clock() -> Caller {
    Caller::local(Actor::Clock)
}

async fn told(world: &World) -> String {
    let bytes = published(&world.service, &clock()).await.expect("published").bytes;
    String::from_utf8(bytes).expect("text")
}

async fn secrets(world: &World) -> Vec<(String, String)> {
    let Delivered { secrets, lost } = delivered(&world.service, &clock()).await.expect("an answer");
    assert!(lost.is_empty());
    secrets.iter().map(|secret| (secret.name.key(), secret.value.to_string())).collect()
}

/// What somebody with a copy of the database reads of routes.
async fn stored(world: &World) -> String {
    let rows = sqlx::query_scalar(
        "SELECT routes::text FROM routes UNION ALL SELECT e::text FROM audit_events e",
    );
    let rows: Vec<String> = rows.fetch_all(&world.pool).await.expect("rows");
    rows.join("\n")
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_route_is_made_changed_and_deleted_and_the_log_says_so(pool: PgPool) {
    let world = World::new(pool).await;
    let (service, caller) = (&world.service, world.anybody().await);
    let (made, log) = world.log_of(create(service, &caller, new("/api/image"))).await;
    let made = made.expect("a route").it;
    assert_eq!(
        (kinds(&log), &*log[0].subject_label),
        (vec![EventKind::RouteCreated], "/api/image")
    );
    assert_eq!((made.version, made.has_secret), (1, false));

    world.pass(Duration::minutes(1));
    let asked = RouteChange {
        name: Some(RouteName::parse("images").expect("a name")),
        scopes: Some(Some(Scopes::parse(["images:read"]).expect("scopes"))),
        version: Some(1),
        ..nothing()
    };
    let (changed, log) = world.log_of(change(service, &caller, made.id, asked)).await;
    let changed = changed.expect("changed").it;
    assert_eq!((changed.version, changed.label()), (2, "images"));
    assert_eq!(changed.updated_at - made.updated_at, Duration::minutes(1));
    assert_eq!(kinds(&log), [EventKind::RouteChanged]);
    assert_eq!(get(service, &caller, made.id).await.expect("the route").it, changed);
    assert!(told(&world).await.contains(r#""scopes":["images:read"]"#));

    // What stays as it was leaves no line, and what was changed meanwhile is not changed again unseen.
    let (same, log) = world.log_of(change(service, &caller, made.id, nothing())).await;
    assert_eq!((same.expect("the route").it, log.len()), (changed, 0));
    let late = RouteChange { version: Some(1), ..nothing() };
    assert_eq!(code(change(service, &caller, made.id, late).await), Code::RouteChanged);

    let (gone, log) = world.log_of(delete(service, &caller, made.id)).await;
    gone.expect("deleted");
    assert_eq!(kinds(&log), [EventKind::RouteDeleted]);
    assert_eq!(code(get(service, &caller, made.id).await), Code::NotFound);
    assert_eq!(code(delete(service, &caller, made.id).await), Code::NotFound);
    assert_eq!(told(&world).await, "{}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_path_is_taken_once_and_nested_ones_know_each_other(pool: PgPool) {
    let world = World::new(pool).await;
    let (service, caller) = (&world.service, world.anybody().await);
    create(service, &caller, new("/api")).await.expect("a route");
    let inner = create(service, &caller, new("/api/image")).await.expect("a route below it");
    assert_eq!(inner.below.expect("is below").as_str(), "/api");
    create(service, &caller, new("/api/images")).await.expect("a neighbour");
    let taken = Refused::field("path", Code::PathTaken);
    assert_eq!(refused(create(service, &caller, new("/api/image/")).await), taken);
    let path = Some(RoutePath::parse("/api").expect("a path"));
    let onto = change(service, &caller, inner.it.id, RouteChange { path, ..nothing() }).await;
    assert_eq!(refused(onto), taken);
    let all = list(service, &caller).await.expect("the routes");
    let above: Vec<_> = all[0].above.iter().map(RoutePath::as_str).collect();
    assert_eq!((all.len(), above), (3, vec!["/api/image", "/api/images"]));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_secret_is_delivered_only_where_somebody_chose_that(pool: PgPool) {
    let world = World::new(pool).await;
    let (service, caller) = (&world.service, world.anybody().await);
    let made = create(service, &caller, bearer("/api/image", false)).await.expect("a route").it;
    assert!(made.has_secret);
    assert_eq!(secrets(&world).await, []);
    let deliver = RouteChange { deliver: Some(true), ..nothing() };
    change(service, &caller, made.id, deliver).await.expect("delivered");
    let key = format!("secret:route.{}.token", made.id);
    assert_eq!(secrets(&world).await, [(key.clone(), SECRET.to_owned())]);
    let name = key.trim_start_matches("secret:");
    assert!(told(&world).await.contains(&format!(r#""config":{{"token_ref":"{name}"}}"#)));
    let object = delivered(service, &clock()).await.expect("an answer").secrets[0].object();
    assert_eq!(*object, format!(r#"{{"value":"{SECRET}"}}"#).into_bytes());
    // Neither the table nor the log nor the mirrors' object has it.
    assert!(!stored(&world).await.contains(SECRET));
    assert!(!told(&world).await.contains(SECRET));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_secret_is_replaced_or_removed_and_goes_with_its_kind(pool: PgPool) {
    let world = World::new(pool).await;
    let (service, caller) = (&world.service, world.anybody().await);
    let made = create(service, &caller, bearer("/api/image", true)).await.expect("a route").it;
    let both = Credentials::basic("ada", "p:w").map_err(|refused| refused.code).expect("good");
    let credentials = CredentialChange::Replace(both);
    let asked = RouteChange { auth: Some(AuthKind::Basic), credentials, ..nothing() };
    let (changed, log) = world.log_of(change(service, &caller, made.id, asked)).await;
    assert!(changed.expect("changed").it.deliver);
    let fact = log[0].detail.iter().find(|(name, _)| name == "secret").map(|(_, done)| &**done);
    assert_eq!(fact, Some("replaced"));
    let values: Vec<_> = secrets(&world).await.into_iter().map(|(_, value)| value).collect();
    assert_eq!(values, ["ada", "p:w"]);

    let key = AuthKind::parse("api-key", Some("X-Key")).expect("a kind");
    let asked = RouteChange { auth: Some(key), ..nothing() };
    let changed = change(service, &caller, made.id, asked).await.expect("changed").it;
    assert_eq!((changed.has_secret, changed.deliver), (false, false));
    assert_eq!(secrets(&world).await, []);
    let asked = RouteChange { deliver: Some(true), ..nothing() };
    let missing = Refused::field("deliver_secret", Code::SecretMissing);
    assert_eq!(refused(change(service, &caller, made.id, asked).await), missing);
    let none = NewRoute { deliver: true, ..new("/other") };
    assert_eq!(refused(create(service, &caller, none).await), missing);
}

#[sqlx::test(migrations = "../../migrations")]
async fn without_its_key_a_secret_is_not_kept_and_not_made_up(pool: PgPool) {
    let key = Sealer::generate_key();
    let world = World::with_keys(pool, Some(&key)).await;
    let caller = world.anybody().await;
    let made = create(&world.service, &caller, bearer("/api/image", true)).await.expect("a route");
    let other = Sealer::generate_key();
    let lost = world.restarted(Some(&other), 8).await;
    let found = delivered(&lost.service, &clock()).await.expect("an answer");
    assert_eq!((found.secrets.len(), found.lost), (0, vec![made.it.id]));
    let without = world.restarted(None, 9).await;
    let refusal = refused(create(&without.service, &caller, bearer("/other", false)).await);
    assert_eq!(refusal, Refused::field("auth", Code::SealingOff));
    create(&without.service, &caller, new("/other")).await.expect("a route without a secret");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_sealed_secret_that_was_copied_to_another_route_opens_nowhere(pool: PgPool) {
    let world = World::new(pool).await;
    let (service, caller) = (&world.service, world.anybody().await);
    create(service, &caller, bearer("/api/image", true)).await.expect("a route");
    let other = create(service, &caller, bearer("/api/other", true)).await.expect("a route").it;
    sqlx::query("UPDATE routes SET secret_sealed = (SELECT secret_sealed FROM routes WHERE path = '/api/image')")
        .execute(&world.pool)
        .await
        .expect("copied");
    let found = delivered(service, &clock()).await.expect("an answer");
    assert_eq!((found.secrets.len(), found.lost), (1, vec![other.id]));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_request_is_tried_with_a_token_and_nothing_is_counted(pool: PgPool) {
    let world = World::new(pool).await;
    let (service, caller) = (&world.service, world.anybody().await);
    let tags = Tags::parse(["llm"]).expect("tags");
    let made = create(service, &caller, NewRoute { tags, ..new("/api/image") }).await;
    let made = made.expect("a route").it;
    let scopes = Scopes::parse(["tag:llm"]).expect("scopes");
    let team = world.team("platform").await;
    let token = world.create(NewToken { scopes, ..asked(&team, "import") }).await.expect("a token");
    let held = Offered::Token(secret(&token), None);
    let found = find(service, &caller, "/api/image/x?size=2", &held).await.expect("an answer");
    assert_eq!((found.route.map(|route| route.id), found.why), (Some(made.id), Why::Tag));
    let found = find(service, &caller, "/api/imagezzz", &held).await.expect("an answer");
    assert_eq!((found.route, found.why), (None, Why::RouteMissing));
    assert_eq!(service.usage().waiting(), 0);

    let nobodys = Offered::Token("ntk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", None);
    let found = find(service, &caller, "/api/image", &nobodys).await.expect("an answer");
    assert_eq!(found.why, Why::Token(Denial::Unknown));
    service::token::disable(service, &caller, token.token.id).await.expect("off");
    let found = find(service, &caller, "/api/image", &held).await.expect("an answer");
    assert_eq!((found.route.is_some(), found.why), (true, Why::Token(Denial::Disabled)));
}

#[sqlx::test(migrations = "../../migrations")]
async fn strangers_see_and_change_nothing_and_only_the_clock_gets_secrets(pool: PgPool) {
    let world = World::new(pool).await;
    let (service, caller) = (&world.service, world.anybody().await);
    let id = RouteId::from(uuid::Uuid::nil());
    assert_eq!(code(create(service, &stranger(), new("/a")).await), Code::Unauthenticated);
    assert_eq!(code(change(service, &stranger(), id, nothing()).await), Code::Unauthenticated);
    assert_eq!(code(delete(service, &stranger(), id).await), Code::Unauthenticated);
    assert_eq!(code(list(service, &stranger()).await), Code::Unauthenticated);
    assert_eq!(code(change(service, &caller, id, nothing()).await), Code::NotFound);
    assert_eq!(code(delivered(service, &caller).await), Code::Forbidden);
    assert_eq!(code(published(service, &caller).await), Code::Forbidden);
}
