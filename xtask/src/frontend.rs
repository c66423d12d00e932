//! The page: built by trunk when something it is made of has changed, then compressed.

use std::{env, fs, path::PathBuf, process::Command, time::Instant};

use anyhow::Context;

use crate::{
    command::{self, announce},
    fingerprint,
    precompress::{self, Quality},
    tools::{self, Tools},
    workspace::{WASM_TARGET, Workspace},
};

/// What the page is made of: a change in any of them builds it again.
const INPUTS: [&str; 12] = [
    ".cargo/config.toml",
    "Cargo.lock",
    "Cargo.toml",
    "Trunk.toml",
    "frontend/Cargo.toml",
    "frontend/src",
    "index.html",
    "pki",
    "protocol",
    "rust-toolchain.toml",
    "static",
    "wasm-crypto",
];

/// The programs that index.html names, but for the one with other features.
const PROGRAMS: [&str; 6] =
    ["card-pages", "examiner-worker", "frontend", "staff-pages", "tool-worker", "toolbox"];
/// It makes keys for certificates, and no others.
const CRYPTO_WORKER: &str = "crypto-worker";

/// Builds the page into `dist/`, with compressed siblings of at least this quality.
///
/// # Errors
/// When a tool is missing and cannot be installed, or the build fails.
pub(crate) fn build(workspace: &Workspace, quality: Quality) -> anyhow::Result<()> {
    let stamp = Stamp { inputs: fingerprint::of(workspace.root(), &INPUTS)?, quality };
    let last = Stamp::read(workspace);
    if last.as_ref().is_some_and(|last| last.inputs == stamp.inputs && last.quality >= quality) {
        println!("    The page in dist/ is up to date.");
        return Ok(());
    }
    let started = Instant::now();
    if last.is_none_or(|last| last.inputs != stamp.inputs) {
        announce("Building the page (about two minutes the first time)");
        tools::ensure_wasm_target(workspace)?;
        let tools = Tools::ensure()?;
        compile(workspace)?;
        let mut trunk = Command::new(program(&tools, "trunk")?);
        // Always optimised: a key that takes a second would take minutes otherwise.
        trunk.args(["build", "--release"]).current_dir(workspace.root());
        trunk.env("PATH", tools.path()).env("CARGO_TARGET_DIR", workspace.target());
        // Trunk takes any value of NO_COLOR but `true` and `false` for an error.
        trunk.env_remove("NO_COLOR");
        command::run(&mut trunk)?;
    }
    precompress::folder(&workspace.dist(), quality)?;
    stamp.write(workspace)?;
    println!("    The page is in dist/ ({} s).", started.elapsed().as_secs());
    Ok(())
}

/// Trunk compiles one program after the other, and linking one keeps one core busy. Compiled together they keep all of them
/// busy, and trunk finds its work done.
fn compile(workspace: &Workspace) -> anyhow::Result<()> {
    let programs = PROGRAMS.iter().flat_map(|program| ["--bin", program]);
    let programs: Vec<&str> = programs.collect();
    for what in [&programs[..], &["--bin", CRYPTO_WORKER, "--no-default-features"]] {
        let mut cargo = workspace.cargo();
        cargo.args(["build", "--locked", "--quiet", "--package", "frontend", "--target", WASM_TARGET]);
        command::run(cargo.args(["--profile", "wasm-release"]).args(what))?;
    }
    Ok(())
}

/// The program's file: a changed PATH counts for the child's children, not for finding the child itself.
///
/// # Errors
/// When it was removed since it was found.
pub(crate) fn program(tools: &Tools, name: &str) -> anyhow::Result<PathBuf> {
    env::split_paths(tools.path())
        .map(|folder| folder.join(format!("{name}{}", env::consts::EXE_SUFFIX)))
        .find(|file| file.is_file())
        .with_context(|| format!("{name} is gone"))
}

/// What `dist/` was made from, and how well it is compressed.
#[derive(Debug, PartialEq, Eq)]
struct Stamp {
    inputs: u64,
    quality: Quality,
}

impl Stamp {
    fn file(workspace: &Workspace) -> PathBuf {
        workspace.target().join("page.stamp")
    }

    /// None when there is no page, or it was built by another hand: trunk leaves no compressed files.
    fn read(workspace: &Workspace) -> Option<Self> {
        let text = fs::read_to_string(Self::file(workspace)).ok()?;
        let (inputs, quality) = text.trim().split_once(' ')?;
        let page = workspace.dist().join("index.html");
        let quality =
            [Quality::Quick, Quality::Best].into_iter().find(|known| known.level().to_string() == quality)?;
        let compressed = precompress::sibling(&page).is_file() && page.is_file();
        compressed.then_some(Self { inputs: inputs.parse().ok()?, quality })
    }

    fn write(&self, workspace: &Workspace) -> anyhow::Result<()> {
        let line = format!("{} {}\n", self.inputs, self.quality.level());
        fs::write(Self::file(workspace), line).context("cannot write the page's stamp")
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_program_of_the_page_is_compiled() {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../index.html");
        let page = fs::read_to_string(page).expect("index.html");
        let named = page.split("data-bin=\"").skip(1).filter_map(|rest| rest.split('"').next());
        let mut named: Vec<&str> = named.collect();
        named.sort_unstable();
        let mut compiled = [&PROGRAMS[..], &[CRYPTO_WORKER]].concat();
        compiled.sort_unstable();
        assert_eq!(named, compiled);
    }

    #[test]
    fn every_input_of_the_page_is_in_the_checkout() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the checkout");
        for input in INPUTS {
            assert!(root.join(input).exists(), "{input} is gone");
        }
    }
}
