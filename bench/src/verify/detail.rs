//! One size by itself: how long an answer takes at half load, and batches.

use super::{gets, secret, spread};
use crate::client::Request;
use crate::cores::{self, Core};
use crate::cpu::Cpu;
use crate::load::{Figures, at_rate, steady, steady_on};
use crate::program::Program;
use crate::report::Report;
use crate::{CONNECTIONS, ROUND, ROUNDS, Result};
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::process::Command;

/// How many a batch has.
const BATCH: u64 = 1_000;

/// Measures `server`, which has so many tokens.
pub async fn measure(
    report: &mut Report,
    bare: &Program,
    server: &Program,
    tokens: u64,
) -> Result<()> {
    println!("measuring {tokens} tokens at half load");
    measure_half(report, bare, server, tokens).await?;
    measure_batches(report, server, tokens).await
}

/// Whoever asks must not be what one waits for: it asks for no more than this part of what it can.
const ASKS_MOST: f64 = 0.6;

/// Half of what `server` can answer with one core, asked for from another one; the bare handler is asked for as much.
async fn measure_half(
    report: &mut Report,
    bare: &Program,
    server: &Program,
    tokens: u64,
) -> Result<()> {
    let gets = gets(tokens);
    let (asked, asks) = cores::two()?.map(|[asked, asks]| (asked, asks)).unzip();
    let keep = |program: &Program| match asked {
        Some(core) => core.keep(program.pid()?).map(Some),
        None => Ok(None),
    };
    let _kept = (keep(bare)?, keep(server)?);
    let full = full(server, asks, &gets).await?;
    let rate = (full.answered / 2.0).min(full.asked * ASKS_MOST);
    let (mut bares, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        bares.push(at_rate(bare.address, CONNECTIONS, rate, ROUND, &gets, asks).await?);
        ours.push(at_rate(server.address, CONNECTIONS, rate, ROUND, &gets, asks).await?);
    }
    let cores = if asked.is_some() { " on one core, asked from another" } else { "" };
    let share = rate / full.answered * 100.0;
    let told = format!("at {rate:.0} requests a second, {share:.0} % of its most,{cores}");
    report.latencies(&format!("bare axum handler {told}"), &mut bares);
    report.latencies(&format!("{tokens} tokens: GET /verify {told}"), &mut ours);
    Ok(())
}

/// Requests a second.
struct Full {
    /// What one core answers: as many as were, by the part of it that they took, for whoever asks may be the slower one.
    answered: f64,
    /// What one thread asks for when nothing holds it up but the answers.
    asked: f64,
}

async fn full(server: &Program, asks: Option<Core>, gets: &Arc<[Request]>) -> Result<Full> {
    let cpu = Cpu::of([server.pid()?]);
    let before = cpu.used()?;
    let done = steady_on(asks, server.address, CONNECTIONS, ROUND, gets, 204).await?;
    let answered = 1e6 / done.micros_each(cpu.used()?.since(&before));
    Ok(Full { answered, asked: done.per_second() })
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
        figures.push(
            steady(server.address, 1, ROUND, &requests, 200).await?.per_second() * BATCH as f64,
        );
    }
    report.line(
        &format!(
            "{tokens} tokens: POST /api/verify/batch of {BATCH}, tokens a second on one connection"
        ),
        &figures,
    );
    Ok(())
}

/// Measures batches without HTTP, by the program that `TOKENKEEP_BATCH` names.
pub async fn measure_alone(report: &mut Report, tokens: u64, database: &str) -> Result<()> {
    let Ok(program) = std::env::var("TOKENKEEP_BATCH") else { return Ok(()) };
    println!("measuring batches of {tokens} tokens by themselves");
    let output = Command::new(program).args([database, &tokens.to_string()]).output().await?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let mut figures = Figures::default();
    for figure in String::from_utf8(output.stdout)?.split_whitespace() {
        figures.push(figure.parse()?);
    }
    report.line(
        &format!("{tokens} tokens: a batch of {BATCH} without HTTP, tokens a second of one core"),
        &figures,
    );
    Ok(())
}
