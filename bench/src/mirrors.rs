//! Mirrors, on the servers that the tests have: how long after its commit a change stands at each target, what a push and a look at everything cost as tokens
//! grow tenfold, the memory that a run takes, and
//! what a check costs in the Worker that reads one of them.

mod api;
mod delay;
mod eye;
mod growth;
mod target;
mod worker;

use crate::Result;
use crate::program::Program;
use crate::report::Report;
use crate::verify::{fill_as, server};
use api::Api;
use growth::Grown;
use std::time::Duration;
use target::{KINDS, Kind, Target};

/// How many tokens a mirror has while delays are measured.
const FEW: u64 = 1_000;
/// How long changes are made; less where there are few tokens.
const TIME: Duration = Duration::from_secs(20);
const SHORT: Duration = Duration::from_secs(2);
/// Nothing takes longer than this, beside the rest.
const LONGEST: Duration = Duration::from_secs(7 * 60);
/// With fewer tokens it is a try.
const TRY: u64 = 10_000;

/// Measures each target with up to so many tokens, and files with ten times as many.
pub async fn measure(report: &mut Report, tokens: u64) -> Result<()> {
    let server = server()?;
    let time = if tokens < TRY { SHORT } else { TIME };
    measure_delays(report, &server, time).await?;
    let mut grown = Vec::new();
    for size in [tokens / 100, tokens / 10, tokens] {
        measure_size(report, &server, size, &KINDS, &mut grown).await?;
    }
    measure_size(report, &server, tokens * 10, &[Kind::Files], &mut grown).await?;
    tell(report, &grown);
    worker::measure(report, &server).await
}

/// A database of its own, and a key to the server on it.
async fn database(server: &str, name: &str, tokens: u64) -> Result<(String, String)> {
    let database = fill_as(server, name, tokens).await?;
    let key = Program::command_on(&database, &["admin", "api-key", "--name", "bench"]).await?;
    Ok((database, key))
}

async fn measure_delays(report: &mut Report, server: &str, time: Duration) -> Result<()> {
    let (database, key) = database(server, "mirrors_delay", FEW).await?;
    let mut targets = Vec::new();
    for kind in KINDS {
        targets.push(Target::start(kind, server).await?);
    }
    let mut alone = Vec::new();
    for target in &targets {
        println!("measuring how late {} is", target.kind.name());
        alone.extend(delay::measure(&database, &key, &[target], time).await?);
    }
    println!("measuring how late all of them are at once");
    let all: Vec<&Target> = targets.iter().collect();
    let together = delay::measure(&database, &key, &all, time).await?;
    let rows: Vec<Vec<String>> = alone
        .into_iter()
        .zip(together)
        .map(|((kind, mut alone), (_, mut together))| {
            let cells = alone.cells().into_iter().chain(together.cells());
            std::iter::once(kind.is_here().to_owned()).chain(cells).collect()
        })
        .collect();
    let header =
        ["target", "made, alone", "revoked, alone", "made, all at once", "revoked, all at once"];
    report.table(
        "Mirrors: from the API's answer to what stands at the target, p50 / p99, with 20 changes a second",
        &header,
        &rows,
    );
    report.beneath(
        "Seen at the target itself, once in 3 ms. A Git mirror makes one commit of what has come while the last one was made and pushed, so that a change \
         waits for the commit before it. Workers KV takes one write a second for each key, and Cloudflare's caches may answer with what was for up to 60 s: \
         this KV has neither.",
    );
    for target in targets {
        target.stop().await?;
    }
    Ok(())
}

/// Measures each target with so many tokens, but for one that took so long with a tenth of them that it would take too long.
async fn measure_size(
    report: &mut Report,
    server: &str,
    tokens: u64,
    kinds: &[Kind],
    grown: &mut Vec<Grown>,
) -> Result<()> {
    let (database, key) = database(server, &format!("mirrors_{tokens}"), tokens).await?;
    let without = Api::start(&database, &key, &[]).await?;
    let rest = without.program.resident()?;
    without.program.stop().await?;
    for kind in kinds {
        let tenth = grown.iter().find(|one| one.kind == *kind && one.tokens == tokens / 10);
        let name = kind.name();
        if let Some(seconds) = tenth.map(|one| 10.0 * (one.fill.seconds + one.look))
            && seconds > LONGEST.as_secs_f64()
        {
            report.note(&format!(
                "{name} with {tokens} tokens would take more than {seconds:.0} s, and was left out"
            ));
            continue;
        }
        println!("measuring {name} with {tokens} tokens");
        let one = growth::measure(server, (tokens, &database), &key, *kind, rest).await?;
        println!("{}", row(&one).join(" | "));
        grown.push(one);
    }
    Ok(())
}

fn tell(report: &mut Report, grown: &[Grown]) {
    let header = [
        "target",
        "tokens",
        "first fill",
        "pushes a second",
        "calls per 1,000",
        "memory at rest without mirrors",
        "at most while filled",
        "at most in a look",
        "a look, nothing to do",
        "100 changes",
        "calls for them",
    ];
    let mut rows: Vec<&Grown> = grown.iter().collect();
    rows.sort_by_key(|grown| (grown.kind.name(), grown.tokens));
    let rows: Vec<Vec<String>> = rows.into_iter().map(row).collect();
    report.table("Mirrors: from few tokens to many", &header, &rows);
    report.beneath(
        "Memory is the server's whole process, in 10^6 bytes; the goal is that a run takes less than 200 of them. A look at everything lists the target; s3s-fs \
         tells no digest of what it lists, so that each object is read there once. `scripts/bench storage` measures the targets without a server.",
    );
}

#[allow(clippy::cast_precision_loss, reason = "counts are small")]
fn row(grown: &Grown) -> Vec<String> {
    let (put, calls) = (grown.fill.put as f64, grown.fill.calls as f64);
    let megabytes = |bytes: u64| bytes / 1_000_000;
    let most = |peak: u64| {
        format!("{} MB, {} MB more", megabytes(peak), megabytes(peak.saturating_sub(grown.rest)))
    };
    vec![
        grown.kind.name().to_owned(),
        grown.tokens.to_string(),
        format!("{:.2} s", grown.fill.seconds),
        format!("{:.0}", put / grown.fill.seconds),
        format!("{:.1}", calls / put * 1000.0),
        format!("{} MB", megabytes(grown.rest)),
        most(grown.filling),
        most(grown.looking),
        format!("{:.2} s", grown.look),
        format!("{:.3} s", grown.changes.seconds),
        grown.changes.calls.to_string(),
    ]
}
