//! Words that may not be in some files, and words that must.

use crate::sources::{Source, sources};

/// Where a secret leaves its type.
const EXPOSES: &[&str] = &[
    // Sealed.
    "crates/vault/src/lib.rs",
    "crates/service/src/route/credentials.rs",
    "crates/service/src/mirror/kept/seal.rs",
    // Handed to the client of the target that they are for.
    "crates/service/src/mirror/kept/make.rs",
    // Shown once to who made it, or again to who may.
    "server/src/http/api/token.rs",
    "server/src/cli/admin.rs",
    "server/src/cli/serve/opening.rs",
    "app/src/backend/token.rs",
];

/// Where the server names what only its boot module constructs, and why.
const BESIDE_BOOT: &[(&str, &str)] = &[
    ("server/src/boot.rs", "constructs them"),
    ("server/src/boot/away.rs", "constructs a store that need not answer yet"),
    ("server/src/cli/serve/opening.rs", "waits for the store"),
    ("server/src/cli.rs", "prints a new key"),
    ("server/src/cli/doctor.rs", "looks at each by itself"),
    ("server/src/config.rs", "names what a target is made of"),
    ("server/src/config/read.rs", "judges the keys"),
    ("server/src/config/git_mirror.rs", "judges the address"),
    ("server/src/config/postgres_mirror.rs", "judges the schema's name"),
    ("server/src/config/read/mirrors.rs", "judges what is said of the targets"),
    ("server/src/http/health.rs", "asks the store alone"),
    ("server/src/http/identify.rs", "names the type behind the sessions"),
];

/// Where `DATABASE_URL` and `PGSTORE_DSN` are read, and what they say handed on.
const WITH_A_URL: &[&str] =
    &["server/src/config/read.rs", "server/src/config/postgres_mirror.rs", "server/src/boot.rs"];

/// Where a library names `HOME` to set it, for a program that would look into the user's.
const SETS_HOME: &str = "crates/storage/src/git/program.rs";

/// The one wait of the tests that looks again: for what happens in other processes, which tell nobody. It has an end.
const LOOKS_AGAIN: &str = "crates/store/tests/embedded/harness.rs";

fn is_library(source: &Source) -> bool {
    let in_room = source.path.starts_with("crates/") || source.path.starts_with("app/");
    in_room && source.path.contains("/src/") && !source.path.starts_with("crates/cli/")
}

/// The lines of `lines` that have one of `words`, each as `path:line: text`.
fn found<'a>(
    path: &str,
    lines: impl Iterator<Item = (usize, &'a str)>,
    words: &[&str],
) -> Vec<String> {
    lines
        .filter(|(_, line)| words.iter().any(|word| line.contains(word)))
        .map(|(number, line)| format!("{path}:{number}: {}", line.trim()))
        .collect()
}

fn none(found: Vec<String>, why: &str) {
    assert!(found.is_empty(), "{why}:\n{}", found.join("\n"));
}

#[test]
fn every_module_begins_with_what_it_owns() {
    let silent = sources()
        .into_iter()
        .filter(|source| !source.text.starts_with("//!"))
        .map(|source| source.path);
    none(silent.collect(), "begin with //!");
}

#[test]
fn app_has_one_cfg_for_the_server() {
    // In two parts, so that this line is not one of them.
    let feature = ["feature = ", "\"ssr\""].concat();
    let app = sources().into_iter().filter(|source| source.path.starts_with("app/src/"));
    let found: Vec<_> =
        app.flat_map(|source| found(&source.path, source.code(), &[&feature])).collect();
    assert_eq!(
        found.len(),
        1,
        "only app's backend module is compiled for the server alone: {found:#?}"
    );
}

#[test]
fn libraries_neither_print_nor_read_the_environment() {
    let words = ["print!(", "println!(", "dbg!(", "env::var", "env::vars", "\"HOME\"", "home_dir("];
    let libraries = sources().into_iter().filter(is_library);
    let found = libraries.flat_map(|source| found(&source.path, source.code(), &words));
    let found =
        found.filter(|line| !line.starts_with(SETS_HOME) || !line.contains("(\"HOME\"")).collect();
    none(found, "a library crate asks the one who calls it, and answers them");
}

#[test]
fn secrets_leave_their_type_in_the_listed_places() {
    let elsewhere = sources().into_iter().filter(|source| !EXPOSES.contains(&source.path.as_str()));
    let found = elsewhere
        .flat_map(|source| found(&source.path, source.code(), &[".expose(", "::expose"]))
        .collect();
    none(found, "list the place in EXPOSES, if it must be");
}

#[test]
fn the_server_constructs_in_its_boot_module() {
    let server = sources().into_iter().filter(|source| source.path.starts_with("server/src/"));
    let elsewhere =
        server.filter(|source| !BESIDE_BOOT.iter().any(|(path, _)| *path == source.path));
    let words = ["store::", "vault::", "storage::", "gateway::"];
    let names = |line: &str| {
        words.iter().any(|word| {
            line.match_indices(word).any(|(at, _)| {
                let before = line[..at].chars().next_back();
                before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != ':')
            })
        })
    };
    let found = elsewhere
        .flat_map(|source| {
            let lines = source.code().filter(|(_, line)| names(line));
            lines
                .map(|(number, line)| format!("{}:{number}: {}", source.path, line.trim()))
                .collect::<Vec<_>>()
        })
        .collect();
    none(found, "let boot.rs construct it, and a use case of service do the rest");
}

#[test]
fn the_server_reads_urls_and_nothing_more_with_sqlx() {
    let server = sources().into_iter().filter(|source| source.path.starts_with("server/src/"));
    let found: Vec<_> = server
        .filter(|source| !WITH_A_URL.contains(&source.path.as_str()))
        .flat_map(|source| found(&source.path, source.code(), &["sqlx::"]))
        // What a line of the log is called by is a text.
        .filter(|line| !line.contains("\"sqlx::"))
        .collect();
    none(found, "SQL is the store's");
}

#[test]
fn of_the_mirrors_only_the_one_in_a_database_speaks_sql() {
    let storage = sources().into_iter().filter(|source| {
        source.path.starts_with("crates/storage/src/")
            && !source.path.starts_with("crates/storage/src/postgres")
    });
    let found =
        storage.flat_map(|source| found(&source.path, source.code(), &["sqlx::"])).collect();
    none(found, "SQL is the store's, but for a mirror in a database that is not ours");
}

#[test]
fn no_test_sleeps_or_is_ignored() {
    // Put together here, so that this file is not one of those it looks for.
    let words = ["thread::sleep", "time::sleep", "ignore"].map(|word| match word {
        "ignore" => ["#[", word].concat(),
        word => [word, "("].concat(),
    });
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    let others = sources().into_iter().filter(|source| source.path != LOOKS_AGAIN);
    let found = others.flat_map(|source| found(&source.path, source.test_code(), &words)).collect();
    none(found, "a test waits for what it needs, and runs always");
}

#[test]
fn the_domain_has_neither_clock_nor_generator() {
    let domain =
        sources().into_iter().filter(|source| source.path.starts_with("crates/domain/src/"));
    let words = [
        "now_utc",
        "SystemTime",
        "Instant::now",
        "getrandom",
        "SysRng",
        "std::fs",
        "std::net::Tcp",
        "tokio",
    ];
    let found = domain.flat_map(|source| found(&source.path, source.code(), &words)).collect();
    none(found, "now and rng are arguments");
}
