//! The scheme that starts the bridge: registered for a person of its own, and opened by the browser without a question.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context, ensure};
use serde_json::json;
use tempfile::TempDir;

use super::bridge::Bridge;

const SCHEME: &str = "signet-card";
/// Where Chromium looks for what an administrator has decided.
const POLICIES: &str = "/etc/chromium/policies/managed";

/// A person's folders with the bridge registered in them, and a browser that opens its addresses for one site.
#[derive(Debug)]
pub struct Scheme {
    home: TempDir,
    policy: PathBuf,
}

impl Scheme {
    /// Has the bridge register itself, and the browser that starts next open it for pages of this origin.
    ///
    /// # Errors
    /// When the bridge cannot be registered, or this person is not the administrator.
    pub async fn registered(bridge: &Bridge, origin: &str) -> anyhow::Result<Self> {
        bridge.is_alone().await?;
        let policy = Path::new(POLICIES).join("signet-card-tests.json");
        fs::create_dir_all(POLICIES).with_context(|| format!("cannot make {POLICIES}"))?;
        let rule = json!({"protocol": SCHEME, "allowed_origins": [origin]});
        fs::write(&policy, json!({"AutoLaunchProtocolsFromOrigins": [rule]}).to_string())
            .with_context(|| format!("cannot write {}", policy.display()))?;
        let scheme = Self { home: tempfile::tempdir()?, policy };
        scheme.asks(bridge, "install").await?;
        Ok(scheme)
    }

    /// Runs a command of the bridge with these folders.
    ///
    /// # Errors
    /// When it fails.
    pub async fn asks(&self, bridge: &Bridge, command: &str) -> anyhow::Result<()> {
        let mut command = bridge.command(command)?;
        command.envs(self.folders()).stdin(Stdio::null());
        let output = command.output().await?;
        ensure!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
        Ok(())
    }

    /// What a browser must have in its environment, so that it and what it starts find everything.
    pub fn environment(&self, bridge: &Bridge) -> Vec<(String, OsString)> {
        let bridge = bridge.environment().iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        bridge.chain(self.folders()).collect()
    }

    /// All files that registering has left.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn files(&self) -> anyhow::Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        let mut folders = vec![self.home.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder)? {
                let path = entry?.path();
                if path.is_dir() { folders.push(path) } else { files.push(path) }
            }
        }
        Ok(files)
    }

    /// Nobody is at this screen, but without its name `xdg-open` opens nothing.
    fn folders(&self) -> impl Iterator<Item = (String, OsString)> {
        let folder = |name: &str| self.home.path().join(name).into_os_string();
        [
            ("HOME", self.home.path().into()),
            ("XDG_CONFIG_HOME", folder("config")),
            ("XDG_DATA_HOME", folder("data")),
            ("DISPLAY", ":4711".into()),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
    }
}

impl Drop for Scheme {
    fn drop(&mut self) {
        // Other browsers of this machine would open addresses that nobody answers.
        let _ = fs::remove_file(&self.policy);
    }
}
