//! What is wrong with a configuration is said all at once, by its key, and without its value.

use crate::program::{Done, Program};

/// The keys that were complained about, in order.
fn keys(done: &Done) -> Vec<&str> {
    assert!(!done.good);
    assert!(done.err.starts_with("The configuration cannot be used:\n"), "{}", done.err);
    done.err.lines().skip(1).map(|line| line.trim().split(':').next().unwrap_or_default()).collect()
}

#[test]
fn all_problems_are_told_at_once_without_a_value() {
    let mut program = Program::new(&["migrate"]);
    let wrong = [
        ("TOKENKEEP_LISTEN", "marker-listen"),
        ("TOKENKEEP_PUBLIC_URL", "https://marker.example.com/path"),
        ("TOKENKEEP_TRUSTED_PROXIES", "10.0.0.0/8,marker"),
        ("TOKENKEEP_VERIFY_ACCESS", "marker"),
        ("TOKENKEEP_TOKEN_PREFIX", "Marker"),
        ("TOKEN_ENCRYPTION_KEY", "marker-key"),
        ("TOKENKEEP_ADMIN_EMAIL", "marker@example.com"),
        ("DATABASE_URL", "marker-url"),
        ("GITSTORE_GIT_URL", "https://marker:marker@git.example.com/"),
        ("GITSTORE_GIT_BRANCH", "-marker"),
        ("PGSTORE_DSN", "marker-dsn"),
        ("PGSTORE_SCHEMA", "marker schema"),
    ];
    for (name, value) in wrong {
        program = program.env(name, value);
    }
    let done = program.run();
    let mut expected: Vec<_> = wrong.iter().map(|(name, _)| *name).collect();
    let mut told = keys(&done);
    expected.sort_unstable();
    told.sort_unstable();
    assert_eq!(told, expected, "{}", done.err);
    assert!(!done.err.to_lowercase().contains("marker"), "{}", done.err);
    assert_eq!(done.out, "");
}

#[test]
fn a_key_that_there_is_not_is_a_problem() {
    let file = "listen = \"127.0.0.1:3000\"\ncolour = \"red\"\nlog = 7\n";
    let done = Program::new(&["migrate"]).env_file("TOKENKEEP_CONFIG", file).run();
    assert_eq!(keys(&done), ["colour", "log"]);
    assert!(!done.err.contains("red"), "{}", done.err);
}

#[test]
fn a_file_that_is_no_toml_or_not_there_is_a_problem() {
    let done = Program::new(&["migrate"])
        .env_file("TOKENKEEP_CONFIG", "token_encryption_key = marker")
        .run();
    assert_eq!(keys(&done), ["TOKENKEEP_CONFIG"]);
    assert!(!done.err.contains("marker"), "{}", done.err);
    let done = Program::new(&["migrate"]).env("TOKENKEEP_CONFIG", "/nowhere/tokenkeep.toml").run();
    assert_eq!(keys(&done), ["TOKENKEEP_CONFIG"]);
}

#[test]
fn a_secret_can_come_from_a_file() {
    let done = Program::new(&["migrate"]).env_file("DATABASE_URL_FILE", "marker-url\n").run();
    assert_eq!(keys(&done), ["DATABASE_URL_FILE"]);
    let done =
        Program::new(&["migrate"]).env_file("TOKEN_ENCRYPTION_KEY_FILE", "marker-key\n").run();
    assert_eq!(keys(&done), ["TOKEN_ENCRYPTION_KEY_FILE"]);
    assert!(!done.err.contains("marker"), "{}", done.err);
    let done = Program::new(&["migrate"]).env("TOKEN_ENCRYPTION_KEY_FILE", "/nowhere/key").run();
    assert_eq!(keys(&done), ["TOKEN_ENCRYPTION_KEY_FILE"]);
}

#[test]
fn a_secret_given_twice_is_a_problem() {
    let key = vault::Sealer::generate_key();
    let program = Program::new(&["migrate"]).env("TOKEN_ENCRYPTION_KEY", &key);
    let done = program.env_file("TOKEN_ENCRYPTION_KEY_FILE", &key).run();
    assert_eq!(keys(&done), ["TOKEN_ENCRYPTION_KEY_FILE"]);
}

