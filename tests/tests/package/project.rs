//! A folder as a project that depends on the package.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

/// A project of its own for one test. It finds the package in its own `node_modules`, and the tools above itself.
#[derive(Debug)]
pub(crate) struct Project {
    folder: TempDir,
}

impl Project {
    /// Makes the project and installs the package in it, by copying, as npm does.
    pub(crate) fn new() -> Result<Self> {
        let folder = TempDir::new_in(given("SIGNET_PACKAGE_TOOLS")?)?;
        let installed = folder.path().join("node_modules/signet-crypto");
        copy_folder(&given("SIGNET_PACKAGE")?, &installed)?;
        fs::write(folder.path().join("package.json"), r#"{"private": true, "type": "module"}"#)?;
        Ok(Self { folder })
    }

    /// A file of the project.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Copies files of a folder beside this test into the project.
    pub(crate) fn add(&self, folder: &str) -> Result<()> {
        copy_folder(&beside(folder), self.folder.path())
    }

    /// Runs a script of the project in Node, and gives what it wrote to standard output.
    pub(crate) fn node(&self, script: &str) -> Result<String> {
        // With the collector at hand, for what must happen when nobody holds a key any more.
        self.run(Command::new("node").arg("--expose-gc").arg(script))
    }

    /// Runs a program that is one of the tools.
    pub(crate) fn tool(&self, name: &str, arguments: &[&str]) -> Result<String> {
        let program = given("SIGNET_PACKAGE_TOOLS")?.join("node_modules/.bin").join(name);
        self.run(Command::new(program).args(arguments))
    }

    fn run(&self, command: &mut Command) -> Result<String> {
        let output = command.current_dir(self.folder.path()).env("NO_COLOR", "1").output();
        let output = output.with_context(|| format!("cannot start {command:?}"))?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let complained = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{command:?} ended with {}:\n{said}{complained}", output.status);
        Ok(said)
    }
}

/// What `cargo xtask test` says where it is.
pub(crate) fn given(variable: &str) -> Result<PathBuf> {
    let value = env::var_os(variable)
        .with_context(|| format!("{variable} is not set: start these tests with `cargo xtask test`"))?;
    Ok(PathBuf::from(value))
}

/// A folder or a file beside this test.
pub(crate) fn beside(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/package").join(name)
}

/// The checkout.
pub(crate) fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
