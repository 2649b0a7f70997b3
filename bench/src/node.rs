//! A program of the tests' that runs in Node, from when it says `ready` until its standard input ends: then it ends what it started too.

use crate::Result;
use std::path::Path;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// It, while it runs.
pub struct Node {
    child: Child,
    /// What it said behind `ready`, word by word.
    pub said: Vec<String>,
}

impl Node {
    /// Runs a script with this in its environment.
    pub async fn start(script: &Path, environment: &[(&str, &str)]) -> Result<Self> {
        let mut child = Command::new("node")
            .arg(script)
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut lines = BufReader::new(child.stdout.take().ok_or("the output is piped")?).lines();
        let ready = loop {
            let line = lines.next_line().await?.ok_or("it ended before it was ready")?;
            if let Some(said) = line.strip_prefix("ready ") {
                break said.split_whitespace().map(str::to_owned).collect();
            }
        };
        // What it says later must not make it wait.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Self { child, said: ready })
    }

    /// Lets it end.
    pub async fn stop(mut self) -> Result<()> {
        drop(self.child.stdin.take());
        self.child.wait().await?;
        Ok(())
    }
}
