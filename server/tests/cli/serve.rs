//! `tokenkeep serve`, from its start to its stop.

use crate::program::Program;
use crate::server::{STOP_MAX, free_address, program, start};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

#[sqlx::test(migrations = false)]
async fn it_answers_prints_the_link_and_stops_when_told(
    _: PgPoolOptions,
    database: PgConnectOptions,
) {
    let address = free_address();
    let mut server = start(program(&database, address), address);
    server.read_until("/setup?link=tks_");
    assert!(
        server.printed[0].ends_with(&format!("is ready at http://{address}\n")),
        "{:?}",
        server.printed
    );
    assert!(server.get("/healthz").starts_with("HTTP/1.1 200"));
    assert!(server.get("/readyz").starts_with("HTTP/1.1 200"));
    assert!(server.get("/api/tokens").starts_with("HTTP/1.1 401"));
    let (good, time) = server.stop();
    assert!(good && time < STOP_MAX, "{time:?}");
}

#[sqlx::test(migrations = false)]
async fn a_connection_that_stays_open_does_not_keep_it(
    _: PgPoolOptions,
    database: PgConnectOptions,
) {
    let address = free_address();
    let server = start(program(&database, address), address);
    // A request that never ends, and a connection that says nothing.
    let mut slow = TcpStream::connect(address).expect("connected");
    slow.write_all(b"POST /api/verify HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{").expect("written");
    let _idle = TcpStream::connect(address).expect("connected");
    assert!(server.get("/healthz").starts_with("HTTP/1.1 200"));
    let (good, time) = server.stop();
    assert!(good && time < STOP_MAX, "{time:?}");
}

#[sqlx::test(migrations = false)]
async fn what_was_answered_before_it_stops_is_counted(
    _: PgPoolOptions,
    database: PgConnectOptions,
) {
    let address = free_address();
    let server = start(program(&database, address), address);
    let mut stream = TcpStream::connect(address).expect("connected");
    let body = r#"{"token":"nonsense"}"#;
    let head = "POST /api/verify HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-type: application/json";
    write!(stream, "{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).expect("written");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("read");
    assert!(answer.contains("malformed"), "{answer}");
    let (good, time) = server.stop();
    assert!(good && time < STOP_MAX, "{time:?}");
    let mut connection =
        <sqlx::PgConnection as sqlx::Connection>::connect_with(&database).await.expect("connected");
    let counted: i64 = sqlx::query_scalar(
        "SELECT sum(count)::bigint FROM usage_hours WHERE outcome = 'malformed'",
    )
    .fetch_one(&mut connection)
    .await
    .expect("a count");
    assert_eq!(counted, 1);
}

#[sqlx::test(migrations = false)]
async fn the_configured_owner_is_made_at_the_first_start(
    _: PgPoolOptions,
    database: PgConnectOptions,
) {
    let address = free_address();
    for _ in 0..2 {
        let program = program(&database, address)
            .env("TOKENKEEP_ADMIN_EMAIL", "owner@example.com")
            .env_file("TOKENKEEP_ADMIN_PASSWORD_FILE", "correct horse battery staple\n");
        let server = start(program, address);
        let (good, _) = server.stop();
        assert!(good);
    }
    let mut connection =
        <sqlx::PgConnection as sqlx::Connection>::connect_with(&database).await.expect("connected");
    let (owners, made): (i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM audit_events WHERE kind = 'owner_created')",
    )
    .fetch_one(&mut connection)
    .await
    .expect("counts");
    assert_eq!((owners, made), (1, 1));
}

/// A port that takes connections and says nothing, as a database behind a firewall may.
fn silence() -> (TcpListener, String) {
    let silence = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("postgres://nobody@{}/nothing", silence.local_addr().expect("its address"));
    (silence, url)
}

#[test]
fn it_stops_at_once_while_it_waits_for_its_database() {
    let key = vault::Sealer::generate_key();
    for snapshot in [false, true] {
        let (silence, url) = silence();
        let mut program = Program::new(&["serve"])
            .env("DATABASE_URL", &url)
            .env("TOKENKEEP_LISTEN", &free_address().to_string());
        let site = program.path().join("site").display().to_string();
        std::fs::create_dir_all(program.path().join("site/pkg")).expect("a directory");
        program = program.env("TOKENKEEP_SITE_DIR", &site);
        if snapshot {
            let path = program.path().join("snapshot").display().to_string();
            program =
                program.env("TOKENKEEP_SNAPSHOT_PATH", &path).env("TOKEN_ENCRYPTION_KEY", &key);
        }
        let mut child = program.command.stderr(Stdio::null()).spawn().expect("it starts");
        let (_connection, _) = silence.accept().expect("it asks for its database");
        assert!(child.try_wait().expect("it runs").is_none());
        let began = Instant::now();
        let pid = child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill").success());
        let ended = child.wait().expect("it ends");
        // The database has ten seconds to answer.
        assert!(ended.success() && began.elapsed() < Duration::from_secs(5), "{ended}");
    }
}

#[sqlx::test(migrations = false)]
async fn a_port_that_is_taken_is_said(_: PgPoolOptions, database: PgConnectOptions) {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("its address");
    let done = program(&database, address).run();
    assert!(!done.good);
    assert!(
        done.err.contains(&address.to_string()) && done.err.contains("TOKENKEEP_LISTEN"),
        "{}",
        done.err
    );
}

#[sqlx::test(migrations = false)]
async fn without_the_consoles_files_it_says_so(_: PgPoolOptions, database: PgConnectOptions) {
    let done = program(&database, free_address()).env("TOKENKEEP_SITE_DIR", "/nowhere").run();
    assert!(!done.good);
    assert!(done.err.contains("TOKENKEEP_SITE_DIR"), "{}", done.err);
}

#[sqlx::test(migrations = false)]
async fn a_password_that_is_too_short_is_said(_: PgPoolOptions, database: PgConnectOptions) {
    let program =
        program(&database, free_address()).env("TOKENKEEP_ADMIN_EMAIL", "owner@example.com");
    let done = program.env("TOKENKEEP_ADMIN_PASSWORD", "marker").run();
    assert!(!done.good);
    assert!(
        done.err.contains("TOKENKEEP_ADMIN_PASSWORD") && !done.err.contains("marker"),
        "{}",
        done.err
    );
}
