//! The program as a server, and requests to it.

use crate::program::Program;
use sqlx::postgres::PgConnectOptions;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// What the contract allows between SIGTERM and the end.
pub const STOP_MAX: Duration = Duration::from_secs(10);

/// A server that runs, and what it printed until it was ready. Killed when dropped.
pub struct Server {
    _program: Program,
    child: Child,
    out: BufReader<ChildStdout>,
    address: SocketAddr,
    /// What it printed, by lines.
    pub printed: Vec<String>,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended already, unless the test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that was free a moment ago.
pub fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port")
}

/// `tokenkeep serve` on this database and address.
pub fn program(database: &PgConnectOptions, address: SocketAddr) -> Program {
    let program =
        Program::new(&["serve"]).database(database).env("TOKENKEEP_LISTEN", &address.to_string());
    std::fs::create_dir_all(program.path().join("site/pkg")).expect("a directory");
    let site = program.path().join("site").display().to_string();
    program.env("TOKENKEEP_SITE_DIR", &site)
}

/// Starts it, and waits until it is ready.
pub fn start(mut program: Program, address: SocketAddr) -> Server {
    let mut child = program.command.stdout(Stdio::piped()).spawn().expect("it starts");
    let out = BufReader::new(child.stdout.take().expect("its output"));
    let mut server = Server { _program: program, child, out, address, printed: Vec::new() };
    server.read_until("is ready at");
    server
}

impl Server {
    /// Reads what it prints up to the line that has `word`.
    pub fn read_until(&mut self, word: &str) {
        let mut line = String::new();
        while !line.contains(word) {
            line.clear();
            let read = self.out.read_line(&mut line).expect("its output");
            assert!(read > 0, "it ended before it said {word:?}: {:?}", self.printed);
            self.printed.push(line.clone());
        }
    }

    /// The whole answer to a `GET`.
    pub fn get(&self, path: &str) -> String {
        self.ask("GET", path, &[], "")
    }

    /// The whole answer to a request.
    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> String {
        let mut request =
            format!("{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n", self.address);
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str(&format!("content-length: {}\r\n\r\n{body}", body.len()));
        let mut stream = TcpStream::connect(self.address).expect("connected");
        stream.write_all(request.as_bytes()).expect("written");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("read");
        answer
    }

    /// SIGTERM; answers whether it ended well, and after what time.
    pub fn stop(mut self) -> (bool, Duration) {
        let began = Instant::now();
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs").success());
        let ended = self.child.wait().expect("it ends");
        (ended.success(), began.elapsed())
    }
}
