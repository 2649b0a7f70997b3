//! The vectors that every doorway is held to, through this one.

use crate::runtime::{NOW, Runtime, candidate, judged, key, secret};
use domain::OffsetDateTime;
use domain::mirror::{Candidate, Format};
use record::bytes;
use serde_json::{Map, Value, json};
use storage::{Object, Storage as _};
use time::Duration;
use time::format_description::well_known::Rfc3339;

fn file(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn instant(value: &Value) -> Option<OffsetDateTime> {
    value.as_str().map(|text| OffsetDateTime::parse(text, &Rfc3339).expect("an instant"))
}

/// What a vector offers, as a secret of its own; nothing where no header can hold it as it is.
fn offered(at: usize, vector: &Value) -> Option<String> {
    let text = vector["offered"].as_str().expect("a text");
    if !vector["record"].is_null() {
        let prefix = &text[..=text.rfind('_').expect("a prefix")];
        return Some(format!("{prefix}{at:04}{}", "A".repeat(39)));
    }
    let plain = text.bytes().all(|b| b.is_ascii_graphic()) && text.len() < 4096;
    plain.then(|| text.to_owned())
}

/// Whether a mirror tells of such a token: not of one that was revoked, disabled or has a limit of uses.
fn is_told(vector: &Value) -> bool {
    let record = &vector["record"];
    record["revoked"] != true && record["disabled"] != true && record["uses_limit"].is_null()
}

fn row(at: usize, offered: &str, record: &Value) -> Candidate {
    let cidrs = texts(&record["allowed_cidrs"]);
    let rate = &record["rate_limit"];
    let retires_at = instant(&record["retires_at"]);
    let made = candidate(offered);
    Candidate {
        // Each has a limit of its own.
        token: uuid(at),
        scopes: texts(&record["scopes"]),
        created_at: NOW - Duration::days(3650),
        // A former secret says when the overlap ends, and not when its token does.
        expires_at: instant(&record["expires_at"]).filter(|_| retires_at.is_none()),
        // A record of a token that is paused begins when the pause is over.
        not_before: instant(&record["not_before"]).max(instant(&record["paused_until"])),
        retires_at,
        networks: (!cidrs.is_empty()).then_some(cidrs),
        rate: rate["requests"].as_i64().zip(rate["seconds"].as_i64()),
        ..made
    }
}

fn uuid(at: usize) -> domain::id::TokenId {
    domain::id::TokenId::parse(&format!("0197a1b2-0000-7000-8000-{at:012}")).expect("an id")
}

#[tokio::test]
async fn the_worker_decides_as_every_doorway_does() {
    let file = file(include_str!("../../../crates/domain/vectors/verify.json"));
    let vectors: Vec<_> = file["vectors"].as_array().expect("a list").iter().enumerate().collect();
    let vectors = vectors.into_iter().filter(|(_, vector)| is_told(vector));
    let cases: Vec<_> = vectors.filter_map(|(at, v)| offered(at, v).map(|o| (at, o, v))).collect();
    assert!(cases.len() > 60, "{} cases", cases.len());

    let runtime = Runtime::good().await;
    let (mut routes, mut objects) = (Map::new(), Vec::new());
    for (at, offered, vector) in &cases {
        // What is wanted is what the route asks for; for nothing in particular, what the token has.
        let wanted = &vector["request"]["scopes"];
        let wanted = if wanted.is_null() { &vector["record"]["scopes"] } else { wanted };
        let wanted = if wanted.is_null() { json!(["*"]) } else { wanted.clone() };
        let route = json!({ "url": "https://images.example", "tags": [], "scopes": wanted });
        routes.insert(format!("/v/{at}"), route);
        if !vector["record"].is_null() {
            let entry = judged(&row(*at, offered, &vector["record"]));
            let bytes = bytes(&entry, NOW, Format::Full, Some(&key()));
            objects.push(Object { key: entry.key().into(), bytes, expires_at: None });
        }
    }
    runtime.write_routes(&Value::Object(routes)).await;
    runtime.kv.put(objects).await.expect("put");

    for (at, offered, vector) in &cases {
        let request = &vector["request"];
        let ask = |now: OffsetDateTime| {
            let ask = runtime.ask(&format!("/v/{at}")).with(offered).at(now);
            let origin = request["origin"].as_str();
            origin
                .into_iter()
                .fold(ask, |ask, origin| ask.header("CF-Connecting-IP", origin))
                .send()
        };
        let ago = Duration::seconds(request["spent_seconds_ago"].as_i64().unwrap_or(0));
        for _ in 0..request["spent"].as_u64().unwrap_or(0) {
            let spent = ask(NOW - ago).await;
            // What is not wanted is not spent either.
            assert!(
                ["good", "scope_denied"].contains(&spent.code()),
                "{}: {}",
                vector["name"],
                spent.0
            );
        }
        let told = ask(NOW).await;
        let code = told.code().replace("good", "valid");
        // To a mirror the end of a pause is a beginning.
        let paused = !vector["record"]["paused_until"].is_null() && vector["code"] == "disabled";
        let due = if paused { json!("not_yet_valid") } else { vector["code"].clone() };
        assert_eq!(json!(code), due, "{}: {}", vector["name"], told.0);
    }
}

#[tokio::test]
async fn the_worker_takes_the_routes_of_the_vectors() {
    let file = file(include_str!("../../../crates/domain/vectors/routes.json"));
    let vectors = file["vectors"].as_array().expect("a list");
    let runtime = Runtime::good().await;
    runtime.write_routes(&file["routes"]).await;
    let mut asked = 0;
    for (at, vector) in vectors.iter().enumerate() {
        let scopes = texts(&vector["scopes"]);
        let path = vector["path"].as_str().expect("a path");
        // No token has none, and no request such a path.
        if scopes.is_empty() || !path.starts_with('/') || path.contains('?') {
            continue;
        }
        let offered = secret(at);
        runtime.write_token(&Candidate { scopes, ..candidate(&offered) }).await;
        let told = runtime.ask(path).with(&offered).send().await;
        let allowed = ["scopes", "everything", "resource", "tag"];
        let why = vector["why"].as_str().expect("a code");
        let code = if allowed.contains(&why) { "good" } else { why };
        // The runtime resolves dots as the URL standard has it, before the Worker sees them: then it is the path that they lead to which is judged and forwarded.
        let seen = reqwest::Url::parse(&format!("http://edge.example{path}")).expect("a URL");
        if seen.path() != path && told.code() != code {
            let resolved = runtime.ask(seen.path()).with(&offered).send().await;
            assert_eq!(told.0, resolved.0, "{}", vector["name"]);
            continue;
        }
        assert_eq!(told.code(), code, "{}: {}", vector["name"], told.0);
        if code == "good" {
            let backend =
                file["routes"][vector["route"].as_str().expect("a route")]["url"].as_str();
            let url = told.json()["url"].as_str().expect("an address").to_owned();
            assert!(url.starts_with(backend.expect("an address")), "{url}");
        }
        asked += 1;
    }
    assert!(asked > 30, "{asked} asked");
}
