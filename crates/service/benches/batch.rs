//! A batch of verifications on one core, without HTTP: from the text of each token to its verdict, with the note that is taken of it.
//!
//! `make bench` runs it: `batch DATABASE_URL TOKENS` prints tokens a second of processor time, minimum, median and maximum of the rounds, on a migrated
//! database whose token number n has the secret that [`secret`] says.

#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a command line, which measures"
)]

use domain::verify::Verdict;
use rustix::time::{ClockId, clock_gettime};
use service::verify::{Asked, Following, Trust, answer_all};
use service::{Parts, Service};
use std::time::{Duration, Instant};
use store::Store;

/// Tokens of one batch, as many as the API takes.
const BATCH: usize = 1_000;
/// Tokens that are asked about, spread over all: as many as `make bench` asks for over HTTP.
const ASKED: u64 = 20_000;
const ROUNDS: usize = 7;
const ROUND: Duration = Duration::from_secs(1);

fn secret(n: u64) -> String {
    format!("ntk_{n:043}")
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    // Cargo says `--bench` to what it runs itself.
    let mut arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    let Some((database, tokens)) = arguments.next().zip(arguments.next()) else {
        return println!("usage: batch DATABASE_URL TOKENS");
    };
    let tokens: u64 = tokens.parse().expect("a number of tokens");
    let pool = sqlx::PgPool::connect(&database).await.expect("the database");
    let service = Service::new(Parts::new(Store::on(pool))).await.expect("a service");
    let mut following = Following::new(service.clone(), "bench");
    let offered: Vec<String> = (0..ASKED).map(|n| secret(n * 7_919 % tokens + 1)).collect();
    let asked: Vec<Asked<'_>> =
        offered.iter().map(|offered| Asked { offered, ..Asked::default() }).collect();

    let mut rates = Vec::new();
    for _ in 0..ROUNDS {
        following.turn().await.expect("a look");
        assert_eq!(service.index().trust(), Trust::All);
        rates.push(round(&service, &asked).await);
        // What it costs is in the other figures: it is done once for all uses of a token in four seconds.
        service::usage::flush(&service).await.expect("flushed");
    }
    rates.sort_by(f64::total_cmp);
    println!("{:.0} {:.0} {:.0}", rates[0], rates[ROUNDS / 2], rates[ROUNDS - 1]);
    following.leave().await;
}

/// What this process has used: others on the machine do not count.
fn processor_seconds() -> f64 {
    let used = clock_gettime(ClockId::ProcessCPUTime);
    let parts = (i32::try_from(used.tv_sec), i32::try_from(used.tv_nsec));
    f64::from(parts.0.expect("seconds")) + f64::from(parts.1.expect("less than a second")) / 1e9
}

/// Tokens a second.
async fn round(service: &Service, asked: &[Asked<'_>]) -> f64 {
    let (began, before, mut answered) = (Instant::now(), processor_seconds(), 0_u32);
    while began.elapsed() < ROUND {
        for batch in asked.chunks(BATCH) {
            let good =
                answer_all(service, batch, |answer| matches!(answer.verdict, Verdict::Valid(_)));
            let good = good.await.into_iter().filter(|good| *good).count();
            assert_eq!(good, batch.len(), "every token is good");
            answered += u32::try_from(good).unwrap_or_default();
        }
    }
    f64::from(answered) / (processor_seconds() - before)
}
