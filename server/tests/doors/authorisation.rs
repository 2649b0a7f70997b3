//! The authorisation ring: every actor at every door, as a snapshot to be read by a person when it changes.
//!
//! The doors are taken from the OpenAPI document, the server functions and the pages, so that a new one appears here by itself; those that
//! are none of these are listed in [`OTHERS`], and a route in the source that is missing fails [`every_route_of_the_source_is_a_door`].

use crate::app::{Answer, TestApp, Who, text};
use domain::Code;
use domain::policy::{Action, Actor, permit};
use domain::token::ExpiryRequest;
use domain::user::Role;
use http::Method;
use insta::assert_snapshot;
use leptos::server_fn::axum::server_fn_paths;
use sqlx::PgPool;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use store::Store;
use time::Duration;
use tower_sessions::SessionStore as _;

/// Doors that are neither documented API, nor server functions, nor pages.
const OTHERS: &[(&str, &str)] = &[
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/readyz/verify"),
    ("GET", "/metrics"),
    ("GET", "/verify"),
    ("GET", "/verify/"),
    ("GET", "/verify/{*path}"),
    ("GET", "/api/openapi.json"),
    ("GET", "/api/docs"),
    ("GET", "/pkg/{*file}"),
];

/// An id that nothing has: whoever may, is told that there is no such thing, and nothing changes.
const NOTHING: &str = "00000000-0000-0000-0000-000000000000";

