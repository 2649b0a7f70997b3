//! The private Postgres, on a real one: how it starts, runs and stops.
//!
//! Runs as root and as an ordinary user. Needs Debian's `postgresql`. Beside it: `deaths.rs`, `visits.rs` (who may
//! use it) and `refusals.rs`; `harness.rs` and `processes.rs` are what the tests share.

#[path = "embedded/deaths.rs"]
mod deaths;
#[path = "embedded/harness.rs"]
mod harness;
#[path = "embedded/processes.rs"]
mod processes;
#[path = "embedded/refusals.rs"]
mod refusals;
#[path = "embedded/visits.rs"]
mod visits;

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::time::{Duration, Instant};

use harness::{Place, ask, config, is_root, run};
use store::embedded::{Embedded, attach};

#[tokio::test]
async fn the_first_start_makes_the_cluster_and_the_next_finds_it() {
    let place = Place::new();
    let first = Embedded::start(place.config()).await.unwrap();
    assert!(first.is_first_start());
    run(&first.connect_options(), "COMMENT ON DATABASE tokenkeep IS 'kept'").await;
    first.stop().await;
    assert!(place.is_clean());
    assert_eq!(place.postmaster(), None);

    let second = Embedded::start(place.config()).await.unwrap();
    assert!(!second.is_first_start());
    let kept = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()";
    assert_eq!(ask(&second.connect_options(), kept).await.unwrap(), "kept");
    second.stop().await;
}

#[tokio::test]
async fn it_is_private_durable_and_silent() {
    let place = Place::new();
    let embedded = Embedded::start(place.config()).await.unwrap();
    let options = embedded.connect_options();
    for (question, answer) in [
        ("SELECT current_setting('listen_addresses')", ""),
        ("SELECT current_setting('fsync')", "on"),
        ("SELECT current_setting('log_statement')", "none"),
        ("SELECT current_setting('log_min_messages')", "log"),
        ("SELECT current_setting('log_error_verbosity')", "terse"),
        ("SELECT current_setting('log_min_error_statement')", "panic"),
        ("SELECT current_setting('log_parameter_max_length_on_error')", "0"),
        ("SELECT current_setting('log_min_duration_statement')", "-1"),
        ("SELECT current_setting('shared_buffers')", "128MB"),
        ("SELECT current_setting('max_connections')", "100"),
        ("SELECT current_setting('server_encoding')", "UTF8"),
        ("SELECT current_setting('data_checksums')", "on"),
        ("SELECT current_database() || ' ' || current_user", "tokenkeep tokenkeep"),
    ] {
        assert_eq!(ask(&options, question).await.unwrap(), answer, "{question}");
    }
    let run = fs::metadata(place.data().join("run")).unwrap();
    assert_eq!(run.mode() & 0o7777, 0o700);
    assert_eq!(run.uid(), fs::metadata(place.cluster()).unwrap().uid());
    let lock = fs::metadata(place.data().join("server.lock")).unwrap();
    assert_eq!(lock.permissions().mode() & 0o7777, 0o600);
    embedded.stop().await;
}

#[tokio::test]
async fn it_never_runs_as_root_nor_with_our_groups_and_environment() {
    let place = Place::new();
    let embedded = Embedded::start(place.config()).await.unwrap();
    let pid = place.postmaster().unwrap();
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    let owner = fs::metadata(place.cluster()).unwrap().uid();
    assert_ne!(owner, 0);
    assert_eq!(field("Uid:"), vec![owner.to_string(); 4]);
    assert!(!field("Gid:").contains(&"0".to_owned()) || !is_root());
    assert!(field("Groups:").is_empty() || !is_root());
    assert_eq!(field("NSpgid:").last(), Some(&pid.to_string()), "not its own process group");
    let environment = fs::read(format!("/proc/{pid}/environ")).unwrap();
    assert!(!String::from_utf8_lossy(&environment).contains("CARGO"));
    embedded.stop().await;
}

#[tokio::test]
async fn stopping_does_not_wait_for_open_sessions() {
    use sqlx::Connection;
    let place = Place::new();
    let embedded = Embedded::start(place.config()).await.unwrap();
    let mut session = sqlx::PgConnection::connect_with(&embedded.connect_options()).await.unwrap();
    sqlx::query("BEGIN").execute(&mut session).await.unwrap();
    let began = Instant::now();
    embedded.stop().await;
    assert!(began.elapsed() < Duration::from_secs(5));
    assert!(place.is_clean());
}

#[tokio::test]
async fn a_long_path_gets_a_short_private_socket_directory() {
    let place = Place::new();
    let data_dir = place.dir.path().join("long".repeat(30)).join("data");
    let embedded = Embedded::start(config(&data_dir)).await.unwrap();
    let found = attach(&data_dir).await.unwrap().unwrap();
    let socket = ask(&found, "SELECT current_setting('unix_socket_directories')").await.unwrap();
    let socket = Path::new(socket.trim_matches('"'));
    assert!(socket.starts_with("/tmp"), "{socket:?}");
    assert_eq!(fs::metadata(socket).unwrap().mode() & 0o7777, 0o700);
    embedded.stop().await;
    assert!(!socket.exists(), "the short directory was left behind");
}

/// Not a test of its own: what `processes::helper` runs in a second process.
#[tokio::test]
async fn the_other_process() {
    processes::be_the_other_process().await;
}
