//! A window for the PIN that answers by itself, and remembers what it was to show.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use crate::process::{PATIENCE, wait_for};

const SCRIPT: &str = include_str!("pinentry.sh");

/// The person closes the window.
pub const CANCEL: &str = "@cancel";
/// Nobody is there, and the window gives up.
pub const TIMEOUT: &str = "@timeout";
/// The window's program ends without an answer.
pub const CRASH: &str = "@crash";
/// The person agrees to a question.
pub const YES: &str = "@yes";
/// They do not.
pub const NO: &str = "@no";
/// The field is left empty.
pub const EMPTY: &str = "";

/// A program in place of pinentry.
#[derive(Debug)]
pub struct ScriptedPinentry {
    folder: TempDir,
}

impl ScriptedPinentry {
    /// One that nobody has told an answer yet: it waits.
    ///
    /// # Errors
    /// When its files cannot be made.
    pub fn new() -> anyhow::Result<Self> {
        let pinentry = Self { folder: tempfile::tempdir()? };
        fs::write(pinentry.program(), SCRIPT)?;
        fs::set_permissions(pinentry.program(), fs::Permissions::from_mode(0o755))?;
        pinentry.will_answer(&[])?;
        fs::write(pinentry.log_file(), "")?;
        Ok(pinentry)
    }

    /// What it will answer, one after the other, in place of what it was told before.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn will_answer(&self, answers: &[&str]) -> anyhow::Result<()> {
        let lines: Vec<_> = answers.iter().map(|answer| format!("{answer}\n")).collect();
        Ok(fs::write(self.folder.path().join("answers"), lines.concat())?)
    }

    /// The answers that nobody has asked for.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn unasked(&self) -> anyhow::Result<Vec<String>> {
        let answers = fs::read_to_string(self.folder.path().join("answers"))?;
        Ok(answers.lines().map(str::to_owned).collect())
    }

    /// Everything that it was to show since it was last asked for this, in plain text.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn was_told(&self) -> anyhow::Result<String> {
        let said = fs::read_to_string(self.log_file())?;
        fs::write(self.log_file(), "")?;
        Ok(decoded(&said))
    }

    /// Waits until it shows a window that nobody answers, and gives its process.
    ///
    /// # Errors
    /// When none comes.
    pub async fn waits(&self) -> anyhow::Result<u32> {
        wait_for("a window", PATIENCE, async || {
            let said = fs::read_to_string(self.log_file())?;
            Ok(said.lines().find_map(|line| line.strip_prefix("waiting ")?.parse().ok()))
        })
        .await
    }

    /// The program.
    pub fn program(&self) -> PathBuf {
        self.folder.path().join("pinentry")
    }

    /// The folder with the program and what it wrote.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn log_file(&self) -> PathBuf {
        self.folder.path().join("said")
    }
}

/// The line breaks and percent signs of a line of Assuan's.
fn decoded(text: &str) -> String {
    text.replace("%0A", "\n").replace("%0a", "\n").replace("%25", "%")
}
