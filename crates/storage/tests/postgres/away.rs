//! A server that is gone, cut off, or says nothing.

use super::place;
use crate::{found, list, listed, object};
use domain::mirror::FailureClass;
use sqlx::PgPool;
use sqlx::postgres::PgConnectOptions;
use std::net::SocketAddr;
use storage::postgres::Schema;
use storage::{Postgres, Storage};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// A way to a server that can be cut, and made anew at the same address.
struct Way {
    address: SocketAddr,
    to: SocketAddr,
    running: JoinHandle<()>,
}

impl Way {
    async fn open(to: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        Self { address, to, running: tokio::spawn(carry(listener, to)) }
    }

    /// All connections end, and none is taken any more.
    async fn cut(&mut self) {
        self.running.abort();
        let _ = (&mut self.running).await;
    }

    async fn mend(&mut self) {
        let listener = TcpListener::bind(self.address).await.expect("the port again");
        self.running = tokio::spawn(carry(listener, self.to));
    }
}

async fn carry(listener: TcpListener, to: SocketAddr) {
    let mut carried = JoinSet::new();
    while let Ok((mut near, _)) = listener.accept().await {
        carried.spawn(async move {
            let mut far = TcpStream::connect(to).await?;
            tokio::io::copy_bidirectional(&mut near, &mut far).await
        });
    }
}

async fn through(pool: &PgPool) -> (Way, Postgres) {
    let options = (*pool.connect_options()).clone();
    let host = options.get_host().parse().expect("the test's server has an IP address");
    let way = Way::open(SocketAddr::new(host, options.get_port())).await;
    let options = options.port(way.address.port());
    (way, Postgres::new(options, Schema::default()))
}

#[sqlx::test(migrations = false)]
async fn a_server_that_was_gone_is_used_again_when_it_is_back(pool: PgPool) {
    let (mut way, place) = through(&pool).await;
    place.put(vec![object("tokens/a.json", "one")]).await.expect("put");
    way.cut().await;
    for _ in 0..2 {
        let refused = place.put(vec![object("tokens/a.json", "two")]).await.expect_err("gone");
        assert_eq!(refused.class, FailureClass::Transient, "{refused}");
    }
    way.mend().await;
    place.put(vec![object("tokens/a.json", "two")]).await.expect("it is back");
    assert_eq!(listed(&place).await, [found(&place, "tokens/a.json", b"two")]);
}

#[sqlx::test(migrations = false)]
async fn a_connection_that_ended_in_between_is_not_an_error(pool: PgPool) {
    let place = place(&pool);
    place.put(vec![object("tokens/a.json", "one")]).await.expect("put");
    let ended: i64 = sqlx::query_scalar(
        "select count(pg_terminate_backend(pid)) from pg_stat_activity \
         where datname = current_database() and application_name = 'tokenkeep'",
    )
    .fetch_one(&pool)
    .await
    .expect("an answer");
    assert_eq!(ended, 1);
    assert_eq!(listed(&place).await, [found(&place, "tokens/a.json", b"one")]);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_says_nothing_is_waited_for_five_seconds() {
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = silent.local_addr().expect("its address").port();
    let options = PgConnectOptions::new_without_pgpass().host("127.0.0.1").port(port);
    let place = Postgres::new(options, Schema::default());
    let before = tokio::time::Instant::now();
    let refused = list(&place, "tokens").await.expect_err("silence");
    assert_eq!(refused.class, FailureClass::Transient, "{refused}");
    assert!(before.elapsed().as_secs() <= 6, "{:?}", before.elapsed());
}
