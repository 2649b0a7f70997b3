//! A hit allocates nothing: counted by the allocator of this program, from the text that was offered to the decision.

#[path = "../../domain/tests/allocation/counting.rs"]
mod counting;

use counting::{Counting, allocations};
use domain::OffsetDateTime;
use domain::token::SecretHash;
use domain::verify::{Request, Verdict, decide};
use service::verify::index::Found;
use service::verify::{Following, Trust};
use service::{Parts, Service};
use sqlx::PgPool;
use store::Store;

#[global_allocator]
static COUNTING: Counting = Counting;

/// The secret of number `n`.
fn secret(n: i32) -> String {
    format!("ntk_{n:043}")
}

/// A service on a database of `tokens`, each with a limit and a network.
async fn service(pool: PgPool, tokens: i32) -> Service {
    sqlx::query("INSERT INTO teams (id, name, description, reveal_allowed, created_at) VALUES (gen_random_uuid(), 'platform', '', false, now())")
        .execute(&pool)
        .await
        .expect("a team");
    sqlx::query(
        "INSERT INTO tokens (id, team_id, name, description, secret_hash, display, scopes, created_at, created_by, allowed_cidrs, rate_requests, rate_seconds)
         SELECT gen_random_uuid(), t.id, 'service ' || n, '', sha256(('ntk_' || lpad(n::text, 43, '0'))::bytea), '', ARRAY['images:*'], now(), 'test',
                '{10.0.0.0/8}', 10, 1
         FROM generate_series(1, $1) AS n CROSS JOIN teams AS t",
    )
    .bind(tokens)
    .execute(&pool)
    .await
    .expect("tokens");
    Service::new(Parts::new(Store::on(pool))).await.expect("a service")
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_hit_allocates_nothing(pool: PgPool) {
    let service = service(pool, 100).await;
    let mut following = Following::new(service.clone(), "tokens-1");
    following.turn().await.expect("loaded");
    let index = service.index();
    assert_eq!((index.len(), index.trust()), (100, Trust::All));

    let wanted = [domain::token::Scope::parse("images:read").expect("a scope")];
    let origin = "10.1.2.3".parse().ok();
    let now = service.now();
    let ask = |offered: &str, now: OffsetDateTime| {
        let hash = SecretHash::of_offered(offered)?;
        let told = index.ask(&hash, |entry| {
            let entry = entry?;
            let limit = entry.record.conditions.as_ref()?.rate?;
            let arrival = entry.arrival();
            let asked = Request { wanted: &wanted, origin, arrival, share: 1, left: None };
            let verdict = decide(Some(&entry.record), &asked, now);
            Some(matches!(verdict, Verdict::Valid(_)) && entry.take(limit, now).is_ok())
        });
        if let Found::Told(told) = told { told } else { None }
    };
    // A thread's first look makes its place among those who look.
    assert_eq!(ask(&secret(1), now), Some(true));
    for n in 1..=100 {
        let secret = secret(n);
        assert_eq!(allocations(|| ask(&secret, now)), (0, Some(true)), "token {n}");
    }
    // Nor does a refusal.
    let secret = secret(2);
    for _ in 2..=10 {
        assert_eq!(ask(&secret, now), Some(true));
    }
    assert_eq!(allocations(|| ask(&secret, now)), (0, Some(false)));
}
