//! kryoptic: a token in a file. Its PIN locks after ten wrong ones, and it says how near that is.

use std::{fs, process::Command};

use anyhow::{Context, ensure};
use tempfile::TempDir;

use super::{built, token::Token};

/// The shortest that it takes has eight characters.
const SO_PIN: &str = "12345678";
const SLOT: &str = "1";

/// A token.
#[derive(Debug)]
pub struct Kryoptic {
    // Its files end with this value.
    _folder: TempDir,
    /// How others reach it.
    pub token: Token,
}

impl Kryoptic {
    /// A token that is not initialised.
    ///
    /// # Errors
    /// When the module was not built.
    pub fn blank() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let configuration = folder.path().join("kryoptic.conf");
        let file = folder.path().join("token.sql");
        fs::write(
            &configuration,
            format!("[[slots]]\nslot = {SLOT}\ndbtype = \"sqlite\"\ndbargs = \"{}\"\n", file.display()),
        )?;
        let token = Token {
            module: built("SIGNET_KRYOPTIC")?,
            environment: vec![("KRYOPTIC_CONF", configuration.into())],
            label: String::new(),
            pin: String::new(),
            maker: ("user", String::new()),
            key_id: "01",
        };
        Ok(Self { _folder: folder, token })
    }

    /// A token with this label and this PIN.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn with_token(label: &str, pin: &str) -> anyhow::Result<Self> {
        let mut kryoptic = Self::blank()?;
        kryoptic.is_initialised(label, pin)?;
        label.clone_into(&mut kryoptic.token.label);
        pin.clone_into(&mut kryoptic.token.pin);
        kryoptic.token.maker = ("user", pin.to_owned());
        Ok(kryoptic)
    }

    /// Gives a blank one a label and a PIN.
    ///
    /// # Errors
    /// When it does not take them.
    pub fn is_initialised(&self, label: &str, pin: &str) -> anyhow::Result<()> {
        self.asks_slot(&["--init-token", "--label", label, "--so-pin", SO_PIN])?;
        self.asks_slot(&["--init-pin", "--login", "--login-type", "so", "--so-pin", SO_PIN, "--pin", pin])
    }

    /// Enters a wrong PIN so many times.
    ///
    /// # Errors
    /// When one of them is taken for right.
    pub fn takes_wrong_pins(&self, times: u32) -> anyhow::Result<()> {
        for _ in 0..times {
            let refused = self.asks_slot(&["--login", "--pin", "wrong-000", "--list-objects"]);
            ensure!(refused.is_err(), "the token takes a wrong PIN");
        }
        Ok(())
    }

    fn asks_slot(&self, arguments: &[&str]) -> anyhow::Result<()> {
        let mut tool = Command::new("pkcs11-tool");
        tool.arg("--module").arg(&self.token.module).args(["--slot", SLOT]).args(arguments);
        tool.envs(self.token.environment.iter().map(|(name, value)| (name, value)));
        let output = tool.output().context("there is no pkcs11-tool")?;
        ensure!(output.status.success(), "{tool:?}: {}", String::from_utf8_lossy(&output.stderr));
        Ok(())
    }
}
