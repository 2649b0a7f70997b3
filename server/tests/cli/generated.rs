//! What the documentation is made from, and the files that were made.

use crate::program::Program;
use std::path::Path;

fn committed(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn the_committed_files_are_what_the_program_prints() {
    for (what, file) in [
        ("openapi", "openapi.json"),
        ("configuration", "configuration.md"),
        ("config-file", "tokenkeep.toml"),
    ] {
        let printed = Program::new(&["print", what]).run();
        assert!(printed.good, "{}", printed.err);
        let mend = format!("docs/{file} is old: cargo run -p server -- print {what} > docs/{file}");
        assert!(printed.out == committed(file), "{mend}");
    }
}

#[test]
fn the_default_file_changes_nothing() {
    let program =
        Program::new(&["doctor"]).env_file("TOKENKEEP_CONFIG", &committed("tokenkeep.toml"));
    let done = program
        .env("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none?application_name=a")
        .env("TOKENKEEP_LISTEN", "nonsense")
        .run();
    // The file has nothing to complain about; what the environment adds has.
    assert!(done.err.contains("TOKENKEEP_LISTEN"), "{}", done.err);
    assert_eq!(done.err.lines().count(), 2, "{}", done.err);
}

#[test]
fn the_default_file_is_good_with_its_comments_taken_away() {
    let committed = committed("tokenkeep.toml");
    let settings = committed
        .lines()
        .filter_map(|line| line.strip_prefix("# "))
        .filter(|line| line.contains(" = \""));
    // The repository of the example is reached by https.
    let settings = settings.filter(|line| !line.starts_with("gitstore_ssh_"));
    let settings: Vec<_> = settings.filter(|line| !line.ends_with("\"\"")).collect();
    assert!(settings.len() > 8);
    // Only secrets without an example are left out of it: the credentials of targets, the admin's password, and the key that a snapshot is signed
    // with.
    let program = Program::new(&["migrate"]).env_file("TOKENKEEP_CONFIG", &settings.join("\n"));
    let done = program.env("TOKENKEEP_LISTEN", "nonsense").run();
    let problems: Vec<_> = done
        .err
        .lines()
        .skip(1)
        .map(|line| line.trim().split(':').next().unwrap_or_default())
        .collect();
    let incomplete = [
        "objectstore_endpoint",
        "cloudflare_account_id",
        "admin_email",
        "snapshot_path",
        "gitstore_git_username",
    ];
    assert_eq!(problems[..1], ["TOKENKEEP_LISTEN"]);
    assert_eq!(problems[1..], incomplete, "{}", done.err);
}

#[test]
fn a_key_is_a_fernet_key_and_another_each_time() {
    let one = Program::new(&["key", "generate"]).run();
    let other = Program::new(&["key", "generate"]).run();
    assert!(one.good && other.good);
    assert_ne!(one.out, other.out);
    let key = one.out.strip_suffix('\n').expect("one line");
    assert!(vault::Sealer::parse(key).is_ok());
    assert_eq!(key.len(), 44);
}

#[test]
fn help_names_the_commands() {
    let done = Program::new(&["--help"]).run();
    assert!(done.good);
    for command in ["serve", "migrate", "doctor", "key", "admin"] {
        assert!(done.out.contains(command), "{command}");
    }
    assert!(!Program::new(&["nonsense"]).run().good);
    assert!(Program::new(&["--version"]).run().out.starts_with("tokenkeep "));
}
