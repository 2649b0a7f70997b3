//! better-auth's API keys on Postgres.

use super::{Ground, Peer, recipe};
use crate::Result;
use crate::cpu::Cpu;
use crate::program::{Program, free_address};
use crate::verify::{connect, create_database};
use serde_json::Value;
use std::path::Path;
use tokio::process::Command;

/// Starts it with every token in a database of its own.
pub(super) async fn start(ground: &Ground) -> Result<Peer> {
    let recipe = recipe("better-auth")?;
    let package = recipe.join("node_modules/better-auth/package.json");
    let package = std::fs::read(package).map_err(|_| "it is not installed")?;
    let package: Value = serde_json::from_slice(&package)?;
    let database = fill(ground, &recipe).await?;
    let mut command = node(&recipe, &database);
    let address = free_address()?;
    command.args(["serve", &address.port().to_string(), &ground.cores.to_string()]);
    let program = Program::told(command, address, tempfile::tempdir()?).await?;
    Ok(Peer {
        who: format!("better-auth API keys ({})", package["version"].as_str().unwrap_or_default()),
        with: format!("{} processes, Postgres", ground.cores),
        goal: "80",
        cpu: Cpu::of([program.pid()?]).and(&ground.postgres),
        program,
    })
}

fn node(recipe: &Path, database: &str) -> Command {
    let mut command = Command::new("node");
    command.arg("server.mjs").current_dir(recipe).env("DATABASE_URL", database);
    command.env("NODE_ENV", "production");
    command
}

async fn fill(ground: &Ground, recipe: &Path) -> Result<String> {
    let database = create_database(&ground.server, "peer_better_auth").await?;
    if !node(recipe, &database).arg("migrate").status().await?.success() {
        return Err("its tables could not be made".into());
    }
    let pool = connect(&database).await?;
    // A key is kept as the unpadded base64url of its SHA-256.
    sqlx::raw_sql(
        "INSERT INTO apikey (id, \"configId\", name, \"referenceId\", key, enabled, \"rateLimitEnabled\", \"requestCount\", \"expiresAt\",
                             \"createdAt\", \"updatedAt\")
         SELECT gen_random_uuid(), 'default', 'service ' || n, 'team-' || n % 30,
                rtrim(translate(encode(sha256(('ntk_' || lpad(n::text, 43, '0'))::bytea), 'base64'), '+/', '-_'), '='),
                true, false, 0, now() + interval '90 days', now(), now()
         FROM generate_series(1, 100000) AS n;
         ANALYZE apikey",
    )
    .execute(&pool)
    .await?;
    Ok(database)
}
