//! The list of tokens: whatever the filter and the order, the pages have what a plain walk over all tokens finds, each once, there and back.

use crate::people::{may, team_id};
use domain::page::Limit;
use domain::policy::{Action, permit};
use domain::token::list::{AskedFilter, SortBy};
use domain::token::{SecretHash, Token, TokenCursor, TokenFilter, TokenQuery, TokenSort};
use sqlx::{AssertSqlSafe, PgPool};
use store::Store;
use time::{Duration, OffsetDateTime};

/// Not at the full hour: the last use is known by the hour.
const NOW: OffsetDateTime = time::macros::datetime!(2026-11-22 10:40 UTC);

/// Tokens of every status, of three teams, some used and some not, with equal names and equal expiries among them.
const FILL: &str = "
    INSERT INTO teams (id, name, description, reveal_allowed, created_at)
    SELECT ('00000000-0000-0000-0000-00000000000' || n)::uuid, 'team ' || n, '', true, '2026-11-22 10:00Z' FROM generate_series(1, 3) n;
    INSERT INTO tokens (id, team_id, name, description, secret_hash, display, sealed, scopes, created_at, created_by, expires_at, revoked_at,
                        not_before, disabled_at, paused_at, paused_until, retired_hash, retired_until)
    SELECT ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, ('00000000-0000-0000-0000-00000000000' || 1 + n % 3)::uuid,
           CASE WHEN n % 5 = 0 THEN 'Same_name' ELSE 'job-' || n END, CASE WHEN n % 4 = 0 THEN '支付服务 import' ELSE '' END,
           sha256(n::text::bytea), 'ntk_' || substr(md5(n::text), 1, 8) || '…' || substr(md5(n::text), 9, 4), CASE WHEN n % 6 = 0 THEN 'sealed' END,
           CASE WHEN n % 2 = 0 THEN ARRAY['a:read'] ELSE ARRAY['a:read', 'b:' || n % 4] END, '2026-11-22 10:00Z'::timestamptz - n * interval '1 day',
           'person' || n % 4, CASE WHEN n % 3 > 0 THEN '2026-11-22 10:00Z'::timestamptz + (n % 40 - 10) * interval '1 day' END,
           CASE WHEN n % 5 = 0 THEN '2026-11-01 10:00Z'::timestamptz END, CASE WHEN n % 11 = 1 THEN '2026-12-01 10:00Z'::timestamptz END,
           CASE WHEN n % 13 IN (2, 3, 6) THEN '2026-11-20 10:00Z'::timestamptz END, CASE WHEN n % 13 IN (3, 6) THEN '2026-11-20 10:00Z'::timestamptz END,
           CASE n % 13 WHEN 3 THEN '2026-11-22 11:00Z'::timestamptz WHEN 6 THEN '2026-11-22 10:00Z'::timestamptz END, CASE WHEN n % 7 = 3 THEN sha256(('former ' || n)::bytea) END,
           CASE WHEN n % 7 = 3 THEN '2026-11-22 10:00Z'::timestamptz + (n % 3 - 1) * interval '1 hour' END
    FROM generate_series(1, 240) n;
    INSERT INTO token_last_used (token_id, at)
    SELECT id, '2026-11-22 10:20Z'::timestamptz - (row_number() OVER (ORDER BY id) % 90) * interval '1 day' FROM tokens WHERE created_by <> 'person1';
    UPDATE token_used u SET hour = date_trunc('hour', l.at, 'UTC') FROM token_last_used l WHERE l.token_id = u.token_id;";

async fn filled(pool: &PgPool) -> Store {
    sqlx::raw_sql(FILL).execute(pool).await.expect("filled");
    Store::on(pool.clone())
}

fn sorts() -> impl Iterator<Item = TokenSort> {
    SortBy::ALL
        .into_iter()
        .flat_map(|by| [false, true].map(|descending| TokenSort { by, descending }))
}

/// All pages from the beginning on, and then from the last one back.
async fn there_and_back(store: &Store, query: &TokenQuery) -> (Vec<Token>, Vec<Token>) {
    let permit = may(Action::ListTokens);
    let (mut there, mut back) = (Vec::new(), Vec::new());
    let mut at = query.clone();
    let mut page = store.list_tokens(&permit, &at, NOW).await.expect("a page");
    assert!(page.previous.is_none());
    loop {
        there.extend(page.tokens.clone());
        assert!(there.len() < 1_000, "it does not end");
        let Some(next) = &page.next else { break };
        at.cursor = Some(again(next, &at));
        page = store.list_tokens(&permit, &at, NOW).await.expect("a page");
    }
    loop {
        back.splice(0..0, page.tokens.clone());
        let Some(previous) = &page.previous else { break };
        at.cursor = Some(again(previous, &at));
        page = store.list_tokens(&permit, &at, NOW).await.expect("a page");
    }
    (there, back)
}

