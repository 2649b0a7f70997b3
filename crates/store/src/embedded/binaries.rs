//! Finding `postgres` and `initdb`.
//!
//! Owns the order of the search and the choice of the version. Never downloads or installs anything, and never looks at
//! PATH: the caller passes its entries. Start reading at [`find`].

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::EmbeddedError;
use super::user::ServerUser;

const OLDEST_MAJOR: u32 = 14;
const DEBIAN: &str = "/usr/lib/postgresql";
const PG_CONFIG_DIRS: [&str; 2] = ["/usr/local/bin", "/usr/bin"];

/// A directory with the programs we need.
#[derive(Clone, Debug)]
pub(super) struct Binaries {
    dir: PathBuf,
}

impl Binaries {
    pub fn postgres(&self) -> PathBuf {
        self.dir.join("postgres")
    }

    pub fn initdb(&self) -> PathBuf {
        self.dir.join("initdb")
    }
}

/// The first directory that has a Postgres which `user` can run: `search`, then Debian's (newest first), then what
/// `pg_config` says. An existing cluster needs its own major version, which its `PG_VERSION` names.
pub(super) fn find(
    search: &[PathBuf],
    cluster: &Path,
    user: &ServerUser,
) -> Result<Binaries, EmbeddedError> {
    let wanted = major_of_cluster(cluster);
    let mut refused = Vec::new();
    let mut other_major = false;
    for dir in candidates(search) {
        match version_of(&dir, user) {
            Ok(major) if wanted.map_or(major >= OLDEST_MAJOR, |wanted| wanted == major) => {
                return Ok(Binaries { dir });
            }
            Ok(major) => {
                refused.push(format!("{} (Postgres {major})", dir.display()));
                other_major = true;
            }
            Err(reason) => refused.push(format!("{} ({reason})", dir.display())),
        }
    }
    match wanted {
        Some(wanted) if other_major => Err(EmbeddedError::WrongVersion {
            cluster: cluster.to_path_buf(),
            wanted,
            found: refused.join(", "),
        }),
        _ => Err(EmbeddedError::NoPostgres {
            wanted: wanted.map_or_else(
                || format!("{OLDEST_MAJOR} or newer"),
                |wanted| format!("version {wanted}"),
            ),
            looked: looked(search, refused),
        }),
    }
}

fn looked(search: &[PathBuf], refused: Vec<String>) -> String {
    let mut places: Vec<String> = search.iter().map(|dir| dir.display().to_string()).collect();
    places.push(format!("{DEBIAN}/*/bin"));
    places.push("pg_config --bindir".to_owned());
    if !refused.is_empty() {
        places.push(format!("refused: {}", refused.join(", ")));
    }
    places.join(", ")
}

fn major_of_cluster(cluster: &Path) -> Option<u32> {
    leading_number(fs::read_to_string(cluster.join("PG_VERSION")).ok()?.trim())
}

/// Directories that hold both programs.
fn candidates(search: &[PathBuf]) -> Vec<PathBuf> {
    let mut dirs: Vec<PathBuf> =
        search.iter().filter_map(|dir| fs::canonicalize(dir).ok()).collect();
    dirs.extend(debian());
    dirs.extend(pg_config(search));
    dirs.retain(|dir| dir.join("postgres").is_file() && dir.join("initdb").is_file());
    let mut seen = Vec::new();
    dirs.retain(|dir| {
        !seen.contains(dir) && {
            seen.push(dir.clone());
            true
        }
    });
    dirs
}

fn debian() -> Vec<PathBuf> {
    let entries = fs::read_dir(DEBIAN).into_iter().flatten().flatten();
    let mut found: Vec<(u32, PathBuf)> = entries
        .filter_map(|entry| {
            Some((leading_number(entry.file_name().to_str()?)?, entry.path().join("bin")))
        })
        .collect();
    found.sort_by_key(|(major, _)| std::cmp::Reverse(*major));
    found.into_iter().map(|(_, dir)| dir).collect()
}

fn pg_config(search: &[PathBuf]) -> Vec<PathBuf> {
    let dirs = search.iter().map(PathBuf::as_path).chain(PG_CONFIG_DIRS.iter().map(Path::new));
    let programs = dirs.map(|dir| dir.join("pg_config")).filter(|program| program.is_file());
    programs.filter_map(|program| bindir(&program)).collect()
}

fn bindir(program: &Path) -> Option<PathBuf> {
    let output = Command::new(program).arg("--bindir").env_clear().output().ok()?;
    fs::canonicalize(String::from_utf8(output.stdout).ok()?.trim_end()).ok()
}

/// The major version, as `postgres --version` tells the user that will run it.
fn version_of(dir: &Path, user: &ServerUser) -> Result<u32, String> {
    let program = dir.join("postgres");
    let output = user.command(&program, Path::new("/")).arg("--version").output().map_err(
        |error| match user.closed_on_the_way(dir).filter(|_| user.switch) {
            Some(closed) => {
                format!("the user {} may not enter {}", user.name, closed.display())
            }
            None => error.to_string(),
        },
    )?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned());
    }
    major_in(&String::from_utf8_lossy(&output.stdout))
        .ok_or_else(|| "does not tell its version".to_owned())
}

/// From a line such as `postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)`.
fn major_in(line: &str) -> Option<u32> {
    line.split_whitespace().find_map(leading_number)
}

fn leading_number(text: &str) -> Option<u32> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{leading_number, major_in};

    #[test]
    fn the_major_version_is_read_from_what_postgres_says() {
        assert_eq!(major_in("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)"), Some(15));
        assert_eq!(major_in("postgres (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(major_in("postgres (PostgreSQL)"), None);
    }

    #[test]
    fn a_number_stands_at_the_beginning() {
        assert_eq!(leading_number("9.6"), Some(9));
        assert_eq!(leading_number("v15"), None);
    }
}
