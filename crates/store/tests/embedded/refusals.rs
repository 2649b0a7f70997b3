//! What cannot work is refused with a sentence that says what to do, and leaves nothing half-made.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use store::embedded::{Embedded, EmbeddedConfig, EmbeddedError};

use crate::harness::{Place, config, is_root};
use crate::processes::Bystander;

async fn refusal(config: EmbeddedConfig) -> EmbeddedError {
    Embedded::start(config).await.unwrap_err()
}

#[tokio::test]
async fn a_directory_on_the_way_that_is_closed_is_named() {
    let place = Place::new();
    let closed = place.dir.path().join("closed");
    fs::create_dir(&closed).unwrap();
    // Root passes through anything, its Postgres does not; an ordinary user is stopped by what nobody may write.
    fs::set_permissions(&closed, Permissions::from_mode(if is_root() { 0o700 } else { 0o500 }))
        .unwrap();
    let refusal = refusal(config(&closed.join("data"))).await;
    let said = refusal.to_string();
    assert!(said.contains(&closed.display().to_string()), "{said}");
    if is_root() {
        assert!(said.contains(&format!("chmod o+x {}", closed.display())), "{said}");
    } else {
        assert!(matches!(refusal, EmbeddedError::DataDir { .. }), "{said}");
    }
}

#[tokio::test]
async fn an_initdb_that_fails_leaves_nothing_and_can_be_repeated() {
    let place = Place::new();
    let broken = place.dir.path().join("bin");
    fs::create_dir(&broken).unwrap();
    program(&broken.join("postgres"), "echo 'postgres (PostgreSQL) 15.1'");
    program(
        &broken.join("initdb"),
        "echo > \"$2/half\"; echo 'initdb: error: No space left on device' >&2; exit 1",
    );
    let said = refusal(EmbeddedConfig { data_dir: place.data(), bin_search: vec![broken] })
        .await
        .to_string();
    assert!(said.contains("No space left on device"), "{said}");
    assert!(!place.data().join("postgres.new").exists() && !place.cluster().exists());
    let embedded = Embedded::start(place.config()).await.unwrap();
    assert!(embedded.is_first_start());
    embedded.stop().await;
}

#[tokio::test]
async fn what_an_interrupted_initdb_left_is_cleared_away() {
    let place = Place::new();
    fs::create_dir_all(place.data().join("postgres.new/base")).unwrap();
    fs::set_permissions(place.data(), Permissions::from_mode(0o711)).unwrap();
    let embedded = Embedded::start(place.config()).await.unwrap();
    assert!(!place.data().join("postgres.new").exists());
    embedded.stop().await;
}

#[tokio::test]
async fn a_cluster_of_another_major_version_is_not_touched() {
    let place = Place::used().await;
    fs::write(place.cluster().join("PG_VERSION"), "9\n").unwrap();
    let refusal = refusal(place.config()).await;
    assert!(matches!(refusal, EmbeddedError::WrongVersion { wanted: 9, .. }), "{refusal}");
    assert!(refusal.to_string().contains("postgresql-9"), "{refusal}");
}

#[tokio::test]
async fn an_old_postgres_is_passed_over() {
    let place = Place::new();
    let old = place.dir.path().join("bin");
    fs::create_dir(&old).unwrap();
    program(&old.join("postgres"), "echo 'postgres (PostgreSQL) 13.4'");
    program(&old.join("initdb"), "exit 1");
    let embedded =
        Embedded::start(EmbeddedConfig { data_dir: place.data(), bin_search: vec![old] })
            .await
            .unwrap();
    embedded.stop().await;
}

#[tokio::test]
async fn something_else_in_the_place_of_the_cluster_is_kept() {
    let place = Place::new();
    fs::create_dir_all(place.cluster()).unwrap();
    fs::set_permissions(place.data(), Permissions::from_mode(0o711)).unwrap();
    fs::write(place.cluster().join("letter"), "dear").unwrap();
    assert!(matches!(refusal(place.config()).await, EmbeddedError::NotACluster { .. }));
    assert_eq!(fs::read_to_string(place.cluster().join("letter")).unwrap(), "dear");
}

#[tokio::test]
async fn a_server_that_somebody_else_started_is_not_disturbed() {
    let place = Place::used().await;
    let other = Bystander::new(&place.cluster(), &place.cluster());
    place.write_pid_files(other.pid());
    let refusal = refusal(place.config()).await;
    assert!(
        matches!(refusal, EmbeddedError::ForeignServer { pid, .. } if pid == other.pid()),
        "{refusal}"
    );
    assert_eq!(place.postmaster(), Some(other.pid()), "its pid file is gone");
}

#[tokio::test]
async fn a_broken_configuration_is_told_and_not_tried_for_ever() {
    let place = Place::used().await;
    fs::write(place.cluster().join("postgresql.conf"), "no such setting\n").unwrap();
    let refusal = refusal(place.config()).await;
    assert!(matches!(refusal, EmbeddedError::StartFailed { .. }), "{refusal}");
    assert!(refusal.to_string().contains("postgresql.conf"), "{refusal}");
}

#[tokio::test]
async fn a_squatted_socket_directory_is_refused() {
    use std::os::unix::fs::MetadataExt;
    let place = Place::new();
    let data_dir = place.dir.path().join("long".repeat(30)).join("data");
    fs::create_dir_all(&data_dir).unwrap();
    let meta = fs::metadata(&data_dir).unwrap();
    let short = format!("/tmp/tokenkeep-{:x}-{:x}", meta.dev(), meta.ino());
    symlink(place.dir.path(), &short).unwrap();
    let refusal = refusal(config(&data_dir)).await;
    fs::remove_file(&short).unwrap();
    assert!(matches!(refusal, EmbeddedError::SocketDir { .. }), "{refusal}");
    assert!(refusal.to_string().contains(&short), "{refusal}");
}

fn program(path: &Path, body: &str) {
    fs::write(path, format!("#!/bin/sh\n{body}\n")).unwrap();
    fs::set_permissions(path, Permissions::from_mode(0o755)).unwrap();
}