/// A cursor as it travels: through its text.
fn again(cursor: &TokenCursor, query: &TokenQuery) -> TokenCursor {
    TokenCursor::parse(&cursor.text(&query.filter), query.sort, &query.filter).expect("its own")
}

/// What an order goes by, as something that can be compared: `None` of an instant is last for an expiry, and first for a use.
fn place(token: &Token, by: SortBy) -> (String, i128, uuid::Uuid) {
    let nanos = |at: time::OffsetDateTime| at.unix_timestamp_nanos();
    let hour = 3_600_000_000_000;
    let (text, number) = match by {
        SortBy::Created => (String::new(), 0),
        SortBy::Name => (token.name.as_str().to_lowercase(), 0),
        SortBy::Expires => (String::new(), token.expires_at.map_or(i128::MAX, nanos)),
        SortBy::LastUsed => {
            (String::new(), token.last_used_at.map_or(i128::MIN, |at| nanos(at) / hour))
        }
    };
    (text, number, token.id.uuid())
}

fn in_order(mut tokens: Vec<Token>, sort: TokenSort) -> Vec<Token> {
    tokens.sort_by_key(|token| place(token, sort.by));
    if sort.descending {
        tokens.reverse();
    }
    tokens
}

fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect()
}

/// Whether a token is of a filter, said once more and plainly.
fn is_of(token: &Token, asked: AskedFilter<'_>) -> bool {
    let state = token.state(NOW);
    let said = format!(
        "{} {} {}",
        token.name.as_str(),
        token.description.as_str(),
        token.display.as_str()
    );
    let has = |typed: &String| {
        words(&said)
            .iter()
            .any(|word| word.starts_with(typed) || (!typed.is_ascii() && word.contains(typed)))
    };
    let days = |text: &str| Duration::days(text.parse().expect("days"));
    let hour = |at: OffsetDateTime| at.unix_timestamp() / 3600;
    let unused = |text: &str| match (text, token.last_used_at) {
        ("never", used) => used.is_none(),
        (text, Some(used)) => {
            hour(used) < hour(NOW - days(text)) && token.created_at < NOW - days(text)
        }
        (text, None) => token.created_at < NOW - days(text),
    };
    words(asked.q).iter().all(has)
        && (asked.team.is_empty() || asked.team == token.team.to_string())
        && (asked.created_by.is_empty() || asked.created_by == token.created_by)
        && (asked.status.is_empty()
            || asked.status.split(',').any(|name| match name {
                "working" => state.is_working(),
                "ended" => state.has_ended(),
                name => name == state.as_str(),
            }))
        && (asked.scope.is_empty()
            || token.scopes.to_strings().iter().any(|scope| scope == asked.scope))
        && (asked.expires_days.is_empty()
            || !state.has_ended()
                && token.expires_at.is_some_and(|at| at <= NOW + days(asked.expires_days)))
        && (asked.unused.is_empty() || unused(asked.unused))
        && (asked.revealable.is_empty() || asked.revealable == token.revealable.to_string())
}

