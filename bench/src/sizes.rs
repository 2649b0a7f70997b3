//! How much the browser fetches.

use crate::Result;
use crate::report::Report;
use std::io::Write as _;
use std::path::PathBuf;

/// The size that the first route's wasm shall stay under, in brotli.
const WASM_BROTLI_MAX: usize = 350 * 1000;

fn gzip(bytes: &[u8]) -> Result<usize> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len())
}

fn brotli(bytes: &[u8]) -> Result<usize> {
    let mut encoder = brotli::CompressorWriter::new(Vec::new(), 64 * 1024, 11, 22);
    encoder.write_all(bytes)?;
    Ok(encoder.into_inner().len())
}

/// Measures the files that a first visit fetches.
pub fn measure(report: &mut Report) -> Result<()> {
    let site =
        std::env::var_os("TOKENKEEP_SITE_DIR").map_or_else(|| "target/site".into(), PathBuf::from);
    for name in ["tokenkeep.wasm", "tokenkeep.js", "tokenkeep.css"] {
        let bytes = std::fs::read(site.join("pkg").join(name))?;
        let (gzip, brotli) = (gzip(&bytes)?, brotli(&bytes)?);
        report.size(name, bytes.len(), gzip, brotli);
        if name.ends_with(".wasm") && brotli > WASM_BROTLI_MAX {
            report
                .note(&format!("the wasm is over its limit of {WASM_BROTLI_MAX} bytes in brotli"));
        }
    }
    Ok(())
}
