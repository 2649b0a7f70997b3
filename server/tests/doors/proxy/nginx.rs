//! An nginx of the test's own: the recipe with the test's addresses, in a directory that is gone afterwards, in one process without privileges.

use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

const RECIPE: &str = include_str!("../../../../deploy/nginx/tokenkeep.conf");

/// How often a port may be gone between looking for it and listening on it.
const ATTEMPTS: usize = 8;

/// The running nginx.
pub struct Nginx {
    /// Where it listens.
    pub address: SocketAddr,
    child: Child,
    _home: TempDir,
}

impl Nginx {
    /// Starts it in front of `protected`, asking one of `verifiers`. It listens when this returns.
    pub async fn start(verifiers: &[SocketAddr], protected: SocketAddr) -> Self {
        let lines: String =
            verifiers.iter().map(|address| format!("server {address};\n")).collect();
        let start = move || (0..ATTEMPTS).find_map(|_| Self::try_start(&lines, protected));
        let started = tokio::task::spawn_blocking(start).await.expect("no panic");
        started.expect("nginx listens")
    }

    /// `None` when somebody took the port meanwhile.
    fn try_start(verifiers: &str, protected: SocketAddr) -> Option<Self> {
        let home = tempfile::tempdir().expect("a directory");
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = free.local_addr().expect("its address");
        let recipe = [
            ("server 127.0.0.1:3000;", verifiers.to_owned()),
            ("127.0.0.1:8080", protected.to_string()),
            ("listen 80;", format!("listen {address};")),
        ];
        let recipe = recipe.iter().fold(RECIPE.to_owned(), |recipe, (here, there)| {
            assert_eq!(recipe.matches(here).count(), 1, "{here} of the recipe");
            recipe.replace(here, there)
        });
        std::fs::write(home.path().join("tokenkeep.conf"), recipe).expect("a file");
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path {kind};"))
            .join(" ");
        let main = format!(
            "daemon off; master_process off; pid nginx.pid; error_log stderr notice;\n\
             events {{ worker_connections 64; }}\n\
             http {{ access_log off; {temporary} include tokenkeep.conf; }}\n"
        );
        std::fs::write(home.path().join("nginx.conf"), main).expect("a file");
        drop(free);
        let program = std::env::var("TOKENKEEP_TEST_NGINX").expect(
            "TOKENKEEP_TEST_NGINX is the path of nginx: run `scripts/setup test`, then `. scripts/env`",
        );
        let mut child = Command::new(program)
            .args(["-e", "stderr", "-c", "nginx.conf", "-p"])
            .arg(home.path())
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
                return Some(Self { address, child, _home: home });
            }
            said.push(line);
        }
        let _ = child.wait();
        let taken = said.iter().any(|line| line.contains("Address already in use"));
        assert!(taken, "nginx does not start: {said:#?}");
        None
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
