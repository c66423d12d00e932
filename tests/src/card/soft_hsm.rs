//! `SoftHSM`: tokens in a folder. Fast and everywhere, but its PIN never locks.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, ensure};
use tempfile::TempDir;

use super::token::Token;

const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";
/// Of every token.
const SO_PIN: &str = "12345678";

/// A folder of tokens.
#[derive(Debug)]
pub struct SoftHsm {
    folder: TempDir,
}

impl SoftHsm {
    /// A folder without a token.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn empty() -> anyhow::Result<Self> {
        let soft_hsm = Self { folder: tempfile::tempdir()? };
        fs::create_dir(soft_hsm.tokens())?;
        let settings = format!(
            "directories.tokendir = {}\nobjectstore.backend = file\nslots.removable = true\nlog.level = ERROR\n",
            soft_hsm.tokens().display()
        );
        fs::write(soft_hsm.configuration(), settings)?;
        Ok(soft_hsm)
    }

    /// A folder with one token.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn with_token(label: &str, pin: &str) -> anyhow::Result<(Self, Token)> {
        let soft_hsm = Self::empty()?;
        let token = soft_hsm.add(label, pin)?;
        Ok((soft_hsm, token))
    }

    /// Another token.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn add(&self, label: &str, pin: &str) -> anyhow::Result<Token> {
        let mut util = Command::new("softhsm2-util");
        util.args(["--init-token", "--free", "--label", label, "--so-pin", SO_PIN, "--pin", pin]);
        let output = util.env("SOFTHSM2_CONF", self.configuration()).output().context("no softhsm2-util")?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(Token {
            module: MODULE.into(),
            environment: vec![("SOFTHSM2_CONF", self.configuration().into())],
            label: label.to_owned(),
            pin: pin.to_owned(),
            maker: ("user", pin.to_owned()),
            key_id: "01",
        })
    }

    /// All tokens go, as if pulled.
    ///
    /// # Errors
    /// When the folder cannot be moved.
    pub fn eject(&self) -> anyhow::Result<()> {
        fs::rename(self.tokens(), self.aside())?;
        Ok(fs::create_dir(self.tokens())?)
    }

    /// They come back as they were.
    ///
    /// # Errors
    /// When the folder cannot be moved.
    pub fn insert(&self) -> anyhow::Result<()> {
        fs::remove_dir_all(self.tokens())?;
        Ok(fs::rename(self.aside(), self.tokens())?)
    }

    /// The file that `SOFTHSM2_CONF` names.
    pub fn configuration(&self) -> PathBuf {
        self.path().join("softhsm2.conf")
    }

    /// Where everything is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    fn tokens(&self) -> PathBuf {
        self.path().join("tokens")
    }

    fn aside(&self) -> PathBuf {
        self.path().join("aside")
    }
}