/// What is sent where an empty form or `{}` would be refused for its form, so that it is refused for who sends it.
const SENT: &[(&str, &str)] = &[
    ("/api/teams", r#"{"name":"platform"}"#),
    (
        "/api/routes",
        r#"{"path":"/api/image","backend_url":"https://images.example","deliver_secret":true}"#,
    ),
    (
        "/api/mirrors",
        r#"{"name":"edge","kind":"s3","settings":{"endpoint":"http://127.0.0.1:9","bucket":"mirror","access_key":"a","secret_key":"b"}}"#,
    ),
    (
        "/api/mirrors/test",
        r#"{"kind":"s3","settings":{"endpoint":"http://169.254.169.254","bucket":"mirror","access_key":"a","secret_key":"b"}}"#,
    ),
    ("/api/routes/test", r#"{"path":"/api/image","scopes":["*"]}"#),
    (
        "/api/tokens",
        r#"{"name":"a","team_id":"00000000-0000-0000-0000-000000000000","scopes":["*"]}"#,
    ),
    ("/api/tokens/find", r#"{"token":"nonsense"}"#),
    ("/api/usage/report", r#"{"worker":"edge","items":[]}"#),
    ("/api/verify", r#"{"token":"nonsense"}"#),
    ("/api/verify/batch", r#"{"items":[{"token":"nonsense"}]}"#),
    (
        "/api/tokens/{id}/conditions",
        r#"{"not_before":null,"allowed_cidrs":[],"rate_limit":null,"uses_limit":null}"#,
    ),
    ("/api/tokens/{id}/extend", r#"{"never":true}"#),
    ("/api/tokens/{id}/origins/lock", r#"{"allowed_cidrs":["10.0.0.0/8"],"replaces":[]}"#),
    ("/api/tokens/{id}/scopes/narrow", r#"{"scopes":["images:read"]}"#),
    ("/fn/change_token", "id=00000000-0000-0000-0000-000000000000&version=1&name=a"),
    ("/fn/start_edit", "id=00000000-0000-0000-0000-000000000000"),
    ("/fn/change_conditions", "id=00000000-0000-0000-0000-000000000000"),
    ("/fn/create_owner", "link=nonsense&email=somebody@example.com&password=correct+horse+battery"),
    (
        "/fn/change_route",
        "id=00000000-0000-0000-0000-000000000000&version=1&path=/a&backend_url=https://images.example&auth=none",
    ),
    (
        "/fn/create_route",
        "path=/a&backend_url=https://images.example&auth=bearer&deliver_secret=true",
    ),
    ("/fn/create_team", "name=platform"),
    ("/fn/delete_route", "id=00000000-0000-0000-0000-000000000000"),
    (
        "/fn/create_token",
        "name=a&team_id=00000000-0000-0000-0000-000000000000&scopes=*&never_expires=true",
    ),
    ("/fn/disable_token", "id=00000000-0000-0000-0000-000000000000"),
    ("/fn/extend_token", "id=00000000-0000-0000-0000-000000000000&end=never"),
    ("/fn/enable_token", "id=00000000-0000-0000-0000-000000000000"),
    ("/fn/finish_rotation", "id=00000000-0000-0000-0000-000000000000"),
    ("/fn/get_receipt", "id=00000000-0000-0000-0000-000000000000"),
    ("/fn/get_token", "id=00000000-0000-0000-0000-000000000000"),
    ("/fn/get_token_usage", "id=00000000-0000-0000-0000-000000000000"),
    ("/fn/lock_networks", "id=00000000-0000-0000-0000-000000000000&allowed_cidrs=10.0.0.0/8"),
    ("/fn/narrow_scopes", "id=00000000-0000-0000-0000-000000000000&scopes=a"),
    ("/fn/list_token_mirrors", "id=00000000-0000-0000-0000-000000000000"),
    (
        "/fn/create_mirror",
        "name=by-form&kind=s3&endpoint=http://127.0.0.1:8&bucket=mirror&access_key=a&secret_key=b",
    ),
    ("/fn/change_mirror", "name=nothing&version=1"),
    ("/fn/delete_mirror", "name=nothing"),
    ("/fn/probe_mirror", "name=nothing"),
    ("/fn/start_mirror_change", "name=nothing"),
    ("/fn/take_probe", "name=nothing"),
    ("/fn/get_mirror", "name=nothing"),
    ("/fn/push_mirror", "name=nothing"),
    ("/fn/plan_mirror", "name=nothing"),
    ("/fn/adopt_foreign", "name=nothing"),
    ("/fn/delete_foreign", "name=nothing"),
    ("/fn/pause_mirror", "name=nothing"),
    ("/fn/resume_mirror", "name=nothing"),
    ("/fn/release_mirror", "name=nothing"),
    ("/fn/reveal_token", "id=00000000-0000-0000-0000-000000000000"),
    ("/fn/revoke_token", "id=00000000-0000-0000-0000-000000000000"),
    ("/fn/rotate_token", "id=00000000-0000-0000-0000-000000000000&overlap_seconds=0"),
    ("/fn/set_locale", "locale=en&back=/"),
    ("/fn/set_theme", "theme=dark&back=/"),
    ("/fn/start_conditions", "id=00000000-0000-0000-0000-000000000000"),
    ("/fn/start_form", "form=create_team"),
    ("/fn/start_route_change", "id=00000000-0000-0000-0000-000000000000"),
    ("/fn/try_route", "path=/a&scopes=*"),
    ("/tokens/fn/take_secret", "id=00000000-0000-0000-0000-000000000000"),
];

/// Method and path of every door.
fn doors() -> BTreeSet<(String, String)> {
    let mut doors: BTreeSet<_> =
        OTHERS.iter().map(|(method, path)| ((*method).to_owned(), (*path).to_owned())).collect();
    let document = serde_json::to_value(server::http::openapi::document()).expect("the document");
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for method in methods.as_object().expect("methods").keys() {
            doors.insert((method.to_uppercase(), path.clone()));
        }
    }
    doors.extend(server_fn_paths().map(|(path, method)| (method.to_string(), path.to_owned())));
    for page in leptos_axum::generate_route_list(app::App) {
        doors.insert(("GET".to_owned(), page.path().to_owned()));
    }
    doors
}

/// The path with something in place of its parameters.
fn concrete(path: &str) -> String {
    let part = |part: &str| {
        if part.starts_with("{*") {
            "nothing.js".to_owned()
        } else if part.starts_with('{') || part.starts_with(':') {
            NOTHING.to_owned()
        } else {
            part.to_owned()
        }
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// Status, code and way on, as one word of the matrix.
fn outcome(answer: &Answer) -> String {
    let mut text = answer.status.as_u16().to_string();
    let code = serde_json::from_slice::<serde_json::Value>(&answer.body).ok();
    if let Some(code) = code.as_ref().and_then(|json| json["code"].as_str()) {
        let _ = write!(text, " {code}");
    }
    if !answer.header("location").is_empty() {
        let _ =
            write!(text, " to {}", answer.header("location").split('?').next().unwrap_or_default());
    }
    text
}

async fn knock(app: &TestApp, method: &str, path: &str, who: &Who) -> Answer {
    let method: Method = method.parse().expect("a method");
    let sent = SENT.iter().find(|(door, _)| *door == path).map(|(_, sent)| *sent);
    let path = concrete(path);
    let is_call = path.contains("/fn/");
    let accept = if is_call { "application/json" } else { "text/html" };
    if method == Method::GET {
        let sent = sent.filter(|sent| !sent.starts_with('{'));
        let path = sent.map_or_else(|| path.clone(), |sent| format!("{path}?{sent}"));
        return app.ask(method, &path).by(who).header("accept", accept).send().await;
    }
    // Whatever it is: what there is not is in no state.
    let ask = app.ask(method, &path).by(who).header("accept", accept).header("if-match", "*");
    if is_call {
        ask.form(sent.unwrap_or_default()).await
    } else {
        ask.raw_json(sent.unwrap_or("{}")).await
    }
}

/// Somebody of each sort. Made anew for each door: one of the doors ends sessions.
async fn actors(
    app: &TestApp,
    owner: &str,
    keys: &[(&'static str, Who)],
) -> Vec<(&'static str, Who)> {
    let mut actors = vec![("anonymous", Who::Nobody), ("owner session", app.session(owner).await)];
    actors.push(("ended session", ended(app, owner).await));
    actors.extend(keys.iter().cloned());
    actors
}

async fn ended(app: &TestApp, owner: &str) -> Who {
    let session = app.session(owner).await;
    let Who::Session(id) = &session else { panic!("a session") };
    let store = Store::on(app.pool.clone());
    store.delete(&id.parse().expect("an id")).await.expect("ended");
    session
}

async fn keys(app: &TestApp) -> Vec<(&'static str, Who)> {
    let expired = app.key_named("expired", ExpiryRequest::Days(1)).await;
    let revoked = app.key_named("revoked", ExpiryRequest::Never).await;
    sqlx::query("UPDATE management_keys SET revoked_at = now() WHERE name = 'revoked'")
        .execute(&app.pool)
        .await
        .expect("revoked");
    app.pass(Duration::days(1));
    let token = app.token(&app.team("platform").await, "import").await;
    vec![
        ("management key", app.key.clone()),
        ("verify key", app.verify_key_named("proxy", ExpiryRequest::Never).await),
        ("expired key", expired),
        ("revoked key", revoked),
        ("token as key", Who::Key(text(&token, "token"))),
    ]
}

#[sqlx::test(migrations = "../migrations")]
async fn every_actor_at_every_door(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let owner = app.owner().await;
    let keys = keys(&app).await;
    let mut matrix = String::new();
    for (method, path) in doors() {
        let _ = writeln!(matrix, "{method} {path}");
        for (name, who) in actors(&app, &owner, &keys).await {
            let answer = knock(&app, &method, &path, &who).await;
            let _ = writeln!(matrix, "  {name:<15} {}", outcome(&answer));
        }
    }
    assert_snapshot!(matrix);
}

/// Where it is not open to everybody, whoever asks about tokens needs a key, and a proxy presents it beside its caller's token.
#[sqlx::test(migrations = "../migrations")]
async fn every_actor_at_the_doors_of_verification_that_ask_for_a_key(pool: PgPool) {
    let app = TestApp::for_keys(pool).await;
    let owner = app.owner().await;
    let keys = keys(&app).await;
    let mut matrix = String::new();
    for (method, path) in doors().into_iter().filter(|(_, path)| path.contains("/verify")) {
        let _ = writeln!(matrix, "{method} {path}");
        for (name, who) in actors(&app, &owner, &keys).await {
            let answer = match (&who, path.starts_with("/verify")) {
                (Who::Key(key), true) => {
                    let ask = app.ask(Method::GET, &concrete(&path)).header("x-verify-key", key);
                    ask.header("x-api-key", "nonsense").send().await
                }
                _ => knock(&app, &method, &path, &who).await,
            };
            let _ = writeln!(matrix, "  {name:<15} {}", outcome(&answer));
        }
    }
    assert_snapshot!(matrix);
}

/// The rule behind the matrix: what is not open to strangers turns them all away alike.
#[sqlx::test(migrations = "../migrations")]
async fn nobody_who_is_nobody_gets_further_than_a_stranger(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let owner = app.owner().await;
    let keys = keys(&app).await;
    for (method, path) in doors() {
        // There a token is what is asked about.
        if path.starts_with("/verify")
            || ["/api/whoami", "/api/verify/self-revoke"].contains(&&*path)
        {
            continue;
        }
        let stranger = outcome(&knock(&app, &method, &path, &Who::Nobody).await);
        for (name, who) in actors(&app, &owner, &keys).await {
            if matches!(name, "owner session" | "management key") {
                continue;
            }
            let answer = outcome(&knock(&app, &method, &path, &who).await);
            // A key for verification is known, and may do nothing more but tell of uses.
            let known = answer.starts_with("403") || path == "/api/usage/report";
            if name != "verify key" || !known {
                assert_eq!(answer, stranger, "{name} at {method} {path}");
            }
        }
    }
}

// Listing the pages renders the app once, which takes a runtime.
#[tokio::test]
async fn every_route_of_the_source_is_a_door() {
    let known: BTreeSet<_> = doors().into_iter().map(|(_, path)| path).collect();
    let mut files = Vec::new();
    rust_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http"), &mut files);
    files.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http.rs"));
    for file in files {
        let source = std::fs::read_to_string(&file).expect("a source file");
        for rest in source.split(".route(").skip(1) {
            let path = rest.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next());
            let path = path
                .unwrap_or_else(|| panic!("{}: give .route( its path as a text", file.display()));
            assert!(known.contains(path), "{path} of {} is missing in OTHERS", file.display());
        }
    }
}

fn rust_files(directory: &Path, files: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

#[test]
fn the_policy() {
    let actors = [
        Actor::Anonymous,
        Actor::Person { id: uuid::Uuid::nil().into(), email: String::new(), role: Role::Owner },
        Actor::Machine { id: uuid::Uuid::nil().into(), name: String::new() },
        Actor::Verifier { id: uuid::Uuid::nil().into(), name: String::new() },
        Actor::Holder { id: uuid::Uuid::nil().into(), name: String::new() },
        Actor::Operator,
        Actor::Clock,
    ];
    let mut matrix = String::new();
    for action in Action::ALL {
        let _ = writeln!(matrix, "{action:?}");
        for actor in &actors {
            let answer =
                permit(actor, *action).map_or_else(|refused| Code::as_str(refused.code), |_| "may");
            let _ = writeln!(matrix, "  {:<10} {answer}", actor.kind());
        }
    }
    assert_snapshot!(matrix);
}
