//! One of those that are measured in turns: who it is, what it is asked, and what came of it in each round.

use crate::client::Request;
use crate::cpu::Cpu;
use crate::load::{Figures, steady};
use crate::{CONNECTIONS, ROUND, ROUNDS, Result};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// How long each is asked before it counts: some compile while they run.
const WARM: Duration = Duration::from_secs(1);

/// One of several.
pub struct Contest {
    address: SocketAddr,
    cpu: Cpu,
    requests: Arc<[Request]>,
    status: u16,
    /// Requests a second.
    pub rates: Figures,
    /// Microseconds of processor time for a request.
    pub micros: Figures,
}

impl Contest {
    /// Asks at `address` for `requests`, which are answered with `status`; what `cpu` uses is what they cost.
    pub fn new(address: SocketAddr, cpu: Cpu, requests: &Arc<[Request]>, status: u16) -> Self {
        let (rates, micros) = (Figures::default(), Figures::default());
        Self { address, cpu, requests: Arc::clone(requests), status, rates, micros }
    }

    async fn round(&mut self, time: Duration) -> Result<(f64, f64)> {
        let before = self.cpu.used()?;
        let done = steady(self.address, CONNECTIONS, time, &self.requests, self.status).await?;
        let used = self.cpu.used()?.since(&before);
        Ok((done.per_second(), done.micros_each(used)))
    }
}

/// Measures them all, in turns.
pub async fn measure(contests: &mut [Contest]) -> Result<()> {
    for contest in &mut *contests {
        contest.round(WARM).await?;
    }
    for _ in 0..ROUNDS {
        for contest in &mut *contests {
            let (rate, micros) = contest.round(ROUND).await?;
            contest.rates.push(rate);
            contest.micros.push(micros);
        }
    }
    Ok(())
}
