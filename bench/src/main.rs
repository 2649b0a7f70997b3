//! `make bench`: measures the release build as its users meet it, and writes bench/RESULTS.md.
//!
//! Owns the measuring, nothing of the product: it starts the real program with its embedded Postgres and speaks HTTP to it on 127.0.0.1, beside
//! a bare axum handler and what others use, in the same run. Machines are shared and noisy, so rounds alternate and ratios count. Start at [`run`].

#![allow(clippy::print_stdout, reason = "a command line")]

mod bare;
mod client;
mod contest;
mod cores;
mod counts;
mod cpu;
mod load;
mod mirrors;
mod node;
mod peers;
mod program;
mod report;
mod sizes;
mod tokens;
mod verify;

use client::Request;
use program::Program;
use report::Report;
use serde_json::json;
use std::time::Duration;

type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;

/// Tokens that the list is measured with.
const TOKENS: usize = 100_000;
/// Connections that load comes over.
const CONNECTIONS: usize = 16;
/// Rounds, each against both sides.
const ROUNDS: usize = 5;
/// How long a round takes.
const ROUND: Duration = Duration::from_secs(2);

#[tokio::main]
async fn main() -> Result<()> {
    match std::env::args().nth(1).as_deref() {
        Some("bare") => bare::serve().await,
        Some("counts") => counts::run().await,
        Some("mirrors") => mirrors_alone(&numbers(2)?).await,
        Some("verify") => verify_alone(&numbers(2)?).await,
        Some("tokens") => tokens::measure(&mut Report::new(0)).await,
        Some(count) => run(count.parse()?).await,
        None => run(TOKENS).await,
    }
}

/// The numbers among the arguments from that one on.
fn numbers(from: usize) -> Result<Vec<u64>> {
    Ok(std::env::args().skip(from).map(|argument| argument.parse()).collect::<Result<_, _>>()?)
}

/// Measures verification and prints it: the part that one repeats while working on it. With those numbers of tokens, if there are any.
async fn verify_alone(sizes: &[u64]) -> Result<()> {
    let bare = Program::bare().await?;
    let sizes = if sizes.is_empty() { &verify::SIZES } else { sizes };
    verify::measure(&mut Report::new(0), &bare, sizes).await?;
    bare.stop().await
}

/// Measures mirrors and prints it; with up to that number of tokens, if there is one.
async fn mirrors_alone(tokens: &[u64]) -> Result<()> {
    let tokens = tokens.first().copied().unwrap_or(u64::try_from(TOKENS)?);
    mirrors::measure(&mut Report::new(0), tokens).await
}

async fn run(tokens: usize) -> Result<()> {
    let mut report = Report::new(tokens);
    let bare = Program::bare().await?;
    let server = Program::tokenkeep().await?;
    sizes::measure(&mut report, &server).await?;
    let key = server.command(&["admin", "api-key", "--name", "bench"]).await?;
    let team = server.post("/api/teams", &key, &json!({ "name": "Platform" })).await?;
    let team = team["id"].as_str().ok_or("a team has an id")?.to_owned();

    measure_creates(&mut report, &server, &key, &team, tokens).await?;
    measure_list(&mut report, &server, &bare, &key).await?;
    server.stop().await?;
    verify::measure(&mut report, &bare, &verify::SIZES).await?;
    mirrors::measure(&mut report, u64::try_from(tokens)?).await?;
    tokens::measure(&mut report).await?;
    report.write()?;
    bare.stop().await
}

/// Fills the database through the API, and measures while it does.
async fn measure_creates(
    report: &mut Report,
    server: &Program,
    key: &str,
    team: &str,
    tokens: usize,
) -> Result<()> {
    println!("creating {tokens} tokens through the API");
    let (key, team) = (key.to_owned(), team.to_owned());
    let body = move |n: usize| create(&key, &format!("token {n}"), &team);
    let figures = load::all(server.address, CONNECTIONS, tokens, body, 201).await?;
    report.line("creates a second, embedded Postgres, durable commits", &figures);
    Ok(())
}

fn create(key: &str, name: &str, team: &str) -> Request {
    let body =
        json!({ "name": name, "team_id": team, "scopes": ["images:read"], "expires_days": 90 });
    Request::post("/api/tokens").bearer(key).json(&body)
}

async fn measure_list(
    report: &mut Report,
    server: &Program,
    bare: &Program,
    key: &str,
) -> Result<()> {
    println!("measuring the first byte of the token list");
    let api = Request::get("/api/tokens?limit=50").bearer(key);
    let cookie = server.sign_in().await?;
    let page = Request::get("/tokens").header("Cookie", &cookie).header("Accept", "text/html");
    let (mut bares, mut apis, mut pages) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        bares.extend(load::first_bytes(bare.address, &Request::get("/"), 100, 200).await?);
        apis.extend(load::first_bytes(server.address, &api, 100, 200).await?);
        pages.extend(load::first_bytes(server.address, &page, 100, 200).await?);
    }
    report.latency("first byte, bare axum handler", &mut bares);
    report.latency("first byte, GET /api/tokens", &mut apis);
    report.latency("first byte, the console's token list as HTML, signed in", &mut pages);
    Ok(())
}
