//! From few tokens to many, and beside others: all of them run at once; first ours are asked in turns, then the others.

use super::{USUAL, detail, gets, postgres, posts};
use crate::contest::{self, Contest};
use crate::cpu::Cpu;
use crate::load::steady;
use crate::peers::Peers;
use crate::program::Program;
use crate::report::Report;
use crate::{CONNECTIONS, ROUND, Result};
use std::time::{Duration, Instant};

/// In which time what was learned is in the database, surely.
const FLUSHED: Duration = Duration::from_secs(8);

/// A server with so many tokens.
struct Sized {
    tokens: u64,
    server: Program,
    ready: String,
    memory: String,
}

impl Sized {
    async fn start(tokens: u64, database: &str) -> Result<Self> {
        let began = Instant::now();
        let server = Program::instance("bench", database).await?;
        let ready = format!("{:.1} s", began.elapsed().as_secs_f64());
        let memory = memory(&server)?;
        Ok(Self { tokens, server, ready, memory })
    }
}

fn memory(server: &Program) -> Result<String> {
    Ok(format!("{} MiB", server.resident()? / (1024 * 1024)))
}

/// Measures every size and every peer, in turns.
pub async fn measure(
    report: &mut Report,
    bare: &Program,
    server: &str,
    databases: &[(u64, String)],
) -> Result<()> {
    let database_cpu = postgres(server).await?;
    let mut sizes = Vec::new();
    for (tokens, database) in databases {
        println!("starting with {tokens} tokens");
        sizes.push(Sized::start(*tokens, database).await?);
    }
    let mut peers = match databases.iter().find(|(tokens, _)| *tokens == USUAL) {
        Some((_, usual)) => Peers::start(server, usual, &database_cpu).await?,
        None => Peers::default(),
    };

    println!("measuring verifies, in turns");
    let mut contests = Vec::from(both(bare, USUAL)?);
    for size in &sizes {
        contests.extend(both(&size.server, size.tokens)?);
    }
    contest::measure(&mut contests).await?;
    for size in &mut sizes {
        size.memory = format!("{}, {} at work", size.memory, memory(&size.server)?);
    }
    tell_sizes(report, &sizes, &contests);

    // What was learned until now is no peer's cost.
    tokio::time::sleep(FLUSHED).await;
    let asked = gets(USUAL);
    let others = peers.running.iter();
    let others =
        others.map(|peer| Contest::new(peer.program.address, peer.cpu.clone(), &asked, 204));
    let mut of_peers: Vec<Contest> = others.collect();
    contest::measure(&mut of_peers).await?;
    peers.stop_all().await?;
    if let Some(at) = sizes.iter().position(|size| size.tokens == USUAL) {
        let whole = Cpu::of([sizes[at].server.pid()?]).and(&database_cpu);
        let whole = with_flush(&sizes[at].server, &whole).await?;
        tell_peers(report, &contests[2 + 2 * at], whole, &peers, &of_peers);
    }
    for size in sizes {
        detail::measure(report, bare, &size.server, size.tokens).await?;
        size.server.stop().await?;
    }
    for (tokens, database) in databases {
        detail::measure_alone(report, *tokens, database).await?;
    }
    Ok(())
}

/// Both forms of the question, to one of ours.
fn both(program: &Program, tokens: u64) -> Result<[Contest; 2]> {
    let cpu = Cpu::of([program.pid()?]);
    let contest = |requests, status| Contest::new(program.address, cpu.clone(), requests, status);
    Ok([contest(&gets(tokens), 204), contest(&posts(tokens), 200)])
}

/// What a request costs, in microseconds, with what comes of it later: the uses that were collected go to the database in a batch, in which others
/// would be asked meanwhile.
async fn with_flush(server: &Program, cpu: &Cpu) -> Result<f64> {
    let before = cpu.used()?;
    let done = steady(server.address, CONNECTIONS, ROUND * 5, &gets(USUAL), 204).await?;
    tokio::time::sleep(FLUSHED).await;
    Ok(done.micros_each(cpu.used()?.since(&before)))
}

/// A row for the bare handler, then one for each size: for both questions the requests a second, beside those of the bare handler, and what one
/// costs.
fn tell_sizes(report: &mut Report, sizes: &[Sized], contests: &[Contest]) {
    let header = [
        "tokens",
        "start to ready",
        "memory",
        "GET /verify a second",
        "beside bare",
        "CPU each",
        "POST /api/verify a second",
        "beside bare",
        "CPU each",
    ];
    let (bare, ours) = contests.split_at(2);
    let mut rows = vec![row(["bare axum handler", "", ""], bare, bare)];
    for (size, contests) in sizes.iter().zip(ours.chunks(2)) {
        rows.push(row([&size.tokens.to_string(), &size.ready, &size.memory], contests, bare));
    }
    report.table("From few tokens to many", &header, &rows);
}

fn row(first: [&str; 3], contests: &[Contest], bare: &[Contest]) -> Vec<String> {
    let figures = contests.iter().zip(bare).flat_map(|(contest, bare)| {
        let beside = contest.rates.median() / bare.rates.median();
        [contest.rates.range(0), format!("{beside:.2}"), format!("{} µs", contest.micros.range(1))]
    });
    first.map(str::to_owned).into_iter().chain(figures).collect()
}

/// Rows for Tokenkeep, then one for each peer: requests a second, what one costs, how many there are to a second of a core, and how many times as
/// many Tokenkeep gives to it, without its database and with it.
fn tell_peers(report: &mut Report, ours: &Contest, whole: f64, peers: &Peers, theirs: &[Contest]) {
    let header = [
        "who",
        "with",
        "requests a second",
        "CPU each",
        "requests a CPU second",
        "Tokenkeep has by itself",
        "with its database",
        "goal",
    ];
    let line = |who: &str, with: &str, rates: String, micros: String, each: f64, goal: &str| {
        let times = |ours: f64| format!("{:.2} times as many", each / ours);
        let figures = [format!("{:.0}", 1e6 / each), times(ours.micros.median()), times(whole)];
        let texts = [who, with, &rates, &micros];
        texts.map(str::to_owned).into_iter().chain(figures).chain([goal.to_owned()]).collect()
    };
    let of = |who: &str, with: &str, contest: &Contest, goal: &str| {
        let micros = format!("{} µs", contest.micros.range(1));
        line(who, with, contest.rates.range(0), micros, contest.micros.median(), goal)
    };
    let flushed = "its index, and Postgres for the flush of what it learns";
    let micros = format!("{whole:.1} µs");
    let mut rows: Vec<Vec<String>> = vec![
        of("Tokenkeep", "its index", ours, ""),
        line("Tokenkeep", flushed, String::new(), micros, whole, ""),
    ];
    let lines = peers.running.iter().zip(theirs);
    rows.extend(lines.map(|(peer, contest)| of(&peer.who, &peer.with, contest, peer.goal)));
    let title = format!("Beside others, each with the same {USUAL} tokens");
    report.table(&title, &header, &rows);
    for skipped in &peers.skipped {
        report.note(skipped);
    }
}
