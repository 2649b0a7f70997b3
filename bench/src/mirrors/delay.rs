//! From the API's answer to the object that stands at the target, or is gone from it, while tokens are made and revoked at a steady rate.

use super::api::Api;
use super::eye::{Eye, hash_of};
use super::target::{Kind, Target};
use crate::Result;
use crate::report::percentile;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// One is made or revoked each so often, by turns: 20 a second.
const GAP: Duration = Duration::from_millis(50);
/// How often it is looked at the target.
const LOOK: Duration = Duration::from_millis(3);
/// What is not there by then never will be.
const LIMIT: Duration = Duration::from_secs(60);

/// What is waited for at a target.
struct Awaited {
    hash: String,
    made: bool,
    since: Instant,
}

type List = Arc<Mutex<Vec<Awaited>>>;

/// How long it took, in milliseconds: what was made, and what was revoked.
#[derive(Default)]
pub struct Delays {
    pub made: Vec<f64>,
    pub revoked: Vec<f64>,
}

impl Delays {
    /// Median and 99 of 100, of what was made and of what was revoked.
    pub fn cells(&mut self) -> [String; 2] {
        [&mut self.made, &mut self.revoked].map(|delays| {
            let [half, most] = [50, 99].map(|share| percentile(delays, share));
            format!("{half:.0} / {most:.0} ms")
        })
    }
}

/// What each of these targets took, at once, for as many changes as there are in that time.
pub async fn measure(
    database: &str,
    key: &str,
    targets: &[&Target],
    time: Duration,
) -> Result<Vec<(Kind, Delays)>> {
    let settings = targets.iter().flat_map(|target| &target.settings);
    let api = Api::start(database, key, settings).await?;
    let changes = usize::try_from(time.as_millis() / GAP.as_millis())?;
    let names: Vec<_> = targets.iter().map(|target| target.kind.name()).collect();
    let team = api.team(&names.join(" ")).await?;
    let mut doomed = Vec::new();
    for n in 0..changes / 2 {
        doomed.push(api.make(&team, &format!("doomed {n}")).await?);
    }
    let mut looks = Vec::new();
    for target in targets {
        api.current(target.kind.name()).await?;
        let awaited = List::default();
        let look = tokio::spawn(look(target.eye().await?, Arc::clone(&awaited), changes));
        looks.push((target.kind, awaited, look));
    }
    let mut due = tokio::time::interval(GAP);
    for n in 0..changes {
        due.tick().await;
        let (secret, made) = match doomed.pop_if(|_| n % 2 == 1) {
            Some((id, secret)) => {
                api.revoke(&id).await?;
                (secret, false)
            }
            None => (api.make(&team, &format!("made {n}")).await?.1, true),
        };
        let (hash, since) = (hash_of(&secret), Instant::now());
        for (_, awaited, _) in &looks {
            list(awaited).push(Awaited { hash: hash.clone(), made, since });
        }
    }
    let mut all = Vec::new();
    for (kind, _, look) in looks {
        all.push((kind, look.await??));
    }
    api.program.stop().await?;
    Ok(all)
}

fn list(awaited: &List) -> std::sync::MutexGuard<'_, Vec<Awaited>> {
    awaited.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Looks until so many changes were seen.
async fn look(mut eye: Eye, awaited: List, changes: usize) -> Result<Delays> {
    let mut delays = Delays::default();
    let mut looks = tokio::time::interval(LOOK);
    while delays.made.len() + delays.revoked.len() < changes {
        looks.tick().await;
        let hashes: Vec<String> = list(&awaited).iter().map(|one| one.hash.clone()).collect();
        if hashes.is_empty() {
            continue;
        }
        let there = eye.standing(&hashes).await?;
        let mut left = list(&awaited);
        // What came meanwhile was not asked for.
        let asked = hashes.len();
        let mut at = 0;
        left.retain(|one| {
            at += 1;
            let is_done = at <= asked && there.contains(&one.hash) == one.made;
            if is_done {
                let list = if one.made { &mut delays.made } else { &mut delays.revoked };
                list.push(one.since.elapsed().as_secs_f64() * 1000.0);
            }
            !is_done
        });
        if left.first().is_some_and(|one| one.since.elapsed() > LIMIT) {
            return Err("a change did not come".into());
        }
    }
    Ok(delays)
}
