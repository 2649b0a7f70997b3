//! How much the browser fetches.

use crate::Result;
use crate::client::{Connection, Request};
use crate::program::Program;
use crate::report::Report;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The size that the first route's wasm shall stay under, in brotli.
const WASM_BROTLI_MAX: usize = 350 * 1000;

/// How many bytes that is in gzip.
pub fn gzip(bytes: &[u8]) -> Result<usize> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len())
}

fn brotli(bytes: &[u8]) -> Result<usize> {
    let mut encoder = brotli::CompressorWriter::new(Vec::new(), 64 * 1024, 11, 22);
    encoder.write_all(bytes)?;
    Ok(encoder.into_inner().len())
}

/// A size: as it is, in gzip, in brotli.
type Size = [usize; 3];

fn size(file: &Path) -> Result<Size> {
    let bytes = std::fs::read(file)?;
    Ok([bytes.len(), gzip(&bytes)?, brotli(&bytes)?])
}

/// The files under `/pkg/` that the browser fetches for a page: those that the document names, and those that its scripts import.
async fn fetched(server: &Program, site: &Path, page: &Request) -> Result<Vec<String>> {
    let answer = Connection::open(server.address).await?.send(page).await?;
    if answer.status != 200 {
        return Err(format!("a page: status {}", answer.status).into());
    }
    let html = String::from_utf8(answer.body)?;
    let mut names = after(&html, "\"/pkg/");
    let scripts: Vec<String> = names.iter().filter(|name| name.ends_with(".js")).cloned().collect();
    for script in scripts {
        names.extend(after(&std::fs::read_to_string(site.join(script))?, "from\"./"));
    }
    Ok(names.into_iter().collect())
}

/// What stands between a mark and the next quote, each once.
fn after(text: &str, mark: &str) -> BTreeSet<String> {
    text.split(mark).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

/// Measures every file that the browser fetches, once each; then all wasm of the first route, which is the door, and beside it that of the
/// first page behind the door.
pub async fn measure(report: &mut Report, server: &Program) -> Result<()> {
    let site = std::env::var_os("TOKENKEEP_SITE_DIR")
        .map_or_else(|| "target/site".into(), PathBuf::from)
        .join("pkg");
    let door = Request::get("/sign-in");
    let overview = Request::get("/").header("Cookie", &server.sign_in().await?);
    let mut sizes = BTreeMap::new();
    let mut totals = Vec::new();
    for page in [door, overview] {
        let mut wasm: Size = [0; 3];
        for name in fetched(server, &site, &page.header("Accept", "text/html")).await? {
            let size = size(&site.join(&name))?;
            if name.ends_with(".wasm") {
                wasm.iter_mut().zip(size).for_each(|(sum, one)| *sum += one);
            }
            sizes.insert(name, size);
        }
        totals.push(wasm);
    }
    for (name, size) in sizes {
        report.size(&name, size);
    }
    let [door, overview] = totals[..] else { return Err("two pages were measured".into()) };
    report.size("all wasm of the first route, the door", door);
    report.size("all wasm of the overview, behind it", overview);
    if door[2] > WASM_BROTLI_MAX {
        report.note(&format!(
            "the first route's wasm is over its limit of {WASM_BROTLI_MAX} bytes in brotli"
        ));
    }
    Ok(())
}
