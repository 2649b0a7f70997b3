//! Which of our crates may use which, and who may use sqlx.

use serde_json::Value;
use std::process::Command;

/// The complete list of `ARCHITECTURE.md`: a crate, and what of ours it uses.
const ARROWS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("wire", &["domain"]),
    ("record", &["domain"]),
    ("store", &["domain"]),
    ("storage", &["domain"]),
    ("vault", &["domain"]),
    ("gateway", &["domain"]),
    ("service", &["domain", "record", "store", "storage", "vault", "gateway"]),
    ("app", &["domain", "wire", "service"]),
    (
        "server",
        &["domain", "record", "wire", "service", "app", "store", "storage", "vault", "gateway"],
    ),
    ("frontend", &["app"]),
    ("cli", &["domain", "wire", "vault"]),
    // `storage` in its tests alone: what the server writes over the REST API is what the Worker reads.
    ("edge", &["domain", "record", "storage"]),
    // Measures the program from outside.
    ("bench", &[]),
    // Looks at some files of the server beside the domain, without being its user.
    ("fuzz", &["domain", "record"]),
];

/// What `app` may only use on the server.
const SERVER_SIDE_OF_APP: &[&str] = &["service"];

/// The crates with sqlx outside of their tests: `server` reads URLs with it, `bench` fills a database, and a mirror of `storage` is in a database that
/// is not ours.
const WITH_SQLX: &[&str] = &["store", "storage", "server", "bench"];

fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("its JSON");
    metadata["packages"].as_array().expect("packages").clone()
}

fn name(json: &Value) -> &str {
    json["name"].as_str().expect("a name")
}

fn dependencies(package: &Value) -> &[Value] {
    package["dependencies"].as_array().map(Vec::as_slice).unwrap_or_default()
}

#[test]
fn no_arrow_but_those_of_the_list() {
    for package in packages() {
        let user = name(&package);
        let (_, allowed) = ARROWS.iter().find(|(room, _)| *room == user).unwrap_or_else(|| {
            panic!("{user} is a new room: say in ARCHITECTURE.md and here what it uses")
        });
        for used in dependencies(&package).iter().map(name) {
            let ours = ARROWS.iter().any(|(room, _)| *room == used);
            assert!(
                !ours || allowed.contains(&used),
                "{user} uses {used}, which no arrow of ARCHITECTURE.md allows"
            );
        }
    }
}

#[test]
fn the_browser_gets_nothing_of_the_server() {
    let packages = packages();
    let app = packages.iter().find(|package| name(package) == "app").expect("app");
    for dependency in
        dependencies(app).iter().filter(|dependency| SERVER_SIDE_OF_APP.contains(&name(dependency)))
    {
        assert_eq!(
            dependency["optional"],
            true,
            "app uses {} in the browser too",
            name(dependency)
        );
    }
    let hydrate = app["features"]["hydrate"].as_array().expect("the feature");
    for used in SERVER_SIDE_OF_APP {
        assert!(
            !hydrate.iter().any(|part| part.as_str().is_some_and(|part| part.contains(used))),
            "{used}"
        );
    }
}

#[test]
fn sqlx_is_the_stores() {
    for package in packages() {
        let uses = dependencies(&package)
            .iter()
            .any(|dependency| name(dependency) == "sqlx" && dependency["kind"].is_null());
        assert!(!uses || WITH_SQLX.contains(&name(&package)), "{} uses sqlx", name(&package));
    }
}
