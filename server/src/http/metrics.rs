//! `GET /metrics`: what Prometheus asks for, in its text form (exposition format 0.0.4).
//!
//! Off unless configured. Never a token, its id or its hash: labels are outcomes, states and names of mirrors.

use super::{Failure, Web};
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::audit::Caller;
use domain::mirror::Mirror;
use domain::policy::Actor;
use domain::usage::Outcome;
use domain::{Code, OffsetDateTime};
use http::header;
use service::Service;
use service::usage::latency::BOUNDS;
use service::verify::Trust;
use std::fmt::{Display, Write as _};
use std::time::Duration;

/// How long the database may take to tell of the mirrors.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) fn routes() -> Router<Web> {
    Router::new().route("/metrics", get(metrics))
}

async fn metrics(State(web): State<Web>) -> Result<Response, Failure> {
    if !web.metrics {
        return Err(Code::NotFound.into());
    }
    let mut page = Page::default();
    verification(&mut page, &web.service);
    index(&mut page, &web.service);
    snapshot(&mut page, &web.service);
    usage(&mut page, &web.service);
    let caller = Caller::local(Actor::Clock);
    let asked = tokio::time::timeout(PATIENCE, service::mirror::list(&web.service, &caller)).await;
    // Without the database the rest is told all the more.
    if let Ok(Ok(list)) = asked {
        mirrors(&mut page, &list, web.service.now());
    }
    let media = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    Ok((media, page.0).into_response())
}

/// The text as it grows.
#[derive(Default)]
struct Page(String);

impl Page {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn line(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        self.0.push_str(name);
        for (place, (label, text)) in labels.iter().enumerate() {
            let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            let _ = write!(self.0, "{}{label}=\"{text}\"", if place == 0 { '{' } else { ',' });
        }
        let _ = writeln!(self.0, "{} {value}", if labels.is_empty() { "" } else { "}" });
    }

    fn only(&mut self, name: &str, kind: &str, help: &str, value: impl Display) {
        self.head(name, kind, help);
        self.line(name, &[], value);
    }
}

fn verification(page: &mut Page, service: &Service) {
    let (counts, latencies) = (service.usage().counts(), service.usage().latencies());
    page.head("tokenkeep_verify_total", "counter", "Answers of verification, by outcome.");
    for outcome in Outcome::all() {
        page.line("tokenkeep_verify_total", &[("outcome", outcome.as_str())], counts.of(outcome));
    }
    let name = "tokenkeep_verify_duration_seconds";
    page.head(name, "histogram", "How long verification took to decide, without HTTP around it.");
    for outcome in Outcome::all() {
        let latency = latencies.of(outcome);
        let outcome = ("outcome", outcome.as_str());
        let total: u64 = latency.buckets.iter().sum();
        // Of what never happened one line is enough.
        if total > 0 {
            let mut below = 0;
            for (bound, count) in BOUNDS.iter().zip(latency.buckets) {
                below += count;
                let bound = seconds(*bound).to_string();
                page.line(&format!("{name}_bucket"), &[outcome, ("le", &bound)], below);
            }
        }
        page.line(&format!("{name}_bucket"), &[outcome, ("le", "+Inf")], total);
        page.line(&format!("{name}_sum"), &[outcome], seconds(latency.sum));
        page.line(&format!("{name}_count"), &[outcome], total);
    }
}

#[expect(clippy::cast_precision_loss, reason = "a sum of 104 days of nanoseconds is still exact")]
fn seconds(nanos: u64) -> f64 {
    nanos as f64 / 1e9
}

fn index(page: &mut Page, service: &Service) {
    let index = service.index();
    let tokens = index.len();
    page.only("tokenkeep_index_tokens", "gauge", "Tokens that are verified from memory.", tokens);
    let name = "tokenkeep_index_trust";
    page.head(name, "gauge", "1 for how far memory is believed: all, known (the database is away), database (it is asked), nothing.");
    let trust = index.trust();
    let states = [
        ("all", Trust::All),
        ("known", Trust::WhatIsKnown),
        ("database", Trust::TheDatabase),
        ("nothing", Trust::Nothing),
    ];
    for (state, of) in states {
        page.line(name, &[("state", state)], u8::from(trust == of));
    }
}

