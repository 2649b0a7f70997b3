//! Keyset pages: walked to the end, each row comes once, also while rows are added.

use crate::world::{World, asked, limit};
use domain::id::{TeamId, TokenId};
use domain::team::{CHOICES_MAX, Team};
use domain::token::{TokenCursor, TokenFilter, TokenQuery};
use service::audit::{AuditCursor, AuditFilter};
use service::team::TeamCursor;
use sqlx::PgPool;
use time::Duration;

const ROWS: usize = 120;

async fn fill(world: &World, team: &Team) -> Vec<TokenId> {
    let mut made = Vec::with_capacity(ROWS);
    for n in 0..ROWS {
        // Several within one millisecond, which the ids share.
        if n % 4 == 0 {
            world.pass(Duration::milliseconds(1));
        }
        made.push(world.token(team, &format!("token {n}")).await.token.id);
    }
    made.sort();
    made.reverse();
    made
}

async fn walk(world: &World, team: Option<TeamId>, rows: i64) -> Vec<Vec<TokenId>> {
    let owner = world.machine(&format!("reader {rows}")).await;
    let mut pages = Vec::new();
    let mut cursor = None;
    loop {
        let filter = TokenFilter { team, ..TokenFilter::default() };
        let query = TokenQuery { filter, cursor, limit: limit(rows), ..TokenQuery::default() };
        let page = service::token::list(&world.service, &owner, &query).await.expect("a page");
        pages.push(page.tokens.iter().map(|token| token.id).collect());
        // As it travels: through its text.
        let Some(next) = page.next else { return pages };
        let text = next.text(&query.filter);
        let next = TokenCursor::parse(&text, query.sort, &query.filter);
        cursor = Some(next.expect("its own form"));
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn every_token_comes_once_newest_first(pool: PgPool) {
    let world = World::new(pool).await;
    let team = world.team("platform").await;
    let all = fill(&world, &team).await;
    let pages = walk(&world, None, 50).await;
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [50, 50, 20]);
    assert_eq!(pages.concat(), all);
    // A last page that is exactly full has nothing after it.
    let pages = walk(&world, Some(team.id), 40).await;
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [40, 40, 40]);
    assert_eq!(pages.concat(), all);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_team_lists_its_own(pool: PgPool) {
    let world = World::new(pool).await;
    let (one, other) = (world.team("platform").await, world.team("data").await);
    let mine = world.token(&one, "import").await;
    world.token(&other, "export").await;
    assert_eq!(walk(&world, Some(one.id), 50).await.concat(), [mine.token.id]);
    assert!(walk(&world, Some(uuid::Uuid::nil().into()), 51).await.concat().is_empty());
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_added_meanwhile_moves_no_page(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let team = world.team("platform").await;
    for name in ["a", "b", "c", "d"] {
        world.pass(Duration::milliseconds(1));
        world.token(&team, name).await;
    }
    let names = |items: &[domain::token::Token]| -> Vec<String> {
        items.iter().map(|token| token.name.as_str().to_owned()).collect()
    };
    let query = TokenQuery { limit: limit(2), ..TokenQuery::default() };
    let first = service::token::list(&world.service, &owner, &query).await.expect("a page");
    assert_eq!(names(&first.tokens), ["d", "c"]);
    world.pass(Duration::milliseconds(1));
    world.create(asked(&team, "e")).await.expect("a token");
    let query = TokenQuery { cursor: first.next, ..query };
    let second = service::token::list(&world.service, &owner, &query).await.expect("a page");
    assert_eq!(names(&second.tokens), ["b", "a"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn teams_and_the_log_have_pages_too(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    for name in ["a", "b", "c"] {
        world.pass(Duration::milliseconds(1));
        world.team(name).await;
    }
    let first = service::team::list(&world.service, &owner, None, limit(2)).await.expect("a page");
    let next = TeamCursor::parse(&first.next.expect("more").to_string()).expect("its own form");
    let last =
        service::team::list(&world.service, &owner, Some(next), limit(2)).await.expect("a page");
    let names: Vec<_> =
        first.items.iter().chain(&last.items).map(|team| team.name.as_str()).collect();
    assert_eq!(names, ["c", "b", "a"]);
    assert!(last.next.is_none());

    let filter = AuditFilter { limit: limit(3), ..AuditFilter::default() };
    let first = service::audit::list(&world.service, &owner, filter.clone()).await.expect("a page");
    let next = AuditCursor::parse(&first.next.expect("more").to_string()).expect("its own form");
    let filter = AuditFilter { cursor: Some(next), ..filter };
    let last = service::audit::list(&world.service, &owner, filter).await.expect("a page");
    let subjects: Vec<_> =
        first.items.iter().chain(&last.items).map(|entry| entry.subject_label.as_str()).collect();
    assert_eq!(subjects, ["c", "b", "a", crate::world::EMAIL]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_kind_that_this_version_cannot_name_leaves_no_gap(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    for name in ["a", "b", "c", "d"] {
        world.team(name).await;
    }
    sqlx::query("UPDATE audit_events SET kind = 'team_painted' WHERE subject_label IN ('b', 'c')")
        .execute(&world.pool)
        .await
        .expect("a newer version's kinds");
    let filter = AuditFilter { limit: limit(2), ..AuditFilter::default() };
    let page = service::audit::list(&world.service, &owner, filter).await.expect("a page");
    let subjects: Vec<_> = page.items.iter().map(|entry| entry.subject_label.as_str()).collect();
    assert_eq!(subjects, ["d", "a"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_team_counts_its_active_tokens(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let team = world.team("platform").await;
    world.token(&team, "lasting").await;
    let ended = world.token(&team, "ended").await;
    service::token::revoke(
        &world.service,
        &owner,
        ended.token.id,
        domain::token::Revocation::default(),
    )
    .await
    .expect("ended");
    let mut short = asked(&team, "short");
    short.expiry = domain::token::ExpiryRequest::Days(1);
    world.create(short).await.expect("a token");
    let count = async || {
        let page =
            service::team::list(&world.service, &owner, None, limit(1)).await.expect("a page");
        page.items[0].active_tokens
    };
    assert_eq!(count().await, 2);
    world.pass(Duration::days(1));
    assert_eq!(count().await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn teams_to_choose_from_come_by_name(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    for (name, reveal_allowed) in [("platform", true), ("Data", false), ("éclair", true)] {
        world.team_as(name, reveal_allowed).await;
    }
    let choices = service::team::list_choices(&world.service, &owner, None).await.expect("teams");
    let teams: Vec<_> =
        choices.teams.iter().map(|team| (team.name.as_str(), team.reveal_allowed)).collect();
    assert_eq!(teams, [("Data", false), ("platform", true), ("éclair", true)]);
    assert!(!choices.partial);
}

#[sqlx::test(migrations = "../../migrations")]
async fn of_very_many_teams_the_newest_are_offered_and_the_one_that_was_asked_for(pool: PgPool) {
    let world = World::new(pool).await;
    let owner = world.owner().await;
    let oldest = "INSERT INTO teams (id, name, description, reveal_allowed, created_at)
                  SELECT ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'team ' || n, '', false, now()
                  FROM generate_series(1, $1) n";
    sqlx::query(oldest)
        .bind(i32::from(CHOICES_MAX))
        .execute(&world.pool)
        .await
        .expect("as many as are offered");
    let choices = async |asked: Option<&str>| {
        let asked = asked.map(|id| TeamId::parse(id).expect("an id"));
        let found = service::team::list_choices(&world.service, &owner, asked).await;
        let found = found.expect("teams");
        let names: Vec<_> =
            found.teams.into_iter().map(|team| team.name.as_str().to_owned()).collect();
        (names, found.partial)
    };
    let most = usize::from(CHOICES_MAX);
    let (names, partial) = choices(None).await;
    assert_eq!((names.len(), partial), (most, false));

    world.team("newest").await;
    let (names, partial) = choices(None).await;
    assert_eq!((names.len(), partial), (most, true));
    assert!(names.iter().any(|name| name == "newest"));
    assert!(!names.iter().any(|name| name == "team 1"));
    let (names, partial) = choices(Some("00000000-0000-7000-8000-000000000001")).await;
    assert_eq!((names.len(), partial), (most + 1, false));
    assert!(names.iter().any(|name| name == "team 1"));
    // One that is offered anyway comes once, and one that there is not does no harm.
    for asked in ["00000000-0000-7000-8000-000000000002", "00000000-0000-7000-8000-00000000ffff"] {
        assert_eq!(choices(Some(asked)).await.0.len(), most, "{asked}");
    }
}
