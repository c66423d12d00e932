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
/// The modules that are loaded when they are needed: what they are called, what the names of their files begin with,
/// and how large they may be.
const MODULES: [(&str, &str, u64); 6] = [
    ("Verdict on requests", "examiner-worker", 105_000),
    ("Crypto module", "crypto-worker", 250_000),
    // The crypto module and more, in its place. Our choice.
    ("Crypto module of the Tools", "tool-worker", 340_000),
    // In place of the application. Our choice: two thirds of what the application may have.
    ("Tools", "toolbox", 200_000),
    // The same.
    ("Smart cards", "card-pages", 200_000),
    ("Staff", "staff-pages", 200_000),
];

/// Builds the page when it is old, prints all sizes, and compares them with their limits.
///
/// # Errors
/// When a limit is passed, or a module is part of the first load.
pub(crate) fn execute(workspace: &Workspace) -> anyhow::Result<()> {
    frontend::build(workspace, Quality::Best)?;
    let dist = workspace.dist();
    let files = precompress::compressible(&dist)?;
    let page = fs::read_to_string(dist.join("index.html")).context("cannot read the page")?;
    let (modules, first_load): (Vec<_>, Vec<_>) =
        files.into_iter().partition(|file| MODULES.iter().any(|(_, prefix, _)| is_of(file, prefix)));

    let mut too_large = Vec::new();
    if report("First load", &first_load, FIRST_LOAD_LIMIT_BYTES)? > FIRST_LOAD_LIMIT_BYTES {
        too_large.push("first load");
    }
    for (name, prefix, limit) in MODULES {
        let files: Vec<PathBuf> = modules.iter().filter(|file| is_of(file, prefix)).cloned().collect();
        let bytes = report(name, &files, limit)?;
        ensure!(bytes > 0, "there is no {prefix} in dist/");
        ensure!(!page.contains(prefix), "index.html names {prefix}: it would be in the first load");
        if bytes > limit {
            too_large.push(name);
        }
    }
    ensure!(too_large.is_empty(), "over their limits: {}", too_large.join(", "));
    Ok(())
}

fn is_of(file: &Path, prefix: &str) -> bool {
    file.file_name().is_some_and(|name| name.to_string_lossy().starts_with(prefix))
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
