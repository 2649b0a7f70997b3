//! A Git server over HTTP with basic authentication: nginx, fcgiwrap and `git http-backend`.

use super::git;
use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// How often a port may be gone between looking for it and listening on it.
const ATTEMPTS: usize = 8;

/// The user that the server knows.
pub const USER: &str = "mirror";
/// Its password.
pub const PASSWORD: &str = "canary-p4ssword";

/// The server.
pub struct Server {
    address: SocketAddr,
    home: TempDir,
    nginx: Child,
    cgi: Child,
}

fn program(variable: &str) -> String {
    let path = std::env::var(variable);
    path.unwrap_or_else(|_| panic!("{variable}: run `scripts/setup test`, then `. scripts/env`"))
}

impl Server {
    /// Serves the repositories in that directory. It listens when this returns.
    pub fn start(repositories: &Path) -> Self {
        let home = tempfile::tempdir().expect("a directory");
        let socket = home.path().join("cgi.sock");
        // It takes connections from its standard input, as FastCGI has it: nobody waits for it to listen.
        let listener = OwnedFd::from(UnixListener::bind(&socket).expect("a socket"));
        let cgi = Command::new(program("TOKENKEEP_TEST_FCGIWRAP")).stdin(listener).spawn();
        let cgi = cgi.expect("fcgiwrap starts");
        std::fs::write(home.path().join("users"), format!("{USER}:{{PLAIN}}{PASSWORD}\n"))
            .expect("a file");
        let (address, nginx) = (0..ATTEMPTS)
            .find_map(|_| {
                let free = TcpListener::bind("127.0.0.1:0").expect("a port");
                let address = free.local_addr().expect("its address");
                configure(home.path(), repositories, &socket, address);
                drop(free);
                Some((address, nginx(home.path())?))
            })
            .expect("nginx listens");
        Self { address, home, nginx, cgi }
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of a repository.
    pub fn url(&self, repository: &str) -> String {
        format!("http://{}/{repository}", self.address)
    }

    /// Nobody listens any more.
    pub fn stop(&mut self) {
        let _ = self.nginx.kill();
        let _ = self.nginx.wait();
    }

    /// It listens again, at the same address.
    pub fn start_again(&mut self) {
        self.nginx = nginx(self.home.path()).expect("nginx listens again");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
        let _ = self.cgi.kill();
        let _ = self.cgi.wait();
    }
}

fn configure(home: &Path, repositories: &Path, socket: &Path, address: SocketAddr) {
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {kind};"))
        .join(" ");
    let backend = format!("{}/git-http-backend", git(home, &["--exec-path"]));
    let parameters = [
        ("SCRIPT_FILENAME", backend.as_str()),
        ("GIT_PROJECT_ROOT", &repositories.display().to_string()),
        ("GIT_HTTP_EXPORT_ALL", "1"),
        ("PATH_INFO", "$uri"),
        ("QUERY_STRING", "$query_string"),
        ("REQUEST_METHOD", "$request_method"),
        ("CONTENT_TYPE", "$content_type"),
        ("CONTENT_LENGTH", "$content_length"),
        ("REMOTE_USER", "$remote_user"),
    ]
    .map(|(name, value)| format!("fastcgi_param {name} {value};"))
    .join(" ");
    let text = format!(
        "daemon off; master_process off; pid nginx.pid; error_log stderr notice;\n\
         events {{ worker_connections 64; }}\n\
         http {{ access_log off; {temporary} client_max_body_size 0;\n\
         server {{ listen {address}; auth_basic git; auth_basic_user_file users;\n\
         location /unavailable.git {{ auth_basic off; return 503; }}\n\
         location / {{ fastcgi_pass unix:{}; {parameters} }} }} }}\n",
        socket.display()
    );
    std::fs::write(home.join("nginx.conf"), text).expect("a file");
}

/// `None` when somebody took the port meanwhile.
fn nginx(home: &Path) -> Option<Child> {
    let mut child = Command::new(program("TOKENKEEP_TEST_NGINX"))
        .args(["-e", "stderr", "-c", "nginx.conf", "-p"])
        .arg(home)
        .stderr(Stdio::piped())
        .spawn()
        .expect("nginx starts");
    let mut lines = BufReader::new(child.stderr.take().expect("its errors")).lines();
    let mut said = Vec::new();
    // It says so once it listens.
    while let Some(Ok(line)) = lines.next() {
        if line.contains("getrlimit(RLIMIT_NOFILE)") {
            // Whoever stops reading would stop the writer.
            std::thread::spawn(move || lines.for_each(drop));
            return Some(child);
        }
        said.push(line);
    }
    let _ = child.wait();
    let taken = said.iter().any(|line| line.contains("Address already in use"));
    assert!(taken, "nginx does not start: {said:#?}");
    None
}
