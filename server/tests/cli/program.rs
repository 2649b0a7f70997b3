//! A run of the program: with nothing of our environment but what the test gives.

use sqlx::ConnectOptions as _;
use sqlx::postgres::PgConnectOptions;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

/// A run to be, in a directory of its own.
pub struct Program {
    /// The command, for what only one test needs.
    pub command: Command,
    directory: TempDir,
}

impl Program {
    /// `tokenkeep` with these arguments.
    pub fn new(arguments: &[&str]) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let mut command = Command::new(env!("CARGO_BIN_EXE_tokenkeep"));
        command.args(arguments).env_clear().current_dir(directory.path());
        Self { command, directory }
    }

    /// Sets a variable.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Sets a variable to the path of a new file.
    pub fn env_file(mut self, name: &str, text: &str) -> Self {
        let path = self.file(name, text);
        self.command.env(name, path);
        self
    }

    /// Uses this database.
    pub fn database(self, options: &PgConnectOptions) -> Self {
        self.env("DATABASE_URL", options.to_url_lossy().as_str())
    }

    /// Writes a file into its directory, and answers its path.
    pub fn file(&self, name: &str, text: &str) -> String {
        let path = self.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path.display().to_string()
    }

    /// Its directory.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Runs it to its end.
    pub fn run(mut self) -> Done {
        Done::of(&self.command.output().expect("it runs"))
    }
}

/// A run that ended.
#[derive(Debug)]
pub struct Done {
    /// Whether it says that all is well.
    pub good: bool,
    /// What it printed.
    pub out: String,
    /// What it complained.
    pub err: String,
}

impl Done {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
        Self { good: output.status.success(), out: text(&output.stdout), err: text(&output.stderr) }
    }
}
