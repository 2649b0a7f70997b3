//! Usage: what verification leaves behind, and how little of it can be lost or counted twice.

use crate::world::{START, World, asked, patient, secret};
use domain::OffsetDateTime;
use domain::audit::EventKind;
use domain::token::{ExpiryRequest, Scope};
use service::token::Created;
use service::usage::flush;
use service::verify::{Asked, answer};
use service::{Parts, Service, UsageSettings};
use sqlx::PgPool;
use store::Store;
use time::Duration;
use time::macros::datetime;

/// Verifies as if it came from there.
pub async fn used(world: &World, made: &Created, origin: &str, agent: &str, scopes: &[&str]) {
    let wanted: Vec<_> = scopes.iter().map(|text| Scope::parse(text).expect("a scope")).collect();
    let asked = Asked {
        offered: secret(made),
        wanted: &wanted,
        origin: Some(origin.parse().expect("an address")),
        user_agent: Some(agent),
        route: Some("/images"),
    };
    answer(&world.service, &asked, |_| ()).await;
}

async fn hours(pool: &PgPool) -> Vec<(OffsetDateTime, bool, String, i64)> {
    sqlx::query_as(
        "SELECT hour, token_id = '00000000-0000-0000-0000-000000000000', outcome, count FROM usage_hours ORDER BY 1, 2 DESC, 3",
    )
    .fetch_all(pool)
    .await
    .expect("rows")
}

fn sum(rows: &[(OffsetDateTime, bool, String, i64)]) -> i64 {
    rows.iter().map(|(.., count)| count).sum()
}

