//! A caller with an address of its own, who asks once over a connection.

use serde_json::Value;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpSocket;

/// What came back.
#[derive(Debug)]
pub struct Heard {
    /// Its status.
    pub status: u16,
    head: String,
    body: String,
}

impl Heard {
    /// A header, empty when it is absent.
    pub fn header(&self, name: &str) -> &str {
        let lines = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        let mut found = lines.filter(|(given, _)| given.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value.trim()).unwrap_or_default()
    }

    /// The body.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }
}

/// Asks from this address.
pub async fn call(
    to: SocketAddr,
    from: &str,
    method: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Heard {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind(SocketAddr::new(from.parse().expect("an address"), 0)).expect("bound");
    let mut stream = socket.connect(to).await.expect("connected");
    let headers: String =
        headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    // HTTP/1.0, so that the answer has no chunks and ends with the connection.
    let request = format!(
        "{method} /images/1 HTTP/1.0\r\nhost: images.example.com\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.expect("written");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("read");
    let answer = String::from_utf8(answer).expect("UTF-8");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    Heard { status: status.expect("a status"), head: head.to_owned(), body: body.to_owned() }
}
