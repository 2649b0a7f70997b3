//! The vectors of `vectors/verify.json`, against the decision itself. Every doorway has a test of its own against the same file.

use domain::OffsetDateTime;
use domain::token::{Scopes, SecretHash};
use domain::verify::rate::Arrival;
use domain::verify::uses::{Tally, UsesLimit};
use domain::verify::{Conditions, Denial, Origins, RateLimit, Record, Request, Verdict, decide};
use serde_json::Value;
use std::collections::BTreeSet;
use time::Duration;
use time::format_description::well_known::Rfc3339;

fn vectors() -> Vec<Value> {
    let file: Value = serde_json::from_str(include_str!("../vectors/verify.json")).expect("JSON");
    file["vectors"].as_array().expect("a list").clone()
}

fn instant(value: &Value) -> Option<OffsetDateTime> {
    value.as_str().map(|text| OffsetDateTime::parse(text, &Rfc3339).expect("an instant"))
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

fn record(value: &Value) -> Record {
    let rate = &value["rate_limit"];
    let rate = rate["requests"].as_i64().zip(rate["seconds"].as_i64());
    let uses = &value["uses_limit"];
    let uses = uses["count"].as_i64().map(|count| UsesLimit::parse(count, uses["per"].as_str()));
    let conditions = Conditions {
        not_before: instant(&value["not_before"]),
        disabled: value["disabled"] == true,
        retires_at: instant(&value["retires_at"]),
        origins: Origins::parse(texts(&value["allowed_cidrs"])).expect("networks"),
        rate: rate.map(|(requests, seconds)| RateLimit::parse(requests, seconds).expect("a limit")),
        uses: uses.transpose().expect("a limit"),
    };
    Record {
        id: uuid::Uuid::nil().into(),
        team: uuid::Uuid::nil().into(),
        name: "image job".into(),
        scopes: Scopes::parse(texts(&value["scopes"])).expect("scopes").into(),
        expires_at: instant(&value["expires_at"]),
        revoked: value["revoked"] == true,
        conditions: conditions.boxed(),
    }
}

/// Where the requests that came before leave the limit.
fn arrival(record: &Record, request: &Value, now: OffsetDateTime) -> Arrival {
    let Some(limit) = record.conditions.as_ref().and_then(|conditions| conditions.rate) else {
        return Arrival::default();
    };
    let ago = request["spent_seconds_ago"].as_i64().unwrap_or(0);
    let at = now - Duration::seconds(ago);
    let spent = request["spent"].as_u64().unwrap_or(0);
    (0..spent)
        .fold(Arrival::default(), |arrival, _| limit.arrive(arrival, at).expect("within the limit"))
}

/// What the uses that came before leave. They are of the window that was theirs.
fn left(record: &Record, request: &Value, now: OffsetDateTime) -> Option<u32> {
    let limit = record.uses()?;
    let ago = request["spent_seconds_ago"].as_i64().unwrap_or(0);
    let at = now - Duration::seconds(ago);
    let since = limit.refill().map_or(OffsetDateTime::UNIX_EPOCH, |refill| refill.begins(at));
    let tally = Tally { since, spent: request["spent"].as_u64().unwrap_or(0) };
    Some(limit.left(Some(tally), now))
}

fn code(vector: &Value) -> &'static str {
    let Some(_) = SecretHash::of_offered(vector["offered"].as_str().expect("a text")) else {
        return Denial::Malformed.as_str();
    };
    let request = &vector["request"];
    let now = instant(&request["now"]).expect("a time");
    let record = (!vector["record"].is_null()).then(|| record(&vector["record"]));
    let wanted = Scopes::parse_wanted(texts(&request["scopes"])).expect("scopes");
    let asked = Request {
        wanted: &wanted,
        origin: request["origin"].as_str().map(|ip| ip.parse().expect("an address")),
        arrival: record.as_ref().map_or(Arrival::default(), |record| arrival(record, request, now)),
        share: 1,
        left: record.as_ref().and_then(|record| left(record, request, now)),
    };
    match decide(record.as_ref(), &asked, now) {
        Verdict::Valid(_) => "valid",
        Verdict::Denied(denial, _) | Verdict::NotKnown(denial) => denial.as_str(),
    }
}

#[test]
fn the_decision_is_that_of_the_vectors() {
    for vector in vectors() {
        assert_eq!(code(&vector), vector["code"], "{}", vector["name"]);
    }
}

#[test]
fn every_denial_that_a_decision_can_make_has_a_vector() {
    let vectors = vectors();
    let told: BTreeSet<&str> =
        vectors.iter().filter_map(|vector| vector["code"].as_str()).collect();
    // Unavailable is no decision: it is that there can be none.
    let denials = Denial::ALL.iter().filter(|denial| **denial != Denial::Unavailable);
    for denial in denials {
        assert!(told.contains(denial.as_str()), "{denial:?}");
    }
}

#[test]
fn names_are_unique() {
    let vectors = vectors();
    let names: BTreeSet<&str> =
        vectors.iter().filter_map(|vector| vector["name"].as_str()).collect();
    assert_eq!(names.len(), vectors.len());
}
