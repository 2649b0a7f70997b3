//! A network between a server and its database that can be cut.

use sqlx::postgres::PgConnectOptions;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, UnixStream};
use tokio::sync::watch;

/// Hands connections on to Postgres' socket while it is open.
pub struct Gate {
    /// Where it listens.
    pub address: SocketAddr,
    open: watch::Sender<bool>,
}

impl Gate {
    /// An open gate to this Postgres.
    pub async fn to(options: &PgConnectOptions) -> Self {
        let directory = options.get_socket().expect("a socket's directory");
        let socket = directory.join(format!(".s.PGSQL.{}", options.get_port()));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let (open, is_open) = watch::channel(true);
        tokio::spawn(hand_on(listener, socket, is_open));
        Self { address, open }
    }

    /// The same database through the gate.
    pub fn url(&self, options: &PgConnectOptions) -> String {
        let (user, database) = (options.get_username(), options.get_database().expect("a name"));
        format!("postgres://{user}@{}/{database}?sslmode=disable", self.address)
    }

    /// Cuts every connection, and lets none through.
    pub fn cut(&self) {
        self.open.send_replace(false);
    }

    /// Lets connections through again.
    pub fn mend(&self) {
        self.open.send_replace(true);
    }
}

async fn hand_on(listener: TcpListener, socket: PathBuf, is_open: watch::Receiver<bool>) {
    while let Ok((mut here, _)) = listener.accept().await {
        let mut is_open = is_open.clone();
        let socket = socket.clone();
        tokio::spawn(async move {
            let Ok(mut there) = connect(&socket).await else { return };
            tokio::select! {
                _ = copy_bidirectional(&mut here, &mut there) => {}
                _ = is_open.wait_for(|open| !open) => {}
            }
        });
    }
}

async fn connect(socket: &Path) -> std::io::Result<UnixStream> {
    UnixStream::connect(socket).await
}
