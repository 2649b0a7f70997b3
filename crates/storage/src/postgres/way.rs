//! The way to the server: every address of its name is judged, and the connection goes to one of them.
//!
//! sqlx looks a name up by itself, and knows one name for that and for TLS. So where there is a name to look up, we connect, and hand sqlx our end as a
//! socket of this machine, in the abstract namespace of Linux under a random name: it takes one connection, from this very process. The name stays for
//! TLS. An address, or a socket of this machine, needs none of that.

use super::error::Failed;
use crate::egress::literal;
use crate::probe::random_name;
use crate::{Egress, Error};
use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use std::io;
use tokio::net::{TcpStream, UnixListener, UnixStream};

/// Whether the server is reached by a socket of this machine.
pub(super) fn is_socket(options: &PgConnectOptions) -> bool {
    options.get_socket().is_some() || options.get_host().starts_with('/')
}

/// Connects, if that may be.
pub(super) async fn connect(
    options: &PgConnectOptions,
    egress: Egress,
) -> Result<PgConnection, Failed> {
    if egress == Egress::LinkLocalAllowed || is_socket(options) {
        return Ok(PgConnection::connect_with(options).await?);
    }
    let host = options.get_host();
    let found = egress.addresses("connect", host, options.get_port()).await?;
    if literal(host.trim_matches(['[', ']'])).is_some() || !cfg!(target_os = "linux") {
        return Ok(PgConnection::connect_with(options).await?);
    }
    let far = TcpStream::connect(&found[..]).await.map_err(sqlx::Error::Io)?;
    let (listener, options) = door(options).map_err(sqlx::Error::Io)?;
    let (near, connected) =
        tokio::join!(one_of_ours(listener, far), PgConnection::connect_with(&options));
    near.map_err(sqlx::Error::Io)?;
    Ok(connected?)
}

/// Where sqlx finds what is ours.
fn door(options: &PgConnectOptions) -> io::Result<(UnixListener, PgConnectOptions)> {
    let directory = format!("\0tokenkeep-{}", random_name());
    let listener = UnixListener::bind(format!("{directory}/.s.PGSQL.{}", options.get_port()))?;
    Ok((listener, options.clone().socket(directory)))
}

/// Takes the first connection that this process makes, and carries its bytes from then on.
async fn one_of_ours(listener: UnixListener, mut far: TcpStream) -> io::Result<()> {
    let mut near = loop {
        let (near, _) = listener.accept().await?;
        if is_ours(&near) {
            break near;
        }
    };
    tokio::spawn(async move {
        // Whoever has the other end is told by its own error.
        let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
    });
    Ok(())
}

fn is_ours(near: &UnixStream) -> bool {
    let ours = i32::try_from(std::process::id()).ok();
    near.peer_cred().is_ok_and(|peer| peer.pid().is_some() && peer.pid() == ours)
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Told(error)
    }
}
