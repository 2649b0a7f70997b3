//! Everything that goes wrong outside, at every target: the error has its class, nothing hangs, and when it is over the same calls bring the target to its
//! goal. Which test is whose is in [`table`].

mod files;
mod goal;
mod hour;
mod killed;
mod said;
mod subject;
mod table;
mod worker;

use crate::object;
use crate::outside::way::Fault;
use crate::s3::servers::S3s;
use domain::mirror::FailureClass::{self, Broken, Denied, Transient};
use goal::{attempt, digests, goal, mends};
use sqlx::PgPool;
use storage::Storage;
use subject::{Keeper, Subject};

const SIZE: usize = 12;

/// What makes every run fail, and how.
const FAULTS: &[(Fault, FailureClass)] = &[
    (Fault::Refuses, Transient),
    (Fault::Silent, Transient),
    (Fault::CutsSent(1), Transient),
    (Fault::CutsAnswered(1), Transient),
];

/// The same, over HTTP.
const ANSWERS: &[(Fault, FailureClass)] = &[
    (Fault::Says(401, ""), Denied),
    (Fault::Says(403, ""), Denied),
    (Fault::Says(429, "Retry-After: 1\r\n"), Transient),
    (Fault::Says(500, ""), Transient),
    (Fault::Says(503, ""), Transient),
    // No room on the disk of whoever keeps it.
    (Fault::Says(507, ""), Transient),
    (Fault::Says(400, ""), Broken),
];

/// How many bytes go over the way before each connection is cut: before, in and after the put, wherever that is.
const CUTS: &[usize] = &[300, 900, 1_800, 3_000, 5_000];

/// How often a run is tried while the fault lasts: each attempt ends as the first did.
const ATTEMPTS: usize = 3;

async fn what_fails_has_its_class_and_is_put_right(mut subject: Subject) {
    mends(&subject.place, &goal(0, SIZE), "nothing").await;
    let over_http = ANSWERS.iter().filter(|_| subject.speaks_http());
    let faults: Vec<_> = FAULTS.iter().chain(over_http).copied().collect();
    for (number, (fault, class)) in faults.into_iter().enumerate() {
        let (next, told) = (goal(number + 1, SIZE), format!("{fault:?}"));
        subject.way.set(fault).await;
        let attempts = if fault == Fault::Silent { 1 } else { ATTEMPTS };
        for _ in 0..attempts {
            let refused = attempt(&subject.place, &next).await.expect_err(&told);
            assert_eq!(refused.class, class, "{told}: {refused}");
        }
        let refused = each_call_fails(&subject, &told).await;
        assert!(refused.iter().all(|refused| *refused == class), "{told}: {refused:?}");
        ended(&mut subject, &next, &told).await;
    }
}

async fn what_is_cut_anywhere_is_put_right(mut subject: Subject) {
    mends(&subject.place, &goal(0, SIZE), "nothing").await;
    let cuts = CUTS.iter().flat_map(|at| [Fault::CutsSent(*at), Fault::CutsAnswered(*at)]);
    for (number, fault) in cuts.enumerate() {
        let (next, told) = (goal(number + 1, SIZE), format!("{fault:?}"));
        subject.way.set(fault).await;
        // It may be over before the cut.
        if let Err(refused) = attempt(&subject.place, &next).await {
            assert_eq!(refused.class, Transient, "{told}: {refused}");
        }
        ended(&mut subject, &next, &told).await;
    }
    let next = goal(CUTS.len() * 2 + 1, SIZE);
    subject.way.set(Fault::Slow).await;
    attempt(&subject.place, &next).await.expect("slow is good enough");
    subject.wipe().await;
    mends(&subject.another(), &next, "all of it was deleted").await;
}

