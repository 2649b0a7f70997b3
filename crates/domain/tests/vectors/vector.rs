//! One line of `vectors/verify.json`, in the domain's values.

use domain::OffsetDateTime;
use domain::token::{Scope, Scopes, SecretHash};
use domain::verify::rate::Arrival;
use domain::verify::uses::{Tally, UsesLimit};
use domain::verify::{Conditions, Denial, Origins, RateLimit, Record, Request, Verdict, decide};
use serde_json::Value;
use std::net::IpAddr;
use time::Duration;
use time::format_description::well_known::Rfc3339;

/// A question about a token, and the answer that there is to it.
pub struct Vector {
    /// What it is about.
    pub name: String,
    /// The answer's code.
    pub code: String,
    offered: String,
    record: Option<Record>,
    wanted: Vec<Scope>,
    origin: Option<IpAddr>,
    arrival: Arrival,
    left: Option<u32>,
    now: OffsetDateTime,
}

impl Vector {
    /// Every vector of the file.
    pub fn all() -> Vec<Self> {
        let file = include_str!("../../vectors/verify.json");
        let file: Value = serde_json::from_str(file).expect("JSON");
        file["vectors"].as_array().expect("a list").iter().map(Self::of).collect()
    }

    fn of(vector: &Value) -> Self {
        let request = &vector["request"];
        let now = instant(&request["now"]).expect("a time");
        let record = (!vector["record"].is_null()).then(|| record(&vector["record"]));
        let spent = record.as_ref().map(|record| arrival(record, request, now));
        Self {
            name: text(&vector["name"]),
            code: text(&vector["code"]),
            offered: text(&vector["offered"]),
            wanted: Scopes::parse_wanted(texts(&request["scopes"])).expect("scopes"),
            origin: request["origin"].as_str().map(|ip| ip.parse().expect("an address")),
            arrival: spent.unwrap_or_default(),
            left: record.as_ref().and_then(|record| left(record, request, now)),
            record,
            now,
        }
    }

    /// The code of what is decided.
    pub fn decided(&self) -> &'static str {
        if SecretHash::of_offered(&self.offered).is_none() {
            return Denial::Malformed.as_str();
        }
        let Self { arrival, left, origin, .. } = *self;
        let asked = Request { wanted: &self.wanted, origin, arrival, share: 1, left };
        match decide(self.record.as_ref(), &asked, self.now) {
            Verdict::Valid(_) => "valid",
            Verdict::Denied(denial, _) | Verdict::NotKnown(denial) => denial.as_str(),
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
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
        paused_until: instant(&value["paused_until"]),
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
