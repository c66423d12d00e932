//! `cargo xtask campaign`: searches that take hours where the tests take minutes. Their last results stand in
//! `docs/campaigns/`.

mod cards;
mod corpora;
mod fuzzing;
mod importers;
mod keys;
mod mutants;

use crate::{command, workspace::Workspace};
use anyhow::Context;
use clap::Subcommand;
use std::{fs, path::PathBuf, process::Command};

/// Which campaign.
#[derive(Debug, Subcommand)]
pub(crate) enum Campaign {
    /// Go the whole way with each algorithm on each kind of card over both ways to the bridge
    Cards,
    /// Read the test files of others, and write down why one is refused
    Corpora,
    /// Feed mutated input to everything that reads bytes of others
    Fuzz(fuzzing::Arguments),
    /// Have other programs open the PFX files that Signet writes, and write docs/importers.md
    Importers,
    /// Make RSA keys by the thousand, compare them with each other and have OpenSSL check each
    Keys(keys::Arguments),
    /// Change the code in one place at a time and see whether a test fails
    Mutants(mutants::Arguments),
}

impl Campaign {
    /// Runs it, and writes down what came out.
    ///
    /// # Errors
    /// When it finds something, or cannot run.
    pub(crate) fn execute(&self, workspace: &Workspace) -> anyhow::Result<()> {
        match self {
            Self::Cards => cards::execute(workspace),
            Self::Corpora => corpora::execute(workspace),
            Self::Fuzz(arguments) => fuzzing::execute(workspace, arguments),
            Self::Importers => importers::execute(workspace),
            Self::Keys(arguments) => keys::execute(workspace, arguments),
            Self::Mutants(arguments) => mutants::execute(workspace, arguments),
        }
    }
}

/// Writes a page of `docs/campaigns/`.
fn write_results(workspace: &Workspace, name: &str, text: &str) -> anyhow::Result<()> {
    let path = results(workspace, name);
    fs::create_dir_all(path.parent().context("docs/campaigns")?)?;
    fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
}

/// Where the results of a campaign stand.
fn results(workspace: &Workspace, name: &str) -> PathBuf {
    workspace.root().join("docs/campaigns").join(format!("{name}.md"))
}

/// Today, such as `2026-11-22`.
fn today() -> anyhow::Result<String> {
    command::output(Command::new("date").args(["-u", "+%F"])).context("`date` does not run")
}