fn filters() -> Vec<AskedFilter<'static>> {
    let none = AskedFilter::default();
    let team = "00000000-0000-0000-0000-000000000002";
    let mut filters = vec![
        none,
        AskedFilter { team, ..none },
        AskedFilter { created_by: "person2", ..none },
        AskedFilter { scope: "b:3", ..none },
        AskedFilter { scope: "nothing", ..none },
        AskedFilter { expires_days: "10", ..none },
        AskedFilter { unused: "never", ..none },
        AskedFilter { unused: "30", ..none },
        AskedFilter { revealable: "true", ..none },
        AskedFilter { revealable: "false", ..none },
        AskedFilter { q: "same NAME", ..none },
        AskedFilter { q: "job-1", ..none },
        AskedFilter { q: "付服", ..none },
        AskedFilter { q: "imp 服务 JOB", ..none },
        AskedFilter { q: "qqq", ..none },
        AskedFilter { team, scope: "a:read", status: "working", unused: "30", ..none },
        AskedFilter {
            q: "job",
            created_by: "person1",
            unused: "never",
            revealable: "false",
            ..none
        },
        AskedFilter { expires_days: "20", status: "expiring_soon,revoked", ..none },
        AskedFilter { expires_days: "20", status: "revoked", ..none },
    ];
    let statuses = [
        "active",
        "expiring_soon",
        "rotating",
        "scheduled",
        "disabled",
        "expired",
        "revoked",
        "working",
        "ended",
        "expired,expiring_soon",
        "disabled,scheduled",
        "active,revoked",
    ];
    filters.extend(statuses.map(|status| AskedFilter { status, ..none }));
    filters
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_pages_of_every_filter_in_every_order_have_each_token_once(pool: PgPool) {
    let store = filled(&pool).await;
    let limit = Limit::parse(Some(200)).expect("a limit");
    let all = there_and_back(&store, &TokenQuery { limit, ..TokenQuery::default() }).await.0;
    assert_eq!(all.len(), 240);
    for asked in filters() {
        let wanted: Vec<Token> = all.iter().filter(|token| is_of(token, asked)).cloned().collect();
        let filter = TokenFilter::parse(asked).expect("good");
        for (n, sort) in sorts().enumerate() {
            let rows = [7, 50, 200][n % 3];
            let limit = Limit::parse(Some(rows)).expect("a limit");
            let query = TokenQuery { filter: filter.clone(), sort, cursor: None, limit };
            let (there, back) = there_and_back(&store, &query).await;
            let ids = |tokens: &[Token]| tokens.iter().map(|token| token.id).collect::<Vec<_>>();
            assert_eq!(ids(&there), ids(&in_order(wanted.clone(), sort)), "{asked:?} {sort}");
            assert_eq!(ids(&back), ids(&there), "back: {asked:?} {sort}");
        }
        let permit = may(Action::ListTokens);
        let count = store.count_tokens(&permit, &filter, 1_000, NOW).await.expect("a count");
        assert_eq!(count, wanted.len() as u64, "{asked:?}");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_added_meanwhile_hides_nothing(pool: PgPool) {
    let store = filled(&pool).await;
    let permit = may(Action::ListTokens);
    for (round, sort) in sorts().enumerate() {
        let limit = Limit::parse(Some(30)).expect("a limit");
        let mut query = TokenQuery { sort, limit, ..TokenQuery::default() };
        let (before, _) = there_and_back(&store, &query).await;
        let (mut seen, mut added) = (Vec::new(), 0);
        loop {
            let page = store.list_tokens(&permit, &query, NOW).await.expect("a page");
            seen.extend(page.tokens.iter().map(|token| token.id));
            let more = format!(
                "INSERT INTO tokens (id, team_id, name, description, secret_hash, display, scopes, created_at, created_by, expires_at)
                 SELECT gen_random_uuid(), '{}', md5({added}::text || {round}), '', sha256(('r{round} {added}')::bytea), '', ARRAY['a'], now(), '',
                        '2026-11-22 10:00Z'::timestamptz + {added} * interval '1 day'",
                team_id(1)
            );
            sqlx::query(AssertSqlSafe(more)).execute(&pool).await.expect("one more");
            added += 1;
            let Some(next) = page.next else { break };
            query.cursor = Some(next);
        }
        let old: Vec<_> =
            seen.iter().copied().filter(|id| before.iter().any(|token| token.id == *id)).collect();
        assert_eq!(old, before.iter().map(|token| token.id).collect::<Vec<_>>(), "{sort}");
        seen.sort_unstable();
        assert!(seen.windows(2).all(|pair| pair[0] != pair[1]), "one twice, by {sort}");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_far_from_the_beginning_is_found_too(pool: PgPool) {
    let store = filled(&pool).await;
    // More than are judged at first, and of those that are asked for more than are sorted.
    let many = "INSERT INTO tokens (id, team_id, name, description, secret_hash, display, scopes, created_at, created_by)
                SELECT ('00000000-0000-7000-9000-' || lpad(n::text, 12, '0'))::uuid, '00000000-0000-0000-0000-000000000001', 'many ' || lpad(n::text, 5, '0'),
                       '', sha256(('many ' || n)::bytea), '', ARRAY[CASE WHEN n <= 9200 THEN 'early' ELSE 'late' END], now(), ''
                FROM generate_series(1, 15600) n";
    sqlx::query(many).execute(&pool).await.expect("many");
    let asked = AskedFilter { scope: "early", ..AskedFilter::default() };
    let filter = TokenFilter::parse(asked).expect("good");
    for by in [SortBy::Created, SortBy::Name] {
        let sort = TokenSort { by, descending: true };
        let mut query = TokenQuery { filter: filter.clone(), sort, ..TokenQuery::default() };
        for first in ["many 09200", "many 09150"] {
            let permit = may(Action::ListTokens);
            let page = store.list_tokens(&permit, &query, NOW).await.expect("a page");
            assert_eq!((page.tokens.len(), page.tokens[0].name.as_str()), (50, first));
            query.cursor = page.next;
        }
    }
    let permit = may(Action::ListTokens);
    assert_eq!(store.count_tokens(&permit, &filter, 1_001, NOW).await.expect("a count"), 1_001);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_secret_finds_its_token_also_after_a_rotation(pool: PgPool) {
    let store = filled(&pool).await;
    let permit = may(Action::ListTokens);
    let find = async |text: &str| {
        let bytes: Vec<u8> = sqlx::query_scalar("SELECT sha256($1::text::bytea)")
            .bind(text)
            .fetch_one(&pool)
            .await
            .expect("a hash");
        let hash = SecretHash::from_slice(&bytes).expect("32 bytes");
        let found = store.find_token_by_secret(&permit, &hash).await.expect("looked");
        found.map(|token| token.name.as_str().to_owned())
    };
    assert_eq!(find("3").await.as_deref(), Some("job-3"));
    assert_eq!(find("former 3").await.as_deref(), Some("job-3"));
    assert_eq!(find("nobody's").await, None);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_row_that_is_put_back_has_its_words_and_its_use(pool: PgPool) {
    let store = filled(&pool).await;
    let run = async |statement: &'static str| {
        sqlx::query(statement).execute(&pool).await.expect(statement);
    };
    run("CREATE TABLE aside AS SELECT * FROM tokens").await;
    run("DELETE FROM tokens").await;
    run("INSERT INTO tokens SELECT * FROM aside").await;
    run("UPDATE tokens SET name = 'another' WHERE name = 'job-2'").await;
    let permit = may(Action::ListTokens);
    let count = async |asked: AskedFilter<'static>| {
        let filter = TokenFilter::parse(asked).expect("good");
        store.count_tokens(&permit, &filter, 1_000, NOW).await.expect("a count")
    };
    let none = AskedFilter::default();
    assert_eq!(count(AskedFilter { unused: "never", ..none }).await, 60);
    assert_eq!(count(AskedFilter { q: "anoth", ..none }).await, 1);
    assert_eq!(count(AskedFilter { q: "import", ..none }).await, 60);
}

/// What a small letter is depends on the locale: whoever asks and what is asked must mean the same.
#[sqlx::test(migrations = "../../migrations")]
async fn a_word_is_found_as_it_is_written_in_every_locale(pool: PgPool) {
    let insert = format!(
        "INSERT INTO teams (id, name, description, reveal_allowed, created_at) VALUES ('{team}', 'team', '', true, now());
         INSERT INTO tokens (id, team_id, name, description, secret_hash, display, scopes, created_at, created_by)
         VALUES (gen_random_uuid(), '{team}', 'École Import', '', sha256('a'), '', ARRAY['a'], now(), '')",
        team = team_id(1)
    );
    let name = format!("c_{}", std::process::id());
    let run = async |statement: String| {
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&pool).await.expect("done");
    };
    run(format!(
        "CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
    ))
    .await;
    let options = pool.connect_options().as_ref().clone().database(&name);
    let plain = PgPool::connect_with(options).await.expect("a database");
    sqlx::migrate!("../../migrations").run(&plain).await.expect("migrated");
    for pool in [&pool, &plain] {
        sqlx::raw_sql(AssertSqlSafe(insert.clone())).execute(pool).await.expect("a token");
        let store = Store::on(pool.clone());
        for q in ["École", "Éco", "IMPORT", "import École"] {
            let filter = TokenFilter::parse(AskedFilter { q, ..AskedFilter::default() });
            let permit = may(Action::ListTokens);
            let count = store.count_tokens(&permit, &filter.expect("good"), 10, NOW).await;
            assert_eq!(count.expect("a count"), 1, "{q}");
        }
    }
    plain.close().await;
    run(format!("DROP DATABASE {name}")).await;
}

/// A server of the version before writes when a token was used, and not the hour that the list goes by.
#[sqlx::test(migrations = "../../migrations")]
async fn an_hour_that_nobody_wrote_is_made_up_for(pool: PgPool) {
    let store = filled(&pool).await;
    let clock = permit(&domain::policy::Actor::Clock, Action::Sweep).expect("the clock's");
    sqlx::query("UPDATE token_used SET hour = '-infinity'").execute(&pool).await.expect("behind");
    store.forget_usage(&clock, NOW - Duration::days(900), NOW).await.expect("done");
    let filter = AskedFilter { unused: "never", ..AskedFilter::default() };
    let filter = TokenFilter::parse(filter).expect("good");
    let count = store.count_tokens(&may(Action::ListTokens), &filter, 1_000, NOW).await;
    assert_eq!(count.expect("a count"), 60);
}
