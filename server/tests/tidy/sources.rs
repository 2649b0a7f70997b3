//! Our source files, read as text.

use std::path::{Path, PathBuf};

/// A Rust file of ours.
pub struct Source {
    /// Its path from the root of the repository.
    pub path: String,
    /// All of it.
    pub text: String,
}

impl Source {
    /// Whether it is only compiled for tests.
    pub fn is_test(&self) -> bool {
        self.path.contains("/tests/") || self.path.ends_with("tests.rs")
    }

    /// Its lines but for its tests, comments and blank lines, with their numbers.
    pub fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate().map(|(at, line)| (at + 1, line));
        let is_test = self.is_test();
        lines
            .take_while(move |(_, line)| !is_test && !line.contains("#[cfg(test)]"))
            .filter(|(_, line)| !line.trim_start().starts_with("//") && !line.trim().is_empty())
    }

    /// Its lines that only tests have, with their numbers.
    pub fn test_code(&self) -> impl Iterator<Item = (usize, &str)> {
        let is_test = self.is_test();
        let lines = self.text.lines().enumerate().map(|(at, line)| (at + 1, line));
        lines.skip_while(move |(_, line)| !is_test && !line.contains("#[cfg(test)]"))
    }
}

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the root")
}

/// Every Rust file of ours.
pub fn sources() -> Vec<Source> {
    let root = root();
    let mut sources = Vec::new();
    for room in ["app", "bench", "crates", "edge", "frontend", "fuzz", "server"] {
        if root.join(room).is_dir() {
            collect(&root, &root.join(room), &mut sources);
        }
    }
    assert!(sources.len() > 50, "the sources are somewhere else");
    sources
}

fn collect(root: &Path, directory: &Path, sources: &mut Vec<Source>) {
    for entry in std::fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            if !path.ends_with("target") && !path.ends_with("node_modules") {
                collect(root, &path, sources);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).expect("UTF-8");
            let path = path.strip_prefix(root).expect("below the root").display().to_string();
            sources.push(Source { path, text });
        }
    }
}
