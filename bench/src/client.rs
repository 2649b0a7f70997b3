//! A small HTTP/1.1 client on one connection: it costs less than what it measures.

use crate::Result;
use serde_json::Value;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A request, ready to be written.
#[derive(Clone)]
pub struct Request {
    head: String,
    body: Vec<u8>,
}

impl Request {
    /// A GET.
    pub fn get(target: &str) -> Self {
        Self { head: format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n"), body: Vec::new() }
    }

    /// A POST.
    pub fn post(target: &str) -> Self {
        Self { head: format!("POST {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n"), body: Vec::new() }
    }

    /// With a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.head.push_str(&format!("{name}: {value}\r\n"));
        self
    }

    /// With `Authorization: Bearer`.
    pub fn bearer(self, token: &str) -> Self {
        self.header("Authorization", &format!("Bearer {token}"))
    }

    /// With a JSON body.
    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string().into_bytes())
    }

    /// With a body.
    pub fn body(mut self, kind: &str, body: Vec<u8>) -> Self {
        self.body = body;
        let length = self.body.len().to_string();
        self.header("Content-Type", kind).header("Content-Length", &length)
    }
}

/// An answer.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The head, as it came.
    pub head: String,
    /// The body.
    pub body: Vec<u8>,
    /// From the first byte of the request to the first of the answer.
    pub first_byte: Duration,
}

/// A connection that is kept.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    /// Connects.
    pub async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(64 * 1024) })
    }

    /// Sends a request and reads the whole answer.
    pub async fn send(&mut self, request: &Request) -> Result<Answer> {
        let mut bytes = Vec::with_capacity(request.head.len() + 2 + request.body.len());
        bytes.extend_from_slice(request.head.as_bytes());
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(&request.body);
        let sent = Instant::now();
        self.stream.write_all(&bytes).await?;
        self.fill().await?;
        let first_byte = sent.elapsed();
        let end = self.until(b"\r\n\r\n").await?;
        let head = String::from_utf8(self.take(end))?;
        let status = head.get(9..12).ok_or("no status")?.parse()?;
        let lower = head.to_ascii_lowercase();
        let body = if status == 204 {
            Vec::new()
        } else if let Some((_, rest)) = lower.split_once("content-length: ") {
            let length: usize = rest.lines().next().unwrap_or_default().trim().parse()?;
            self.exactly(length).await?
        } else {
            self.chunks().await?
        };
        Ok(Answer { status, head, body, first_byte })
    }

    async fn fill(&mut self) -> Result<()> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            return Err("the connection was closed".into());
        }
        Ok(())
    }

    fn take(&mut self, end: usize) -> Vec<u8> {
        self.buffer.drain(..end).collect()
    }

    async fn until(&mut self, mark: &[u8]) -> Result<usize> {
        loop {
            let found = self.buffer.windows(mark.len()).position(|window| window == mark);
            if let Some(at) = found {
                return Ok(at + mark.len());
            }
            self.fill().await?;
        }
    }

    async fn exactly(&mut self, length: usize) -> Result<Vec<u8>> {
        while self.buffer.len() < length {
            self.fill().await?;
        }
        Ok(self.take(length))
    }

    async fn chunks(&mut self) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let end = self.until(b"\r\n").await?;
            let line = String::from_utf8(self.take(end))?;
            let length = usize::from_str_radix(line.trim(), 16)?;
            body.extend(self.exactly(length).await?);
            self.exactly(2).await?;
            if length == 0 {
                return Ok(body);
            }
        }
    }
}
