//! Verification: requests a second beside a bare handler that gives the same answer, with few tokens and with many; what memory they take; and how
//! long after its end the last of three instances refuses a token.

use crate::Result;
use crate::client::{Connection, Request};
use crate::load::{Figures, at_rate, per_second};
use crate::program::Program;
use crate::report::Report;
use crate::{CONNECTIONS, ROUND, ROUNDS};
use serde_json::{Value, json};
use sqlx::postgres::PgPoolOptions;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How many tokens there are.
const SIZES: [u64; 2] = [100_000, 1_000_000];
/// How many of them are asked about, spread over all.
const ASKED: u64 = 20_000;
/// How many a batch has.
const BATCH: u64 = 1_000;
/// Tokens that are ended while three instances run.
const ENDED: u64 = 200;

/// Measures it all.
pub async fn measure(report: &mut Report, bare: &Program) -> Result<()> {
    let server = std::env::var("DATABASE_URL").map_err(|_| "run it by make bench")?;
    for tokens in SIZES {
        let database = fill(&server, tokens).await?;
        measure_size(report, bare, &database, tokens).await?;
        if tokens == SIZES[0] {
            measure_ends(report, &database).await?;
        }
    }
    Ok(())
}

/// A database with so many tokens. The secret of number n is known.
async fn fill(server: &str, tokens: u64) -> Result<String> {
    println!("making a database of {tokens} tokens");
    let name = format!("bench_{tokens}");
    let admin = PgPoolOptions::new().max_connections(1).connect(server).await?;
    sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&admin).await?;
    let mut database: url::Url = server.parse()?;
    database.set_path(&name);
    Program::command_on(database.as_str(), &["migrate"]).await?;
    let pool = PgPoolOptions::new().max_connections(1).connect(database.as_str()).await?;
    sqlx::query("INSERT INTO teams SELECT gen_random_uuid(), 'team ' || n, '', false, now() FROM generate_series(0, 29) AS n")
        .execute(&pool)
        .await?;
    sqlx::query(
        "INSERT INTO tokens (id, team_id, name, description, secret_hash, display, scopes, created_at, created_by, expires_at)
         SELECT gen_random_uuid(), t.id, 'service ' || n, '', sha256(('ntk_' || lpad(n::text, 43, '0'))::bytea), 'ntk_00000000…0000',
                ARRAY['images:read', 'svc:' || n % 50], now(), 'bench', now() + interval '90 days'
         FROM generate_series(1, $1::bigint) AS n JOIN teams AS t ON t.name = 'team ' || n % 30",
    )
    .bind(i64::try_from(tokens)?)
    .execute(&pool)
    .await?;
    sqlx::query("ANALYZE").execute(&pool).await?;
    Ok(database.into())
}

fn secret(n: u64) -> String {
    format!("ntk_{n:043}")
}

/// Numbers spread over all of `tokens`.
fn spread(tokens: u64) -> impl Iterator<Item = u64> {
    (0..ASKED).map(move |n| n * 7_919 % tokens + 1)
}

async fn measure_size(
    report: &mut Report,
    bare: &Program,
    database: &str,
    tokens: u64,
) -> Result<()> {
    println!("measuring verifies of {tokens} tokens");
    let began = Instant::now();
    let server = Program::instance("bench", database).await?;
    let ready = began.elapsed().as_secs_f64();
    let resident = server.resident()? / (1024 * 1024);
    report.figure(&format!("{tokens} tokens: from start to ready"), format!("{ready:.1} s"));
    report
        .figure(&format!("{tokens} tokens: memory of the whole server"), format!("{resident} MiB"));

    let gets: Arc<[_]> =
        spread(tokens).map(|n| Request::get("/verify").bearer(&secret(n))).collect();
    let body = |n| json!({ "token": secret(n) });
    let posts: Arc<[_]> =
        spread(tokens).map(|n| Request::post("/api/verify").json(&body(n))).collect();
    let (mut bare_gets, mut our_gets) = (Figures::default(), Figures::default());
    let (mut bare_posts, mut our_posts) = (Figures::default(), Figures::default());
    for _ in 0..ROUNDS {
        bare_gets.push(per_second(bare.address, CONNECTIONS, ROUND, &gets, 204).await?);
        our_gets.push(per_second(server.address, CONNECTIONS, ROUND, &gets, 204).await?);
        bare_posts.push(per_second(bare.address, CONNECTIONS, ROUND, &posts, 200).await?);
        our_posts.push(per_second(server.address, CONNECTIONS, ROUND, &posts, 200).await?);
    }
    report.line("bare axum handler with the answer of GET /verify, requests a second", &bare_gets);
    report.beside(
        &format!("{tokens} tokens: GET /verify, requests a second"),
        &our_gets,
        &bare_gets,
    );
    report.line(
        "bare axum handler with the answer of POST /api/verify, requests a second",
        &bare_posts,
    );
    report.beside(
        &format!("{tokens} tokens: POST /api/verify, requests a second"),
        &our_posts,
        &bare_posts,
    );

    let rate = our_gets.spread().1 / 2.0;
    let (mut bares, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        bares.extend(at_rate(bare.address, CONNECTIONS, rate, ROUND, &gets).await?);
        ours.extend(at_rate(server.address, CONNECTIONS, rate, ROUND, &gets).await?);
    }
    report.latency(&format!("bare axum handler at {rate:.0} requests a second"), &mut bares);
    report.latency(
        &format!("{tokens} tokens: GET /verify at {rate:.0} requests a second"),
        &mut ours,
    );
    measure_batches(report, &server, tokens).await?;
    server.stop().await
}

