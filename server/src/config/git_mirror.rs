//! Reads where the Git mirror is.

use super::Secret;
use super::read::{LINK_LOCAL, Reader};
use std::path::{Path, PathBuf};
use storage::Egress;
use storage::git::{Address, Branch, Kind, Times};

/// Where the Git mirror is.
pub type GitMirror = storage::git::Settings;

/// What makes no sense without a repository.
const BESIDE: &[&str] = &[
    "gitstore_git_username",
    "gitstore_git_token",
    "gitstore_git_branch",
    "gitstore_local_path",
    "gitstore_ssh_key_path",
    "gitstore_ssh_known_hosts_path",
];

impl Reader {
    pub(super) fn git_mirror(&mut self, data_dir: &Path, egress: Egress) -> Option<GitMirror> {
        let Some((given_as, url)) = self.take("gitstore_git_url") else {
            for key in BESIDE {
                if let Some((given_as, _)) = self.take(key) {
                    self.problem(given_as, "set GITSTORE_GIT_URL too");
                }
            }
            return None;
        };
        let address = Address::parse(&url);
        if let Err(mend) = &address {
            self.problem(given_as.clone(), *mend);
        }
        let host = address.as_ref().ok().and_then(Address::host);
        if host.is_some_and(|(host, _)| !egress.allows_host(host)) {
            self.problem(given_as.clone(), LINK_LOCAL);
        }
        let kind = address.as_ref().ok().map(Address::kind);
        let credentials = self.git_credentials(kind);
        let ssh = self.git_ssh(&given_as, kind);
        let branch = self.parse(
            "gitstore_git_branch",
            Some(Branch::default()),
            "use the name of a branch, such as main or mirror/edge",
            Branch::parse,
        );
        let local_path = self.path("gitstore_local_path").unwrap_or_else(|| data_dir.to_owned());
        let search_path = self.search_path.clone();
        let (address, branch) = (address.ok()?, branch?);
        let times = Times::default();
        Some(GitMirror {
            address,
            credentials,
            ssh,
            branch,
            local_path,
            search_path,
            egress,
            times,
        })
    }

    /// Both or neither, and only over HTTP.
    fn git_credentials(&mut self, kind: Option<Kind>) -> Option<(String, Secret)> {
        let user = self.take("gitstore_git_username");
        let token = self.take("gitstore_git_token");
        if kind.is_some_and(|kind| kind != Kind::Http) {
            for (given_as, _) in [user, token].into_iter().flatten() {
                self.problem(given_as, "it is for an address with https: take it away");
            }
            return None;
        }
        match (user, token) {
            (Some((_, user)), Some((_, token))) => Some((user.to_string(), token)),
            (Some((given_as, _)), None) => {
                self.problem(given_as, "set GITSTORE_GIT_TOKEN or its _FILE too");
                None
            }
            (None, Some((given_as, _))) => {
                self.problem(given_as, "set GITSTORE_GIT_USERNAME too");
                None
            }
            (None, None) => None,
        }
    }

    /// Both for ssh, neither for anything else.
    fn git_ssh(&mut self, url_as: &str, kind: Option<Kind>) -> Option<(PathBuf, PathBuf)> {
        let key = self.take("gitstore_ssh_key_path");
        let known_hosts = self.take("gitstore_ssh_known_hosts_path");
        if kind.is_some_and(|kind| kind != Kind::Ssh) {
            for (given_as, _) in [key, known_hosts].into_iter().flatten() {
                self.problem(given_as, "it is for an address with ssh: take it away");
            }
            return None;
        }
        let path = |(_, text): (String, Secret)| PathBuf::from(text.as_str());
        match (key, known_hosts) {
            (Some(key), Some(known_hosts)) => Some((path(key), path(known_hosts))),
            (key, known_hosts) => {
                if kind.is_some() {
                    let missing = [
                        (key.is_none(), "set GITSTORE_SSH_KEY_PATH too"),
                        (known_hosts.is_none(), "set GITSTORE_SSH_KNOWN_HOSTS_PATH too"),
                    ];
                    for (_, mend) in missing.into_iter().filter(|(is_missing, _)| *is_missing) {
                        self.problem(url_as, mend);
                    }
                }
                None
            }
        }
    }
}
