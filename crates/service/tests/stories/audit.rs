//! Each write leaves one line in the log: who, what, to what, by which request.

use crate::world::{START, World, asked, limit, new_team};
use domain::Expected;
use domain::audit::{Caller, EventKind, SubjectId};
use domain::id::RequestId;
use service::audit::{AuditCursor, AuditFilter};
use sqlx::PgPool;

#[sqlx::test(migrations = "../../migrations")]
async fn a_line_says_who_did_what_by_which_request(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let team = world.team("platform").await;
    let request = world.service.random(|rng| RequestId::generate(START, rng));
    let caller = Caller {
        request_id: Some(request),
        expected: Expected::Unsaid,
        origin: Some([192, 0, 2, 7].into()),
        actor: owner.actor.clone(),
    };
    let made = service::token::create(&world.service, &caller, asked(&team, "import"), None);
    let (made, log) = world.log_of(made).await;
    let made = made.expect("a token");
    let [line] = log.as_slice() else { panic!("{log:?}") };
    assert_eq!((line.kind, line.at), (EventKind::TokenCreated, START));
    assert_eq!((line.actor_kind.as_str(), &line.actor_id), ("person", &owner.actor.id()));
    assert_eq!((line.subject_kind.as_str(), line.subject_label.as_str()), ("token", "import"));
    assert_eq!(line.subject_id, Some(made.token.id.to_string()));
    assert_eq!(line.team, Some(team.id));
    assert_eq!(line.request_id, Some(request.to_string()));
    assert_eq!(line.origin.as_deref(), Some("192.0.2.7"));
    let facts: Vec<_> =
        line.detail.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let display = made.token.display.as_str();
    assert_eq!(
        facts,
        [("display", display), ("scopes", "images:read images:write"), ("team", "platform")]
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn every_write_leaves_one_line(pool: PgPool) {
    let world = World::new(pool).await;
    let machine = world.machine("deploy").await;
    let (team, log) = world
        .log_of(service::team::create(&world.service, &machine, new_team("platform", true)))
        .await;
    let team = team.expect("a team");
    one(&log, EventKind::TeamCreated, "deploy");
    let mut asked = asked(&team, "import");
    asked.revealable = true;
    let (made, log) =
        world.log_of(service::token::create(&world.service, &machine, asked, None)).await;
    let id = made.expect("a token").token.id;
    one(&log, EventKind::TokenCreated, "deploy");
    let (shown, log) = world.log_of(service::token::reveal(&world.service, &machine, id)).await;
    assert!(shown.is_ok());
    one(&log, EventKind::TokenRevealed, "deploy");
    let (ended, log) = world
        .log_of(service::token::revoke(
            &world.service,
            &machine,
            id,
            domain::token::Revocation::default(),
        ))
        .await;
    assert!(ended.is_ok());
    one(&log, EventKind::TokenRevoked, "deploy");
}

fn one(log: &[domain::audit::Entry], kind: EventKind, actor: &str) {
    let lines: Vec<_> = log.iter().map(|line| (line.kind, line.actor_label.as_str())).collect();
    assert_eq!(lines, [(kind, actor)]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn reading_leaves_none(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let made = world.token(&world.team("platform").await, "import").await;
    let ((), log) = world
        .log_of(async {
            service::token::get(&world.service, &owner, made.token.id).await.expect("the token");
            service::token::list(&world.service, &owner, &domain::token::TokenQuery::default())
                .await
                .expect("a page");
            assert_eq!(world.verify(crate::world::secret(&made)).await, "valid");
        })
        .await;
    assert!(log.is_empty());
}

/// What the log tells of a subject, a page of `rows` after the other.
async fn told(
    world: &World,
    reader: &Caller,
    subject: SubjectId,
    rows: i64,
) -> Vec<Vec<EventKind>> {
    let mut filter = AuditFilter { subject: Some(subject), cursor: None, limit: limit(rows) };
    let mut pages = Vec::new();
    loop {
        let page = service::audit::list(&world.service, reader, filter.clone()).await;
        let page = page.expect("a page");
        pages.push(page.items.iter().map(|line| line.kind).collect());
        let Some(next) = page.next else { return pages };
        filter.cursor = Some(AuditCursor::parse(&next.to_string()).expect("its own form"));
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_log_tells_what_happened_to_one_token(pool: PgPool) {
    use EventKind::{TokenCreated, TokenRevealed, TokenRevoked};
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let team = world.team("platform").await;
    let mut asked = asked(&team, "import");
    asked.revealable = true;
    let id = world.create(asked).await.expect("a token").token.id;
    let other = world.token(&team, "export").await.token.id;
    for _ in 0..2 {
        service::token::reveal(&world.service, &owner, id).await.expect("its secret");
    }
    service::token::revoke(&world.service, &owner, other, domain::token::Revocation::default())
        .await
        .expect("ended");
    service::token::revoke(&world.service, &owner, id, domain::token::Revocation::default())
        .await
        .expect("ended");

    let all = [TokenRevoked, TokenRevealed, TokenRevealed, TokenCreated];
    assert_eq!(told(&world, &owner, SubjectId::token(id), 50).await, [all.to_vec()]);
    // Its pages end where it ends, however much happened to others.
    assert_eq!(
        told(&world, &owner, SubjectId::token(id), 2).await,
        [vec![TokenRevoked, TokenRevealed], vec![TokenRevealed, TokenCreated]]
    );
    assert_eq!(
        told(&world, &owner, SubjectId::token(other), 1).await,
        [[TokenRevoked], [TokenCreated]]
    );
    assert_eq!(told(&world, &owner, SubjectId::token(uuid::Uuid::nil().into()), 3).await, [[]]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_log_tells_of_every_noun_that_has_an_id(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let team = world.team("platform").await;
    world.token(&team, "import").await;
    world.machine("deploy").await;
    for line in world.log().await {
        let read = SubjectId::parse(Some(&line.subject_kind), line.subject_id.as_deref());
        let subject = read.expect("a subject").expect("both halves");
        assert_eq!(told(&world, &owner, subject, 50).await.concat(), [line.kind], "{line:?}");
    }
}
