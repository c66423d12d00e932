//! `cargo xtask screenshots`: pictures of every page, to be looked at.

use anyhow::Context;

use crate::{
    build,
    command::{self, announce},
    prerequisites, test,
    workspace::Workspace,
};

/// Walks through the demonstration and takes a picture of each page in four ways.
///
/// # Errors
/// When something does not build, is missing, or a page does not appear.
pub(crate) fn execute(workspace: &Workspace) -> anyhow::Result<()> {
    let judges = prerequisites::ensure(workspace)?;
    build::execute(workspace)?;
    announce("Taking pictures of every page, wide and narrow, light and dark");
    let folder = workspace.target().join("screenshots");
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let mut cargo = workspace.cargo();
    cargo.args(["run", "--locked", "--package", "tests", "--bin", "screenshots", "--"]).arg(&folder);
    test::environment(&mut cargo, workspace, &judges);
    command::run(&mut cargo)?;
    println!("\nThe pictures are in {}", folder.display());
    Ok(())
}