/// Nothing is wrong any more: the same calls bring it to its goal, as somebody else sees it too.
async fn ended(subject: &mut Subject, goal: &goal::Goal, fault: &str) {
    subject.way.set(Fault::Nothing).await;
    mends(&subject.place, goal, fault).await;
    assert_eq!(subject.holds().await, digests(&subject.place, goal), "{fault}");
}

/// Puts, deletes and reads, each for itself; nothing of it is done.
async fn each_call_fails(subject: &Subject, fault: &str) -> Vec<FailureClass> {
    let place = &subject.place;
    let put = async {
        place.put(vec![object("tokens/fault.json", "one")]).await?;
        place.finish(storage::Done { put: 1, deleted: 0 }).await
    };
    let get = async { place.get(&crate::key("other/fault.json")).await.map(drop) };
    let probe = async { place.probe().await.map_err(|unfit| unfit.error) };
    let (put, get, probe) = tokio::join!(put, get, probe);
    let refused = [put, get, probe].map(|done| done.expect_err(fault).class);
    place.sweep(&crate::key("tokens")).await.expect("nothing to ask");
    refused.to_vec()
}

macro_rules! at {
    ($($target:ident)+) => {
        $(mod $target {
            use super::Subject;

            #[tokio::test]
            async fn what_fails_has_its_class_and_is_put_right() {
                super::what_fails_has_its_class_and_is_put_right(Subject::$target().await).await;
            }

            #[tokio::test]
            async fn what_is_cut_anywhere_is_put_right() {
                super::what_is_cut_anywhere_is_put_right(Subject::$target().await).await;
            }
        })+
    };
}

at! { s3 kv git }

macro_rules! for_an_hour {
    ($($target:ident $test:ident)+) => {
        $(#[tokio::test]
        async fn $test() {
            hour::an_hour_of_errors_is_over_with_the_next_run(Subject::$target().await).await;
        })+
    };
}

for_an_hour! {
    s3 an_hour_of_errors_at_a_bucket
    kv an_hour_of_errors_at_workers_kv
    git an_hour_of_errors_at_a_repository
}

#[sqlx::test(migrations = false)]
async fn at_a_postgres_what_fails_has_its_class_and_is_put_right(pool: PgPool) {
    what_fails_has_its_class_and_is_put_right(Subject::postgres(&pool).await).await;
}

#[sqlx::test(migrations = false)]
async fn at_a_postgres_what_is_cut_anywhere_is_put_right(pool: PgPool) {
    what_is_cut_anywhere_is_put_right(Subject::postgres(&pool).await).await;
}

#[tokio::test]
async fn a_bulk_that_was_half_applied_is_completed() {
    let subject = Subject::kv().await;
    let Keeper::Kv(server) = &subject.server else { return };
    mends(&subject.place, &goal(0, SIZE), "nothing").await;
    for refused in ["token:0003", "token:0000"] {
        server.control(&serde_json::json!({ "refuse": [refused] })).await;
        let half = attempt(&subject.place, &goal(1, SIZE)).await.map_err(|error| error.class);
        assert!(matches!(half, Ok(()) | Err(Transient)), "{half:?}");
        mends(&subject.place, &goal(1, SIZE), refused).await;
        mends(&subject.place, &goal(0, SIZE), "going back").await;
    }
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_denied_until_it_is_right() {
    let mut subject = Subject::s3().await;
    mends(&subject.place, &goal(0, SIZE), "nothing").await;
    let ahead = S3s::ahead_by("+2h");
    let right = subject.way.to();
    subject.way.lead_to(ahead.address());
    subject.way.set(Fault::Nothing).await;
    let refused = attempt(&subject.place, &goal(1, SIZE)).await.expect_err("two hours");
    assert_eq!(refused.class, Denied, "{refused}");
    assert!(refused.why.starts_with("RequestTimeTooSkewed"), "{refused}");
    subject.way.lead_to(right);
    subject.way.set(Fault::Nothing).await;
    mends(&subject.place, &goal(1, SIZE), "a wrong clock").await;
}
