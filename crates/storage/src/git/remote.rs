//! The address of a repository, and the name of a branch.

/// How a repository is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `https://` or `http://`.
    Http,
    /// `ssh://user@host/path` or `user@host:path`.
    Ssh,
    /// `file:///path` or `/path`.
    File,
}

/// The address of a repository, without any password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    text: String,
    kind: Kind,
    /// The host, in brackets if it is IPv6, and the port.
    host: Option<(String, u16)>,
}

impl Address {
    /// Reads an address.
    ///
    /// # Errors
    /// What is wrong, and what to do; never the address.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        const MEND: &str = "give an address such as https://host/path.git, ssh://git@host/path.git, git@host:path.git or /path";
        if text.bytes().any(|b| b.is_ascii_control() || b == b' ') {
            return Err(MEND);
        }
        let authority = |rest: &str| rest.split('/').next().unwrap_or_default().to_owned();
        let (kind, host) = match text.split_once("://") {
            Some((scheme @ ("http" | "https"), rest)) => {
                if authority(rest).contains('@') {
                    return Err(
                        "leave the user and the password out of the address: GITSTORE_GIT_USERNAME and GITSTORE_GIT_TOKEN are for them",
                    );
                }
                if rest.contains('?') {
                    return Err(MEND);
                }
                let port = if scheme == "http" { 80 } else { 443 };
                (Kind::Http, Some(host(&authority(rest), port).ok_or(MEND)?))
            }
            Some(("ssh", rest)) => {
                let authority = authority(rest);
                let (user, at) = authority.rsplit_once('@').unwrap_or(("", &authority));
                if user.contains(':') {
                    return Err("leave the password out of the address: ssh takes a key");
                }
                if user.starts_with('-') {
                    return Err(MEND);
                }
                (Kind::Ssh, Some(host(at, 22).ok_or(MEND)?))
            }
            Some(("file", rest)) if rest.starts_with('/') => (Kind::File, None),
            Some(_) => return Err(MEND),
            None if text.starts_with('/') => (Kind::File, None),
            None => {
                let (user, rest) = text.split_once('@').ok_or(MEND)?;
                let (at, path) = rest.split_once(':').ok_or(MEND)?;
                let plain = |part: &str| !part.is_empty() && !part.starts_with('-');
                if !plain(user) || user.contains([':', '/']) || !plain(path) {
                    return Err(MEND);
                }
                (Kind::Ssh, Some(host(at, 22).ok_or(MEND)?))
            }
        };
        Ok(Self { text: text.to_owned(), kind, host })
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How it is reached.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The host, a name or an address, in brackets if it is IPv6, and the port; a file has none.
    pub fn host(&self) -> Option<(&str, u16)> {
        self.host.as_ref().map(|(host, port)| (host.as_str(), *port))
    }
}

/// A host and maybe a port. Names are plain, so that whoever connects reads the same host as we do: no escapes, no other scripts, no dot at the end.
fn host(authority: &str, default: u16) -> Option<(String, u16)> {
    let (host, port) = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((inside, after)) => {
            inside.parse::<std::net::Ipv6Addr>().ok()?;
            (format!("[{inside}]"), after.strip_prefix(':').or(after.is_empty().then_some("")))
        }
        None => {
            let (name, port) = authority.split_once(':').unwrap_or((authority, ""));
            let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
            let good = !name.is_empty() && !name.starts_with(['-', '.']) && !name.ends_with('.');
            (name.to_owned(), (plain && good).then_some(port))
        }
    };
    let port = port?;
    Some((host, if port.is_empty() { default } else { port.parse().ok()? }))
}

/// The name of a branch: segments of `A-Z a-z 0-9 . _ -` as `git check-ref-format` takes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch(String);

impl Branch {
    /// Reads a name; `None` when it breaks the rule.
    pub fn parse(text: &str) -> Option<Self> {
        let segment = |segment: &str| {
            !segment.is_empty()
                && !segment.starts_with(['.', '-'])
                && !segment.ends_with('.')
                && !segment.ends_with(".lock")
                && !segment.contains("..")
                && segment.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
        };
        let good = text.len() <= 200 && text.split('/').all(segment);
        good.then(|| Self(text.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The full name of its reference.
    pub(super) fn reference(&self) -> String {
        format!("refs/heads/{}", self.0)
    }
}

impl Default for Branch {
    fn default() -> Self {
        Self("main".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_kind_and_no_password() {
        for (good, kind) in [
            ("https://git.example.com/team/mirror.git", Kind::Http),
            ("http://127.0.0.1:8080/mirror.git", Kind::Http),
            ("ssh://git@git.example.com:2222/mirror.git", Kind::Ssh),
            ("git@git.example.com:team/mirror.git", Kind::Ssh),
            ("file:///srv/mirror.git", Kind::File),
            ("/srv/mirror.git", Kind::File),
        ] {
            assert_eq!(Address::parse(good).map(|address| address.kind()), Ok(kind), "{good}");
        }
        for (good, host) in [
            ("https://git.example.com/m.git", Some(("git.example.com", 443))),
            ("http://127.0.0.1:8080/m.git", Some(("127.0.0.1", 8080))),
            ("https://[fd00::1]:8443/m.git", Some(("[fd00::1]", 8443))),
            ("ssh://git@Git.example.com:2222/m.git", Some(("Git.example.com", 2222))),
            ("git@git.example.com:m.git", Some(("git.example.com", 22))),
            ("/srv/mirror.git", None),
        ] {
            let address = Address::parse(good).expect(good);
            assert_eq!(address.host(), host, "{good}");
        }
        for bad in [
            "",
            "mirror.git",
            "./mirror.git",
            "--upload-pack=x",
            "https:///path",
            "https://user:canary@host/path",
            "https://user@host/path",
            "https://host/path?token=canary",
            "ssh://git:canary@host/path",
            "ssh://-oProxyCommand=x/path",
            "git@-oProxyCommand=x:path",
            "ext::sh -c x",
            "ftp://host/path",
            "file://relative",
            "https://host/a b",
            "https://%31%36%39.254.169.254/path",
            "https://１69.254.169.254/path",
            "https://host./path",
            "https://host:port/path",
            "https://[fe80::1%25eth0]/path",
            "https://[::1]x/path",
            "git@[::1]:path",
        ] {
            let told = Address::parse(bad).expect_err(bad);
            assert!(!told.contains("canary"));
        }
    }

    #[test]
    fn a_branch_is_a_reference_that_git_takes() {
        for good in ["main", "mirror/edge-1", "v1.0"] {
            assert!(Branch::parse(good).is_some(), "{good}");
        }
        for bad in
            ["", "-f", "a..b", "a/", "/a", ".a", "a.lock", "a b", "a:b", "a~1", "+main", "HEAD^"]
        {
            assert!(Branch::parse(bad).is_none(), "{bad}");
        }
    }
}
