//! `tokenkeep migrate` and `tokenkeep admin`, on a database of `DATABASE_URL`.

use crate::program::{Done, Program};
use domain::token::TokenSecret;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection as _, PgConnection};

const PASSWORD: &str = "correct horse battery staple";

fn api_key(database: &PgConnectOptions, arguments: &[&str]) -> Done {
    let arguments = [&["admin", "api-key"], arguments].concat();
    Program::new(&arguments).database(database).run()
}

fn create_owner(database: &PgConnectOptions, email: &str, password: &str) -> Done {
    let mut program = Program::new(&["admin", "create-owner", "--email", email]).database(database);
    let file = program.file("password", password);
    program.command.args(["--password-file", &file]);
    program.run()
}

async fn count(database: &PgConnectOptions, query: &'static str) -> i64 {
    let mut connection = PgConnection::connect_with(database).await.expect("connected");
    sqlx::query_scalar(query).fetch_one(&mut connection).await.expect("a count")
}

#[sqlx::test(migrations = false)]
async fn migrate_prepares_an_empty_database_and_again_does_nothing(
    _: PgPoolOptions,
    database: PgConnectOptions,
) {
    for _ in 0..2 {
        let done = Program::new(&["migrate"]).database(&database).run();
        assert!(done.good, "{}", done.err);
        assert_eq!(done.out, "The database is up to date.\n");
        // What Postgres tells beside its answers is no news to whoever runs a command.
        assert!(!done.err.contains("notice") && !done.err.contains("skipping"), "{}", done.err);
    }
    assert_eq!(count(&database, "SELECT count(*) FROM tokens").await, 0);
}

#[sqlx::test(migrations = false)]
async fn an_api_key_is_printed_alone_and_works(_: PgPoolOptions, database: PgConnectOptions) {
    // The database was never migrated: the command does it.
    let done = api_key(&database, &["--name", "deploy", "--expires-days", "30"]);
    assert!(done.good, "{}", done.err);
    let key = done.out.strip_suffix('\n').expect("one line");
    assert!(key.starts_with("tkm_") && TokenSecret::parse(key).is_some());
    assert!(!done.err.contains(key));
    let good = "SELECT count(*) FROM management_keys WHERE name = 'deploy' AND expires_at > now() + interval '29 days'";
    assert_eq!(count(&database, good).await, 1);
    assert_eq!(
        count(&database, "SELECT count(*) FROM audit_events WHERE actor_kind = 'operator'").await,
        1
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn an_api_key_may_be_for_verification_alone(_: PgPoolOptions, database: PgConnectOptions) {
    let done = api_key(&database, &["--name", "proxy", "--scope", "verify"]);
    assert!(done.good && done.out.starts_with("tkm_"), "{}", done.err);
    let scoped =
        "SELECT count(*) FROM management_keys WHERE name = 'proxy' AND scopes = '{verify}'";
    assert_eq!(count(&database, scoped).await, 1);
    let done = api_key(&database, &["--name", "other", "--scope", "everything"]);
    assert!(!done.good && done.out.is_empty() && done.err.contains("--scope"), "{}", done.err);
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_wrong_with_an_api_key_is_said(_: PgPoolOptions, database: PgConnectOptions) {
    assert!(api_key(&database, &["--name", "deploy"]).good);
    for (arguments, word) in [
        (["--name", "deploy", "--expires-days", "1"], "name already"),
        (["--name", " ", "--expires-days", "1"], "--name"),
        (["--name", "other", "--expires-days", "0"], "--expires-days"),
        (["--name", "other", "--expires-days", "3651"], "--expires-days"),
        (["--name", "other", "--expires-days", "many"], "--expires-days"),
    ] {
        let done = api_key(&database, &arguments);
        assert!(!done.good && done.out.is_empty(), "{arguments:?}");
        assert!(done.err.contains(word), "{arguments:?}: {}", done.err);
    }
    assert_eq!(count(&database, "SELECT count(*) FROM management_keys").await, 1);
}

#[sqlx::test(migrations = "../migrations")]
async fn keys_are_listed_and_revoked_by_name_or_id(_: PgPoolOptions, database: PgConnectOptions) {
    let run = |arguments: &[&str]| {
        Program::new(&[&["admin"], arguments].concat()).database(&database).run()
    };
    let none = run(&["list-keys"]);
    assert!(none.good && none.out.is_empty(), "{none:?}");
    let deploy = api_key(&database, &["--name", "deploy", "--expires-days", "30"]).out;
    let proxy = api_key(&database, &["--name", "proxy", "--scope", "verify"]).out;
    let listed = run(&["list-keys"]);
    assert!(listed.good, "{}", listed.err);
    let lines: Vec<&str> = listed.out.lines().collect();
    let [head, first, second] = lines[..] else { panic!("{}", listed.out) };
    assert!(head.ends_with("name") && first.ends_with("deploy") && second.ends_with("proxy"));
    assert!(first.contains("everything") && first.contains(" UTC  none"), "{first}");
    assert!(second.contains("verify") && second.contains("never"), "{second}");
    for key in [&deploy, &proxy] {
        assert!(!listed.out.contains(key.trim()));
    }
    let id = second.split(' ').next().expect("an id");
    for (key, told) in [("Deploy", first), (id, second)] {
        let id = told.split(' ').next().expect("an id");
        let done = run(&["revoke-key", key]);
        assert_eq!((done.good, done.out), (true, format!("Revoked the key {id}.\n")));
        let again = run(&["revoke-key", key]);
        assert!(!again.good && again.err.contains("list-keys"), "{}", again.err);
    }
    assert!(run(&["list-keys"]).out.is_empty());
    let told =
        "SELECT count(*) FROM audit_events WHERE kind = 'key_revoked' AND actor_kind = 'operator'";
    assert_eq!(count(&database, told).await, 2);
}

#[sqlx::test(migrations = "../migrations")]
async fn the_owner_is_made_once(_: PgPoolOptions, database: PgConnectOptions) {
    // The line end of an editor is no part of the password.
    let done = create_owner(&database, "Owner@Example.com", &format!("{PASSWORD}\n"));
    assert!(done.good, "{}", done.err);
    assert_eq!(done.out, "Made the owner owner@example.com.\n");
    let again = create_owner(&database, "second@example.com", PASSWORD);
    assert!(!again.good);
    assert!(again.err.contains("There is an owner already"), "{}", again.err);
    assert_eq!(count(&database, "SELECT count(*) FROM users").await, 1);
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_wrong_with_an_owner_is_said(_: PgPoolOptions, database: PgConnectOptions) {
    for (email, password, word) in [
        ("nobody", PASSWORD, "--email"),
        ("owner@example.com", "short", "12 characters"),
        ("owner@example.com", "", "--password"),
    ] {
        let done = create_owner(&database, email, password);
        assert!(!done.good, "{email}");
        assert!(done.err.contains(word), "{email}: {}", done.err);
        assert!(password.is_empty() || !done.err.contains(password), "{}", done.err);
    }
    let arguments = [
        "admin",
        "create-owner",
        "--email",
        "owner@example.com",
        "--password-file",
        "/nowhere/password",
    ];
    let done = Program::new(&arguments).database(&database).run();
    assert!(!done.good && done.err.contains("/nowhere/password"), "{}", done.err);
    assert_eq!(count(&database, "SELECT count(*) FROM users").await, 0);
}
