//! What breaks in a round.

use crate::server::Server;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sqlx::PgPool;
use std::path::Path;
use std::time::Duration;

/// A fault.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    /// A server is killed, and started again.
    Server,
    /// Postgres is killed; it is supervised, and starts again.
    Postgres,
    /// The connections by which servers hear of changes are cut.
    Listeners,
    /// Every connection to the database is cut.
    Connections,
    /// A server stands still for longer than what it knows is fresh.
    Pause,
}

const ALL: [Fault; 5] =
    [Fault::Server, Fault::Postgres, Fault::Listeners, Fault::Connections, Fault::Pause];

impl Fault {
    /// The fault of this round.
    pub fn of(round: usize) -> Self {
        ALL[round % ALL.len()]
    }

    /// Lets it happen, and waits until what was ended runs again.
    pub async fn happen(self, round: usize, servers: &mut [Server], cluster: &Path, pool: &PgPool) {
        let count = servers.len();
        let victim = &mut servers[round / ALL.len() % count];
        match self {
            Self::Server => victim.kill_and_restart().await,
            Self::Postgres => {
                let file =
                    std::fs::read_to_string(cluster.join("postmaster.pid")).expect("a pid file");
                let pid = file.lines().next().and_then(|line| line.parse().ok()).expect("a pid");
                kill(Pid::from_raw(pid), Signal::SIGKILL).expect("killed");
            }
            Self::Listeners => cut(pool, "application_name = 'tokenkeep verifier'").await,
            Self::Connections => cut(pool, "true").await,
            Self::Pause => {
                let pid = Pid::from_raw(i32::try_from(victim.pid()).expect("a pid"));
                kill(pid, Signal::SIGSTOP).expect("paused");
                tokio::time::sleep(Duration::from_millis(2_500)).await;
                kill(pid, Signal::SIGCONT).expect("goes on");
            }
        }
        for server in servers {
            server.ready().await;
        }
    }
}

async fn cut(pool: &PgPool, which: &str) {
    let statement = format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND {which}"
    );
    sqlx::query(sqlx::AssertSqlSafe(statement)).execute(pool).await.expect("cut");
}
