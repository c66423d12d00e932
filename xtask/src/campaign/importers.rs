//! The programs that open PFX files, and the page about them.

use anyhow::ensure;

use crate::{command, prerequisites, summary, test, workspace::Workspace};

/// Asks all of them, and writes `docs/importers.md` with their versions.
pub(super) fn execute(workspace: &Workspace) -> anyhow::Result<()> {
    let judges = prerequisites::ensure(workspace)?;
    let examples = ["build", "--locked", "--package", "wasm-crypto", "--examples"];
    command::run(workspace.cargo().args(examples))?;
    let counts = summary::counted(test::importers(workspace, &judges).env("SIGNET_RECORD", "1"))?;
    ensure!(counts.failed == 0, "{} tests failed", counts.failed);
    Ok(())
}
