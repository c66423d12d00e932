//! `cargo xtask npm`: the crypto as a package for npm, in `target/npm/`.
//!
//! The JavaScript around the WebAssembly is written by hand, in `wasm-crypto/npm/`: it is small, and what wasm-bindgen
//! generates has neither options, nor errors with a code, nor types worth having.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};

use crate::{
    command::{self, announce},
    frontend,
    tools::{self, Tools},
    workspace::{WASM_TARGET, Workspace},
};

/// The name that wasm-bindgen gives its files.
const MODULE: &str = "signet_crypto";
/// Cargo's profile for what a browser loads.
const PROFILE: &str = "wasm-release";

/// Builds the package.
///
/// # Errors
/// When a tool is missing and cannot be installed, or the build fails.
pub(crate) fn execute(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    announce("Building the npm package (about a minute the first time)");
    tools::ensure_wasm_target(workspace)?;
    let tools = Tools::ensure()?;
    let package = workspace.target().join("npm");
    if package.exists() {
        fs::remove_dir_all(&package).with_context(|| format!("cannot empty {}", package.display()))?;
    }
    fs::create_dir_all(&package).with_context(|| format!("cannot make {}", package.display()))?;

    compile(workspace)?;
    bind(workspace, &tools, &package)?;
    inline(&package)?;
    copy_written_by_hand(workspace, &package)?;
    println!("    The package is in {}.", package.display());
    Ok(package)
}

/// As a library of C's kind, which the crate is nowhere else: with both kinds in its manifest, nothing could be
/// optimised across crates.
fn compile(workspace: &Workspace) -> anyhow::Result<()> {
    let mut cargo = workspace.cargo();
    cargo.args([
        "rustc",
        "--locked",
        "--quiet",
        "--package",
        "wasm-crypto",
        "--lib",
        "--crate-type",
        "cdylib",
    ]);
    cargo.args(["--features", "bindings", "--profile", PROFILE, "--target", WASM_TARGET]);
    command::run(&mut cargo)
}

/// Writes `glue.js` and the WebAssembly beside it.
fn bind(workspace: &Workspace, tools: &Tools, package: &Path) -> anyhow::Result<()> {
    let compiled = workspace.target().join(WASM_TARGET).join(PROFILE).join("wasm_crypto.wasm");
    // Each entry of the package says itself where the WebAssembly is: hence no default path.
    command::run(
        Command::new(frontend::program(tools, "wasm-bindgen")?)
            .args(["--target", "web", "--omit-default-module-path", "--no-typescript"])
            // Names of functions are a seventh of the file, and nothing that a person in a browser reads.
            .args(["--remove-name-section", "--remove-producers-section"])
            .args(["--out-name", MODULE, "--out-dir"])
            .arg(package)
            .arg(compiled),
    )?;
    fs::rename(package.join(format!("{MODULE}.js")), package.join("glue.js"))
        .context("wasm-bindgen wrote no script")
}

/// Writes the WebAssembly once more, as a script.
fn inline(package: &Path) -> anyhow::Result<()> {
    let wasm =
        fs::read(package.join(format!("{MODULE}_bg.wasm"))).context("wasm-bindgen wrote no WebAssembly")?;
    let script = format!("export const BASE64 = '{}';\n", BASE64_STANDARD.encode(wasm));
    fs::write(package.join("inline-wasm.js"), script).context("cannot write inline-wasm.js")
}

fn copy_written_by_hand(workspace: &Workspace, package: &Path) -> anyhow::Result<()> {
    let written = workspace.root().join("wasm-crypto/npm");
    let entries = fs::read_dir(&written).with_context(|| format!("cannot read {}", written.display()))?;
    let mut files = entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
    files.extend(
        ["wasm-crypto/README.md", "LICENSE-MIT", "LICENSE-APACHE"].map(|file| workspace.root().join(file)),
    );
    for file in files {
        let name = file.file_name().unwrap_or_else(|| OsStr::new(""));
        let target = package.join(name);
        ensure!(!target.exists(), "{} would be overwritten", target.display());
        fs::copy(&file, &target).with_context(|| format!("cannot copy {}", file.display()))?;
    }
    Ok(())
}
