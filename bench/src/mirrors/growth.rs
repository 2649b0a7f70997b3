//! One target with so many tokens: it is filled, looked at as a whole, and told of some changes; with the memory that each takes.

use super::api::{Api, Ran};
use super::target::{Kind, Target};
use crate::Result;
use std::time::Instant;

/// How many changes are brought by one run.
const CHANGES: u64 = 100;

/// What it took.
pub struct Grown {
    pub kind: Kind,
    pub tokens: u64,
    pub fill: Ran,
    /// Bytes: the most that the process had while it filled, and when it looked; and what that is beyond one without mirrors.
    pub filling: u64,
    pub looking: u64,
    pub rest: u64,
    /// Seconds of a look at everything with nothing to do.
    pub look: f64,
    pub changes: Ran,
}

/// Measures one. `rest` is the memory of a server without mirrors.
pub async fn measure(
    server: &str,
    (tokens, database): (u64, &str),
    key: &str,
    kind: Kind,
    rest: u64,
) -> Result<Grown> {
    let target = Target::start(kind, server).await?;
    let api = Api::start(database, key, &target.settings).await?;
    let name = kind.name();
    // What the runs before put there too.
    let objects = api.current(name).await?["objects"].as_u64().ok_or("a count")?;
    let fill = api.ran(name, objects).await?;
    let filling = api.program.peak()?;

    api.program.forget_peak()?;
    let began = Instant::now();
    api.tell(name, "push").await?;
    api.current(name).await?;
    let look = began.elapsed().as_secs_f64();
    let looking = api.program.peak()?;

    api.tell(name, "pause").await?;
    let team = api.team(name).await?;
    for n in 0..CHANGES {
        api.make(&team, &format!("change {n}")).await?;
    }
    api.tell(name, "resume").await?;
    let changes = api.ran(name, CHANGES).await?;
    api.program.stop().await?;
    target.stop().await?;
    Ok(Grown { kind, tokens, fill, filling, looking, rest, look, changes })
}