async fn measure_batches(report: &mut Report, server: &Program, tokens: u64) -> Result<()> {
    let numbers: Vec<u64> = spread(tokens).collect();
    let requests: Arc<[_]> = numbers
        .chunks(usize::try_from(BATCH)?)
        .map(|chunk| {
            let items: Vec<Value> = chunk.iter().map(|n| json!({ "token": secret(*n) })).collect();
            Request::post("/api/verify/batch").json(&json!({ "items": items }))
        })
        .collect();
    let mut figures = Figures::default();
    for _ in 0..ROUNDS {
        // One connection: a batch is answered by one core.
        #[allow(clippy::cast_precision_loss, reason = "counts are small")]
        figures.push(per_second(server.address, 1, ROUND, &requests, 200).await? * BATCH as f64);
    }
    report.line(
        &format!(
            "{tokens} tokens: POST /api/verify/batch of {BATCH}, tokens a second on one connection"
        ),
        &figures,
    );
    Ok(())
}

/// Ends tokens while three instances run, and looks at the receipts.
async fn measure_ends(report: &mut Report, database: &str) -> Result<()> {
    println!("measuring ends with three instances");
    let key = Program::command_on(database, &["admin", "api-key", "--name", "bench"]).await?;
    let mut servers = Vec::new();
    for n in 1..=3 {
        servers.push(Program::instance(&format!("bench-{n}"), database).await?);
    }
    let team = servers[0].post("/api/teams", &key, &json!({ "name": "ended" })).await?;
    let (mut receipts, mut waits) = (Vec::new(), Vec::new());
    for n in 0..ENDED {
        let body = json!({ "name": format!("ended {n}"), "team_id": team["id"], "scopes": ["*"] });
        let made = servers[0].post("/api/tokens", &key, &body).await?;
        let id = made["id"].as_str().ok_or("an id")?;
        let by = &servers[usize::try_from(n)? % servers.len()];
        let request = Request::post(&format!("/api/tokens/{id}/revoke?wait=true")).bearer(&key);
        let began = Instant::now();
        let answer = Connection::open(by.address).await?.send(&request).await?;
        waits.push(began.elapsed());
        let answer: Value = serde_json::from_slice(&answer.body)?;
        if answer["receipt"]["refused_by_every_verifier"] != true {
            return Err(format!("no whole receipt: {answer}").into());
        }
        let parties = answer["receipt"]["parties"].as_array().ok_or("parties")?;
        let slowest = parties.iter().filter_map(|party| party["after_ms"].as_u64()).max();
        receipts.push(Duration::from_millis(slowest.unwrap_or_default()));
        let token = made["token"].as_str().ok_or("a secret")?;
        for server in &servers {
            let request = Request::get("/verify").bearer(token);
            let answer = Connection::open(server.address).await?.send(&request).await?;
            if answer.status != 401 {
                return Err("a token whose receipt is whole was accepted".into());
            }
        }
    }
    report.latency(
        "three instances: from the revocation to the last refusal, by the receipt",
        &mut receipts,
    );
    report.latency("three instances: POST /api/tokens/{id}/revoke?wait=true, whole", &mut waits);
    for server in servers {
        server.stop().await?;
    }
    Ok(())
}
