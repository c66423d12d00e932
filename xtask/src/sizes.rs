//! `cargo xtask sizes`: what a browser has to load, compressed, and the limits it must keep.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, ensure};

use crate::{
    frontend,
    precompress::{self, Quality},
    workspace::Workspace,
};

/// The first load: HTML, CSS, JavaScript and WebAssembly, in kilobytes of 1000 bytes.
const FIRST_LOAD_LIMIT_BYTES: u64 = 300_000;
/// The crypto module: its loader, JavaScript and WebAssembly.
const CRYPTO_MODULE_LIMIT_BYTES: u64 = 250_000;
/// What the names of the crypto module's files begin with.
const CRYPTO_MODULE: &str = "crypto-worker";

/// Builds the page when it is old, prints both sizes, and compares them with their limits.
///
/// # Errors
/// When a limit is passed, or the crypto module is part of the first load.
pub(crate) fn execute(workspace: &Workspace) -> anyhow::Result<()> {
    frontend::build(workspace, Quality::Best)?;
    let dist = workspace.dist();
    let (crypto_module, first_load): (Vec<_>, Vec<_>) =
        precompress::compressible(&dist)?.into_iter().partition(|file| belongs_to_crypto_module(file));

    let first_load = report("First load", &first_load, FIRST_LOAD_LIMIT_BYTES)?;
    let crypto_module = report("Crypto module", &crypto_module, CRYPTO_MODULE_LIMIT_BYTES)?;

    let page = fs::read_to_string(dist.join("index.html")).context("cannot read the page")?;
    ensure!(
        !page.contains(CRYPTO_MODULE),
        "index.html names the crypto module: it would be in the first load"
    );
    ensure!(crypto_module > 0, "there is no crypto module in dist/");
    ensure!(first_load <= FIRST_LOAD_LIMIT_BYTES, "the first load is over its limit");
    ensure!(crypto_module <= CRYPTO_MODULE_LIMIT_BYTES, "the crypto module is over its limit");
    Ok(())
}

fn belongs_to_crypto_module(file: &Path) -> bool {
    file.file_name().is_some_and(|name| name.to_string_lossy().starts_with(CRYPTO_MODULE))
}

fn report(what: &str, files: &[PathBuf], limit: u64) -> anyhow::Result<u64> {
    println!("\n{what}");
    let mut sum = 0;
    for file in files {
        let [bytes, compressed] = [length(file)?, length(&precompress::sibling(file))?];
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        println!("    {name:<44} {bytes:>9} bytes {compressed:>9} brotli");
        sum += compressed;
    }
    println!("    {:<44} {:>25} brotli, limit {limit}", "sum", sum);
    Ok(sum)
}

fn length(file: &Path) -> anyhow::Result<u64> {
    Ok(file.metadata().with_context(|| format!("cannot read {}", file.display()))?.len())
}
