//! When the mirrors are looked at: after a change, before an expiry is forgotten, and once a period whatever happens.
//!
//! Each mirror has its own loop, so that one that never answers slows no other. What a run does is `service::mirror::reconcile`; how long to
//! wait after it is `domain::mirror::pace`.

use domain::mirror::{FailureClass, Outcome, pace};
use service::mirror::{Run, Target};
use service::{Error, Service};
use std::time::Duration;
use tokio::task::JoinError;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::field::Empty;
use tracing::{Instrument as _, Span};

/// How long to wait before listening is tried again. The period goes on meanwhile.
const LISTEN_AGAIN: Duration = Duration::from_secs(5);

/// Runs the loop of each target until `stop`.
pub(super) async fn run_all(service: Service, targets: Vec<Target>, stop: CancellationToken) {
    while let Err(error) = service::mirror::configure(&service, &targets).await {
        tell(&error, "the mirrors");
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LISTEN_AGAIN) => {}
        }
    }
    let loops = TaskTracker::new();
    for target in targets {
        tracing::info!(mirror = target.name(), target = target.describe(), "mirroring");
        loops.spawn(run(service.clone(), target, stop.clone()));
    }
    loops.close();
    loops.wait().await;
}

/// Runs one target's loop until `stop`.
async fn run(service: Service, target: Target, stop: CancellationToken) {
    let mut changes = Changes::new(service.clone());
    // Before the first look, so that no change falls between the two.
    tokio::select! {
        () = stop.cancelled() => return,
        () = tokio::time::sleep(LISTEN_AGAIN) => {}
        () = changes.listen() => {}
    }
    let mut failures = 0;
    loop {
        let outcome = tokio::select! {
            () = stop.cancelled() => return,
            outcome = once(&service, &target) => outcome,
        };
        failures = if matches!(outcome, Outcome::Failed(_)) { failures + 1 } else { 0 };
        let now = service.now();
        let wait = service.random(|rng| pace::wait(outcome, failures, now, rng));
        let changed = async {
            if wait.until_change { changes.next().await } else { std::future::pending().await }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait.longest) => {}
            () = changed => {}
        }
    }
}

/// One run, whatever happens in it.
async fn once(service: &Service, target: &Target) -> Outcome {
    let span = tracing::trace_span!(
        target: service::TRACE,
        parent: None,
        "mirror run",
        otel.status_code = Empty,
        tokenkeep.mirror = target.name(),
        tokenkeep.mirror.put = Empty,
        tokenkeep.mirror.deleted = Empty,
        tokenkeep.mirror.held = Empty,
    );
    let run = tokio::spawn({
        let (service, target) = (service.clone(), target.clone());
        let span = span.clone();
        async move { service::mirror::reconcile(&service, &target).instrument(span).await }
    });
    // When the server stops, this future is dropped: the run must not outlive it.
    let _aborts = AbortOnDrop(run.abort_handle());
    let run = run.await;
    note(&span, &run);
    match run {
        Ok(Ok(run)) => {
            log(target, &run);
            run.outcome
        }
        Ok(Err(error)) => {
            tell(&error, target.name());
            Outcome::Failed(FailureClass::Transient)
        }
        Err(died) => {
            tracing::error!(mirror = target.name(), error = %died, "the run panicked; the loop goes on");
            Outcome::Failed(FailureClass::Broken)
        }
    }
}

/// The numbers of a run, and whether it failed. Never what the target said.
fn note(span: &Span, run: &Result<service::Result<Run>, JoinError>) {
    match run {
        Ok(Ok(run)) => {
            // As OpenTelemetry counts: its numbers have a sign.
            let count = |name: &str, count: u64| {
                span.record(name, i64::try_from(count).unwrap_or(i64::MAX));
            };
            count("tokenkeep.mirror.put", run.work.put);
            count("tokenkeep.mirror.deleted", run.work.deleted);
            count("tokenkeep.mirror.held", run.held);
            if run.failure.is_some() {
                span.record("otel.status_code", "ERROR");
            }
        }
        _ => {
            span.record("otel.status_code", "ERROR");
        }
    }
}

struct AbortOnDrop(tokio::task::AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn log(target: &Target, run: &Run) {
    let mirror = target.name();
    if let Some(failure) = &run.failure {
        let class = failure.class.as_str();
        tracing::warn!(mirror, class, error = failure.said, "the target failed");
    } else if run.work.did_something() {
        tracing::info!(mirror, put = run.work.put, deleted = run.work.deleted, "pushed");
    }
    if run.held > 0 {
        tracing::warn!(mirror, deletes = run.held, "a plan is held until a person releases it");
    }
    if run.foreign > 0 {
        tracing::warn!(
            mirror,
            records = run.foreign,
            "records that nobody here issued wait for a person"
        );
    }
    if run.set_aside > 0 {
        tracing::warn!(mirror, rows = run.set_aside, "invalid rows are set aside");
    }
}

fn tell(error: &Error, mirror: &str) {
    match error {
        Error::Fault(fault) => tracing::warn!(mirror, error = fault.chain(), "a run broke"),
        Error::Refused(refusals) => {
            tracing::error!(mirror, code = refusals.first().code.as_str(), "a run was refused");
        }
    }
}

/// The announcements, through lost connections.
struct Changes {
    service: Service,
    listening: Option<service::mirror::Changes>,
}

impl Changes {
    const fn new(service: Service) -> Self {
        Self { service, listening: None }
    }

    /// Listens, unless it does already. Ends only when it does.
    async fn listen(&mut self) {
        while self.listening.is_none() {
            match service::mirror::Changes::listen(&self.service).await {
                Ok(listening) => self.listening = Some(listening),
                Err(error) => {
                    tell(&error, "listening for changes");
                    tokio::time::sleep(LISTEN_AGAIN).await;
                }
            }
        }
    }

    /// Waits for the next change. After a gap in listening it returns at once: something may have been missed.
    async fn next(&mut self) {
        let Some(listening) = &mut self.listening else {
            return self.listen().await;
        };
        if let Err(error) = listening.next().await {
            tell(&error, "listening for changes");
            self.listening = None;
            self.listen().await;
        }
    }
}

#[cfg(test)]
#[path = "mirror_tests.rs"]
mod tests;
