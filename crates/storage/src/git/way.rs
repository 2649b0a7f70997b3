//! The way to a repository: every address of its host is judged before each `git` that connects, which is then held to them.
//!
//! Over HTTP `http.curloptResolve` (git 2.37; an older one looks the name up by itself) gives curl the addresses that were judged. Over ssh it is the first
//! of them, by `HostName`; the key of the host is known by its name all the same.

use super::{Kind, Settings};
use crate::egress::literal;
use crate::{Egress, Result};
use std::net::SocketAddr;
use std::path::Path;

/// What a `git` is told of it.
#[derive(Default)]
pub(super) struct Way {
    /// Before the command's own arguments.
    pub arguments: Vec<String>,
    /// Beside its environment.
    pub environment: Vec<(&'static str, String)>,
}

impl Way {
    /// To the repository of these settings.
    pub(super) async fn to(what: &str, settings: &Settings) -> Result<Self> {
        let address = &settings.address;
        let (mut way, mut pinned) = (Self::default(), Vec::new());
        if let Some((host, port)) = address.host()
            && settings.egress == Egress::Guarded
        {
            let found = settings.egress.addresses(what, host, port).await?;
            if literal(host.trim_matches(['[', ']'])).is_none() {
                pinned = found;
            }
        }
        match (address.kind(), address.host()) {
            (Kind::Http, Some((host, port))) if !pinned.is_empty() => {
                let found: Vec<_> = pinned.iter().map(|found| bracketed(*found)).collect();
                let pin = format!("http.curloptResolve={host}:{port}:{}", found.join(","));
                way.arguments.extend(["-c".to_owned(), pin]);
            }
            (Kind::Ssh, Some((host, port))) => {
                let command = ssh(settings, host, port, pinned.first());
                way.environment.push(("GIT_SSH_COMMAND", command));
                way.environment.push(("GIT_SSH_VARIANT", "ssh".to_owned()));
            }
            _ => {}
        }
        Ok(way)
    }
}

fn bracketed(address: SocketAddr) -> String {
    match address {
        SocketAddr::V4(v4) => v4.ip().to_string(),
        SocketAddr::V6(v6) => format!("[{}]", v6.ip()),
    }
}

/// Quoted for the shell that `git` gives it to. Nothing of the user's own is read, nothing is asked, and no unknown host is believed.
fn ssh(settings: &Settings, host: &str, port: u16, pinned: Option<&SocketAddr>) -> String {
    let quoted = |path: &Path| format!("'{}'", path.display().to_string().replace('\'', r"'\''"));
    let mut command = "ssh -F /dev/null -o IdentitiesOnly=yes -o IdentityAgent=none \
         -o GlobalKnownHostsFile=/dev/null -o StrictHostKeyChecking=yes -o BatchMode=yes \
         -o ConnectTimeout=10 -o ServerAliveInterval=10 -o ServerAliveCountMax=3"
        .to_owned();
    if let Some((key, known_hosts)) = &settings.ssh {
        let files = format!(" -i {} -o UserKnownHostsFile={}", quoted(key), quoted(known_hosts));
        command.push_str(&files);
    }
    if let Some(pinned) = pinned {
        // As a file of known hosts has it.
        let host = host.to_ascii_lowercase();
        let known = if port == 22 { host } else { format!("[{host}]:{port}") };
        let pin = format!(" -o HostName={} -o 'HostKeyAlias={known}'", pinned.ip());
        command.push_str(&pin);
    }
    command
}
