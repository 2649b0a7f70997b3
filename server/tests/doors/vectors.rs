//! The vectors that every doorway is held to (`crates/domain/vectors/verify.json`), through each door: `POST /api/verify`, its batch, `/verify`.
//!
//! Each vector's record is a row of the database, one for each door, so that none spends another's limit. Once the database is asked each time,
//! once an index that follows it.

use crate::app::{Answer, START, TestApp};
use domain::OffsetDateTime;
use domain::token::SecretHash;
use domain::verify::Denial;
use http::Method;
use serde_json::{Value, json};
use service::verify::Following;
use sqlx::PgPool;
use time::Duration;
use time::format_description::well_known::Rfc3339;

/// The doors.
#[derive(Clone, Copy, Debug)]
enum Door {
    One,
    Batch,
    ForwardAuth,
}

const DOORS: [Door; 3] = [Door::One, Door::Batch, Door::ForwardAuth];

/// One vector at one door.
struct Case {
    vector: Value,
    door: Door,
    /// What is offered there: the vector's text, or a secret of the same form that only this case has.
    offered: String,
}

fn cases() -> Vec<Case> {
    let file = include_str!("../../../crates/domain/vectors/verify.json");
    let file: Value = serde_json::from_str(file).expect("JSON");
    let vectors = file["vectors"].as_array().expect("a list");
    let each = vectors.iter().flat_map(|vector| DOORS.map(|door| (vector, door)));
    each.enumerate()
        .map(|(at, (vector, door))| {
            let text = vector["offered"].as_str().expect("a text");
            let offered = match text.rfind('_').filter(|_| !vector["record"].is_null()) {
                Some(end) => format!("{}_{at:04}{}", &text[..end], "A".repeat(39)),
                None => text.to_owned(),
            };
            Case { vector: vector.clone(), door, offered }
        })
        .collect()
}

fn instant(value: &Value) -> Option<OffsetDateTime> {
    value.as_str().map(|text| OffsetDateTime::parse(text, &Rfc3339).expect("an instant"))
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The vector's record as a row. Of a secret that a rotation replaced, the row has it as that.
async fn insert(app: &TestApp, team: &str, case: &Case) {
    let record = &case.vector["record"];
    if record.is_null() {
        return;
    }
    let hash = |text: &str| SecretHash::of_offered(text).expect("good form").bytes().to_vec();
    let offered = hash(&case.offered);
    let retires_at = instant(&record["retires_at"]);
    let (current, retired) = match retires_at {
        // Nobody offers the secret that came after it.
        Some(_) => {
            (hash(&case.offered.replacen('_', "_next", 1)[..case.offered.len()]), Some(offered))
        }
        None => (offered, None),
    };
    let cidrs = texts(&record["allowed_cidrs"]);
    let small = |value: &Value| value.as_i64().map(|n| i32::try_from(n).expect("small"));
    let ended = |yes: &Value| (*yes == true).then_some(START);
    // What is switched off for good has no pause in the table.
    let paused_until = instant(&record["paused_until"]).filter(|_| record["disabled"] != true);
    sqlx::query(
        "INSERT INTO tokens (id, team_id, name, description, secret_hash, display, scopes, created_at, created_by, expires_at, revoked_at,
                             not_before, disabled_at, allowed_cidrs, rate_requests, rate_seconds, retired_hash, retired_until,
                             uses_count, uses_per, paused_at, paused_until)
         VALUES (gen_random_uuid(), $1::uuid, $2, '', $3, '', $4, $5, 'vectors', $6, $7, $8, $9, $10::cidr[], $11, $12, $13, $14, $15, $16,
                 CASE WHEN $17::timestamptz IS NOT NULL THEN $5 END, $17)",
    )
    .bind(team)
    .bind(&case.offered)
    .bind(current)
    .bind(texts(&record["scopes"]))
    .bind(START)
    .bind(instant(&record["expires_at"]))
    .bind(ended(&record["revoked"]))
    .bind(instant(&record["not_before"]))
    .bind(paused_until.map_or_else(|| ended(&record["disabled"]), |_| Some(START)))
    .bind((!cidrs.is_empty()).then_some(cidrs))
    .bind(small(&record["rate_limit"]["requests"]))
    .bind(small(&record["rate_limit"]["seconds"]))
    .bind(retired)
    .bind(retires_at)
    .bind(small(&record["uses_limit"]["count"]))
    .bind(record["uses_limit"]["per"].as_str())
    .bind(paused_until)
    .execute(&app.pool)
    .await
    .expect("a row");
}

