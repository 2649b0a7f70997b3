//! Least privilege: a token keeps the scopes that it uses, and loses the others.

use crate::usage::used;
use crate::world::{World, asked, code, kinds, refused, secret, stranger};
use domain::audit::EventKind;
use domain::id::TokenId;
use domain::token::{NewToken, Scopes, Token};
use domain::usage::{Proposal, Span, Step};
use domain::{Code, Refused};
use service::Error;
use service::token::{get, narrow_scopes, revoke};
use service::usage::{flush, get_of_token};
use service::verify::Following;
use sqlx::PgPool;

fn scopes(texts: &[&str]) -> Scopes {
    Scopes::parse(texts.iter().copied()).expect("scopes")
}

async fn narrow(world: &World, id: TokenId, to: &[&str]) -> Result<Token, Error> {
    narrow_scopes(&world.service, &world.anybody().await, id, scopes(to)).await
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_it_never_asked_for_is_taken_and_refused_from_memory(pool: PgPool) {
    let world = World::new(pool).await;
    let caller = world.anybody().await;
    let team = world.team("platform").await;
    let wide = NewToken { scopes: scopes(&["images:*", "audio"]), ..asked(&team, "import") };
    let made = world.create(wide).await.expect("a token");
    let id = made.token.id;
    let mut following = Following::new(world.service.clone(), "tokens-1");
    following.turn().await.expect("loaded");
    used(&world, &made, "192.0.2.7", "curl", &["images:read"]).await;
    flush(&world.service).await.expect("flushed");
    let now = world.service.now();
    let report = get_of_token(&world.service, &caller, id, Span::last(1, Step::Day, now)).await;
    let report = report.expect("a report");
    assert_eq!(report.asked_since(), Some(now));
    let Proposal::Narrower(kept) = report.proposal() else { panic!("{:?}", report.proposal()) };

    let (narrowed, log) = world.log_of(narrow_scopes(&world.service, &caller, id, kept)).await;
    let narrowed = narrowed.expect("narrowed");
    assert_eq!(narrowed.scopes, scopes(&["images:read"]));
    assert_eq!(get(&world.service, &caller, id).await.expect("the token").scopes, narrowed.scopes);
    assert_eq!(kinds(&log), [EventKind::TokenScopesNarrowed]);
    let told = |name| log[0].detail.iter().find(|(told, _)| told == name).map(|(_, text)| &**text);
    assert_eq!((told("before"), told("after")), (Some("audio images:*"), Some("images:read")));

    following.turn().await.expect("a look");
    world.service.store().close().await;
    assert_eq!(world.verify_for(secret(&made), &["images:read"]).await, "valid");
    for lost in ["images:write", "audio"] {
        assert_eq!(world.verify_for(secret(&made), &[lost]).await, "scope_denied", "{lost}");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn scopes_never_become_more(pool: PgPool) {
    let world = World::new(pool).await;
    let made = world.token(&world.team("platform").await, "import").await;
    let id = made.token.id;
    let wider = Refused::field("scopes", Code::ScopesWider);
    for to in [&["audio"][..], &["images:*"], &["*"], &["images:read", "audio"]] {
        assert_eq!(refused(narrow(&world, id, to).await), wider, "{to:?}");
    }
    // What it has already is no change.
    let (same, log) = world.log_of(narrow(&world, id, &["images:write", "images:read"])).await;
    assert_eq!((same.expect("the token"), log.len()), (made.token, 0));
    // Once it is gone, nobody who looked before brings it back.
    narrow(&world, id, &["images:read"]).await.expect("narrowed");
    assert_eq!(refused(narrow(&world, id, &["images:write"]).await), wider);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_has_ended_or_is_nobodys_is_not_narrowed(pool: PgPool) {
    let world = World::new(pool).await;
    let made = world.token(&world.team("platform").await, "import").await;
    let id = made.token.id;
    let by_nobody = narrow_scopes(&world.service, &stranger(), id, scopes(&["images:read"])).await;
    assert_eq!(code(by_nobody), Code::Unauthenticated);
    revoke(&world.service, &world.anybody().await, id, domain::token::Revocation::default())
        .await
        .expect("ended");
    assert_eq!(code(narrow(&world, id, &["images:read"]).await), Code::AlreadyEnded);
    let nothing = TokenId::from(uuid::Uuid::nil());
    assert_eq!(code(narrow(&world, nothing, &["images:read"]).await), Code::NotFound);
}
