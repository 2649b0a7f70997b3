//! `tokenkeep doctor`.

use crate::program::{Done, Program};
use domain::token::TokenSecret;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection as _, PgConnection};
use std::net::TcpListener;
use std::time::{Duration, Instant};
use vault::Sealer;

fn doctor(database: &PgConnectOptions, key: Option<&str>) -> Done {
    let mut program = Program::new(&["doctor"]).database(database);
    std::fs::create_dir_all(program.path().join("site/pkg")).expect("a directory");
    let site = program.path().join("site").display().to_string();
    program = program.env("TOKENKEEP_SITE_DIR", &site);
    if let Some(key) = key {
        program = program.env("TOKEN_ENCRYPTION_KEY", key);
    }
    program.run()
}

/// The first word of each line, by what the line is about.
fn says<'a>(done: &'a Done, what: &str) -> &'a str {
    let line = done.out.lines().find(|line| line.contains(&format!("{what}:")));
    line.unwrap_or_else(|| panic!("nothing about {what}: {}", done.out))
        .split(' ')
        .next()
        .unwrap_or_default()
}

#[sqlx::test(migrations = "../migrations")]
async fn all_is_well(_: PgPoolOptions, database: PgConnectOptions) {
    let key = Sealer::generate_key();
    let done = doctor(&database, Some(&key));
    assert!(done.good, "{}", done.out);
    for what in ["configuration", "console", "database", "migrations", "encryption key", "clock"] {
        assert_eq!(says(&done, what), "ok", "{}", done.out);
    }
    assert!(!done.out.contains(key.as_str()) && !done.err.contains(key.as_str()));
}

#[sqlx::test(migrations = "../migrations")]
async fn without_a_key_it_says_what_that_means(_: PgPoolOptions, database: PgConnectOptions) {
    let done = doctor(&database, None);
    assert!(done.good, "{}", done.out);
    assert_eq!(says(&done, "encryption key"), "note");
    assert!(done.out.contains("TOKEN_ENCRYPTION_KEY"));
}

#[sqlx::test(migrations = false)]
async fn an_empty_database_misses_migrations(_: PgPoolOptions, database: PgConnectOptions) {
    let done = doctor(&database, None);
    assert!(!done.good);
    assert_eq!(says(&done, "migrations"), "fail");
    assert!(done.out.contains("tokenkeep migrate"), "{}", done.out);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_lost_key_is_found_out(_: PgPoolOptions, database: PgConnectOptions) {
    let (lost, new) = (Sealer::generate_key(), Sealer::generate_key());
    let secret = TokenSecret::parse(&format!("ntk_{}", "A".repeat(43))).expect("good form");
    let sealed = Sealer::parse(&lost).expect("a key").seal(&secret);
    insert_sealed(&database, &sealed).await;
    assert_eq!(says(&doctor(&database, Some(&lost)), "encryption key"), "ok");
    let done = doctor(&database, Some(&new));
    assert!(!done.good);
    assert_eq!(says(&done, "encryption key"), "fail");
    let both = format!("{},{}", *new, *lost);
    assert_eq!(says(&doctor(&database, Some(&both)), "encryption key"), "ok");
}

async fn insert_sealed(database: &PgConnectOptions, sealed: &str) {
    let mut connection = PgConnection::connect_with(database).await.expect("connected");
    let team = "INSERT INTO teams (id, name, description, reveal_allowed, created_at)
                VALUES ('00000000-0000-7000-8000-000000000001', 'platform', '', true, now())";
    sqlx::query(team).execute(&mut connection).await.expect("a team");
    let token = "INSERT INTO tokens (id, team_id, name, description, secret_hash, display, sealed, scopes, created_at, created_by)
                 VALUES ('00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-000000000001', 'import', '',
                         decode(repeat('01', 32), 'hex'), '', $1, '{*}', now(), '')";
    sqlx::query(token).bind(sealed).execute(&mut connection).await.expect("a token");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_console_without_its_files_is_found_out(_: PgPoolOptions, database: PgConnectOptions) {
    let program = Program::new(&["doctor"]).database(&database);
    let done = program.env("TOKENKEEP_SITE_DIR", "/nowhere").run();
    assert!(!done.good);
    assert_eq!(says(&done, "console"), "fail");
    assert!(done.out.contains("TOKENKEEP_SITE_DIR"), "{}", done.out);
}

#[test]
fn a_database_that_does_not_answer_is_given_up_soon() {
    // It takes connections and says nothing, as an address behind a careless firewall does.
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url =
        format!("postgres://somebody@{}/tokenkeep", silent.local_addr().expect("its address"));
    let begun = Instant::now();
    let done = Program::new(&["doctor"]).env("DATABASE_URL", &url).run();
    let waited = begun.elapsed();
    assert!(!done.good);
    assert_eq!(says(&done, "database"), "fail");
    assert!(
        done.out.contains("does not answer; check the address and that it runs"),
        "{}",
        done.out
    );
    // Three seconds and the start of a program; a server that starts gives it ten.
    assert!(waited < Duration::from_secs(8), "{waited:?}");
}
