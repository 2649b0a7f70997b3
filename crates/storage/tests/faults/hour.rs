//! An hour of errors, by the clock that the loop of a mirror goes by.

use super::goal::{attempt, digests, goal, mends};
use super::{SIZE, Subject};
use crate::outside::way::Fault;
use domain::OffsetDateTime;
use domain::mirror::{FailureClass, Outcome, pace};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use time::Duration;
use time::macros::datetime;

const BEGAN: OffsetDateTime = datetime!(2026-11-22 10:00 UTC);
/// How often it may be asked in that time: a few times at first, then once in 30 to 60 seconds.
const ASKED: std::ops::RangeInclusive<u32> = 60..=130;

/// It is asked more and more rarely, and the first run after the hour, a minute later at most, is good.
pub async fn an_hour_of_errors_is_over_with_the_next_run(mut subject: Subject) {
    mends(&subject.place, &goal(0, SIZE), "nothing").await;
    subject.way.set(Fault::Says(500, "")).await;
    let (next, mut rng) = (goal(1, SIZE), ChaCha20Rng::seed_from_u64(7));
    let (mut now, mut failures) = (BEGAN, 0);
    while now < BEGAN + Duration::HOUR {
        let refused = attempt(&subject.place, &next).await.expect_err("500");
        assert_eq!(refused.class, FailureClass::Transient, "{refused}");
        failures += 1;
        let wait = pace::wait(Outcome::Failed(refused.class), failures, now, &mut rng);
        assert!(wait.longest <= pace::PERIOD, "{wait:?}");
        now += wait.longest;
    }
    assert!(ASKED.contains(&failures), "{failures}");
    subject.way.set(Fault::Nothing).await;
    attempt(&subject.place, &next).await.expect("it is over");
    assert_eq!(subject.holds().await, digests(&subject.place, &next));
}