/// Nothing where none is kept.
fn snapshot(page: &mut Page, service: &Service) {
    let Some(snapshot) = service.snapshot() else { return };
    let restored = snapshot.restored().map(|restored| restored.as_of);
    if let Some(as_of) = snapshot.as_of().or(restored) {
        let help = "Seconds since the snapshot on disk was what the database has.";
        let age = (service.now() - as_of).as_seconds_f64().max(0.0);
        page.only("tokenkeep_snapshot_age_seconds", "gauge", help, age);
    }
    let help = "How often the snapshot could not be written.";
    page.only("tokenkeep_snapshot_failures_total", "counter", help, snapshot.failures());
}

fn usage(page: &mut Page, service: &Service) {
    let usage = service.usage();
    let help = "Seconds since all that was counted was in the database.";
    let lag = usage.flushed_at().map_or(0.0, |at| (service.now() - at).as_seconds_f64().max(0.0));
    page.only("tokenkeep_usage_flush_lag_seconds", "gauge", help, lag);
    let help = "Tokens in an hour, origins and scopes that wait in memory for the next flush.";
    page.only("tokenkeep_usage_waiting", "gauge", help, usage.waiting());
    let name = "tokenkeep_usage_overflow_total";
    page.head(name, "counter", "Uses of which a part had no room in memory, by the part.");
    let overflow = usage.overflow();
    for (part, count) in
        [("token", overflow.tokens), ("origin", overflow.origins), ("scope", overflow.scopes)]
    {
        page.line(name, &[("part", part)], count);
    }
}

fn mirrors(page: &mut Page, mirrors: &[Mirror], now: OffsetDateTime) {
    gauge(
        page,
        mirrors,
        "tokenkeep_mirror_pending",
        "Changes that a mirror has not seen.",
        |mirror| Some(mirror.pending as f64),
    );
    gauge(
        page,
        mirrors,
        "tokenkeep_mirror_lag_seconds",
        "Seconds since the oldest change that a mirror has not seen.",
        |mirror| Some(mirror.lag(now).unwrap_or_default().as_seconds_f64()),
    );
    gauge(
        page,
        mirrors,
        "tokenkeep_mirror_last_success_timestamp_seconds",
        "When a mirror was last found or made to be what it should be.",
        |mirror| mirror.last_ok_at.map(unix),
    );
    gauge(
        page,
        mirrors,
        "tokenkeep_mirror_objects",
        "Records that a mirror held then.",
        |mirror| Some(mirror.objects as f64),
    );
    gauge(
        page,
        mirrors,
        "tokenkeep_mirror_failures",
        "Runs of a mirror that failed since its last good one.",
        |mirror| Some(f64::from(mirror.failures)),
    );
    gauge(
        page,
        mirrors,
        "tokenkeep_mirror_may_still_accept",
        "Revoked tokens that a mirror has not confirmed to be gone.",
        |mirror| Some(mirror.lingering as f64),
    );
    gauge(
        page,
        mirrors,
        "tokenkeep_mirror_set_aside",
        "Rows that are invalid, and so not in a mirror.",
        |mirror| Some(mirror.set_aside_total as f64),
    );
    gauge(
        page,
        mirrors,
        "tokenkeep_mirror_foreign",
        "Records in a mirror that nobody here issued.",
        |mirror| Some(mirror.foreign_waiting() as f64),
    );
}

/// One gauge, of every mirror that has it.
fn gauge(
    page: &mut Page,
    mirrors: &[Mirror],
    name: &str,
    help: &str,
    value: impl Fn(&Mirror) -> Option<f64>,
) {
    page.head(name, "gauge", help);
    for mirror in mirrors {
        if let Some(value) = value(mirror) {
            page.line(name, &[("mirror", &mirror.name)], value);
        }
    }
}

fn unix(at: OffsetDateTime) -> f64 {
    (at - OffsetDateTime::UNIX_EPOCH).as_seconds_f64()
}
