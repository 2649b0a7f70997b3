//! When the mirrors are looked at: after a change, before an expiry is forgotten, and once a period whatever happens.
//!
//! Each mirror has its own loop, so that one that never answers slows no other. All of them hear of changes by one connection ([`news`]), and the loops of
//! mirrors that people add begin and end as those do ([`added`]). What a run does is `service::mirror::reconcile`; how long to
//! wait after it is `domain::mirror::pace`.

mod added;
mod news;

use domain::mirror::{FailureClass, Outcome, pace};
use news::{Heard, News};
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

/// Runs the loop of each target until `stop`: those of the configuration, and those that people add, as they do.
pub(super) async fn run_all(service: Service, stop: CancellationToken) {
    let targets = service.configured().to_vec();
    while let Err(error) = service::mirror::configure(&service, &targets).await {
        tell(&error, "the mirrors");
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LISTEN_AGAIN) => {}
        }
    }
    // Before the first look, so that no change falls between the two.
    let Some(news) = News::begin(service.clone(), &stop).await else { return };
    let heard = news.heard.clone();
    let loops = TaskTracker::new();
    loops.spawn(news.announce(stop.clone()));
    for target in targets {
        start(&loops, Job { service: service.clone(), target, empties: false }, &heard, &stop);
    }
    added::follow(&service, &loops, heard, &stop).await;
    loops.close();
    loops.wait().await;
}

/// What a loop does again and again.
#[derive(Clone)]
struct Job {
    service: Service,
    target: Target,
    /// Whether the target is to be emptied, and not to be made to hold what is true.
    empties: bool,
}

fn start(loops: &TaskTracker, job: Job, heard: &Heard, stop: &CancellationToken) {
    let target = job.target.describe();
    tracing::info!(mirror = job.target.name(), target, empties = job.empties, "mirroring");
    loops.spawn(run(job, heard.clone(), stop.clone()));
}

/// Runs one target's loop until `stop`.
async fn run(job: Job, mut heard: Heard, stop: CancellationToken) {
    let mut failures = 0;
    loop {
        let outcome = tokio::select! {
            () = stop.cancelled() => return,
            outcome = once(&job) => outcome,
        };
        failures = if matches!(outcome, Outcome::Failed(_)) { failures + 1 } else { 0 };
        let now = job.service.now();
        let wait = job.service.random(|rng| pace::wait(outcome, failures, now, rng));
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait.longest) => {}
            () = heard.next(), if wait.until_change => {}
        }
    }
}

/// One run, whatever happens in it.
async fn once(job: &Job) -> Outcome {
    let target = &job.target;
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
        let Job { service, target, empties } = job.clone();
        let span = span.clone();
        let running = async move {
            match empties {
                true => service::mirror::empty(&service, &target).await,
                false => service::mirror::reconcile(&service, &target).await,
            }
        };
        running.instrument(span)
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

#[cfg(test)]
#[path = "mirror_tests.rs"]
mod tests;
