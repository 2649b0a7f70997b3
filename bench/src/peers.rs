//! What others use to verify tokens, each as it would be set up with care: `peers/README.md` says how and why.
//!
//! Owns how they are started and filled; they are installed by `scripts/bench`. What is not there is left out, and the report says so. Start at
//! [`Peers::start`].

mod better_auth;
mod fastapi;
mod haproxy;
mod nginx;

use crate::Result;
use crate::cpu::Cpu;
use crate::program::Program;
use crate::verify::connect;
use std::path::{Path, PathBuf};

/// Somebody else who answers `GET /verify`.
pub struct Peer {
    /// Who it is, with its version.
    pub who: String,
    /// What it runs on: processes or threads, and what it asks.
    pub with: String,
    /// What Tokenkeep wants to have beside it.
    pub goal: &'static str,
    /// Where it runs.
    pub program: Program,
    /// All that has a part in its answers.
    pub cpu: Cpu,
}

/// All of them.
#[derive(Default)]
pub struct Peers {
    /// Those that run.
    pub running: Vec<Peer>,
    /// Of the others, who and why not.
    pub skipped: Vec<String>,
}

/// What a peer is given.
struct Ground {
    /// The server that databases are made on.
    server: String,
    /// Its processes.
    postgres: Cpu,
    /// Our database, with the tokens that all shall have.
    tokens: String,
    /// How many cores there are, and so how many processes where one has to say.
    cores: usize,
}

impl Peers {
    /// Starts those that are installed, unless `PEERS=no`.
    pub async fn start(server: &str, tokens: &str, postgres: &Cpu) -> Result<Self> {
        let mut peers = Self::default();
        if std::env::var("PEERS").is_ok_and(|peers| peers == "no") {
            peers.skipped.push("peers were left out (PEERS=no)".to_owned());
            return Ok(peers);
        }
        let ground = Ground {
            server: server.to_owned(),
            postgres: postgres.clone(),
            tokens: tokens.to_owned(),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
        };
        println!("starting the peers");
        peers.add("nginx with Lua", nginx::start(&ground).await);
        peers.add("haproxy", haproxy::start(&ground).await);
        peers.add("FastAPI with SQLAlchemy", fastapi::start(&ground).await);
        peers.add("better-auth", better_auth::start(&ground).await);
        Ok(peers)
    }

    fn add(&mut self, who: &str, started: Result<Peer>) {
        match started {
            Ok(peer) => self.running.push(peer),
            Err(error) => self.skipped.push(format!("{who} was not measured: {error}")),
        }
    }

    /// Stops them all; who they are stays known.
    pub async fn stop_all(&mut self) -> Result<()> {
        for peer in &mut self.running {
            peer.program.end().await?;
        }
        Ok(())
    }
}

/// Where the recipe of a peer is.
fn recipe(name: &str) -> Result<PathBuf> {
    Ok(Path::new("bench/peers").join(name).canonicalize()?)
}

/// A recipe's file with what it leaves open, written into `directory`.
fn write(recipe: &Path, file: &str, directory: &Path, open: &[(&str, &str)]) -> Result<PathBuf> {
    let mut text = std::fs::read_to_string(recipe.join(file))?;
    for (name, value) in open {
        text = text.replace(&format!("{{{name}}}"), value);
    }
    let path = directory.join(file);
    std::fs::write(&path, text)?;
    Ok(path)
}

/// The hash of each token in hexadecimal digits, its id, its team's id, its scopes: a line for each, written into `directory`.
async fn write_tokens(ground: &Ground, directory: &Path, line: &str) -> Result<PathBuf> {
    let pool = connect(&ground.tokens).await?;
    let select = "SELECT format($1, encode(secret_hash, 'hex'), id, team_id, array_to_string(scopes, ' ')) FROM tokens";
    let lines: Vec<String> = sqlx::query_scalar(select).bind(line).fetch_all(&pool).await?;
    let path = directory.join("tokens");
    std::fs::write(&path, lines.join("\n") + "\n")?;
    Ok(path)
}

/// The first line that a program prints about itself.
async fn says(program: &str, argument: &str) -> Result<String> {
    let output = tokio::process::Command::new(program).arg(argument).output().await;
    let output = output.map_err(|error| format!("{program}: {error}"))?;
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    Ok(text.lines().next().unwrap_or_default().to_owned())
}
