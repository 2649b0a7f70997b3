//! A server of a few lines for what no good server does on demand: refusing, being slow, cutting the connection.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What it does with a request.
pub enum Does {
    /// Answers: a status, further headers, a body.
    Says(u16, &'static str, &'static str),
    /// Says nothing, and keeps the connection.
    Nothing,
    /// Begins an answer and cuts the connection.
    Cuts,
}

/// The server; gone when it is dropped.
pub struct Misbehaving {
    pub address: String,
    asked: Arc<Mutex<Vec<String>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Misbehaving {
    /// Does these in turn, and the last of them again and again.
    pub async fn start(does: impl IntoIterator<Item = Does>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("its address"));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let mut does: VecDeque<Does> = does.into_iter().collect();
        let heard = Arc::clone(&asked);
        let task = tokio::spawn(async move {
            let mut kept = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                let request = request(&mut stream).await;
                heard.lock().expect("its list").push(request);
                match does.front().expect("something to do") {
                    Does::Says(status, headers, body) => {
                        let length = body.len();
                        let answer = format!(
                            "HTTP/1.1 {status} X\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
                        );
                        let _ = stream.write_all(answer.as_bytes()).await;
                    }
                    Does::Nothing => kept.push(stream),
                    Does::Cuts => {
                        let _ = stream
                            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n<ha")
                            .await;
                    }
                }
                if does.len() > 1 {
                    does.pop_front();
                }
            }
        });
        Self { address, asked, task }
    }

    /// The first lines of what it was asked.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("its list").clone()
    }
}

impl Drop for Misbehaving {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Reads a request to its end; its first line.
pub async fn request(stream: &mut TcpStream) -> String {
    let mut read = Vec::new();
    let mut chunk = [0; 16 * 1024];
    loop {
        let text = String::from_utf8_lossy(&read).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .filter_map(|line| line.split_once(':'))
                .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                .map_or(0, |(_, value)| value.trim().parse().expect("a length"));
            if body.len() >= length {
                return head.lines().next().unwrap_or_default().to_owned();
            }
        }
        match stream.read(&mut chunk).await {
            Ok(count) if count > 0 => read.extend_from_slice(&chunk[..count]),
            _ => return String::new(),
        }
    }
}
