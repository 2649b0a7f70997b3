//! Postgres is killed, the process that runs it is killed, or both: afterwards everything is as before.

use std::path::Path;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use store::embedded::Embedded;

use crate::harness::{Place, ask, until};
use crate::processes::{Bystander, helper};

const STARTED: &str = "SELECT pg_postmaster_start_time()::text";

#[tokio::test]
async fn a_killed_server_comes_back_at_the_same_place() {
    let place = Place::new();
    let embedded = Embedded::start(place.config()).await.unwrap();
    let options = embedded.connect_options();
    for _ in 0..2 {
        let before = ask(&options, STARTED).await.unwrap();
        kill_9(place.postmaster().unwrap());
        let after =
            until(async || ask(&options, STARTED).await.ok().filter(|now| *now != before)).await;
        assert_ne!(before, after);
    }
    embedded.stop().await;
    assert!(place.is_clean());
}

#[tokio::test]
async fn a_killed_process_leaves_a_clean_cluster_that_starts_again() {
    let place = Place::new();
    let helper = helper(&place.data());
    let orphan = place.postmaster().unwrap();
    helper.kill();
    // At once, while the orphan is still ending.
    let embedded = Embedded::start(place.config()).await.unwrap();
    assert!(!embedded.is_first_start());
    assert_ne!(place.postmaster(), Some(orphan));
    embedded.stop().await;
}

#[tokio::test]
async fn the_orphan_of_a_killed_process_shuts_down_by_itself() {
    let place = Place::new();
    let helper = helper(&place.data());
    helper.kill();
    until(async || place.postmaster().is_none().then_some(())).await;
    assert!(place.is_clean());
}

#[tokio::test]
async fn everything_killed_at_once_starts_again() {
    let place = Place::new();
    let helper = helper(&place.data());
    let postmaster = place.postmaster().unwrap();
    kill_9(postmaster);
    helper.kill();
    let embedded = Embedded::start(place.config()).await.unwrap();
    assert_eq!(ask(&embedded.connect_options(), "SELECT 'well'").await.unwrap(), "well");
    embedded.stop().await;
}

#[tokio::test]
async fn a_stale_pid_that_now_belongs_to_another_program_does_not_matter() {
    let place = Place::used().await;
    let other = Bystander::new(Path::new("/"), &place.cluster());
    place.write_pid_files(other.pid());
    let embedded = Embedded::start(place.config()).await.unwrap();
    assert_eq!(ask(&embedded.connect_options(), "SELECT 'well'").await.unwrap(), "well");
    embedded.stop().await;
}

fn kill_9(pid: u32) {
    kill(Pid::from_raw(pid.cast_signed()), Signal::SIGKILL).unwrap();
}
