//! A module that stops in the middle, fails, hangs, or has a token of another kind, when a test says so.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, ensure};
use tempfile::TempDir;

use super::{bridge::Settings, token::Token};
use crate::process::{PATIENCE, wait_for};

const SOURCE: &str = include_str!("faulty_module.c");
/// `CKF_PROTECTED_AUTHENTICATION_PATH`: the PIN is typed on the reader (PKCS #11 v2.40 §3.2).
pub const PIN_PAD: &str = "flags 256";
/// `CKF_USER_PIN_TO_BE_CHANGED`.
pub const PIN_TO_BE_CHANGED: &str = "flags 524288";
/// `CKR_DEVICE_MEMORY`: no room is left on the token.
pub const NO_ROOM: &str = "49";

/// It stands before another module, which the bridge sees only through it.
#[derive(Debug)]
pub struct FaultyModule {
    folder: TempDir,
    token: Token,
}

impl FaultyModule {
    /// In front of the module of this token, without any orders.
    ///
    /// # Errors
    /// When it cannot be compiled.
    pub fn in_front_of(token: &Token) -> anyhow::Result<Self> {
        let module = Self { folder: tempfile::tempdir()?, token: token.clone() };
        compiles(SOURCE, &module.file("faulty.so"))?;
        // The bridge cannot see the original.
        fs::copy(&token.module, module.file("behind.so")).context("no module")?;
        module.goes_on()?;
        Ok(module)
    }

    /// A bridge that reaches the token through this module only.
    pub fn settings(&self) -> Settings {
        let mut environment = self.token.environment.clone();
        environment.push(("SIGNET_FAULTS", self.folder.path().into()));
        environment.push(("SIGNET_FAULTS_MODULE", self.file("behind.so").into()));
        let hidden = vec![self.token.module.to_string_lossy().into_owned()];
        Settings { modules: vec![self.file("faulty.so")], hidden, environment, ..Settings::default() }
    }

    /// What it is to do from now on, such as `before C_Sign`.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn is_to(&self, orders: &[&str]) -> anyhow::Result<()> {
        fs::write(self.reached(), "")?;
        // In one step: it may be read at any moment.
        fs::write(self.file("new"), orders.join("\n"))?;
        Ok(fs::rename(self.file("new"), self.file("orders"))?)
    }

    /// It is as the module behind it again.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn goes_on(&self) -> anyhow::Result<()> {
        self.is_to(&[])
    }

    /// Waits until it has stopped at this order.
    ///
    /// # Errors
    /// When nothing calls that function.
    pub async fn stops(&self, order: &str) -> anyhow::Result<()> {
        wait_for(order, PATIENCE, async || {
            let reached = fs::read_to_string(self.reached())?;
            Ok(reached.lines().any(|line| line == order).then_some(()))
        })
        .await
    }

    /// The file with the orders that it has stopped at, a line for each process.
    pub fn reached(&self) -> PathBuf {
        self.file("reached")
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// Makes a PKCS #11 module of a text in C.
///
/// # Errors
/// What the compiler says.
pub fn compiles(source: &str, library: &Path) -> anyhow::Result<()> {
    let file = library.with_extension("c");
    fs::write(&file, source)?;
    let mut compiler = Command::new("cc");
    let output =
        compiler.args(["-O0", "-shared", "-fPIC", "-o"]).arg(library).arg(&file).arg("-ldl").output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}
