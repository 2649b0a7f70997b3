//! One request on a connection of its own, so that a server that died spoils no other.

use serde_json::Value;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// How long an answer may take: longer than a revocation waits.
const PATIENCE: Duration = Duration::from_secs(15);

/// Gets a path as a browser does; the status and the whole answer, `None` when nothing whole came.
pub async fn get(address: SocketAddr, path: &str, headers: &str) -> Option<(u16, String)> {
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: tokens\r\nConnection: close\r\n{headers}\r\n");
    let answer = tokio::time::timeout(PATIENCE, send(address, &request)).await.ok()?.ok()?;
    let status = answer.split(' ').nth(1)?.parse().ok()?;
    Some((status, answer))
}

async fn send(address: SocketAddr, request: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

/// Posts JSON; the status and the JSON that came back, `None` when nothing whole did.
pub async fn post(
    address: SocketAddr,
    path: &str,
    key: Option<&str>,
    body: &Value,
) -> Option<(u16, Value)> {
    tokio::time::timeout(PATIENCE, exchange(address, path, key, body)).await.ok()?.ok()?
}

async fn exchange(
    address: SocketAddr,
    path: &str,
    key: Option<&str>,
    body: &Value,
) -> std::io::Result<Option<(u16, Value)>> {
    let body = body.to_string();
    let key = key.map(|key| format!("Authorization: Bearer {key}\r\n")).unwrap_or_default();
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: tokens\r\nConnection: close\r\n{key}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    Ok(read(&send(address, &request).await?))
}

fn read(answer: &str) -> Option<(u16, Value)> {
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, serde_json::from_str(body).ok()?))
}
