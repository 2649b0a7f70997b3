//! `make bench-counts`: how many instructions a request takes in the release, from the first byte read to the last written, and how many of them
//! the decision. Times change with the machine and its neighbours; this changes with the code alone.
//!
//! Owns what is asked and how it is told. The program runs under callgrind, which counts in the poll of a connection and nowhere else, so that what
//! the program does beside it does not count: the real listener, the real router, no client. Start at [`run`].

mod callgrind;

use crate::Result;
use crate::client::{Connection, Request};
use crate::verify::{connect, fill, secret};
use callgrind::{Callgrind, Count};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::time::Duration;

/// Where the counts are kept.
const FILE: &str = "bench/COUNTS.md";
/// How many tokens there are.
const TOKENS: u64 = 1_000;
/// How many of them are asked about: few, so that each has been asked for since the last flush of what was learned.
const ASKED: u64 = 4;
/// Requests of a round.
const REQUESTS: u64 = 500;
/// Rounds. The least counts: a flush in between only adds.
const ROUNDS: u64 = 3;
/// How often the program is started: how its memory and its tables lie is another thing each time. The middle one counts.
const STARTS: u64 = 5;
/// How long the program is left alone after an answer, so that it always finds nothing more to read and waits.
const PAUSE: Duration = Duration::from_micros(500);
/// How many a batch has.
const BATCH: u64 = 100;

/// Something to ask.
struct Question {
    name: &'static str,
    status: u16,
    requests: Vec<Request>,
    /// How many answers are in one.
    answers: u64,
}

/// Counts, tells what changed since the last commit, and writes the file.
pub async fn run() -> Result<()> {
    let server = std::env::var("DATABASE_URL").map_err(|_| "run it by make bench-counts")?;
    let database = fill(&server, TOKENS).await?;
    limit(&database).await?;
    let questions = questions();
    let mut counts = vec![Vec::new(); questions.len()];
    for start in 1..=STARTS {
        println!("starting under callgrind, {start} of {STARTS}");
        let callgrind = Callgrind::start(&database).await?;
        for (question, counts) in questions.iter().zip(&mut counts) {
            let count = count(&callgrind, question).await?;
            println!("{}: {} instructions, {} to decide", question.name, count.whole, count.decide);
            counts.push(count);
        }
        callgrind.stop().await?;
    }
    let middle = questions.iter().zip(&mut counts).filter_map(|(question, counts)| {
        counts.sort_by_key(|count| count.whole);
        Some((question.name, *counts.get(counts.len() / 2)?))
    });
    tell(&middle.collect::<Vec<_>>()).await
}

/// Gives some tokens networks and a limit, under which they stay.
async fn limit(database: &str) -> Result<()> {
    let set = "UPDATE tokens SET allowed_cidrs = '{10.0.0.0/8,127.0.0.0/8}', rate_requests = 1000000, rate_seconds = 1 WHERE name = ANY($1)";
    let names: Vec<String> = (ASKED + 1..=2 * ASKED).map(|n| format!("service {n}")).collect();
    sqlx::query(set).bind(names).execute(&connect(database).await?).await?;
    Ok(())
}

fn questions() -> Vec<Question> {
    let get = |target: &str, n| Request::get(target).bearer(&secret(n));
    let post = |n| Request::post("/api/verify").json(&json!({ "token": secret(n) }));
    let batch = |_| {
        let items: Vec<Value> =
            (0..BATCH).map(|n| json!({ "token": secret(n % ASKED + 1) })).collect();
        Request::post("/api/verify/batch").json(&json!({ "items": items }))
    };
    let question = |name, status, requests, answers| Question { name, status, requests, answers };
    let limited = |n| get("/verify?scope=images:read", n);
    vec![
        question("`GET /verify`, good", 204, (1..=ASKED).map(|n| get("/verify", n)).collect(), 1),
        question(
            "`GET /verify?scope=…`, good, within networks and a limit",
            204,
            (ASKED + 1..=2 * ASKED).map(limited).collect(),
            1,
        ),
        question("`POST /api/verify`, good", 200, (1..=ASKED).map(post).collect(), 1),
        question(
            "`POST /api/verify/batch` of 100, each",
            200,
            (1..=ASKED).map(batch).collect(),
            BATCH,
        ),
        question("`GET /verify`, unknown", 401, vec![get("/verify", TOKENS + 1)], 1),
        question(
            "`GET /verify`, malformed",
            401,
            vec![Request::get("/verify").bearer("nothing of ours")],
            1,
        ),
    ]
}

/// What one answer takes.
async fn count(callgrind: &Callgrind, question: &Question) -> Result<Count> {
    let requests = REQUESTS / question.answers;
    let mut connection = Connection::open(callgrind.address()).await?;
    let mut least: Option<Count> = None;
    // The first round does not count.
    for round in 0..=ROUNDS {
        for request in question.requests.iter().cycle().take(usize::try_from(requests)?) {
            let status = connection.send(request).await?.status;
            if status != question.status {
                return Err(format!("{}: status {status}", question.name).into());
            }
            // Shorter than a timer of the runtime can be, and nothing else is going on here.
            std::thread::sleep(PAUSE);
        }
        let count =
            callgrind.count(question.status < 400).await?.of_each(requests * question.answers);
        if round > 0 {
            least = Some(least.map_or(count, |least| least.or_less(count)));
        }
    }
    least.ok_or_else(|| "there was no round".into())
}

/// Writes the counts, and prints what changed since those that are committed.
async fn tell(counts: &[(&str, Count)]) -> Result<()> {
    let before = committed().await;
    let mut text = format!(
        "# Instruction counts\n\nWritten by `make bench-counts`: instructions of the release for one request, counted by {}, from the first byte that is \
         read to the last that is written; the least of {ROUNDS} rounds of {REQUESTS}, and of {STARTS} starts the median. The kernel is not in them, nor is what looks for the next \
         connection to read from. The committed counts are what `make bench-counts` compares with.\n\n\
         | request | instructions | of which `decide` |\n|---|---|---|\n",
        callgrind::version().await?
    );
    println!();
    for (name, count) in counts {
        writeln!(text, "| {name} | {} | {} |", count.whole, count.decide)?;
        let change = before.get(*name).map_or("new".to_owned(), |before| {
            #[allow(clippy::cast_precision_loss, reason = "counts are small")]
            let share = (count.whole as f64 / *before as f64 - 1.0) * 100.0;
            format!("{share:+.2} % ({before} before)")
        });
        println!("{name}: {}, {change}", count.whole);
    }
    std::fs::write(FILE, text)?;
    println!("written to {FILE}");
    Ok(())
}

/// The whole counts of the last commit by their names; none where there is no commit with them.
async fn committed() -> HashMap<String, u64> {
    let show = ["show".to_owned(), format!("HEAD:{FILE}")];
    let output = tokio::process::Command::new("git").args(show).output().await;
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let text = text.unwrap_or_default();
    let lines = text.lines().filter_map(|line| {
        let mut cells = line.split('|').map(str::trim).skip(1);
        Some((cells.next()?.to_owned(), cells.next()?.parse().ok()?))
    });
    lines.collect()
}
