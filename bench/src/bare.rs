//! The other side: an axum server with one handler that does nothing.

use crate::Result;
use axum::Router;
use axum::routing::get;

/// Serves until it is killed; says its address on the first line.
pub async fn serve() -> Result<()> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    axum::serve(listener, Router::new().route("/", get(|| async { "ok" }))).await?;
    Ok(())
}
