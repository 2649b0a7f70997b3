//! Verification: requests a second and their cost beside a bare handler that gives the same answer, with few tokens and with many, and beside what
//! others use for it; what memory the tokens take; and how long after its end the last of three instances refuses a token.

mod detail;
mod ends;
mod growth;

use crate::Result;
use crate::client::Request;
use crate::cpu::Cpu;
use crate::program::Program;
use crate::report::Report;
use serde_json::json;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use std::sync::Arc;

/// How many tokens there are.
pub const SIZES: [u64; 3] = [1_000, 100_000, 1_000_000];
/// Of which of them others have as many, and most is measured.
const USUAL: u64 = 100_000;
/// How many of them are asked about, spread over all.
const ASKED: u64 = 20_000;

/// Measures it all.
pub async fn measure(report: &mut Report, bare: &Program, sizes: &[u64]) -> Result<()> {
    let server = server()?;
    let mut databases = Vec::new();
    for tokens in sizes {
        databases.push((*tokens, fill(&server, *tokens).await?));
    }
    growth::measure(report, bare, &server, &databases).await?;
    for (tokens, database) in &databases {
        if *tokens == USUAL {
            ends::measure(report, database).await?;
        }
    }
    Ok(())
}

/// The Postgres server of this run.
pub fn server() -> Result<String> {
    Ok(std::env::var("DATABASE_URL").map_err(|_| "run it by make bench")?)
}

/// A new, empty database on `server`.
pub async fn create_database(server: &str, name: &str) -> Result<String> {
    let admin = PgPoolOptions::new().max_connections(1).connect(server).await?;
    sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&admin).await?;
    let mut database: url::Url = server.parse()?;
    database.set_path(name);
    Ok(database.into())
}

/// The database as one connection sees it.
pub async fn connect(database: &str) -> Result<PgPool> {
    Ok(PgPoolOptions::new().max_connections(1).connect(database).await?)
}

/// The processes of the Postgres that has all databases.
async fn postgres(server: &str) -> Result<Cpu> {
    let pool = connect(server).await?;
    let backend: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&pool).await?;
    Cpu::of_backend(u32::try_from(backend)?)
}

/// A database with so many tokens. The secret of number n is known.
pub async fn fill(server: &str, tokens: u64) -> Result<String> {
    fill_as(server, &format!("bench_{tokens}"), tokens).await
}

/// The same, under that name.
pub async fn fill_as(server: &str, name: &str, tokens: u64) -> Result<String> {
    println!("making a database of {tokens} tokens");
    let database = create_database(server, name).await?;
    Program::command_on(&database, &["migrate"]).await?;
    let pool = connect(&database).await?;
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
    Ok(database)
}

/// The secret of number `n`.
pub fn secret(n: u64) -> String {
    format!("ntk_{n:043}")
}

/// Numbers spread over all of `tokens`.
fn spread(tokens: u64) -> impl Iterator<Item = u64> {
    (0..ASKED).map(move |n| n * 7_919 % tokens + 1)
}

/// `GET /verify` for tokens spread over all.
fn gets(tokens: u64) -> Arc<[Request]> {
    spread(tokens).map(|n| Request::get("/verify").bearer(&secret(n))).collect()
}

/// `POST /api/verify` for the same.
fn posts(tokens: u64) -> Arc<[Request]> {
    let body = |n| json!({ "token": secret(n) });
    spread(tokens).map(|n| Request::post("/api/verify").json(&body(n))).collect()
}
