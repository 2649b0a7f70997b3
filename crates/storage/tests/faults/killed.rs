//! `kill -9`, at every moment of a run: whatever it leaves, another process completes it.

use super::goal::{digests, goal, mends};
use super::worker::{self, Worker};
use crate::git::{Remote, real_program};
use crate::kv::server::Cloudflare;
use crate::list;
use crate::s3::servers::S3s;
use serde_json::{Value, json};
use sqlx::PgPool;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use storage::Listed;

const SIZE: usize = 12;

/// The same orders, for that goal.
fn to(orders: &Value, number: usize, size: usize, asks: bool) -> Value {
    let mut orders = orders.clone();
    orders["goal"] = json!(number);
    orders["size"] = json!(size);
    orders["asks"] = json!(asks);
    orders
}

/// Kills before each step, and in each step, until a run came to its end.
async fn another_completes_it(orders: Value) {
    mends(&worker::place(&orders), &goal(0, SIZE), "nothing").await;
    for number in 1.. {
        let mut worker = Worker::start(&to(&orders, number, SIZE, true));
        let mut last = "the start".to_owned();
        for _ in 0..number / 2 {
            last = worker.says().expect("it is alive");
            worker.go_on();
        }
        let said = worker.says().expect("it is alive");
        assert!(!said.starts_with("failed"), "{said}");
        if said != "done" && number % 2 == 1 {
            worker.go_on();
        }
        drop(worker);
        let goal = goal(number, SIZE);
        mends(&worker::place(&orders), &goal, &format!("a kill after {last}, before {said}")).await;
        if said == "done" {
            assert!(number > 10, "only {number} steps");
            break;
        }
    }
}

#[tokio::test]
async fn with_files() {
    let dir = tempfile::tempdir().expect("a directory");
    another_completes_it(worker::at_files(&dir.path().join("mirror"))).await;
}

#[tokio::test]
async fn with_a_bucket() {
    let server = S3s::start();
    another_completes_it(worker::at_server("s3", &server.endpoint)).await;
}

#[tokio::test]
async fn with_workers_kv() {
    let server = Cloudflare::start();
    another_completes_it(worker::at_server("kv", &server.base())).await;
}

#[sqlx::test(migrations = false)]
async fn with_a_postgres(pool: PgPool) {
    let options = pool.connect_options();
    let database = options.get_database().expect("its name");
    another_completes_it(worker::at_server("postgres", database)).await;
}

#[tokio::test]
async fn with_a_repository() {
    let remote = Remote::make();
    let path = std::env::var("PATH").expect("PATH");
    another_completes_it(worker::at_git(&remote, &path)).await;
}

/// What a `git` holds while it changes something, in the clone; killed then, it leaves it there.
const LOCKS: &str = "tokenkeep-index.lock shallow.lock refs/tokenkeep/tip.lock config.lock";

/// A `git` that kills who runs it, at the run of that number: before it did anything, or with itself, once it holds a lock or after a while.
fn deadly(remote: &Remote, at: usize, with_itself: bool) -> String {
    let (programs, count) = (remote.0.path().join("bin"), remote.0.path().join("count"));
    let (real, count) = (real_program("git"), count.display());
    let kills = match with_itself {
        true => format!(
            "{real} \"$@\" <&0 &\nlooks=0\nwhile [ $looks -lt 5000 ]; do looks=$((looks + 1))\n\
             for lock in {LOCKS}; do if [ -e \"$GIT_DIR/$lock\" ]; then looks=5000; fi; done; done\n\
             kill -9 $! $PPID"
        ),
        false => "kill -9 $PPID".to_owned(),
    };
    let script = format!(
        "#!/bin/sh\nn=$(cat '{count}' 2>/dev/null || echo 0); n=$((n + 1)); echo $n >'{count}'\n\
         if [ $n = {at} ]; then {kills}; exit 1; fi\nexec {real} \"$@\"\n"
    );
    let _ = fs::remove_file(remote.0.path().join("count"));
    fs::create_dir_all(&programs).expect("a directory");
    fs::write(programs.join("git"), script).expect("a program");
    let mode = fs::Permissions::from_mode(0o755);
    fs::set_permissions(programs.join("git"), mode).expect("a mode");
    format!("{}:{}", programs.display(), std::env::var("PATH").expect("PATH"))
}

#[tokio::test]
async fn between_and_in_all_that_git_does() {
    let remote = Remote::make();
    let path = std::env::var("PATH").expect("PATH");
    let orders = worker::at_git(&remote, &path);
    mends(&worker::place(&orders), &goal(0, SIZE), "nothing").await;
    for number in 1_usize.. {
        let with_itself = number % 2 == 1;
        let path = deadly(&remote, number.div_ceil(2), with_itself);
        let mut worker = Worker::start(&to(&worker::at_git(&remote, &path), number, SIZE, false));
        let said = worker.says();
        drop(worker);
        let told = format!("a kill at git's run {}", number.div_ceil(2));
        mends(&worker::place(&orders), &goal(number, SIZE), &told).await;
        if let Some(said) = said {
            assert_eq!(said, "done", "{told}");
            assert!(number > 16, "only {number} runs");
            break;
        }
    }
}

/// The names in a directory, hidden ones too.
fn names(dir: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(dir) else { return Vec::new() };
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    names.map(|name| name.to_string_lossy().into_owned()).collect()
}

/// A moment of a run, by what is seen in the directory.
type Moment = fn(&[String]) -> bool;

#[tokio::test]
async fn in_the_middle_of_files_each_object_is_whole() {
    let size = 200;
    let dir = tempfile::tempdir().expect("a directory");
    let orders = worker::at_files(&dir.path().join("mirror"));
    let tokens = dir.path().join("mirror/tokens");
    let moments: [Moment; 5] = [
        |names| !names.is_empty(),
        |names| names.len() >= 37,
        |names| names.len() >= 150,
        // Of the next goal: something new, which comes after all that is changed; and something gone.
        |names| names.iter().any(|name| name == "0200.json"),
        |names| !names.iter().any(|name| name == "0050.json"),
    ];
    for (at, moment) in moments.into_iter().enumerate() {
        let number = at.saturating_sub(2);
        let before = goal(number.saturating_sub(1), size);
        let worker = Worker::start(&to(&orders, number, size, false));
        while !moment(&names(&tokens)) {
            std::thread::yield_now();
        }
        drop(worker);
        let (place, next) = (worker::place(&orders), goal(number, size));
        let whole = |listed: &Listed| {
            let is = |goal: &super::goal::Goal| {
                let bytes = goal.get(&listed.path);
                bytes.is_some_and(|bytes| crate::found(&place, &listed.path, bytes) == *listed)
            };
            is(&before) || is(&next)
        };
        let there = list(&place, "tokens").await.expect("a listing");
        assert!(there.iter().all(whole), "at moment {at}");
        mends(&place, &next, &format!("moment {at}")).await;
        assert_eq!(names(&tokens).len(), digests(&place, &next).len(), "nothing unfinished");
    }
}
