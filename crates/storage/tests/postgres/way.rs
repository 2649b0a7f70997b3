//! Where a connection may go to, and by which name.

use super::place;
use crate::{found, list, listed, object};
use domain::mirror::FailureClass;
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use storage::postgres::{PATIENCE, Schema};
use storage::{Egress, Postgres, Storage};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

#[sqlx::test(migrations = false)]
async fn a_name_is_connected_to_by_an_address_that_was_judged(pool: PgPool) {
    let options = (*pool.connect_options()).clone().host("localhost");
    for egress in [Egress::Guarded, Egress::LinkLocalAllowed] {
        let named = Postgres::with(options.clone(), Schema::default(), egress, PATIENCE);
        // More than any buffer on the way.
        let large: Vec<_> =
            (0..40).map(|n| object(&format!("tokens/{n:02}.json"), vec![7; 60_000])).collect();
        named.put(large).await.expect("put");
        assert_eq!(listed(&named).await.len(), 40);
        let other = place(&pool);
        assert_eq!(listed(&other).await[0], found(&other, "tokens/00.json", &[7; 60_000]));
    }
}

#[tokio::test]
async fn link_local_addresses_are_denied() {
    for host in ["169.254.169.254", "2852039166", "metadata.google.internal", "fe80::1"] {
        let options = PgConnectOptions::new_without_pgpass().host(host);
        assert!(!Postgres::allows(&options, Egress::Guarded), "{host}");
        assert!(Postgres::allows(&options, Egress::LinkLocalAllowed), "{host}");
        let refused = list(&Postgres::new(options, Schema::default()), "tokens").await;
        assert_eq!(refused.expect_err(host).class, FailureClass::Denied, "{host}");
    }
    let socket = PgConnectOptions::new_without_pgpass().host("/run/postgresql");
    assert!(Postgres::allows(&socket, Egress::Guarded));
}

#[tokio::test]
async fn the_name_stays_for_tls() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("its address").port();
    let options = PgConnectOptions::new_without_pgpass().host("localhost").port(port);
    let options = options.ssl_mode(PgSslMode::Require);
    let place = Postgres::new(options, Schema::default());
    let server = async {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let (mut request, mut hello) = ([0; 8], [0; 512]);
        stream.read_exact(&mut request).await.expect("a request for TLS");
        stream.write_all(b"S").await.expect("granted");
        let read = stream.read(&mut hello).await.expect("a hello");
        String::from_utf8_lossy(&hello[..read]).into_owned()
    };
    let (refused, hello) = tokio::join!(list(&place, "tokens"), server);
    refused.expect_err("no TLS after all");
    assert!(hello.contains("localhost"), "the server's name is in the hello");
}
