//! A screen that nobody looks at, and a hand on its keyboard: for real windows that ask for a PIN.

use std::{process::Stdio, time::Duration};

use anyhow::{Context, ensure};
use tokio::{
    process::{Child, Command},
    time::sleep,
};

use crate::process;

/// What the bridge's windows are called; a question of a pinentry has the program's own name.
const TITLE: &str = "Signet card bridge|pinentry";
/// Windows take a moment from being there to reading the keyboard. Our choice: much longer than measured.
const SETTLES_WITHIN: Duration = Duration::from_millis(700);

/// A screen, without a window manager.
#[derive(Debug)]
pub struct Screen {
    // Ends with this value.
    _server: Child,
    /// What `DISPLAY` says.
    pub name: String,
}

impl Screen {
    /// Starts one.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start() -> anyhow::Result<Self> {
        let mut server = Command::new("Xvfb");
        // It says its number on standard output. Whoever comes while it starts anew, as it would when the last window is
        // closed, is turned away.
        server.args(["-displayfd", "1", "-screen", "0", "1024x768x24", "-nolisten", "tcp", "-noreset"]);
        server.stderr(Stdio::null());
        let (server, number) = process::start(&mut server, "").await?;
        Ok(Self { _server: server, name: format!(":{number}") })
    }

    /// Waits for the bridge's window, and gives it the keyboard.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn awaits_window(&self) -> anyhow::Result<String> {
        let window = process::wait_for("the bridge's window", process::PATIENCE, async || {
            let found = self.hand(&["search", "--onlyvisible", "--name", TITLE]).await.unwrap_or_default();
            Ok(found.split_whitespace().last().map(str::to_owned))
        });
        let window = window.await?;
        sleep(SETTLES_WITHIN).await;
        self.hand(&["windowfocus", "--sync", &window]).await?;
        Ok(window)
    }

    /// Types a text and presses Enter.
    ///
    /// # Errors
    /// When nobody reads it.
    pub async fn types(&self, text: &str) -> anyhow::Result<()> {
        self.hand(&["type", "--delay", "20", text]).await?;
        self.presses(&["Return"]).await
    }

    /// Presses these keys, one after the other.
    ///
    /// # Errors
    /// When there is no such key.
    pub async fn presses(&self, keys: &[&str]) -> anyhow::Result<()> {
        for key in keys {
            self.hand(&["key", key]).await?;
        }
        Ok(())
    }

    async fn hand(&self, words: &[&str]) -> anyhow::Result<String> {
        let mut xdotool = Command::new("xdotool");
        let output = xdotool.args(words).env("DISPLAY", &self.name).output().await.context("no xdotool")?;
        ensure!(output.status.success(), "xdotool {words:?}: {}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8(output.stdout)?)
    }
}
