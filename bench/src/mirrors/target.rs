//! The targets: the servers that the tests have, on this machine, each empty at first.

use super::eye::{Eye, Git, Kv};
use crate::Result;
use crate::node::Node;
use crate::program::{Program, free_address};
use crate::verify::{connect, create_database};
use std::path::Path;
use tokio::process::Command;

const ACCESS: &str = "AKIATOKENKEEPBENCHKEY";
const SECRET: &str = "a-secret-of-the-benchmarks";
const BUCKET: &str = "mirror";

/// Where mirrors are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Files,
    Git,
    Postgres,
    S3,
    Kv,
}

/// All of them.
pub const KINDS: [Kind; 5] = [Kind::Files, Kind::Postgres, Kind::Git, Kind::Kv, Kind::S3];

impl Kind {
    /// What the mirror is called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Files => "files",
            Self::Git => "git",
            Self::Postgres => "postgres",
            Self::S3 => "s3",
            Self::Kv => "kv",
        }
    }

    /// What it is here.
    pub const fn is_here(self) -> &'static str {
        match self {
            Self::Files => "files, each durable",
            Self::Git => "Git, a bare repository at a path",
            Self::Postgres => "Postgres, in the same cluster",
            Self::S3 => "S3, s3s-fs",
            Self::Kv => "Workers KV, the REST API on workerd's KV, in memory",
        }
    }
}

/// What keeps it.
enum Keeper {
    Disk,
    Program(Program),
    Node(Node),
}

/// A target that runs.
pub struct Target {
    pub kind: Kind,
    /// What Tokenkeep is told of it.
    pub settings: Vec<(&'static str, String)>,
    keeper: Keeper,
    data: tempfile::TempDir,
    database: String,
}

impl Target {
    /// A new one; `server` is where a database can be made.
    pub async fn start(kind: Kind, server: &str) -> Result<Self> {
        let data = tempfile::tempdir()?;
        let at = |name: &str| data.path().join(name).to_string_lossy().into_owned();
        let (mut keeper, mut database) = (Keeper::Disk, String::new());
        let settings = match kind {
            Kind::Files => vec![("TOKENKEEP_MIRROR_FILES_PATH", at("mirror"))],
            Kind::Git => {
                repository(&data.path().join("remote.git")).await?;
                vec![("GITSTORE_GIT_URL", at("remote.git")), ("GITSTORE_LOCAL_PATH", at("clone"))]
            }
            Kind::Postgres => {
                let name = data.path().file_name().unwrap_or_default().to_string_lossy();
                let letters: String = name.bytes().map(|byte| format!("{byte:02x}")).collect();
                database = create_database(server, &format!("mirror_{letters}")).await?;
                vec![("PGSTORE_DSN", database.clone())]
            }
            Kind::S3 => {
                let (program, endpoint) = bucket(data.path()).await?;
                keeper = Keeper::Program(program);
                vec![
                    ("OBJECTSTORE_ENDPOINT", endpoint),
                    ("OBJECTSTORE_BUCKET", BUCKET.to_owned()),
                    ("OBJECTSTORE_ACCESS_KEY", ACCESS.to_owned()),
                    ("OBJECTSTORE_SECRET_KEY", SECRET.to_owned()),
                ]
            }
            Kind::Kv => {
                let script = Path::new("crates/storage/tests/kv/cloudflare/server.mjs");
                // How fast that server's disk is, is not what is asked.
                let keeps = std::env::temp_dir();
                let memory = Path::new("/dev/shm");
                let keeps = if memory.is_dir() { memory } else { &keeps };
                let environment = [("TOKEN", SECRET), ("TMPDIR", &*keeps.to_string_lossy())];
                let node = Node::start(script, &environment).await?;
                let origin = node.said.first().cloned().ok_or("it says where it is")?;
                keeper = Keeper::Node(node);
                vec![
                    ("CLOUDFLARE_ACCOUNT_ID", "account".to_owned()),
                    ("CLOUDFLARE_KV_NAMESPACE_ID", "namespace".to_owned()),
                    ("CLOUDFLARE_API_TOKEN", SECRET.to_owned()),
                    ("CLOUDFLARE_API_BASE", format!("{origin}/client/v4")),
                ]
            }
        };
        Ok(Self { kind, settings, keeper, data, database })
    }

    /// Somebody who looks at it, by what it is, and not by what Tokenkeep says of it.
    pub async fn eye(&self) -> Result<Eye> {
        let data = self.data.path();
        Ok(match self.kind {
            Kind::Files => Eye::Directory(data.join("mirror/tokens")),
            Kind::S3 => Eye::Directory(data.join("bucket").join(BUCKET).join("tokens")),
            Kind::Git => Eye::Git(Git::at(data.join("remote.git"))),
            Kind::Postgres => Eye::Postgres(connect(&self.database).await?),
            Kind::Kv => {
                let base = self.settings.last().map(|(_, base)| base.as_str()).unwrap_or_default();
                Eye::Kv(Kv::at(base, SECRET).await?)
            }
        })
    }

    /// Ends it, with all that it holds.
    pub async fn stop(self) -> Result<()> {
        match self.keeper {
            Keeper::Disk => Ok(()),
            Keeper::Program(program) => program.stop().await,
            Keeper::Node(node) => node.stop().await,
        }
    }
}

async fn repository(path: &Path) -> Result<()> {
    let mut git = Command::new("git");
    git.args(["init", "--quiet", "--bare", "--initial-branch=main"]).arg(path);
    if !git.status().await?.success() {
        return Err("no repository could be made".into());
    }
    Ok(())
}

/// s3s-fs, which keeps each object as a file.
async fn bucket(data: &Path) -> Result<(Program, String)> {
    let at = std::env::var_os("TOKENKEEP_TEST_S3S").ok_or("run it by make bench")?;
    let (keeps, address) = (data.join("bucket"), free_address()?);
    std::fs::create_dir(&keeps)?;
    let mut command = Command::new(at);
    command.args(["--host", "127.0.0.1", "--port", &address.port().to_string()]);
    command.args(["--access-key", ACCESS, "--secret-key", SECRET]).arg(keeps);
    let program = Program::told(command, address, tempfile::tempdir()?).await?;
    Ok((program, format!("http://{address}")))
}
