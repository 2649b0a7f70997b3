//! Turns `locales/` into a Rust module, so that a word that is missing in one language does not compile.

use leptos_i18n_build::options::CodegenOptions;
use leptos_i18n_build::{Config, ParseOptions, TranslationsInfos};
use std::error::Error;
use std::path::PathBuf;

/// One file a namespace, in every language.
const NAMESPACES: &[&str] = &[
    "audit", "code", "door", "event", "life", "mirror", "overview", "route", "settings", "target",
    "team", "time", "token", "ui", "usage",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=locales");
    let config = Config::new("en")?
        .add_locales(["zh-CN", "zh-TW"])?
        .add_namespaces(NAMESPACES)?
        .parse_options(ParseOptions::new().interpolate_display(true));
    let words = TranslationsInfos::parse(config)?;
    words.emit_diagnostics();
    let attributes =
        "#![allow(missing_docs, clippy::all, reason = \"generated from locales/\")]".parse()?;
    let options = CodegenOptions::new().top_level_attributes(Some(attributes)).gen_docs(false);
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("no OUT_DIR")?);
    words.generate_i18n_module_with_options(out.join("i18n"), options)?;
    Ok(())
}
