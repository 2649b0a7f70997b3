//! Routes as the table keeps them, and what it keeps out.

use crate::people::{NOW, begin, may};
use domain::id::RouteId;
use domain::policy::Action;
use domain::route::{AuthKind, BackendUrl, ListedRoute, Route, RouteName, RoutePath, Tags};
use domain::text::Description;
use domain::token::Scopes;
use sqlx::PgPool;
use store::{Error, Store};
use uuid::Uuid;

fn route(number: u128, path: &str) -> ListedRoute {
    let id = RouteId::from(Uuid::from_u128(number));
    let auth = AuthKind::parse("api-key", Some("X-Key")).expect("a kind");
    ListedRoute {
        id,
        name: RouteName::parse("images").expect("a name"),
        description: Description::default(),
        route: Route {
            path: RoutePath::parse(path).expect("a path"),
            backend: BackendUrl::parse("https://images.example").expect("an address"),
            tags: Tags::parse(["llm", "media"]).expect("tags"),
            scopes: Some(Scopes::parse(["images:read"]).expect("scopes")),
            auth: auth.named(id),
        },
        has_secret: true,
        deliver: true,
        version: 1,
        created_at: NOW,
        updated_at: NOW,
    }
}

/// Adds a route, and leaves the transaction at that.
async fn insert(pool: &PgPool, route: &ListedRoute, sealed: Option<&str>) -> store::Result<()> {
    begin(pool, Action::CreateRoute).await.insert_route(route, sealed).await
}

/// Adds a route for good.
async fn add(pool: &PgPool, number: u128, path: &str) -> ListedRoute {
    let added = route(number, path);
    let mut tx = begin(pool, Action::CreateRoute).await;
    tx.insert_route(&added, Some("sealed")).await.expect("a route");
    crate::people::commit(tx, number, domain::audit::EventKind::RouteCreated).await.expect("added");
    added
}

async fn list(pool: &PgPool) -> Vec<ListedRoute> {
    let store = Store::on(pool.clone());
    store.list_routes(&may(Action::ListRoutes)).await.expect("the routes")
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_route_reads_back_as_it_was_written(pool: PgPool) {
    let (second, first) = (add(&pool, 1, "/b").await, add(&pool, 2, "/a").await);
    assert_eq!(list(&pool).await, [first.clone(), second]);
    let mut tx = begin(&pool, Action::ChangeRoute).await;
    let (read, sealed) = tx.lock_route(first.id).await.expect("an answer").expect("the route");
    assert_eq!((read, sealed.as_deref()), (first, Some("sealed")));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_row_that_breaks_a_rule_is_left_out(pool: PgPool) {
    let kept = add(&pool, 1, "/kept").await;
    for (number, column, value) in [
        (2, "path", "'/a/../b'"),
        (3, "scopes", "'{a b}'"),
        (4, "backend_url", "'ftp://x'"),
        (5, "tags", "'{a:b}'"),
    ] {
        let broken = add(&pool, number, &format!("/r{number}")).await;
        let update = format!("UPDATE routes SET {column} = {value} WHERE id = '{}'", broken.id);
        sqlx::query(sqlx::AssertSqlSafe(update)).execute(&pool).await.expect("broken");
    }
    assert_eq!(list(&pool).await, [kept]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_cannot_be_is_kept_out(pool: PgPool) {
    add(&pool, 1, "/a").await;
    let violated = |done: store::Result<()>| match done.expect_err("refused") {
        Error::Constraint(name) => name,
        other => panic!("{other}"),
    };
    let taken = insert(&pool, &route(2, "/a"), Some("sealed")).await;
    assert_eq!(violated(taken), "routes_path_key");
    let nothing = insert(&pool, &route(3, "/b"), None).await;
    assert_eq!(violated(nothing), "routes_deliver_a_secret");
}
