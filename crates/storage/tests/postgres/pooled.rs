//! Behind a pgbouncer that pools transactions: each transaction may be another connection's.

use crate::{found, listed, object};
use sqlx::PgPool;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use storage::postgres::Schema;
use storage::{Postgres, Storage};
use tempfile::TempDir;

/// How often a port may be gone between looking for it and listening on it.
const ATTEMPTS: usize = 8;

struct Pooler {
    port: u16,
    child: Child,
    _home: TempDir,
}

impl Pooler {
    fn start(pool: &PgPool) -> Self {
        let options = pool.connect_options();
        let url = std::env::var("DATABASE_URL").expect("DATABASE_URL");
        let rest = url.split_once("://").expect("a URL").1;
        let password = rest.split_once('@').and_then(|(user, _)| user.split_once(':'));
        let server = format!(
            "* = host={} port={} user={} password={}",
            options.get_host(),
            options.get_port(),
            options.get_username(),
            password.map_or("", |(_, password)| password)
        );
        (0..ATTEMPTS).find_map(|_| Self::try_start(&server)).expect("pgbouncer listens")
    }

    fn try_start(server: &str) -> Option<Self> {
        let home = tempfile::tempdir().expect("a directory");
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = free.local_addr().expect("its address").port();
        // It refuses to be root, and takes another user by itself.
        let root = rustix::process::geteuid().is_root();
        let user = if root { "user = nobody\n" } else { "" };
        let settings = format!(
            "[databases]\n{server}\n[pgbouncer]\n{user}listen_addr = 127.0.0.1\nlisten_port = {port}\n\
             unix_socket_dir =\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 2\n"
        );
        let path = home.path().join("pgbouncer.ini");
        std::fs::write(&path, settings).expect("a file");
        drop(free);
        let program = std::env::var("TOKENKEEP_TEST_PGBOUNCER").expect(
            "TOKENKEEP_TEST_PGBOUNCER is the path of pgbouncer: run `scripts/setup test`, then `. scripts/env`",
        );
        let mut child = Command::new(program)
            .arg(&path)
            .stderr(Stdio::piped())
            .spawn()
            .expect("pgbouncer starts");
        let mut lines = BufReader::new(child.stderr.take().expect("its errors")).lines();
        let mut said = Vec::new();
        while let Some(Ok(line)) = lines.next() {
            if line.contains("process up") {
                std::thread::spawn(move || lines.for_each(drop));
                return Some(Self { port, child, _home: home });
            }
            said.push(line);
        }
        let _ = child.wait();
        let taken = said.iter().any(|line| line.contains("Address already in use"));
        assert!(taken, "pgbouncer does not start: {said:#?}");
        None
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[sqlx::test(migrations = false)]
async fn transactions_may_be_pooled(pool: PgPool) {
    let pooler = Pooler::start(&pool);
    let options = (*pool.connect_options()).clone().host("127.0.0.1").port(pooler.port);
    // Made first, so that the writers below do not all make it.
    assert_eq!(listed(&Postgres::new(options.clone(), Schema::default())).await, []);
    let writers = (0..4).map(|writer| {
        let place = Postgres::new(options.clone(), Schema::default());
        tokio::spawn(async move {
            for n in 0..10 {
                let put = vec![object(&format!("tokens/{writer}-{n}.json"), "one")];
                place.put(put).await.expect("put");
            }
            place
        })
    });
    let mut place = None;
    for writer in writers.collect::<Vec<_>>() {
        place = Some(writer.await.expect("a writer"));
    }
    let place = place.expect("the last one");
    let all = listed(&place).await;
    assert_eq!(all.len(), 40);
    assert_eq!(all.first(), Some(&found(&place, "tokens/0-0.json", b"one")));
    drop(pooler);
}
