//! Takes connections, and lets them end.
//!
//! As `axum::serve` does, without what it puts around each request. HTTP/1.1 and, for proxies that speak it in clear text, HTTP/2 (RFC 9113).

use super::front::Answering;
use http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};

/// Until the next try when there can be no more connections, because too many files are open for instance.
const REST: Duration = Duration::from_secs(1);

/// Answers by `answer` until `stop`, and then until the requests that have begun are answered.
pub async fn listen<A>(listener: TcpListener, answer: A, stop: impl Future<Output = ()>)
where
    A: Fn(SocketAddr, Request<Incoming>) -> Answering + Clone + Send + 'static,
{
    let mut builder = Builder::new(TokioExecutor::new());
    // Answers are small: a copy of one costs less than a list of its pieces.
    builder.http1().writev(false);
    let connections = GracefulShutdown::new();
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                rest(&error).await;
                continue;
            }
        };
        prepare(&stream);
        let answer = answer.clone();
        let service = service_fn(move |request| answer(peer, request));
        let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            let mut connection = pin!(connection);
            let ended = poll_fn(|context| poll_connection(connection.as_mut(), context)).await;
            if let Err(error) = ended {
                tracing::trace!(%error, "a connection broke off");
            }
        });
    }
    drop(listener);
    connections.shutdown().await;
}

/// Goes on with a connection. A function of its own in every build: `make bench-counts` counts the instructions of a request by its name.
#[inline(never)]
fn poll_connection<C: Future>(
    connection: Pin<&mut C>,
    context: &mut Context<'_>,
) -> Poll<C::Output> {
    connection.poll(context)
}

/// Answers are whole: none gains by waiting for more of it.
fn prepare(stream: &TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::trace!(%error, "a connection was gone before it was taken");
    }
}

/// Whoever went away before they were taken is their own matter; all else takes time to pass.
async fn rest(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::error!(%error, "no connection could be taken");
        tokio::time::sleep(REST).await;
    }
}
