//! Use cases refuse the wrong actors before they look at anything.

use crate::world::{World, asked, code, limit, new_team, stranger};
use domain::Code;
use domain::audit::Caller;
use domain::policy::Actor;
use domain::token::{TokenFilter, TokenQuery};
use service::audit::AuditFilter;
use sqlx::PgPool;

/// What each use case of the owner answers to this caller.
async fn codes(world: &World, caller: &Caller) -> Vec<Code> {
    let service = &world.service;
    let team = domain::team::Team {
        id: uuid::Uuid::nil().into(),
        name: domain::team::TeamName::stored("none".to_owned()),
        description: domain::text::Description::default(),
        reveal_allowed: false,
        created_at: service.now(),
        active_tokens: 0,
    };
    let id = uuid::Uuid::nil().into();
    vec![
        code(service::token::create(service, caller, asked(&team, "import"), None).await),
        code(service::token::list(service, caller, &TokenQuery::default()).await),
        code(service::token::count(service, caller, &TokenFilter::default()).await),
        code(service::token::find(service, caller, "nonsense").await),
        code(service::token::get(service, caller, id).await),
        code(service::token::reveal(service, caller, id).await),
        code(
            service::token::revoke(service, caller, id, domain::token::Revocation::default()).await,
        ),
        code(service::token::open_for_browser(service, caller, id, "").await),
        code(service::team::create(service, caller, new_team("more", false)).await),
        code(service::team::list(service, caller, None, limit(1)).await),
        code(service::team::list_choices(service, caller, None).await),
        code(service::audit::list(service, caller, AuditFilter::default()).await),
        code(service::settings::get(service, caller).await),
    ]
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_stranger_is_asked_who_they_are(pool: PgPool) {
    let world = World::new(pool).await;
    let codes = codes(&world, &stranger()).await;
    assert!(codes.iter().all(|code| *code == Code::Unauthenticated), "{codes:?}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_operator_and_the_clock_have_no_business_with_tokens(pool: PgPool) {
    let world = World::new(pool).await;
    for actor in [Actor::Operator, Actor::Clock] {
        let codes = codes(&world, &Caller::local(actor)).await;
        assert!(codes.iter().all(|code| *code == Code::Forbidden), "{codes:?}");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn nobody_who_was_refused_is_in_the_log(pool: PgPool) {
    let world = World::new(pool).await;
    let (_, log) = world.log_of(codes(&world, &stranger())).await;
    assert!(log.is_empty());
}
