//! The list of tokens at a million of them: each filter, each order and the search over HTTP, and the plan of each statement.
//!
//! Start at [`measure`]. The plans are Postgres's own, of the very statements: `auto_explain` writes them to its log, which is read back.

use crate::client::{Connection, Request};
use crate::program::Program;
use crate::report::Report;
use crate::verify::{connect, create_database};
use crate::{Result, load};
use serde_json::json;
use sqlx::{AssertSqlSafe, PgPool};
use std::time::{Duration, Instant};

/// Tokens that are listed.
const TOKENS: i64 = 1_000_000;
/// Questions of each kind.
const COUNT: usize = 200;
/// Where the plans are kept.
const PLANS: &str = "bench/plans";

/// What is asked: a name, and the query.
const ASKED: &[(&str, &str)] = &[
    ("first page", ""),
    ("oldest first", "sort=created"),
    ("by name", "sort=name"),
    ("by name, backwards", "sort=-name"),
    ("by expiry", "sort=expires"),
    ("by last use", "sort=-last_used"),
    ("by last use, backwards", "sort=last_used"),
    ("large team", "team_id=00000000-0000-7000-8000-000000000001"),
    ("small team", "team_id=00000000-0000-7000-8000-000000000250"),
    ("small team by name", "team_id=00000000-0000-7000-8000-000000000250&sort=name"),
    ("maker", "created_by=person7%40example.org"),
    ("active", "status=active"),
    ("active, oldest first", "status=active&sort=created"),
    ("expiring soon", "status=expiring_soon"),
    ("rotating", "status=rotating"),
    ("scheduled", "status=scheduled"),
    ("disabled", "status=disabled"),
    ("expired", "status=expired"),
    ("revoked", "status=revoked"),
    ("scope", "scope=s7%3Aread"),
    ("scope of none", "scope=none"),
    ("expires within 30 days", "expires_days=30"),
    ("never used", "unused=never"),
    ("unused for 30 days", "unused=30"),
    ("revealable", "revealable=true"),
    ("word of many", "q=billing"),
    ("word of few", "q=123456"),
    ("word of none", "q=qqq"),
    ("last four", "q=ab12"),
    ("Chinese", "q=%E4%BB%98%E6%9C%8D"),
    ("two words", "q=invoices+nightly"),
    (
        "small team, scope and status",
        "team_id=00000000-0000-7000-8000-000000000250&scope=s7%3Aread&status=working",
    ),
    ("large team, scope of none in it", "team_id=00000000-0000-7000-8000-000000000001&scope=none"),
    (
        "maker, revoked and never used",
        "created_by=person7%40example.org&status=revoked&unused=never",
    ),
    ("words, active and by last use", "q=billing+invoices&status=active&sort=-last_used"),
];

/// Measures the list, and writes its plans.
pub async fn measure(report: &mut Report) -> Result<()> {
    let server = std::env::var("DATABASE_URL").map_err(|_| "run it by make bench")?;
    let database = create_database(&server, "tokens").await?;
    let pool = connect(&database).await?;
    Program::command_on(&database, &["migrate"]).await?;
    println!("filling a database with {TOKENS} tokens");
    sqlx::query(include_str!("tokens/fill.sql")).bind(TOKENS).execute(&pool).await?;
    sqlx::query(include_str!("tokens/used.sql")).execute(&pool).await?;
    for statement in ["VACUUM ANALYZE", "CHECKPOINT"] {
        sqlx::query(statement).execute(&pool).await?;
    }
    let key = Program::command_on(&database, &["admin", "api-key", "--name", "bench"]).await?;
    time_each(report, &database, &key).await?;
    if let Err(error) = plan_each(&pool, &database, &key).await {
        report.note(&format!("no plans of the list were written, as {error}"));
    }
    Ok(())
}

fn path(query: &str) -> String {
    format!("/api/tokens?{query}")
}

