//! `cargo xtask package`: the card bridge as a package for Debian and its relatives.

use std::path::PathBuf;

use anyhow::{Context, ensure};

use crate::{
    build,
    command::{self, announce},
    tools::{CARGO_DEB, Tools},
    workspace::{Profile, Workspace},
};

/// Compiles the bridge and packs it.
///
/// # Errors
/// When it does not compile, or cannot be packed.
pub(crate) fn execute(workspace: &Workspace) -> anyhow::Result<()> {
    build::bridge(workspace, Profile::Release)?;
    let package = pack(workspace, Profile::Release)?;
    println!("\n{}", package.display());
    Ok(())
}

/// Packs the binary of this profile, which must be there already, and gives the package's file.
///
/// # Errors
/// When the tool cannot be installed or does not take the definition in `card-bridge/Cargo.toml`.
pub(crate) fn pack(workspace: &Workspace, profile: Profile) -> anyhow::Result<PathBuf> {
    let binary = workspace.card_bridge(profile);
    ensure!(binary.is_file(), "{} was not built", binary.display());
    let tools = Tools::with(&[CARGO_DEB])?;
    announce("Packing the card bridge");
    let file = file(workspace);
    let mut cargo = workspace.cargo();
    cargo.args(["deb", "--locked", "--no-build", "--package", "card-bridge", "--output"]).arg(&file);
    if profile == Profile::Development {
        cargo.args(["--profile", "dev"]);
    }
    command::run(cargo.env("PATH", tools.path()))?;
    file.metadata().with_context(|| format!("{} was not made", file.display()))?;
    Ok(file)
}

/// Where the package is, once it was made.
pub(crate) fn file(workspace: &Workspace) -> PathBuf {
    workspace.target().join("debian").join("signet-card-bridge.deb")
}
