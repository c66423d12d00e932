//! `cargo xtask build`: one file to copy to a server.

use anyhow::Context;

use crate::{
    command::{self, announce},
    frontend,
    precompress::Quality,
    workspace::{Profile, Workspace},
};

/// Builds the page and the release binary around it.
///
/// # Errors
/// When something does not build.
pub(crate) fn execute(workspace: &Workspace) -> anyhow::Result<()> {
    frontend::build(workspace, Quality::Best)?;
    server(workspace, Profile::Release)?;
    let binary = workspace.server(Profile::Release);
    let bytes = binary.metadata().with_context(|| format!("{} was not built", binary.display()))?.len();
    println!("\n{} ({} MB)", binary.display(), bytes.div_ceil(1_000_000));
    Ok(())
}

/// Compiles the server; the page must be in `dist/` already.
///
/// # Errors
/// When it does not compile.
pub(crate) fn server(workspace: &Workspace, profile: Profile) -> anyhow::Result<()> {
    announce("Building the server (several minutes the first time)");
    compile(workspace, profile, &["--package=server", "--bin=signet"])
}

/// Compiles the server as [`server`] does, and the card bridge with it: what both need is compiled once.
///
/// # Errors
/// When one does not compile.
pub(crate) fn server_and_bridge(workspace: &Workspace, profile: Profile) -> anyhow::Result<()> {
    announce("Building the server and the card bridge (several minutes the first time)");
    let bridge = ["--package=card-bridge", "--bin=signet-card-bridge"];
    compile(workspace, profile, &[&["--package=server", "--bin=signet"], &bridge[..]].concat())
}

/// Compiles the card bridge alone.
///
/// # Errors
/// When it does not compile.
pub(crate) fn bridge(workspace: &Workspace, profile: Profile) -> anyhow::Result<()> {
    announce("Building the card bridge (some minutes the first time)");
    compile(workspace, profile, &["--package=card-bridge", "--bin=signet-card-bridge"])
}

fn compile(workspace: &Workspace, profile: Profile, what: &[&str]) -> anyhow::Result<()> {
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--locked"]).args(what);
    if profile == Profile::Release {
        cargo.arg("--release");
    }
    command::run(&mut cargo)
}
