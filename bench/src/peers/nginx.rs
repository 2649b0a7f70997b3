//! nginx with Lua and a shared dictionary.

use super::{Ground, Peer, recipe, says, write, write_tokens};
use crate::Result;
use crate::cpu::Cpu;
use crate::program::{Program, free_address};
use tokio::process::Command;

/// Where Debian has nginx's modules.
const MODULES: &str = "/usr/lib/nginx/modules";

/// Starts it with every token.
pub(super) async fn start(ground: &Ground) -> Result<Peer> {
    let nginx = std::env::var("TOKENKEEP_TEST_NGINX").unwrap_or_else(|_| "nginx".to_owned());
    let version = says(&nginx, "-v").await?;
    if !std::path::Path::new(MODULES).join("ngx_http_lua_module.so").exists() {
        return Err("its Lua module is not installed".into());
    }
    let (data, address) = (tempfile::tempdir()?, free_address()?);
    let recipe = recipe("nginx")?;
    let keys = write_tokens(ground, data.path(), "%s %s %s %s").await?;
    let open = [
        ("modules", MODULES),
        ("directory", &data.path().to_string_lossy()),
        ("recipe", &recipe.to_string_lossy()),
        ("keys", &keys.to_string_lossy()),
        ("address", &address.to_string()),
    ];
    let configuration = write(&recipe, "nginx.conf", data.path(), &open)?;
    let mut command = Command::new(nginx);
    command.arg("-p").arg(data.path()).arg("-e").arg("stderr").arg("-c").arg(configuration);
    let program = Program::told(command, address, data).await?;
    Ok(Peer {
        who: format!("nginx with Lua ({})", version.trim_start_matches("nginx version: ")),
        with: format!("{} workers, a shared dictionary", ground.cores),
        goal: "more than 1",
        cpu: Cpu::of([program.pid()?]),
        program,
    })
}
