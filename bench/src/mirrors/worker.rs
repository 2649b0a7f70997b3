//! What a check costs in the Worker (`edge/`), in the real Workers runtime, on what Tokenkeep wrote to its namespace.

use super::api::Api;
use super::{FEW, database};
use crate::client::{Connection, Request};
use crate::load::Figures;
use crate::node::Node;
use crate::report::Report;
use crate::{ROUNDS, Result, sizes};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::process::Command;

const TOKEN: &str = "a-token-of-the-benchmarks";
/// A request does something so often that it takes longer than this, beside which a request itself is nothing.
const LONG: Duration = Duration::from_millis(300);
/// What it does, how that is called, and what it says then.
const WORK: [(&str, &str, Value); 4] = [
    ("empty", "an empty call into the wasm", Value::Bool(false)),
    (
        "check",
        "a check: a token's hash, its record that is known, its route, the answer",
        Value::Null,
    ),
    ("verify", "a signature of Ed25519, by WebCrypto", Value::Bool(true)),
    (
        "learn",
        "a record that is new, but for its fetch: taken apart, its signature, read",
        Value::Bool(true),
    ),
];

/// Measures it, where it is built.
pub async fn measure(report: &mut Report, server: &str) -> Result<()> {
    let built: PathBuf =
        std::env::var_os("EDGE").map_or_else(|| "target/edge".into(), PathBuf::from);
    if !built.join("edge_bg.wasm").exists() {
        report.note("the Worker is not built (make edge)");
        return Ok(());
    }
    println!("measuring a check in the Worker");
    let environment = [
        ("EDGE", &*built.to_string_lossy()),
        ("TOKEN", TOKEN),
        ("BINDINGS", "{}"),
        ("ENTRY", "bench/edge/entry.mjs"),
    ];
    let node = Node::start(Path::new("edge/tests/runtime.mjs"), &environment).await?;
    let [edge, rest, _] = &node.said[..] else { return Err("three addresses".into()) };
    let asked = filled(server, rest).await?;
    let address: SocketAddr = edge.parse()?;
    let mut rows = Vec::new();
    let mut empty = 0.0;
    for (does, called, says) in WORK {
        let says = if does == "check" { json!("good") } else { says };
        let figures = one(address, &asked, does, &says).await?;
        if does == "empty" {
            empty = figures.median();
        }
        let more = format!("{:.2} µs", figures.median() - empty);
        rows.push(vec![called.to_owned(), format!("{} µs", figures.range(2)), more]);
    }
    node.stop().await?;
    let size = compressed(&built).await?;
    report.table("A check in the Worker", &["what", "each", "beside an empty call"], &rows);
    report.beneath(&format!(
        "In the real Workers runtime, many times in one request; the time is taken from outside. The Worker has {}.{} kB in gzip.",
        size / 1000,
        size % 1000 / 100
    ));
    Ok(())
}

/// Lets Tokenkeep write a namespace; what the Worker is asked of it.
async fn filled(server: &str, rest: &str) -> Result<Value> {
    let (database, key) = database(server, "mirrors_worker", FEW).await?;
    let settings = [
        ("CLOUDFLARE_ACCOUNT_ID", "account".to_owned()),
        ("CLOUDFLARE_KV_NAMESPACE_ID", "namespace".to_owned()),
        ("CLOUDFLARE_API_TOKEN", TOKEN.to_owned()),
        ("CLOUDFLARE_API_BASE", format!("http://{rest}/client/v4")),
    ];
    let api = Api::start(&database, &key, &settings).await?;
    let route = json!({ "path": "/images", "backend_url": "https://images.example" });
    api.ask(Request::post("/api/routes").json(&route)).await?;
    let (_, token) = api.make(&api.team("checked").await?, "checked").await?;
    api.current("kv").await?;
    let keys = api.ask(Request::get("/.well-known/jwks.json")).await?;
    api.program.stop().await?;
    Ok(json!({ "token": token, "path": "/images/1", "key": keys["keys"][0] }))
}

/// Microseconds of each time.
async fn one(address: SocketAddr, asked: &Value, does: &str, says: &Value) -> Result<Figures> {
    let mut times = 1_000_u32;
    while ask(address, asked, does, times, says).await? < LONG {
        times *= 2;
    }
    let mut figures = Figures::default();
    for _ in 0..ROUNDS {
        let took = ask(address, asked, does, times, says).await?;
        // The request itself, with what it reads and no work.
        let idle = ask(address, asked, "empty", 1, &Value::Bool(false)).await?;
        figures.push(took.saturating_sub(idle).as_secs_f64() * 1e6 / f64::from(times));
    }
    Ok(figures)
}

async fn ask(
    address: SocketAddr,
    asked: &Value,
    does: &str,
    times: u32,
    says: &Value,
) -> Result<Duration> {
    let mut body = asked.clone();
    body["does"] = json!(does);
    body["times"] = json!(times);
    let mut connection = Connection::open(address).await?;
    let began = Instant::now();
    let answer = connection.send(&Request::post("/").json(&body)).await?;
    let took = began.elapsed();
    let said: Value = serde_json::from_slice(&answer.body)?;
    if said["said"] != *says {
        return Err(format!("{does}: {said}").into());
    }
    Ok(took)
}

/// How large the built Worker is, as it is sent.
async fn compressed(built: &Path) -> Result<usize> {
    let mut tar = Command::new("tar");
    tar.args(["--create", "--file", "-", "--directory"]).arg(built).arg(".");
    sizes::gzip(&tar.output().await?.stdout)
}