#[sqlx::test(migrations = "../../migrations")]
async fn every_answer_is_counted_by_its_hour_and_outcome(pool: PgPool) {
    let world = World::new(pool.clone()).await;
    let made = world.token(&world.team("platform").await, "import").await;
    world.verify(secret(&made)).await;
    world.verify(secret(&made)).await;
    world.verify_for(secret(&made), &["images:delete"]).await;
    world.verify("nonsense").await;
    world.verify(&format!("ntk_{}", "A".repeat(43))).await;
    world.pass(Duration::hours(1));
    world.verify(secret(&made)).await;
    assert!(hours(&pool).await.is_empty());
    flush(&world.service).await.expect("flushed");
    let row = |hour: i64, none, outcome: &str, count| {
        (START + Duration::hours(hour), none, outcome.to_owned(), count)
    };
    let expected = [
        row(0, true, "malformed", 1),
        row(0, true, "unknown", 1),
        row(0, false, "scope_denied", 1),
        row(0, false, "valid", 2),
        row(1, false, "valid", 1),
    ];
    assert_eq!(hours(&pool).await, expected);
    // What is flushed is gone from memory, and what comes next is added.
    flush(&world.service).await.expect("nothing to do");
    world.verify(secret(&made)).await;
    flush(&world.service).await.expect("flushed");
    assert_eq!(hours(&pool).await[4], row(1, false, "valid", 2));
    assert_eq!(world.service.usage().counts().total(), 7);
    assert_eq!(world.service.usage().waiting(), 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_last_use_goes_only_forward(pool: PgPool) {
    let world = World::new(pool.clone()).await;
    let other = world.restarted(None, 8).await;
    let made = world.token(&world.team("platform").await, "import").await;
    used(&other, &made, "192.0.2.1", "early", &[]).await;
    world.pass(Duration::seconds(1));
    used(&world, &made, "2001:db8::7", "late\0", &[]).await;
    // A refused use is none.
    world.pass(Duration::seconds(1));
    used(&world, &made, "192.0.2.9", "refused", &["audio"]).await;
    flush(&world.service).await.expect("flushed");
    flush(&other.service).await.expect("flushed");
    let last: (OffsetDateTime, String, String, String) =
        sqlx::query_as("SELECT at, host(origin), user_agent, route FROM token_last_used")
            .fetch_one(&pool)
            .await
            .expect("a row");
    let late = START + Duration::seconds(1);
    assert_eq!(last, (late, "2001:db8::7".to_owned(), "late".to_owned(), "/images".to_owned()));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_secret_in_what_was_sent_is_not_kept(pool: PgPool) {
    let world = World::new(pool.clone()).await;
    let made = world.token(&world.team("platform").await, "import").await;
    let route = format!("/hooks/{}/run", secret(&made));
    let asked = Asked {
        offered: secret(&made),
        route: Some(&route),
        user_agent: Some(secret(&made)),
        ..Asked::default()
    };
    answer(&world.service, &asked, |_| ()).await;
    flush(&world.service).await.expect("flushed");
    let kept: (Option<String>, Option<String>) =
        sqlx::query_as("SELECT user_agent, route FROM token_last_used")
            .fetch_one(&pool)
            .await
            .expect("a row");
    assert_eq!(kept, (None, None));
}

#[sqlx::test(migrations = "../../migrations")]
async fn origins_and_scopes_are_summed(pool: PgPool) {
    let world = World::new(pool.clone()).await;
    let made = world.token(&world.team("platform").await, "import").await;
    used(&world, &made, "192.0.2.1", "curl", &["images:read"]).await;
    used(&world, &made, "192.0.2.1", "curl", &["images:read", "audio"]).await;
    flush(&world.service).await.expect("flushed");
    used(&world, &made, "2001:db8::1", "curl", &["images:read", "images:write"]).await;
    used(&world, &made, "2001:db8::2", "curl", &[]).await;
    flush(&world.service).await.expect("flushed");
    let origins: Vec<(String, i64, i64)> =
        sqlx::query_as("SELECT text(origin), valid, refused FROM token_origins ORDER BY origin")
            .fetch_all(&pool)
            .await
            .expect("rows");
    assert_eq!(origins, [("192.0.2.1/32".to_owned(), 1, 1), ("2001:db8::/64".to_owned(), 2, 0)]);
    let scopes: Vec<(String, i64, i64)> =
        sqlx::query_as("SELECT scope, granted, refused FROM token_scopes_asked ORDER BY scope")
            .fetch_all(&pool)
            .await
            .expect("rows");
    let row = |scope: &str, granted, refused| (scope.to_owned(), granted, refused);
    // Of the refused request only what was lacking is known.
    let expected = [row("audio", 0, 1), row("images:read", 2, 0), row("images:write", 1, 0)];
    assert_eq!(scopes, expected);
    let unnamed: Vec<i64> = sqlx::query_scalar("SELECT unnamed FROM token_last_used")
        .fetch_all(&pool)
        .await
        .expect("a row");
    assert_eq!(unnamed, [1]);
}

/// Most uses are alike and are kept short; what is not alike must add up with them.
#[sqlx::test(migrations = "../../migrations")]
async fn uses_that_are_alike_and_others_add_up(pool: PgPool) {
    let world = World::new(pool.clone()).await;
    let made = world.token(&world.team("platform").await, "import").await;
    let alike = async |times: u32, origin: &str| {
        for _ in 0..times {
            world.pass(Duration::seconds(1));
            used(&world, &made, origin, "curl", &[]).await;
        }
    };
    alike(3, "2001:db8::1").await;
    // The same origin by another address, and then by another network, with a scope, and refused.
    alike(1, "2001:db8::2").await;
    alike(1, "192.0.2.1").await;
    used(&world, &made, "192.0.2.1", "wget", &["images:read"]).await;
    used(&world, &made, "192.0.2.1", "wget", &["audio"]).await;
    alike(2, "2001:db8::3").await;
    flush(&world.service).await.expect("flushed");
    alike(1, "2001:db8::4").await;
    flush(&world.service).await.expect("flushed");

    let origins: Vec<(String, i64, i64)> =
        sqlx::query_as("SELECT text(origin), valid, refused FROM token_origins ORDER BY origin")
            .fetch_all(&pool)
            .await
            .expect("rows");
    assert_eq!(origins, [("192.0.2.1/32".to_owned(), 2, 1), ("2001:db8::/64".to_owned(), 7, 0)]);
    let span: (OffsetDateTime, OffsetDateTime) = sqlx::query_as(
        "SELECT first_at, last_valid_at FROM token_origins WHERE family(origin) = 6",
    )
    .fetch_one(&pool)
    .await
    .expect("a row");
    assert_eq!(span, (START + Duration::seconds(1), START + Duration::seconds(8)));
    let last: (String, String, i64, OffsetDateTime, OffsetDateTime) = sqlx::query_as(
        "SELECT host(origin), user_agent, unnamed, unnamed_first_at, unnamed_last_at FROM token_last_used",
    )
    .fetch_one(&pool)
    .await
    .expect("a row");
    let (first_at, last_at) = span;
    assert_eq!(last, ("2001:db8::4".to_owned(), "curl".to_owned(), 8, first_at, last_at));
    assert_eq!(sum(&hours(&pool).await), 10);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_token_has_at_most_200_origins(pool: PgPool) {
    let world = World::new(pool.clone()).await;
    let made = world.token(&world.team("platform").await, "import").await;
    for n in 0..12_u8 {
        for m in 0..20_u8 {
            used(&world, &made, &format!("192.0.{n}.{m}"), "curl", &[]).await;
        }
        flush(&world.service).await.expect("flushed");
    }
    let (count, first): (i64, i64) = sqlx::query_as(
        "SELECT count(*), sum(valid) FILTER (WHERE origin = '192.0.0.0')::bigint FROM token_origins",
    )
    .fetch_one(&pool)
    .await
    .expect("a count");
    assert_eq!((count, first), (200, 1));
    // Those that are known are counted on.
    used(&world, &made, "192.0.0.0", "curl", &[]).await;
    flush(&world.service).await.expect("flushed");
    let first: i64 =
        sqlx::query_scalar("SELECT valid FROM token_origins WHERE origin = '192.0.0.0'")
            .fetch_one(&pool)
            .await
            .expect("a count");
    assert_eq!(first, 2);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_the_database_did_not_take_is_flushed_later_and_once(pool: PgPool) {
    let world = World::new(pool.clone()).await;
    let made = world.token(&world.team("platform").await, "import").await;
    world.verify(secret(&made)).await;
    sqlx::query("ALTER TABLE token_last_used RENAME TO away").execute(&pool).await.expect("away");
    flush(&world.service).await.expect_err("it is not there");
    world.verify(secret(&made)).await;
    flush(&world.service).await.expect_err("it is not there");
    assert!(hours(&pool).await.is_empty());
    sqlx::query("ALTER TABLE away RENAME TO token_last_used").execute(&pool).await.expect("back");
    flush(&world.service).await.expect("flushed");
    assert_eq!(sum(&hours(&pool).await), 2);

    // The answer to a commit was lost: the same batch comes once more.
    world.verify(secret(&made)).await;
    sqlx::query("UPDATE usage_batches SET number = number + 1").execute(&pool).await.expect("set");
    flush(&world.service).await.expect("it is there already");
    assert_eq!(sum(&hours(&pool).await), 2);
}

#[sqlx::test(migrations = "../../migrations")]
async fn without_room_totals_go_on(pool: PgPool) {
    let world = World::new(pool.clone()).await;
    let usage = UsageSettings { waiting_max: 2, ..UsageSettings::default() };
    let parts = Parts { usage, verify: patient(), ..Parts::new(Store::on(pool.clone())) };
    let service = Service::new(parts).await.expect("a service");
    let team = world.team("platform").await;
    for name in ["one", "two", "three"] {
        let made = world.token(&team, name).await;
        let asked =
            Asked { offered: secret(&made), origin: "192.0.2.1".parse().ok(), ..Asked::default() };
        answer(&service, &asked, |_| ()).await;
    }
    let overflow = service.usage().overflow();
    // The first took the room for itself and its origin.
    assert_eq!((overflow.tokens, overflow.origins), (2, 0));
    flush(&service).await.expect("flushed");
    let rows = hours(&pool).await;
    let counts: Vec<_> =
        rows.iter().map(|(_, none, outcome, count)| (*none, &**outcome, *count)).collect();
    assert_eq!(counts, [(true, "valid", 2), (false, "valid", 1)]);
    assert_eq!((service.usage().waiting(), service.usage().overflow().tokens), (0, 2));
}

#[sqlx::test(migrations = "../../migrations")]
async fn instances_that_flush_together_neither_wait_in_a_circle_nor_lose(pool: PgPool) {
    let world = World::new(pool.clone()).await;
    let team = world.team("platform").await;
    let mut made = Vec::new();
    for n in 0..20 {
        made.push(world.token(&team, &format!("job {n}")).await);
    }
    let worlds = [world.restarted(None, 8).await, world.restarted(None, 9).await, world];
    for round in 0..5 {
        for (n, world) in worlds.iter().enumerate() {
            // Each in another order.
            for place in 0..made.len() {
                let made = &made[(place * (n * 2 + 1) + round) % made.len()];
                used(world, made, "192.0.2.1", "curl", &["images:read"]).await;
            }
        }
        let [one, two, three] = &worlds;
        let flushed = tokio::join!(flush(&one.service), flush(&two.service), flush(&three.service));
        flushed.0.expect("flushed");
        flushed.1.expect("flushed");
        flushed.2.expect("flushed");
    }
    assert_eq!(sum(&hours(&pool).await), 3 * 5 * 20);
}

#[sqlx::test(migrations = "../../migrations")]
async fn months_are_made_ahead_and_dropped_when_they_are_old(pool: PgPool) {
    let world = World::new(pool.clone()).await;
    let made = world.token(&world.team("platform").await, "import").await;
    // As if it had waited for the database over the end of a month, and far from any partition.
    world.pass(datetime!(2031-01-31 23:59 UTC) - START);
    used(&world, &made, "192.0.2.1", "curl", &["images:read"]).await;
    world.pass(Duration::minutes(2));
    world.verify(secret(&made)).await;
    flush(&world.service).await.expect("flushed");
    service::sweep::sweep(&world.service).await.expect("swept");
    assert_eq!(hours(&pool).await.len(), 2);
    world.pass(Duration::days(358));
    service::sweep::sweep(&world.service).await.expect("swept");
    assert_eq!(hours(&pool).await.len(), 2);
    world.pass(Duration::days(45));
    service::sweep::sweep(&world.service).await.expect("swept");
    assert_eq!(hours(&pool).await.len(), 1);
    let names: Vec<String> = sqlx::query_scalar(
        "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'usage_hours'::regclass ORDER BY 1",
    )
    .fetch_all(&pool)
    .await
    .expect("names");
    assert!(!names.contains(&"usage_hours_2031_01".to_owned()), "{names:?}");
    assert!(names.contains(&"usage_hours_2031_02".to_owned()), "{names:?}");
    let origins: i64 = sqlx::query_scalar("SELECT count(*) FROM token_origins")
        .fetch_one(&pool)
        .await
        .expect("a count");
    assert_eq!(origins, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn verifiers_are_not_woken(pool: PgPool) {
    let world = World::new(pool.clone()).await;
    let made = world.token(&world.team("platform").await, "import").await;
    let before: String = changed(&pool).await;
    used(&world, &made, "192.0.2.1", "curl", &["images:read"]).await;
    flush(&world.service).await.expect("flushed");
    assert_eq!(changed(&pool).await, before);
}

async fn changed(pool: &PgPool) -> String {
    sqlx::query_scalar("SELECT string_agg(changed_xid::text || xmax::text, ' ') FROM tokens")
        .fetch_one(pool)
        .await
        .expect("marks")
}

/// The lines about uses: what, of which token, with what beside it.
async fn notices(world: &World) -> Vec<String> {
    let told = |entry: &domain::audit::Entry| {
        let mut detail: Vec<_> =
            entry.detail.iter().map(|(name, value)| format!("{name} {value}")).collect();
        detail.sort();
        assert_eq!(entry.actor_kind, "clock");
        format!("{} {}: {}", entry.kind.as_str(), entry.subject_label, detail.join(", "))
    };
    let about_uses = [EventKind::TokenNewOrigin, EventKind::TokenUsedAfterEnd];
    let log = world.log().await;
    log.iter().filter(|entry| about_uses.contains(&entry.kind)).map(told).collect()
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_new_origin_is_told_once_an_hour(pool: PgPool) {
    let world = World::new(pool).await;
    let made = world.token(&world.team("platform").await, "import").await;
    let from = async |origin: &str| {
        used(&world, &made, origin, "curl", &[]).await;
        flush(&world.service).await.expect("flushed");
        notices(&world).await
    };
    // The first is where it lives.
    assert!(from("192.0.2.1").await.is_empty());
    assert!(from("192.0.2.1").await.is_empty());
    let first = "token_new_origin import: used_from 198.51.100.7";
    assert_eq!(from("198.51.100.7").await, [first]);
    assert_eq!(from("198.51.100.8").await, [first]);
    world.pass(Duration::hours(1));
    // It is known by now.
    assert_eq!(from("198.51.100.8").await, [first]);
    let second = "token_new_origin import: used_from 2001:db8::/64";
    assert_eq!(from("2001:db8::1").await, [first, second]);
    world.pass(Duration::hours(1));
    assert_eq!(from("2001:db8::2").await, [first, second]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn of_two_origins_at_once_the_later_is_new(pool: PgPool) {
    let world = World::new(pool).await;
    let made = world.token(&world.team("platform").await, "import").await;
    used(&world, &made, "203.0.113.9", "curl", &[]).await;
    world.pass(Duration::seconds(1));
    // Refused for what it asked, it still came with the token.
    used(&world, &made, "192.0.2.1", "curl", &["audio"]).await;
    flush(&world.service).await.expect("flushed");
    assert_eq!(notices(&world).await, ["token_new_origin import: used_from 192.0.2.1"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_use_after_the_end_is_told_once_a_day_by_all_instances(pool: PgPool) {
    let world = World::new(pool).await;
    let other = world.restarted(None, 8).await;
    let team = world.team("platform").await;
    let (revoked, short) = (world.token(&team, "revoked").await, {
        let mut asked = asked(&team, "short");
        asked.expiry = ExpiryRequest::Days(1);
        world.create(asked).await.expect("a token")
    });
    used(&world, &revoked, "192.0.2.1", "curl", &[]).await;
    let caller = world.anybody().await;
    service::token::revoke(
        &world.service,
        &caller,
        revoked.token.id,
        domain::token::Revocation::default(),
    )
    .await
    .expect("ended");
    // What was used yesterday is in the database since yesterday.
    flush(&world.service).await.expect("flushed");
    world.pass(Duration::days(1));
    for world in [&world, &other] {
        // From elsewhere too, which is told with it.
        used(world, &revoked, "::ffff:192.0.2.7", "curl", &[]).await;
        used(world, &short, "192.0.2.8", "curl", &[]).await;
    }
    let (one, two) = tokio::join!(flush(&world.service), flush(&other.service));
    one.expect("flushed");
    two.expect("flushed");
    let mut told = notices(&world).await;
    told.sort();
    let expected = [
        "token_used_after_end revoked: code revoked, used_from 192.0.2.7",
        "token_used_after_end short: code expired, used_from 192.0.2.8",
    ];
    assert_eq!(told, expected);
    world.pass(Duration::days(1));
    world.verify(secret(&short)).await;
    flush(&world.service).await.expect("flushed");
    assert_eq!(notices(&world).await.len(), 3);
}
