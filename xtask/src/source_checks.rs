//! Checks that compile nothing: the form of code and tables, spelling, dependencies.

use std::{ffi::OsStr, path::Path, process::Command};

use crate::{
    command::{self, announce},
    summary::{Counts, Summary},
    tools::Tools,
    workspace::Workspace,
};

/// Form and spelling, in a second or two. `programs` is the folder of the judges that are Python packages.
pub(crate) fn texts(workspace: &Workspace, programs: &Path, summary: &mut Summary) {
    summary.step("Formatting", || check(workspace.cargo().args(["fmt", "--all", "--check"])));
    summary.step("Form of the TOML files", || {
        check(in_checkout(workspace, programs.join("taplo")).args(["fmt", "--check", "--diff"]))
    });
    summary.step("Spelling", || check(&mut in_checkout(workspace, programs.join("typos"))));
}

/// Those that nothing uses, licences, sources, and known defects where their database can be reached.
pub(crate) fn dependencies(workspace: &Workspace, tools: &Tools, summary: &mut Summary) {
    let deny = |arguments: &[&str]| {
        let mut deny = in_checkout(workspace, "cargo-deny");
        deny.env("PATH", tools.path()).arg("--locked").args(arguments);
        deny
    };
    summary.step("Dependencies that nothing uses", || {
        check(in_checkout(workspace, "cargo-machete").env("PATH", tools.path()))
    });
    summary.step("Licences and sources of dependencies", || {
        check(&mut deny(&["check", "bans", "licenses", "sources"]))
    });
    if command::output(&mut deny(&["fetch", "db"])).is_none() {
        return announce("The database of advisories cannot be reached: nothing is looked up there");
    }
    summary.step("Advisories about dependencies", || check(&mut deny(&["--offline", "check", "advisories"])));
}

fn in_checkout(workspace: &Workspace, program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(workspace.root());
    command
}

/// Runs a command that is one check as a whole.
///
/// # Errors
/// When it does not end with success.
pub(crate) fn check(command: &mut Command) -> anyhow::Result<Counts> {
    command::run(command)?;
    Ok(Counts::ONE_PASSED)
}
