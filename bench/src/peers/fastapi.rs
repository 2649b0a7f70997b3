//! FastAPI with SQLAlchemy on Postgres.

use super::{Ground, Peer, recipe, says};
use crate::Result;
use crate::cpu::Cpu;
use crate::program::{Program, free_address};
use crate::verify::{connect, create_database};
use tokio::process::Command;

/// Starts it with every token in a database of its own.
pub(super) async fn start(ground: &Ground) -> Result<Peer> {
    let python = std::env::var("BENCH_FASTAPI_PYTHON").map_err(|_| "it is not installed")?;
    let version = says(&python, "-V").await?;
    let database = fill(ground).await?;
    let address = free_address()?;
    let mut command = Command::new(&python);
    command
        .args(["-m", "uvicorn", "app:app", "--loop", "uvloop", "--http", "httptools"])
        .args(["--no-access-log", "--log-level", "warning", "--timeout-keep-alive", "3600"])
        .args(["--host", "127.0.0.1", "--port", &address.port().to_string()])
        .args(["--workers", &ground.cores.to_string()])
        .current_dir(recipe("fastapi")?)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("DATABASE_URL", database);
    let program = Program::told(command, address, tempfile::tempdir()?).await?;
    Ok(Peer {
        who: format!("FastAPI with SQLAlchemy ({version})"),
        with: format!("{} processes, Postgres", ground.cores),
        goal: "30",
        cpu: Cpu::of([program.pid()?]).and(&ground.postgres),
        program,
    })
}

async fn fill(ground: &Ground) -> Result<String> {
    let database = create_database(&ground.server, "peer_fastapi").await?;
    let pool = connect(&database).await?;
    sqlx::raw_sql(
        "CREATE TABLE tokens (
             id serial PRIMARY KEY, token_hash varchar(64) UNIQUE NOT NULL, name varchar(255) NOT NULL, team_id varchar(50) NOT NULL,
             scopes text[] NOT NULL, created_at timestamp DEFAULT now(), expires_at timestamp, last_used timestamp, is_active bool DEFAULT true);
         INSERT INTO tokens (token_hash, name, team_id, scopes, expires_at)
         SELECT encode(sha256(('ntk_' || lpad(n::text, 43, '0'))::bytea), 'hex'), 'service ' || n, 'team-' || n % 30,
                ARRAY['images:read', 'svc:' || n % 50], now() + interval '90 days'
         FROM generate_series(1, 100000) AS n;
         ANALYZE tokens",
    )
    .execute(&pool)
    .await?;
    Ok(database)
}
