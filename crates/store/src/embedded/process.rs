//! Spawning Postgres.
//!
//! Owns its settings and its ties to us: the user, the process group, and the signal it gets when we die. Never restarts it.
//! Start reading at [`spawn`].

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use nix::errno::Errno;
use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::Signal;
use nix::unistd::getppid;

use super::EmbeddedError;
use super::cluster::Cluster;
use super::socket::PORT;

/// Settings that neither `postgresql.conf` nor ALTER SYSTEM may change: reachable only over the private socket, durable, and
/// silent about statements and values. Memory and connections are initdb's defaults (128 MB of shared buffers and 100
/// connections, less where the machine has less), so that an operator can tune them.
const SETTINGS: [&str; 19] = [
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "fsync=on",
    "full_page_writes=on",
    "log_destination=stderr",
    "logging_collector=off",
    "log_line_prefix=",
    // Errors of statements go to the client, which knows what it asked; LOG, FATAL and PANIC come to us.
    "log_min_messages=log",
    "log_min_error_statement=panic",
    "log_error_verbosity=terse",
    "log_statement=none",
    "log_duration=off",
    "log_min_duration_statement=-1",
    "log_min_duration_sample=-1",
    "log_parameter_max_length=0",
    "log_parameter_max_length_on_error=0",
    "lc_messages=C",
    "log_timezone=UTC",
    "timezone=UTC",
];

/// Spawns the server. It inherits `alive` (see `previous.rs`), leads its own process group, so that Ctrl-C reaches only
/// us, and shuts down when the calling thread ends.
pub(super) fn spawn(cluster: &Cluster, alive: File) -> Result<Child, EmbeddedError> {
    let program = cluster.binaries.postgres();
    let dir = cluster.dir();
    let mut command = cluster.user.command(&program, &dir);
    command.arg("-D").arg(&dir);
    for setting in SETTINGS {
        command.args(["-c", setting]);
    }
    command.arg("-c").arg(format!("port={PORT}"));
    command.arg("-c").arg(socket_setting(&cluster.socket_dir));
    command.stdin(Stdio::from(alive)).stdout(Stdio::null()).stderr(Stdio::piped()).process_group(0);
    bind_to_this_thread(&mut command);
    command.spawn().map_err(|source| EmbeddedError::Spawn { program, source })
}

/// The setting is a list, in which a quoted name may hold any character.
fn socket_setting(dir: &Path) -> OsString {
    let quoted = dir.display().to_string().replace('"', "\"\"");
    OsString::from(format!("unix_socket_directories=\"{quoted}\""))
}

/// Makes the kernel send SIGINT (for Postgres: a fast shutdown) to the child when the calling **thread** ends, however it
/// ends (`PR_SET_PDEATHSIG`). So call it, and spawn, on a thread that lives as long as the child.
#[allow(unsafe_code, reason = "there is no safe way to act between fork and exec")]
pub(super) fn bind_to_this_thread(command: &mut Command) {
    let parent = std::process::id();
    let bind = move || -> io::Result<()> {
        set_pdeathsig(Signal::SIGINT)?;
        // We may have died before that call; then nobody would send the signal.
        let still_there = u32::try_from(getppid().as_raw()).is_ok_and(|now| now == parent);
        if still_there { Ok(()) } else { Err(Errno::ESRCH.into()) }
    };
    // SAFETY: the closure runs in the child between fork and exec. It only makes two system calls (prctl, getppid), which are
    // async-signal-safe, and does not allocate: both error values are plain numbers. It runs after the change of user, which
    // would otherwise clear the signal again.
    unsafe {
        command.pre_exec(bind);
    }
}
