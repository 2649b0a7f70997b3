//! What is said of a token is changed, by one after the other.

use crate::world::{World, asked, code, kinds, refused, stranger};
use domain::audit::Caller;
use domain::audit::EventKind::{TokenChanged, TokenDisabled};
use domain::text::Description;
use domain::token::{Conditions, NewToken, Overlap, Scopes, Tags, TokenChange, TokenName};
use domain::verify::Origins;
use domain::{Code, Expected, Refused, Version};
use service::IdempotencyKey;
use service::token::{
    change, change_conditions, disable, enable, finish_rotation, get, list_changes_since,
    lock_networks, narrow_scopes, revoke, rotate,
};
use sqlx::PgPool;

fn named(name: &str) -> TokenChange {
    TokenChange { name: Some(TokenName::parse(name).expect("a name")), ..TokenChange::default() }
}

fn tags(texts: &[&str]) -> Tags {
    Tags::parse(texts.iter().copied()).expect("good tags")
}

/// The same caller, who saw that version.
fn saw(caller: &Caller, version: i64) -> Caller {
    caller.clone().who_saw(Version::stored(version))
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_said_of_a_token_is_changed_and_told(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let asked =
        NewToken { tags: tags(&["prod"]), ..asked(&world.team("platform").await, "import") };
    let made = world.create(asked).await.expect("a token").token;
    assert_eq!((made.version, made.tags.joined()), (Version::FIRST, "prod".to_owned()));

    let asked = TokenChange {
        description: Some(Description::parse("the weekly one").expect("a description")),
        tags: Some(tags(&["weekly", "prod"])),
        ..named("export")
    };
    let (changed, log) = world.log_of(change(&world.service, &owner, made.id, asked.clone())).await;
    let changed = changed.expect("changed");
    assert_eq!(kinds(&log), [TokenChanged]);
    let told = |name| log[0].detail.iter().find(|(told, _)| told == name).map(|(_, text)| &**text);
    assert_eq!((told("name_before"), told("name_after")), (Some("import"), Some("export")));
    assert_eq!((told("tags_before"), told("tags_after")), (Some("prod"), Some("prod weekly")));
    assert_eq!(told("description_after"), Some("the weekly one"));
    assert_eq!(changed.version, Version::stored(2));
    assert_eq!(get(&world.service, &owner, made.id).await.expect("the token"), changed);

    let (again, log) = world.log_of(change(&world.service, &owner, made.id, asked)).await;
    assert_eq!(again.expect("no change"), changed);
    assert!(log.is_empty());
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_comes_second_is_told_what_the_first_changed(pool: PgPool) {
    let world = World::new(pool).await;
    let (ada, grace) = (world.owner().await, world.machine("grace").await);
    let id = world.token(&world.team("platform").await, "import").await.token.id;
    change(&world.service, &saw(&grace, 1), id, named("export")).await.expect("the first");
    disable(&world.service, &saw(&grace, 2), id).await.expect("and once more");

    let (late, log) = world.log_of(change(&world.service, &saw(&ada, 1), id, named("mine"))).await;
    assert_eq!(refused(late), Refused::new(Code::TokenChanged));
    assert!(log.is_empty());
    let since = list_changes_since(&world.service, &ada, id, Version::FIRST).await;
    let since = since.expect("what happened");
    assert_eq!(kinds(&since), [TokenChanged, TokenDisabled]);
    assert!(since.iter().all(|entry| entry.actor_label == "grace"));

    let mine = change(&world.service, &saw(&ada, 3), id, named("mine")).await.expect("looked");
    assert_eq!((mine.name.as_str(), mine.version), ("mine", Version::stored(4)));
    let any = Caller { expected: Expected::Any, ..ada.clone() };
    change(&world.service, &any, id, named("whatever")).await.expect("by their own word");
}

#[sqlx::test(migrations = "../../migrations")]
async fn no_verb_changes_a_token_that_is_not_as_the_caller_saw_it(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let id = world.token(&world.team("platform").await, "import").await.token.id;
    change(&world.service, &owner, id, named("export")).await.expect("changed meanwhile");
    let late = saw(&owner, 1);
    let service = &world.service;
    let origins = Origins::parse(["10.0.0.0/8"]).expect("networks");
    let scopes = Scopes::parse(["images:read"]).expect("scopes");
    let (conditions, overlap) = (Conditions::default(), Overlap::parse(None).expect("an overlap"));
    let codes = [
        code(change(service, &late, id, named("mine")).await),
        code(change_conditions(service, &late, id, conditions).await),
        code(lock_networks(service, &late, id, origins.expect("some"), None).await),
        code(narrow_scopes(service, &late, id, scopes).await),
        code(disable(service, &late, id).await),
        code(enable(service, &late, id).await),
        code(rotate(service, &late, id, overlap, None).await),
        code(finish_rotation(service, &late, id).await),
        code(revoke(service, &late, id, domain::token::Revocation::default()).await),
    ];
    assert_eq!(codes, [Code::TokenChanged; 9]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_rotation_that_is_sent_again_is_not_held_up_by_itself(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let id = world.token(&world.team("platform").await, "import").await.token.id;
    let (saw, overlap) = (saw(&owner, 1), Overlap::parse(None).expect("an overlap"));
    for replayed in [false, true] {
        let key = IdempotencyKey::parse("once").expect("a key");
        let done = rotate(&world.service, &saw, id, overlap, Some(key)).await.expect("rotated");
        assert_eq!((done.replayed, done.token.version), (replayed, Version::stored(2)));
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn whoever_writes_the_row_it_is_another_state(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let id = world.token(&world.team("platform").await, "import").await.token.id;
    sqlx::query("UPDATE tokens SET description = 'by hand'")
        .execute(&world.pool)
        .await
        .expect("written");
    let late = change(&world.service, &saw(&owner, 1), id, named("mine")).await;
    assert_eq!(code(late), Code::TokenChanged);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_cannot_be_is_refused(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let team = world.team("platform").await;
    let id = world.token(&team, "import").await.token.id;
    world.token(&team, "export").await;
    let taken = change(&world.service, &owner, id, named("Export")).await;
    assert_eq!(refused(taken), Refused::field("name", Code::NameTaken));
    let nobody = change(&world.service, &stranger(), id, named("mine")).await;
    assert_eq!(code(nobody), Code::Unauthenticated);
    let nothing = change(&world.service, &owner, uuid::Uuid::nil().into(), named("mine")).await;
    assert_eq!(code(nothing), Code::NotFound);
    revoke(&world.service, &owner, id, domain::token::Revocation::default())
        .await
        .expect("revoked");
    change(&world.service, &owner, id, named("Export"))
        .await
        .expect("what has ended takes no name");
}
