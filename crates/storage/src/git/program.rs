//! Running `git`: in an environment of its own, within a time, and with all that it started.

use super::Settings;
use super::error::told;
use super::remote::Kind;
use crate::calls::Meter;
use crate::{Error, Result};
use base64ct::{Base64, Encoding as _};
use rustix::process::{Pid, Signal, kill_process_group};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{
    AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWriteExt as _, BufReader,
};
use tokio::process::{Child, Command};
use zeroize::Zeroizing;

/// How long a `git` may take: the first push of 100,000 objects is 12 MB. A connection that says nothing ends sooner.
const TIME_MAX: Duration = Duration::from_secs(300);

/// What every `git` is told, in place of the machine's and the user's configuration.
const CONFIGURATION: &[(&str, &str)] = &[
    ("credential.helper", ""),
    ("core.hooksPath", "/dev/null"),
    // Nobody else gets the credential.
    ("http.followRedirects", "false"),
    // A transfer that stalls ends after half a minute.
    ("http.lowSpeedLimit", "1"),
    ("http.lowSpeedTime", "30"),
    // When to tidy is said by us, and nothing runs on behind our back.
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    ("protocol.allow", "never"),
];

/// Who commits.
const IDENTITY: &[(&str, &str)] = &[
    ("GIT_AUTHOR_NAME", "Tokenkeep"),
    ("GIT_AUTHOR_EMAIL", "tokenkeep@localhost"),
    ("GIT_COMMITTER_NAME", "Tokenkeep"),
    ("GIT_COMMITTER_EMAIL", "tokenkeep@localhost"),
];

/// What a `git` said.
pub(super) struct Said {
    /// Whether it ended well.
    pub good: bool,
    /// On its standard output.
    pub out: Vec<u8>,
    /// On its standard error.
    pub err: String,
}

/// How `git` is run.
pub(super) struct Program {
    environment: Vec<(String, Zeroizing<String>)>,
    secrets: Vec<Zeroizing<String>>,
    meter: Arc<Meter>,
}

impl Program {
    /// For the clone in `dir`.
    pub(super) fn new(settings: &Settings, dir: &Path, meter: Arc<Meter>) -> Self {
        let mut configuration: Vec<(&str, String)> =
            CONFIGURATION.iter().map(|(key, value)| (*key, (*value).to_owned())).collect();
        let mut secrets = Vec::new();
        let allowed: &[&str] = match settings.address.kind() {
            Kind::Http => &["protocol.http.allow", "protocol.https.allow"],
            Kind::Ssh => &["protocol.ssh.allow"],
            Kind::File => &["protocol.file.allow"],
        };
        configuration.extend(allowed.iter().map(|key| (*key, "always".to_owned())));
        if let Some((user, token)) = &settings.credentials {
            let pair = Zeroizing::new(format!("{user}:{}", token.as_str()));
            let basic = Zeroizing::new(Base64::encode_string(pair.as_bytes()));
            configuration.push(("http.extraHeader", format!("Authorization: Basic {}", *basic)));
            secrets.extend([token.clone(), basic]);
        }
        let mut environment: Vec<(String, String)> = vec![
            ("PATH".to_owned(), settings.search_path.clone()),
            ("HOME".to_owned(), dir.display().to_string()),
            ("GIT_DIR".to_owned(), dir.display().to_string()),
            ("GIT_INDEX_FILE".to_owned(), dir.join("tokenkeep-index").display().to_string()),
            ("LC_ALL".to_owned(), "C".to_owned()),
            ("GIT_TERMINAL_PROMPT".to_owned(), "0".to_owned()),
            ("GIT_CONFIG_NOSYSTEM".to_owned(), "1".to_owned()),
            ("GIT_CONFIG_GLOBAL".to_owned(), "/dev/null".to_owned()),
            ("GIT_CONFIG_COUNT".to_owned(), configuration.len().to_string()),
        ];
        let identity =
            IDENTITY.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        environment.extend(identity);
        for (n, (key, value)) in configuration.into_iter().enumerate() {
            environment.push((format!("GIT_CONFIG_KEY_{n}"), key.to_owned()));
            environment.push((format!("GIT_CONFIG_VALUE_{n}"), value));
        }
        if let Some((key, known_hosts)) = &settings.ssh {
            environment.push(("GIT_SSH_COMMAND".to_owned(), ssh(key, known_hosts)));
            environment.push(("GIT_SSH_VARIANT".to_owned(), "ssh".to_owned()));
        }
        let environment =
            environment.into_iter().map(|(name, value)| (name, Zeroizing::new(value))).collect();
        Self { environment, secrets, meter }
    }

    /// Runs it to a good end, and answers its standard output.
    pub(super) async fn run(&self, what: &str, arguments: &[&str]) -> Result<Vec<u8>> {
        let said = self.ask(what, arguments, std::iter::empty()).await?;
        if said.good { Ok(said.out) } else { Err(self.error(what, &said.err)) }
    }

    /// Runs it to a good end, and answers the one line that it says.
    pub(super) async fn line(&self, what: &str, arguments: &[&str]) -> Result<String> {
        let out = self.run(what, arguments).await?;
        Ok(String::from_utf8_lossy(&out).trim_end().to_owned())
    }