async fn ask(app: &TestApp, case: &Case, scopes: &[String]) -> Answer {
    let origin = case.vector["request"]["origin"].as_str();
    let item = json!({ "token": case.offered, "scopes": scopes, "origin": origin });
    match case.door {
        Door::One => app.ask(Method::POST, "/api/verify").json(&item).await,
        Door::Batch => {
            app.ask(Method::POST, "/api/verify/batch").json(&json!({ "items": [item] })).await
        }
        Door::ForwardAuth => {
            let ask = app.ask(Method::GET, "/verify").header("x-api-key", &case.offered);
            let ask = ask.header("x-required-scopes", &scopes.join(" "));
            origin.into_iter().fold(ask, |ask, origin| ask.from(origin)).send().await
        }
    }
}

/// The code of an answer; at `/verify` also its status.
fn code(door: Door, answer: &Answer) -> String {
    match door {
        Door::One => answer.text_of("code"),
        Door::Batch => crate::app::text(&answer.json()["results"][0], "code"),
        Door::ForwardAuth => match answer.header("x-verify-code") {
            "" => {
                assert_eq!(answer.status, 204);
                "valid".to_owned()
            }
            code => {
                let denial = Denial::ALL.iter().find(|denial| denial.as_str() == code);
                let of_the_token = denial.expect("a denial").is_of_the_token();
                assert_eq!(answer.status, if of_the_token { 401 } else { 403 });
                code.to_owned()
            }
        },
    }
}

/// Asks about every case, and says how many there were.
async fn go_through(app: &TestApp, cases: &[Case], mut following: Option<Following>) {
    for case in cases {
        let request = &case.vector["request"];
        assert_eq!(instant(&request["now"]), Some(START), "{}", case.vector["name"]);
        if let Some(following) = &mut following {
            // What is known is good for two seconds.
            following.turn().await.expect("a turn");
        }
        let ago = Duration::seconds(request["spent_seconds_ago"].as_i64().unwrap_or(0));
        app.pass(-ago);
        for _ in 0..request["spent"].as_u64().unwrap_or(0) {
            let spent = code(case.door, &ask(app, case, &[]).await);
            assert_eq!(spent, "valid", "{}", case.vector["name"]);
        }
        app.pass(ago);
        let told = code(case.door, &ask(app, case, &texts(&request["scopes"])).await);
        assert_eq!(told, case.vector["code"], "{} at {:?}", case.vector["name"], case.door);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn the_database_is_asked_each_time(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let team = app.team("vectors").await;
    // Rates are counted in memory, where an index follows.
    let counted = |case: &Case| !case.vector["record"]["rate_limit"].is_null();
    let cases: Vec<_> = cases().into_iter().filter(|case| !counted(case)).collect();
    assert!(cases.len() > 150, "{} cases", cases.len());
    for case in &cases {
        insert(&app, &team, case).await;
    }
    go_through(&app, &cases, None).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn an_index_follows_the_database(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let team = app.team("vectors").await;
    let cases = cases();
    let (loaded, later) = cases.split_at(cases.len() / 2);
    for case in loaded {
        insert(&app, &team, case).await;
    }
    let following = app.follow().await;
    // The other half comes as changes.
    for case in later {
        insert(&app, &team, case).await;
    }
    go_through(&app, &cases, Some(following)).await;
}