async fn time_each(report: &mut Report, database: &str, key: &str) -> Result<()> {
    let program = Program::instance("tokens-1", database).await?;
    let mut rows = Vec::new();
    for (name, query) in ASKED {
        let page = Request::get(&path(query)).bearer(key);
        let count = Request::get(&format!("/api/tokens/count?{query}")).bearer(key);
        rows.push(row(name, load::first_bytes(program.address, &page, 10, COUNT).await?));
        let name = format!("{name}: count");
        rows.push(row(&name, load::first_bytes(program.address, &count, 10, COUNT).await?));
    }
    let secret = format!("ntk_{}", "a".repeat(43));
    let body = json!({ "token": secret });
    let mut connection = Connection::open(program.address).await?;
    let mut times = Vec::new();
    for _ in 0..COUNT {
        let began = Instant::now();
        connection.send(&Request::post("/api/tokens/find").bearer(key).json(&body)).await?;
        times.push(began.elapsed());
    }
    rows.push(row("a secret that no token has", times));
    let title = format!(
        "Token list, {TOKENS} tokens: {COUNT} answers of each kind over HTTP, one after the other"
    );
    report.table(&title, &["what", "p50", "p99"], &rows);
    program.stop().await
}

fn row(name: &str, mut times: Vec<Duration>) -> Vec<String> {
    times.sort();
    let at = |share: usize| times.get(times.len().saturating_sub(1) * share / 100).copied();
    let shown = |share| format!("{:.1} ms", at(share).unwrap_or_default().as_secs_f64() * 1000.0);
    vec![name.to_owned(), shown(50), shown(99)]
}

/// Asks everything once more of a server whose statements are explained.
async fn plan_each(pool: &PgPool, database: &str, key: &str) -> Result<()> {
    let settings = [
        ("session_preload_libraries", "auto_explain"),
        ("auto_explain.log_min_duration", "0"),
        ("auto_explain.log_analyze", "on"),
        ("auto_explain.log_buffers", "on"),
        ("auto_explain.log_timing", "off"),
    ];
    for (name, value) in settings {
        let statement = format!("ALTER DATABASE tokens SET {name} = '{value}'");
        sqlx::query(AssertSqlSafe(statement)).execute(pool).await?;
    }
    let program = Program::instance("tokens-2", database).await?;
    std::fs::create_dir_all(PLANS)?;
    for (name, query) in ASKED {
        let from = log_size(pool).await?;
        let request = Request::get(&path(query)).bearer(key);
        Connection::open(program.address).await?.send(&request).await?;
        let said: String = sqlx::query_scalar(
            "SELECT pg_read_file(current_setting('data_directory') || '/../postgres.log', $1, 1000000)",
        )
        .bind(from)
        .fetch_one(pool)
        .await?;
        let file = format!("{PLANS}/{}.txt", name.replace(", ", "-").replace(' ', "-"));
        let plans = plans(&said);
        if plans.is_empty() {
            return Err("the log has none".into());
        }
        std::fs::write(file, format!("GET {}\n\n{}", path(query), plans.join("\n")))?;
    }
    program.stop().await
}

async fn log_size(pool: &PgPool) -> Result<i64> {
    let size =
        "SELECT (pg_stat_file(current_setting('data_directory') || '/../postgres.log')).size";
    Ok(sqlx::query_scalar(size).fetch_one(pool).await?)
}

/// The plans of a log that are of the list: each from its first line on, without the statement before it.
fn plans(log: &str) -> Vec<String> {
    let of_the_list = |entry: &&str| entry.contains("token_used u") && !entry.contains("UPDATE");
    let plan = |entry: &str| {
        let lines = entry.lines().skip_while(|line| !line.contains("(cost="));
        let lines = lines.take_while(|line| line.starts_with('\t'));
        lines.map(|line| format!("{}\n", line.trim_start_matches('\t'))).collect::<String>()
    };
    log.split("LOG:  duration:").filter(of_the_list).map(plan).collect()
}
