//! What each mirror's target costs: pushes a second, calls and bytes for 1,000 objects, a listing of all of them, and the memory that it takes here.
//!
//! `scripts/bench storage` runs it on the servers that the tests have, on this machine: 100,000 objects each. `targets [COUNT] [NAME ...]` measures some.
//! Seconds are this machine's; calls, bytes and memory are ours. A server of Python's (moto) and one whose listings tell no contents (s3s-fs, so that each
//! object is read) are not what a bucket of a cloud's would be.

#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a command line, which measures"
)]

#[allow(dead_code, reason = "the tests use more of it")]
#[path = "../tests/outside"]
mod outside {
    pub mod process;
}
#[allow(dead_code, reason = "the tests use more of it")]
#[path = "../tests/s3"]
mod s3 {
    pub mod servers;
}
#[allow(dead_code, reason = "the tests use more of it")]
#[path = "../tests/kv"]
mod kv {
    pub mod server;
}

use sqlx::postgres::PgConnectOptions;
use std::any::Any;
use std::path::Path;
use std::time::{Duration, Instant};
use storage::git::{Address, Branch, Settings, Times};
use storage::postgres::Schema;
use storage::{Calls, Done, Egress, Files, Git, Object, ObjectKey, Place, Postgres, Storage};

/// How many objects there are unless it is said.
const COUNT: usize = 100_000;
/// How many of them a later run changes, and then deletes.
const SOME: usize = 1_000;
/// A server that is too slow for all of them has so much fewer.
const FEWER: usize = 10;
const NAMES: [&str; 6] = ["files", "git", "postgres", "s3", "moto", "kv"];

#[tokio::main]
async fn main() {
    // Cargo says `--bench` to what it runs itself.
    let arguments: Vec<_> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let count = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(COUNT);
    let named = |name: &str| arguments.iter().any(|argument| argument == name);
    let all = !NAMES.iter().any(|name| named(name));
    println!(
        "| target | objects | put, objects/s | calls per 1,000 | bytes per object | all listed, s | calls | memory, MiB | {SOME} changed, s | calls | {SOME} deleted, s | calls |"
    );
    println!("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
    for name in NAMES.into_iter().filter(|name| all || named(name)) {
        let dir = tempfile::tempdir().expect("a directory");
        let (place, _alive) = open(name, dir.path()).await;
        let count = if name == "moto" { count / FEWER } else { count };
        measure(name, &place, count).await;
    }
}

/// An empty target, and what keeps it.
async fn open(name: &str, dir: &Path) -> (Place, Box<dyn Any>) {
    match name {
        "files" => (Place::Files(Files::new(dir.join("mirror"))), Box::new(())),
        "git" => (Place::Git(Git::new(repository(dir))), Box::new(())),
        "postgres" => {
            let url = std::env::var("DATABASE_URL").expect("use scripts/with-postgres");
            let options: PgConnectOptions = url.parse().expect("a URL");
            (Place::Postgres(Postgres::new(options, Schema::default())), Box::new(()))
        }
        "s3" => {
            let server = s3::servers::S3s::start();
            (Place::S3(server.place("mirror")), Box::new(server))
        }
        "moto" => {
            let server = s3::servers::Moto::start().await;
            (Place::S3(server.place("mirror")), Box::new(server))
        }
        _ => {
            let server = kv::server::Cloudflare::start();
            (Place::Kv(server.place()), Box::new(server))
        }
    }
}

fn repository(dir: &Path) -> Settings {
    let mut git = std::process::Command::new("git");
    git.args(["init", "--quiet", "--bare", "--initial-branch=main"]).arg(dir.join("remote.git"));
    assert!(git.status().expect("git runs").success());
    Settings {
        address: Address::parse(&dir.join("remote.git").display().to_string()).expect("a path"),
        credentials: None,
        ssh: None,
        branch: Branch::default(),
        local_path: dir.to_owned(),
        search_path: std::env::var("PATH").expect("PATH"),
        egress: Egress::Guarded,
        times: Times::default(),
    }
}

/// A token's object: a hash, and JSON of a common length.
fn object(n: usize, version: usize) -> Object {
    let hash = format!("{:016x}", n.wrapping_mul(0x9e37_79b9_7f4a_7c15)).repeat(4);
    let key = ObjectKey::parse(&format!("tokens/{hash}.json")).expect("a key");
    let team = "0192f3c1-7b1e-7c3a-9f00-0123456789ab";
    let bytes = format!(
        "{{\"name\":\"token number {n}\",\"team_id\":\"{team}\",\"scopes\":[\"images:read\",\"images:write\"],\
         \"created_at\":\"2026-11-22T16:00:00Z\",\"expires_at\":null,\"revision\":{version},\"signature\":\"{hash}{hash}\"}}"
    );
    Object { key, bytes: bytes.into_bytes(), expires_at: None }
}

/// What something took.
struct Took {
    time: Duration,
    calls: Calls,
}

async fn timed(place: &Place, work: impl Future<Output = storage::Result<()>>) -> Took {
    let (before, began) = (place.calls(), Instant::now());
    work.await.unwrap_or_else(|error| panic!("{}: {error}", place.describe()));
    let (time, after) = (began.elapsed(), place.calls());
    let calls =
        Calls { requests: after.requests - before.requests, bytes: after.bytes - before.bytes };
    Took { time, calls }
}

async fn put(place: &Place, count: usize, version: usize) -> storage::Result<()> {
    let batch = place.batch();
    for first in (0..count).step_by(batch) {
        let objects = (first..count.min(first + batch)).map(|n| object(n, version));
        place.put(objects.collect()).await?;
    }
    place.finish(Done { put: count, deleted: 0 }).await
}

async fn delete(place: &Place, count: usize) -> storage::Result<()> {
    place.delete((0..count).map(|n| object(n, 0).key).collect()).await?;
    place.finish(Done { put: 0, deleted: count }).await
}

async fn measure(name: &str, place: &Place, count: usize) {
    let some = SOME.min(count);
    let all = timed(place, put(place, count, 0)).await;
    let (mut found, resting) = (0, resident("VmRSS:"));
    // The highest mark of memory begins anew.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    let tokens = ObjectKey::parse("tokens").expect("a key");
    let mut pages = |page: Vec<storage::Listed>| found += page.len();
    let listed = timed(place, place.list(&tokens, &mut pages)).await;
    let memory = resident("VmHWM:").saturating_sub(resting);
    assert_eq!(found, count, "{name}");
    let changed = timed(place, put(place, some, 1)).await;
    let deleted = timed(place, delete(place, some)).await;
    let thousands = count as f64 / 1_000.0;
    println!(
        "| {name} | {count} | {:.0} | {:.1} | {} | {:.1} | {} | {} | {:.2} | {} | {:.2} | {} |",
        count as f64 / all.time.as_secs_f64(),
        all.calls.requests as f64 / thousands,
        all.calls.bytes / count as u64,
        listed.time.as_secs_f64(),
        listed.calls.requests,
        memory / 1024,
        changed.time.as_secs_f64(),
        changed.calls.requests,
        deleted.time.as_secs_f64(),
        deleted.calls.requests,
    );
}

/// A line of this process' status, in KiB.
fn resident(line: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let value = status.lines().find_map(|text| text.strip_prefix(line)).unwrap_or_default();
    value.trim().trim_end_matches(" kB").parse().unwrap_or_default()
}
