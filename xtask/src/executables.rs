//! Test executables that Cargo has built, to be run without compiling anything.
//!
//! `cargo test --package` would compile again: what a package depends on has other features when it is built alone.

use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::Deserialize;

use crate::{
    command,
    summary::{Counts, counted},
    workspace::Workspace,
};

/// A line of Cargo's `--message-format=json`, as far as it is of use here.
#[derive(Debug, Deserialize)]
struct Message {
    manifest_path: PathBuf,
    executable: Option<PathBuf>,
    profile: TargetProfile,
}

#[derive(Debug, Deserialize)]
struct TargetProfile {
    /// Whether it is a test, and not a program that tests start.
    test: bool,
}

/// A program with the tests of a package.
#[derive(Debug)]
pub(crate) struct Executable {
    package: PathBuf,
    program: PathBuf,
}

impl Executable {
    /// The folder of its package.
    pub(crate) fn package(&self) -> &Path {
        &self.package
    }

    /// Runs it where Cargo would run it, with one more variable where one is given.
    ///
    /// # Errors
    /// When it does not start, ends without saying why, or has no tests.
    pub(crate) fn run(&self, variable: Option<(&str, &str)>) -> anyhow::Result<Counts> {
        counted(std::process::Command::new(&self.program).current_dir(&self.package).envs(variable))
    }
}

/// The test executables that `cargo test` with these arguments would run. Those that are there are not compiled again.
///
/// # Errors
/// When they do not compile.
pub(crate) fn built(workspace: &Workspace, arguments: &[&str]) -> anyhow::Result<Vec<Executable>> {
    let mut cargo = workspace.cargo();
    cargo.arg("test").args(arguments).args([
        "--no-run",
        "--quiet",
        "--message-format=json-render-diagnostics",
    ]);
    let messages = command::output(cargo.stderr(std::process::Stdio::inherit()));
    let messages = messages.context("the tests do not compile")?;
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Message>(line).ok());
    Ok(messages.filter_map(Executable::of).collect())
}

impl Executable {
    fn of(Message { manifest_path, executable, profile }: Message) -> Option<Self> {
        let program = executable.filter(|_| profile.test)?;
        Some(Self { package: manifest_path.parent()?.to_owned(), program })
    }
}