#[test]
fn the_environment_wins_over_the_file_and_an_empty_variable_is_none() {
    let file = "listen = \"from the file\"\ntoken_prefix = \"from the file\"\n";
    let program = Program::new(&["migrate"]).env_file("TOKENKEEP_CONFIG", file);
    let done = program
        .env("TOKENKEEP_LISTEN", "from the environment")
        .env("TOKENKEEP_TOKEN_PREFIX", "")
        .run();
    assert_eq!(keys(&done), ["TOKENKEEP_LISTEN", "token_prefix"]);
}

#[test]
fn a_snapshot_needs_a_database_of_ones_own_and_a_key() {
    let path = ("TOKENKEEP_SNAPSHOT_PATH", "/nowhere/marker");
    let done = Program::new(&["migrate"]).env(path.0, path.1).run();
    assert_eq!(keys(&done), [path.0, path.0]);
    assert!(done.err.contains("DATABASE_URL") && done.err.contains("TOKEN_ENCRYPTION_KEY"));
    assert!(!done.err.contains("marker"), "{}", done.err);
}

#[test]
fn a_schema_for_the_mirror_needs_a_database() {
    let done = Program::new(&["migrate"]).env("PGSTORE_SCHEMA", "edge").run();
    assert_eq!(keys(&done), ["PGSTORE_SCHEMA"]);
    assert!(done.err.contains("PGSTORE_DSN"), "{}", done.err);
    let done = Program::new(&["migrate"]).env_file("PGSTORE_DSN_FILE", "marker-dsn\n").run();
    assert_eq!(keys(&done), ["PGSTORE_DSN_FILE"]);
    assert!(!done.err.contains("marker"), "{}", done.err);
}

/// What is given, which keys are complained about, and a word of how to mend it.
type Case<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str], &'a str);

#[test]
fn a_git_mirror_needs_what_its_kind_of_address_takes() {
    let https = ("GITSTORE_GIT_URL", "https://git.example.com/marker.git");
    let ssh = ("GITSTORE_GIT_URL", "git@git.example.com:marker.git");
    let (user, token) = (("GITSTORE_GIT_USERNAME", "marker"), ("GITSTORE_GIT_TOKEN", "marker"));
    let key = ("GITSTORE_SSH_KEY_PATH", "/nowhere/marker");
    let cases: &[Case] = &[
        (&[token, key], &["GITSTORE_GIT_TOKEN", "GITSTORE_SSH_KEY_PATH"], "GITSTORE_GIT_URL"),
        (&[https, user], &["GITSTORE_GIT_USERNAME"], "GITSTORE_GIT_TOKEN"),
        (&[https, token], &["GITSTORE_GIT_TOKEN"], "GITSTORE_GIT_USERNAME"),
        (&[https, user, token, key], &["GITSTORE_SSH_KEY_PATH"], "take it away"),
        (&[ssh], &["GITSTORE_GIT_URL", "GITSTORE_GIT_URL"], "GITSTORE_SSH_KEY_PATH"),
        (&[ssh, key], &["GITSTORE_GIT_URL"], "GITSTORE_SSH_KNOWN_HOSTS_PATH"),
    ];
    for (given, expected, mend) in cases {
        let mut program = Program::new(&["migrate"]);
        for (name, value) in *given {
            program = program.env(name, value);
        }
        let done = program.run();
        assert_eq!(keys(&done), *expected, "{}", done.err);
        assert!(done.err.contains(mend), "{}", done.err);
        assert!(!done.err.contains("marker"), "{}", done.err);
    }
}

#[test]
fn the_prefixes_of_ours_are_not_for_tokens() {
    for prefix in ["tkm_", "tks_", "_", "a", "9a_", "a_b", &format!("{}_", "a".repeat(16))] {
        let done = Program::new(&["migrate"]).env("TOKENKEEP_TOKEN_PREFIX", prefix).run();
        assert_eq!(keys(&done), ["TOKENKEEP_TOKEN_PREFIX"], "{prefix}");
    }
}

#[test]
fn a_part_of_a_bucket_is_a_problem_that_names_what_is_missing() {
    let done = Program::new(&["migrate"])
        .env("OBJECTSTORE_ENDPOINT", "https://s3.example.com")
        .env_file("OBJECTSTORE_SECRET_KEY_FILE", "marker-secret")
        .run();
    assert_eq!(keys(&done), ["OBJECTSTORE_ENDPOINT"]);
    assert!(
        done.err.contains("set OBJECTSTORE_BUCKET, OBJECTSTORE_ACCESS_KEY too"),
        "{}",
        done.err
    );
    let done = Program::new(&["migrate"]).env("OBJECTSTORE_REGION", "marker").run();
    assert_eq!(keys(&done), ["OBJECTSTORE_REGION"]);
    assert!(!done.err.contains("marker"), "{}", done.err);
}

