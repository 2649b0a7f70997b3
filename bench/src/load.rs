//! Load, bounded in count and time, on 127.0.0.1 only.

use crate::Result;
use crate::client::{Connection, Request};
use crate::cores::Core;
use std::net::SocketAddr;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// One figure a round.
#[derive(Clone, Default)]
pub struct Figures(pub Vec<f64>);

impl Figures {
    /// Adds a round.
    pub fn push(&mut self, figure: f64) {
        self.0.push(figure);
    }

    /// The middle one.
    pub fn median(&self) -> f64 {
        self.spread().1
    }

    /// The median with the smallest and the largest behind it, each with so many decimals.
    pub fn range(&self, decimals: usize) -> String {
        let (min, median, max) = self.spread();
        format!("{median:.decimals$} ({min:.decimals$}–{max:.decimals$})")
    }

    /// Smallest, median and largest.
    pub fn spread(&self) -> (f64, f64, f64) {
        let mut figures = self.0.clone();
        figures.sort_by(f64::total_cmp);
        let at = |index: usize| figures.get(index).copied().unwrap_or_default();
        (at(0), at(figures.len() / 2), at(figures.len().saturating_sub(1)))
    }
}

fn expect(status: u16, wanted: u16) -> Result<()> {
    if status == wanted {
        Ok(())
    } else {
        Err(format!("status {status} instead of {wanted}").into())
    }
}

/// What was answered, and in which time.
pub struct Answered {
    count: u32,
    time: Duration,
}

impl Answered {
    /// Requests a second.
    pub fn per_second(&self) -> f64 {
        f64::from(self.count) / self.time.as_secs_f64()
    }

    /// The part of `spent` that one request had, in microseconds.
    pub fn micros_each(&self, spent: Duration) -> f64 {
        spent.as_secs_f64() * 1e6 / f64::from(self.count)
    }
}

/// Requests over `connections` for `time`, each of them another one of `requests`.
pub async fn steady(
    address: SocketAddr,
    connections: usize,
    time: Duration,
    requests: &Arc<[Request]>,
    status: u16,
) -> Result<Answered> {
    let began = Instant::now();
    let tasks: Vec<_> = (0..connections)
        .map(|n| {
            let requests = Arc::clone(requests);
            tokio::spawn(async move {
                let mut connection = Connection::open(address).await?;
                let mut count = 0_u32;
                let mut rest = requests.iter().cycle().skip(n * requests.len() / connections);
                while began.elapsed() < time {
                    let Some(request) = rest.next() else { break };
                    expect(connection.send(request).await?.status, status)?;
                    count += 1;
                }
                Ok::<_, Box<dyn std::error::Error + Send + Sync>>(count)
            })
        })
        .collect();
    let mut count = 0;
    for task in tasks {
        count += task.await??;
    }
    Ok(Answered { count, time: began.elapsed() })
}

/// Times of answers at `rate` requests a second, each counted from when it was due: one that waits for another counts that wait too. One thread asks, on
/// `core` where there is one for it: it must not wait in its sleep, and with more than one the server would have no core left to answer on.
pub async fn at_rate(
    address: SocketAddr,
    connections: usize,
    rate: f64,
    time: Duration,
    requests: &Arc<[Request]>,
    core: Option<Core>,
) -> Result<Vec<Duration>> {
    #[allow(clippy::cast_precision_loss, reason = "counts are small")]
    let gap = Duration::from_secs_f64(connections as f64 / rate);
    let requests = Arc::clone(requests);
    let ask = async move || {
        // Until then every connection is open.
        let began = tokio::time::Instant::now() + Duration::from_millis(100);
        let tasks: Vec<_> = (0..connections)
            .map(|n| {
                let requests = Arc::clone(&requests);
                let first = n * requests.len() / connections;
                #[allow(clippy::cast_precision_loss, reason = "counts are small")]
                let due = began + gap.mul_f64(n as f64 / connections as f64);
                tokio::spawn(one_at_rate(address, requests, first, due..began + time, gap))
            })
            .collect();
        let mut all = Vec::new();
        for task in tasks {
            all.extend(task.await??);
        }
        Ok(all)
    };
    on_one_thread(core, ask).await
}

/// The same as [`steady`], asked by one thread, on `core` where there is one for it.
pub async fn steady_on(
    core: Option<Core>,
    address: SocketAddr,
    connections: usize,
    time: Duration,
    requests: &Arc<[Request]>,
    status: u16,
) -> Result<Answered> {
    let requests = Arc::clone(requests);
    let ask = async move || steady(address, connections, time, &requests, status).await;
    on_one_thread(core, ask).await
}

/// Does it on a thread of its own.
async fn on_one_thread<T: Send + 'static>(
    core: Option<Core>,
    work: impl AsyncFnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let done = tokio::task::spawn_blocking(move || {
        let _kept = core.map(Core::keep_this).transpose()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(work())
    });
    done.await?
}

/// The requests of one connection, from the `first` on: one is due at the beginning of `span`, and the next ones after each `gap`.
async fn one_at_rate(
    address: SocketAddr,
    requests: Arc<[Request]>,
    first: usize,
    span: Range<tokio::time::Instant>,
    gap: Duration,
) -> Result<Vec<Duration>> {
    let mut connection = Connection::open(address).await?;
    let (mut times, mut due) = (Vec::new(), span.start);
    for request in requests.iter().cycle().skip(first) {
        if due > span.end {
            break;
        }
        // A timer of a millisecond would be coarser than what is measured.
        while tokio::time::Instant::now() < due {
            tokio::task::yield_now().await;
        }
        connection.send(request).await?;
        times.push(due.elapsed());
        due += gap;
    }
    Ok(times)
}

/// `count` requests, each another one, over `connections`: ten figures, one for each tenth.
pub async fn all(
    address: SocketAddr,
    connections: usize,
    count: usize,
    request: impl Fn(usize) -> Request + Send + Sync + Clone + 'static,
    status: u16,
) -> Result<Figures> {
    let mut figures = Figures::default();
    let next = Arc::new(AtomicUsize::new(0));
    for tenth in 1..=10 {
        let end = count * tenth / 10;
        let first = next.load(Ordering::Relaxed);
        let began = Instant::now();
        let tasks: Vec<_> = (0..connections)
            .map(|_| {
                let (request, next) = (request.clone(), Arc::clone(&next));
                tokio::spawn(async move {
                    let mut connection = Connection::open(address).await?;
                    loop {
                        let claimed =
                            next.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| {
                                (n < end).then_some(n + 1)
                            });
                        let Ok(n) = claimed else { break };
                        expect(connection.send(&request(n)).await?.status, status)?;
                    }
                    Ok::<_, Box<dyn std::error::Error + Send + Sync>>(())
                })
            })
            .collect();
        for task in tasks {
            task.await??;
        }
        #[allow(clippy::cast_precision_loss, reason = "counts are small")]
        figures.push((end - first) as f64 / began.elapsed().as_secs_f64());
    }
    Ok(figures)
}

/// Times to the first byte of one request after another on one connection, without the first `warm` of them.
pub async fn first_bytes(
    address: SocketAddr,
    request: &Request,
    warm: usize,
    count: usize,
) -> Result<Vec<Duration>> {
    let mut connection = Connection::open(address).await?;
    let mut times = Vec::with_capacity(count);
    for n in 0..warm + count {
        let answer = connection.send(request).await?;
        expect(answer.status, 200)?;
        if n >= warm {
            times.push(answer.first_byte);
        }
    }
    Ok(times)
}