    /// Runs it, with these pieces on its standard input.
    pub(super) async fn ask(
        &self,
        what: &str,
        arguments: &[&str],
        input: impl Iterator<Item = Vec<u8>> + Send,
    ) -> Result<Said> {
        let mut running = Running(self.spawn(what, arguments)?);
        let input = input.inspect(|piece| self.meter.sent(piece.len()));
        let said = in_time(what, talk(&mut running.0, input)).await?;
        said.map_err(|error| Error::io(what, &error))
    }

    /// Runs it to a good end, and hands over each record of its standard output, which end with a zero byte.
    pub(super) async fn each(
        &self,
        what: &str,
        arguments: &[&str],
        record: &mut (dyn FnMut(&[u8]) -> Result<()> + Send),
    ) -> Result<()> {
        let mut running = Running(self.spawn(what, arguments)?);
        let child = &mut running.0;
        drop(child.stdin.take());
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let hear = async {
            // One that is not heard to the end has nobody to write to, and ends.
            let (heard, err) = tokio::join!(records(what, stdout, record), read(stderr));
            heard?;
            let failed = |error| Error::io(what, &error);
            let good = child.wait().await.map_err(failed)?.success();
            let err = err.map_err(failed)?;
            if good { Ok(()) } else { Err(self.error(what, &String::from_utf8_lossy(&err))) }
        };
        in_time(what, hear).await?
    }

    /// The error of a `git` that said that.
    pub(super) fn error(&self, what: &str, said: &str) -> Error {
        let secrets: Vec<&str> = self.secrets.iter().map(|secret| secret.as_str()).collect();
        told(what, said, &secrets)
    }

    fn spawn(&self, what: &str, arguments: &[&str]) -> Result<Child> {
        let mut command = Command::new("git");
        command.args(arguments).env_clear();
        command.envs(self.environment.iter().map(|(name, value)| (name, value.as_str())));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // A group of its own, so that its end is that of all it started.
        command.process_group(0).kill_on_drop(true);
        self.meter.request(0);
        command.spawn().map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => {
                Error::broken(what, "the program git is not installed, or not on PATH")
            }
            _ => Error::io(what, &error),
        })
    }
}

/// Quoted for the shell that `git` gives it to. Nothing of the user's own is read, nothing is asked, and no unknown host is believed.
fn ssh(key: &Path, known_hosts: &Path) -> String {
    let quoted = |path: &Path| format!("'{}'", path.display().to_string().replace('\'', r"'\''"));
    format!(
        "ssh -F /dev/null -i {} -o IdentitiesOnly=yes -o IdentityAgent=none -o UserKnownHostsFile={} \
         -o GlobalKnownHostsFile=/dev/null -o StrictHostKeyChecking=yes -o BatchMode=yes \
         -o ConnectTimeout=10 -o ServerAliveInterval=10 -o ServerAliveCountMax=3",
        quoted(key),
        quoted(known_hosts)
    )
}

/// What a `git` does, unless it takes too long.
async fn in_time<T>(what: &str, work: impl Future<Output = T>) -> Result<T> {
    tokio::time::timeout(TIME_MAX, work).await.map_err(|_| {
        Error::transient(what, format!("git did not end within {} s", TIME_MAX.as_secs()))
    })
}

async fn talk(child: &mut Child, input: impl Iterator<Item = Vec<u8>>) -> std::io::Result<Said> {
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let write = async {
        let Some(stdin) = stdin else { return };
        let mut stdin = tokio::io::BufWriter::new(stdin);
        for piece in input {
            // It stopped reading: what it says tells why.
            if stdin.write_all(&piece).await.is_err() {
                return;
            }
        }
        let _ = stdin.shutdown().await;
    };
    let ((), out, err) = tokio::join!(write, read(stdout), read(stderr));
    let good = child.wait().await?.success();
    Ok(Said { good, out: out?, err: String::from_utf8_lossy(&err?).into_owned() })
}

async fn records(
    what: &str,
    from: Option<impl AsyncRead + Unpin>,
    each: &mut (dyn FnMut(&[u8]) -> Result<()> + Send),
) -> Result<()> {
    let Some(from) = from else { return Ok(()) };
    let (mut from, mut record) = (BufReader::new(from), Vec::new());
    loop {
        record.clear();
        let read = from.read_until(0, &mut record).await;
        read.map_err(|error| Error::io(what, &error))?;
        match record.strip_suffix(&[0]) {
            Some(record) => each(record)?,
            // The end; what is left without its own end is said to be wrong by how the program ended.
            None => return Ok(()),
        }
    }
}

async fn read(from: Option<impl AsyncRead + Unpin>) -> std::io::Result<Vec<u8>> {
    let mut read = Vec::new();
    if let Some(mut from) = from {
        from.read_to_end(&mut read).await?;
    }
    Ok(read)
}

/// A `git` that is at work. Dropped before its end, it is ended with all that it started.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // `None` once it was waited for: then its number may be another's.
        let id = self.0.id().and_then(|id| i32::try_from(id).ok());
        if let Some(group) = id.and_then(Pid::from_raw) {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}
