//! What goes wrong at which target, and the test that shows it: each of them ends with the target at its goal, by the same calls and without a restart.
//!
//! | fault | target | test |
//! |---|---|---|
//! | refused connection, timeout, connection cut at once | S3, KV, Git, Postgres | `what_fails_has_its_class_and_is_put_right`, `at_a_postgres_what_fails_has_its_class_and_is_put_right` |
//! | 401, 403, 429 with `Retry-After`, 500, 503, 507 (no room there), 400 | S3, KV, Git over HTTP | `what_fails_has_its_class_and_is_put_right` |
//! | no right, only reading, no room there, stopping | Postgres | `what_a_postgres_says_has_its_class_and_is_put_right` |
//! | 500 for an hour | S3 | `an_hour_of_errors_at_a_bucket` |
//! | | KV | `an_hour_of_errors_at_workers_kv` |
//! | | Git over HTTP | `an_hour_of_errors_at_a_repository` |
//! | slow answers; connection cut anywhere, in an upload too | S3, KV, Git, Postgres | `what_is_cut_anywhere_is_put_right`, `at_a_postgres_what_is_cut_anywhere_is_put_right` |
//! | all of it deleted by others: bucket, names, branch, schema | S3, KV, Git, Postgres | the same, at its end |
//! | bucket deleted | S3 | `a_bucket_that_was_deleted_is_made_again` |
//! | directory gone: it may not be mounted, and is not made again | files | `a_root_that_vanished_is_broken_and_is_not_made_again` |
//! | half-applied bulk | KV | `a_bulk_that_was_half_applied_is_completed` |
//! | | S3 | `half_a_bulk_delete_is_told_and_repeated` |
//! | | Postgres: whole or not at all | `a_batch_is_put_whole_or_not_at_all` |
//! | | files | `in_the_middle_of_files_each_object_is_whole` |
//! | | Git: a run is one commit | `what_was_never_pushed_is_seen_by_us_alone_and_swept` |
//! | full disk here | files | `an_object_without_room_is_not_there_at_all` |
//! | | Git's clone | `a_clone_without_room_is_made_anew` |
//! | read-only directory | files | `a_directory_that_was_read_only_is_written_again` |
//! | | Git's clone | `a_clone_that_was_read_only_is_written_again`, `a_clone_in_a_read_only_directory_is_denied` |
//! | push race | Git | `when_somebody_was_faster_both_are_there`, `all_who_push_at_once_get_there` |
//! | wrong clock | S3, which judges ours | `a_clock_that_is_wrong_is_denied_until_it_is_right` |
//! | | KV, which judges an expiry | `kv_forgets_at_the_expiry_and_takes_one_that_is_near` |
//! | | the server, beside its database | `a_good_token_gets_through_whichever_instance_fails` |
//! | `kill -9` before and in each step | files | `with_files`, `in_the_middle_of_files_each_object_is_whole` |
//! | | S3 | `with_a_bucket` |
//! | | KV | `with_workers_kv` |
//! | | Postgres | `with_a_postgres` |
//! | | Git | `with_a_repository`, `between_and_in_all_that_git_does` |
//! | `kill -9` of a server at work: another takes over | S3 | `a_mirror_is_taken_over_from_a_server_that_was_killed_at_work` |
//! | no answer for long: no other target is slower, and nobody starts anything again | all five | `targets_that_never_answer_slow_no_other_and_need_no_restart_when_they_do` |
//! | what cannot be taken away is shown as still accepted | files | `what_cannot_be_taken_away_may_still_be_accepted_and_is_shown` |

use std::collections::HashSet;
use std::path::Path;

/// Whose tests are told.
const TESTS: [&str; 3] = ["tests", "../../server/tests", "../service/tests"];

/// Every word of every file of ours below a directory.
fn words(directory: &Path, words: &mut HashSet<String>) {
    for entry in std::fs::read_dir(directory).expect("a directory").flatten() {
        let path = entry.path();
        if path.ends_with("node_modules") {
            continue;
        }
        if path.is_dir() {
            self::words(&path, words);
        } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("faults/table.rs")
        {
            let text = std::fs::read_to_string(&path).expect("text");
            let word = |c: char| !c.is_alphanumeric() && c != '_';
            words.extend(text.split(word).map(str::to_owned));
        }
    }
}

#[test]
fn the_table_tells_of_tests_that_there_are() {
    let mut there = HashSet::new();
    for tests in TESTS {
        words(&Path::new(env!("CARGO_MANIFEST_DIR")).join(tests), &mut there);
    }
    let rows = include_str!("table.rs").lines().filter(|line| line.starts_with("//! |"));
    let told = rows.flat_map(|row| row.rsplit(" | ").next().unwrap_or_default().split('`'));
    let told: Vec<_> = told.filter(|name| name.matches('_').count() > 0).collect();
    assert!(told.len() > 30, "{}", told.len());
    for name in told {
        assert!(there.contains(name), "{name}");
    }
}
