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
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--locked", "--package", "server", "--bin", "signet"]);
    if profile == Profile::Release {
        cargo.arg("--release");
    }
    command::run(&mut cargo)
}
