//! How long after its end the last of three instances refuses a token.

use crate::Result;
use crate::client::{Connection, Request};
use crate::program::Program;
use crate::report::Report;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Tokens that are ended.
const ENDED: u64 = 200;

/// Ends tokens while three instances run, and looks at the receipts.
pub async fn measure(report: &mut Report, database: &str) -> Result<()> {
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
