//! A way to a server, on which things go wrong when they are told to.

use super::misbehaving::request;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// What goes wrong on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    Nothing,
    /// No connection is taken.
    Refuses,
    /// Connections are taken, and nothing is ever answered.
    Silent,
    /// All comes, in small pieces and with pauses.
    Slow,
    /// Every connection ends once so many bytes were sent over all of them.
    CutsSent(usize),
    /// The same of what is answered: what was asked was done.
    CutsAnswered(usize),
    /// Each request over HTTP is answered by that status, with these further headers.
    Says(u16, &'static str),
}

/// Between two pieces of a slow way, and how long one is.
const PAUSE: Duration = Duration::from_millis(1);
const PIECE: usize = 256;

/// The way.
pub struct Way {
    pub address: SocketAddr,
    to: SocketAddr,
    running: JoinHandle<()>,
}

impl Way {
    /// To that server, with nothing wrong.
    pub async fn open(to: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        Self { address, to, running: tokio::spawn(serve(listener, to, Fault::Nothing)) }
    }

    /// All connections end, and from now on this goes wrong.
    pub async fn set(&mut self, fault: Fault) {
        self.running.abort();
        let _ = (&mut self.running).await;
        if fault == Fault::Refuses {
            self.running = tokio::spawn(async {});
            return;
        }
        let listener = TcpListener::bind(self.address).await.expect("the port again");
        self.running = tokio::spawn(serve(listener, self.to, fault));
    }

    /// Where it leads.
    pub const fn to(&self) -> SocketAddr {
        self.to
    }

    /// From the next [`Self::set`] on it leads elsewhere.
    pub const fn lead_to(&mut self, to: SocketAddr) {
        self.to = to;
    }
}

impl Drop for Way {
    fn drop(&mut self) {
        self.running.abort();
    }
}

async fn serve(listener: TcpListener, to: SocketAddr, fault: Fault) {
    let left = |of: Option<usize>| Arc::new(AtomicUsize::new(of.unwrap_or(usize::MAX)));
    let (sent, answered) = match fault {
        Fault::CutsSent(bytes) => (left(Some(bytes)), left(None)),
        Fault::CutsAnswered(bytes) => (left(None), left(Some(bytes))),
        _ => (left(None), left(None)),
    };
    let mut carried = JoinSet::new();
    while let Ok((near, _)) = listener.accept().await {
        let (sent, answered) = (Arc::clone(&sent), Arc::clone(&answered));
        carried.spawn(async move {
            let _ = carry(near, to, fault, &sent, &answered).await;
        });
    }
}

async fn carry(
    mut near: TcpStream,
    to: SocketAddr,
    fault: Fault,
    sent: &AtomicUsize,
    answered: &AtomicUsize,
) -> std::io::Result<()> {
    match fault {
        Fault::Silent => drop(tokio::io::copy(&mut near, &mut tokio::io::sink()).await?),
        Fault::Says(status, headers) => {
            request(&mut near).await;
            let answer = format!(
                "HTTP/1.1 {status} X\r\n{headers}Content-Length: 0\r\nConnection: close\r\n\r\n"
            );
            near.write_all(answer.as_bytes()).await?;
        }
        Fault::Nothing => {
            let mut far = TcpStream::connect(to).await?;
            tokio::io::copy_bidirectional(&mut near, &mut far).await?;
        }
        _ => {
            let (far_reads, far_writes) = TcpStream::connect(to).await?.into_split();
            let (near_reads, near_writes) = near.into_split();
            let slow = fault == Fault::Slow;
            tokio::select! {
                ended = pass(near_reads, far_writes, sent, slow) => ended?,
                ended = pass(far_reads, near_writes, answered, slow) => ended?,
            }
        }
    }
    Ok(())
}

/// Passes bytes on until one side ends or no more may.
async fn pass(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    left: &AtomicUsize,
    slow: bool,
) -> std::io::Result<()> {
    let mut piece = [0; 8 * 1024];
    let most = if slow { PIECE } else { piece.len() };
    let mut pauses = tokio::time::interval(PAUSE);
    loop {
        let read = from.read(&mut piece[..most]).await?;
        if slow {
            pauses.tick().await;
        }
        let take = |left: usize| Some(left.saturating_sub(read));
        let may = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).unwrap_or(0);
        to.write_all(&piece[..read.min(may)]).await?;
        if read == 0 || may <= read {
            return Ok(());
        }
    }
}
