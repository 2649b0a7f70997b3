//! Where the console's scripts, styles and icons are.

use std::path::{Path, PathBuf};

/// The configured directory; else `site` beside the program or in the directory above it. `None` when it is not there.
pub fn find(configured: Option<&Path>) -> Option<PathBuf> {
    let is_site = |dir: &PathBuf| dir.join("pkg").is_dir();
    if let Some(dir) = configured {
        return Some(dir.to_owned()).filter(is_site);
    }
    let program = std::env::current_exe().ok()?;
    program.ancestors().skip(1).take(2).map(|dir| dir.join("site")).find(is_site)
}
