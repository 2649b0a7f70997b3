//! Who uses the server of a data directory: a second server, commands beside a server, commands on their own.

use std::time::Duration;

use store::embedded::{Embedded, EmbeddedError, Visit, attach};
use tokio::time::timeout;

use crate::harness::{Place, ask};
use crate::processes::helper;

const WELL: &str = "SELECT 'well'";

#[tokio::test]
async fn a_second_server_is_refused_and_told_who_is_first() {
    let place = Place::new();
    let first = helper(&place.data());
    let refusal = Embedded::start(place.config()).await.unwrap_err();
    assert!(
        matches!(refusal, EmbeddedError::AlreadyRunning { pid: Some(pid), .. } if pid == first.pid())
    );
    let said = refusal.to_string();
    assert!(
        said.contains(&format!("process {}", first.pid())) && said.contains("Stop it first"),
        "{said}"
    );
    // The first is not disturbed.
    assert!(attach(&place.data()).await.unwrap().is_some());
    first.finish();
    assert!(attach(&place.data()).await.unwrap().is_none());
}

#[tokio::test]
async fn attach_finds_a_running_server_and_nothing_else() {
    let place = Place::new();
    assert!(attach(&place.data()).await.unwrap().is_none(), "no data directory");
    let embedded = Embedded::start(place.config()).await.unwrap();
    let found = attach(&place.data()).await.unwrap().unwrap();
    assert_eq!(ask(&found, WELL).await.unwrap(), "well");
    embedded.stop().await;
    assert!(attach(&place.data()).await.unwrap().is_none(), "stopped");
}

#[tokio::test]
async fn attach_waits_for_a_server_that_is_starting() {
    let place = Place::used().await;
    let (embedded, visit) = tokio::join!(Embedded::start(place.config()), async {
        loop {
            if let Some(found) = attach(&place.data()).await.unwrap() {
                return ask(&found, WELL).await.unwrap();
            }
            tokio::task::yield_now().await;
        }
    });
    assert_eq!(visit, "well");
    embedded.unwrap().stop().await;
}

#[tokio::test]
async fn a_command_uses_the_running_server_and_leaves_it_up() {
    let place = Place::new();
    let embedded = Embedded::start(place.config()).await.unwrap();
    let visit = Visit::begin(place.config()).await.unwrap();
    assert_eq!(ask(&visit.connect_options(), WELL).await.unwrap(), "well");
    visit.end().await;
    assert_eq!(ask(&embedded.connect_options(), WELL).await.unwrap(), "well");
    embedded.stop().await;
}

#[tokio::test]
async fn commands_that_begin_together_share_one_server() {
    let place = Place::new();
    let work = async || {
        let visit = Visit::begin(place.config()).await.unwrap();
        for _ in 0..5 {
            assert_eq!(ask(&visit.connect_options(), WELL).await.unwrap(), "well");
        }
        visit.end().await;
    };
    tokio::join!(work(), work(), work());
    assert!(attach(&place.data()).await.unwrap().is_none());
    assert!(place.is_clean());
}

#[tokio::test]
async fn the_command_that_started_the_server_waits_for_the_others() {
    let place = Place::new();
    let host = Visit::begin(place.config()).await.unwrap();
    let guest = Visit::begin(place.config()).await.unwrap();
    let mut end = Box::pin(host.end());
    assert!(timeout(Duration::from_millis(300), &mut end).await.is_err(), "it did not wait");
    assert_eq!(ask(&guest.connect_options(), WELL).await.unwrap(), "well");
    guest.end().await;
    end.await;
    assert!(attach(&place.data()).await.unwrap().is_none());
}

#[tokio::test]
async fn a_server_waits_for_a_command_to_finish() {
    let place = Place::new();
    let visit = Visit::begin(place.config()).await.unwrap();
    let mut start = Box::pin(Embedded::start(place.config()));
    assert!(timeout(Duration::from_millis(300), &mut start).await.is_err(), "it did not wait");
    visit.end().await;
    start.await.unwrap().stop().await;
}