/// Each of these, in the order of their names, is a problem, and none is repeated.
fn each_is_told<const N: usize>(wrong: [(&str, &str); N]) {
    let mut program = Program::new(&["migrate"]);
    for (name, value) in wrong {
        program = program.env(name, value);
    }
    let done = program.run();
    let mut told = keys(&done);
    told.sort_unstable();
    assert_eq!(told, wrong.map(|(name, _)| name));
    assert!(!done.err.contains("marker"), "{}", done.err);
}

#[test]
fn what_is_wrong_with_a_bucket_is_told_at_once() {
    let wrong = [
        ("OBJECTSTORE_ACCESS_KEY", "marker key"),
        ("OBJECTSTORE_BUCKET", ".marker"),
        ("OBJECTSTORE_ENDPOINT", "https://s3.example.com/marker"),
        ("OBJECTSTORE_PREFIX", "../marker"),
        ("OBJECTSTORE_REGION", "marker 1"),
        ("OBJECTSTORE_SECRET_KEY", "marker\nkey"),
    ];
    each_is_told(wrong);
}

#[test]
fn a_mirror_at_a_metadata_service_is_refused_unless_allowed() {
    let bucket = |endpoint: &str, allow: &str| {
        Program::new(&["migrate"])
            .env("OBJECTSTORE_ENDPOINT", endpoint)
            .env("OBJECTSTORE_BUCKET", "mirror")
            .env("OBJECTSTORE_ACCESS_KEY", "x")
            .env("OBJECTSTORE_SECRET_KEY", "x")
            .env("TOKENKEEP_MIRROR_ALLOW_LINK_LOCAL", allow)
            // So that there is always a problem, and nothing is migrated.
            .env("TOKENKEEP_VERIFY_ACCESS", "neither")
            .run()
    };
    for endpoint in ["http://169.254.169.254", "http://2852039166", "http://[fe80::1]:9000"] {
        let done = bucket(endpoint, "off");
        let mut told = keys(&done);
        told.sort_unstable();
        assert_eq!(told, ["OBJECTSTORE_ENDPOINT", "TOKENKEEP_VERIFY_ACCESS"], "{endpoint}");
        assert_eq!(keys(&bucket(endpoint, "on")), ["TOKENKEEP_VERIFY_ACCESS"], "{endpoint}");
    }
    for (name, address) in [
        ("GITSTORE_GIT_URL", "https://2852039166/marker.git"),
        ("GITSTORE_GIT_URL", "http://metadata.google.internal/marker.git"),
        ("PGSTORE_DSN", "postgres://marker@169.254.169.254/marker"),
    ] {
        let told = |allow: &str| {
            let program = Program::new(&["migrate"]).env(name, address);
            let program = program.env("TOKENKEEP_MIRROR_ALLOW_LINK_LOCAL", allow);
            let done = program.env("TOKENKEEP_VERIFY_ACCESS", "neither").run();
            assert!(!done.err.contains("marker"), "{}", done.err);
            keys(&done).contains(&name)
        };
        assert!(told("off"), "{address}");
        assert!(!told("on"), "{address}");
    }
}

#[test]
fn a_namespace_needs_its_account_and_a_token() {
    let done = Program::new(&["migrate"]).env("CLOUDFLARE_ACCOUNT_ID", "marker").run();
    assert_eq!(keys(&done), ["CLOUDFLARE_ACCOUNT_ID"]);
    let missing = "set CLOUDFLARE_KV_NAMESPACE_ID, CLOUDFLARE_API_TOKEN too";
    assert!(done.err.contains(missing), "{}", done.err);
    let wrong = [
        ("CLOUDFLARE_ACCOUNT_ID", "marker/1"),
        ("CLOUDFLARE_API_BASE", "http://169.254.169.254/marker"),
        ("CLOUDFLARE_API_TOKEN", "marker token"),
        ("CLOUDFLARE_KV_NAMESPACE_ID", "marker 2"),
    ];
    each_is_told(wrong);
}
