//! The loops of the mirrors that people add: each begins, begins anew and ends as its row does, on every server.

use super::news::Heard;
use super::{Job, start, tell};
use domain::OffsetDateTime;
use domain::mirror::pace::PERIOD;
use service::Service;
use service::mirror::{Kept, kept};
use std::collections::BTreeMap;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// A loop, and of which edition of its target: of which row, in which version.
struct Running {
    edition: (OffsetDateTime, i64),
    stop: CancellationToken,
}

/// Follows what people add, until `stop`: woken by a change, and once a period.
pub(super) async fn follow(
    service: &Service,
    loops: &TaskTracker,
    mut heard: Heard,
    stop: &CancellationToken,
) {
    let mut running = BTreeMap::new();
    let begun = heard.clone();
    while !stop.is_cancelled() {
        match kept::list(service).await {
            Ok(all) => adjust(service, loops, &begun, stop, &mut running, &all).await,
            Err(error) => tell(&error, "the mirrors that people added"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PERIOD) => {}
            () = heard.next() => {}
        }
    }
}

async fn adjust(
    service: &Service,
    loops: &TaskTracker,
    heard: &Heard,
    stop: &CancellationToken,
    running: &mut BTreeMap<String, Running>,
    all: &[Kept],
) {
    let is_as_it_was = |name: &str, edition| {
        all.iter().any(|kept| kept.name() == name && kept.edition() == edition)
    };
    let ended: Vec<String> = running
        .iter()
        .filter(|(name, it)| !is_as_it_was(name, it.edition))
        .map(|(name, _)| name.clone())
        .collect();
    for name in ended {
        if let Some(ended) = running.remove(&name) {
            ended.stop.cancel();
        }
        if !all.iter().any(|kept| kept.name() == name) {
            tracing::info!(mirror = name, "the mirror was deleted");
            kept::forget(service, &name).await;
        }
    }
    for kept in all {
        if running.contains_key(kept.name()) {
            continue;
        }
        let stop = stop.child_token();
        begin(service, loops, heard, &stop, kept).await;
        running.insert(kept.name().to_owned(), Running { edition: kept.edition(), stop });
    }
}

/// Begins the loop of a target; one of which nothing can be made is told of instead.
async fn begin(
    service: &Service,
    loops: &TaskTracker,
    heard: &Heard,
    stop: &CancellationToken,
    kept: &Kept,
) {
    match kept.make(service) {
        Ok(target) => {
            if let Err(error) = kept::settle(service, kept, &target).await {
                tell(&error, kept.name());
            }
            let job = Job { service: service.clone(), target, empties: kept.is_emptying() };
            start(loops, job, heard, stop);
        }
        Err(failure) => {
            let (mirror, reason) = (kept.name(), &failure.said);
            tracing::error!(mirror, reason, "nothing can be made of a mirror that was added");
            if let Err(error) = kept::fail(service, mirror, &failure).await {
                tell(&error, mirror);
            }
        }
    }
}

#[cfg(test)]
#[path = "added_tests.rs"]
mod tests;
