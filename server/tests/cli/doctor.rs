//! `tokenkeep doctor`.

use crate::program::{Done, Program};
use domain::token::TokenSecret;
use service::verify::Following;
use service::verify::snapshot::{Keeper, SnapshotSettings};
use service::{Parts, Service};
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
async fn each_mirror_is_listed(_: PgPoolOptions, database: PgConnectOptions) {
    let mut program = Program::new(&["doctor"]).database(&database);
    let mirror = program.path().join("mirror").display().to_string();
    // A port that is free again: nobody listens there.
    let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("it");
    for (name, value) in [
        ("TOKENKEEP_MIRROR_FILES_PATH", mirror.as_str()),
        ("OBJECTSTORE_ENDPOINT", &format!("http://{port}")),
        ("OBJECTSTORE_BUCKET", "mirror"),
        ("OBJECTSTORE_ACCESS_KEY", "marker-id"),
        ("OBJECTSTORE_SECRET_KEY", "marker-key"),
    ] {
        program = program.env(name, value);
    }
    let done = program.run();
    assert_eq!(says(&done, "mirror files"), "ok", "{}", done.out);
    assert_eq!(says(&done, "mirror s3"), "fail", "{}", done.out);
    assert!(!done.out.contains("marker"), "{}", done.out);
}

#[sqlx::test(migrations = "../migrations")]
async fn each_mirror_is_written_to_when_that_is_asked_for(
    _: PgPoolOptions,
    database: PgConnectOptions,
) {
    let mut program = Program::new(&["doctor", "--probe"]).database(&database);
    let mirror = program.path().join("mirror").display().to_string();
    program = program.env("TOKENKEEP_MIRROR_FILES_PATH", &mirror);
    let done = program.run();
    assert_eq!(says(&done, "mirror files"), "ok", "{}", done.out);
    assert!(done.out.contains("an object was written, read and deleted"), "{}", done.out);
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

/// So that a key that no token needs any more is not taken away while a route needs it.
#[sqlx::test(migrations = "../migrations")]
async fn a_key_that_routes_need_is_missed_too(_: PgPoolOptions, database: PgConnectOptions) {
    let (lost, new) = (Sealer::generate_key(), Sealer::generate_key());
    let id = "00000000-0000-7000-8000-000000000003";
    let sealed = Sealer::parse(&lost).expect("a key").seal_text(&format!("route {id}"), "secret");
    let mut connection = PgConnection::connect_with(&database).await.expect("connected");
    let route = "INSERT INTO routes (id, description, path, backend_url, tags, auth_kind, secret_sealed, deliver, version, created_at, updated_at)
                 VALUES ($1::uuid, '', '/a', 'https://a.example', '{}', 'bearer', $2, false, 1, now(), now())";
    sqlx::query(route).bind(id).bind(sealed).execute(&mut connection).await.expect("a route");
    assert_eq!(says(&doctor(&database, Some(&lost)), "routes"), "ok");
    let done = doctor(&database, Some(&new));
    assert_eq!((says(&done, "encryption key"), says(&done, "routes")), ("ok", "fail"));
    assert!(!done.good);
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

#[sqlx::test(migrations = "../migrations")]
async fn a_snapshot_is_looked_at(_: PgPoolOptions, database: PgConnectOptions) {
    let key = Sealer::generate_key();
    assert_eq!(says(&doctor(&database, Some(&key)), "snapshot"), "note");
    let look = |path: &str, budget: &str, key: &str| {
        Program::new(&["doctor"])
            .database(&database)
            .env("TOKEN_ENCRYPTION_KEY", key)
            .env("TOKENKEEP_INSTANCE", "tokens-1")
            .env("TOKENKEEP_VERIFY_BUDGET_SECONDS", budget)
            .env("TOKENKEEP_SNAPSHOT_PATH", path)
            .run()
    };
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("snapshot").display().to_string();
    let done = look(&path, "300", &key);
    assert!(
        says(&done, "snapshot") == "note" && done.out.contains("there is none yet"),
        "{}",
        done.out
    );
    let done = look(&path, "0", &key);
    assert!(done.out.contains("TOKENKEEP_VERIFY_BUDGET_SECONDS is 0"), "{}", done.out);

    keep_snapshot(&database, &key, &path).await;
    let done = look(&path, "300", &key);
    assert!(
        says(&done, "snapshot") == "ok" && done.out.contains(": 0 tokens as of"),
        "{}",
        done.out
    );
    let done = look(&path, "300", &Sealer::generate_key());
    assert!(
        says(&done, "snapshot") == "fail" && done.out.contains("no configured key"),
        "{}",
        done.out
    );
    assert!(!done.good);
}

/// What a server does each second.
async fn keep_snapshot(database: &PgConnectOptions, key: &str, path: &str) {
    let snapshot = SnapshotSettings { path: path.into(), instance: "tokens-1".to_owned() };
    let store = store::Store::lazy(database.clone(), Duration::from_secs(5));
    let parts =
        Parts { sealer: Sealer::parse(key).ok(), snapshot: Some(snapshot), ..Parts::new(store) };
    let service = Service::new(parts).await.expect("a service");
    let mut following = Following::new(service.clone(), "tokens-1");
    following.turn().await.expect("a look");
    assert!(Keeper::new(service).expect("it keeps one").write().expect("written"));
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
