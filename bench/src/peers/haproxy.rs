//! haproxy with a map.

use super::{Ground, Peer, recipe, says, write, write_tokens};
use crate::Result;
use crate::cpu::Cpu;
use crate::program::{Program, free_address};
use tokio::process::Command;

/// Starts it with every token.
pub(super) async fn start(ground: &Ground) -> Result<Peer> {
    let version = says("haproxy", "-v").await?;
    let version = version.split_whitespace().nth(2).unwrap_or_default().to_owned();
    let (data, address) = (tempfile::tempdir()?, free_address()?);
    let keys = write_tokens(ground, data.path(), "%s %s;%s;%s").await?;
    // Its hexadecimal digits are upper case.
    let text = std::fs::read_to_string(&keys)?;
    let upper = |line: &str| match line.split_at_checked(64) {
        Some((hash, rest)) => format!("{}{rest}\n", hash.to_ascii_uppercase()),
        None => String::new(),
    };
    std::fs::write(&keys, text.lines().map(upper).collect::<String>())?;
    let open = [("keys", &*keys.to_string_lossy()), ("address", &address.to_string())];
    let configuration = write(&recipe("haproxy")?, "haproxy.cfg", data.path(), &open)?;
    let mut command = Command::new("haproxy");
    command.arg("-q").arg("-db").arg("-f").arg(configuration);
    let program = Program::told(command, address, data).await?;
    Ok(Peer {
        who: format!("haproxy ({version})"),
        with: format!("{} threads, a map", ground.cores),
        goal: "more than 0.5",
        cpu: Cpu::of([program.pid()?]),
        program,
    })
}
