//! A clock of a server's own, which a journey moves.

use std::{fs, path::PathBuf, time::Duration};

use anyhow::Context;
use tokio::process::Command;

/// Debian's package `libfaketime`, for programs with several threads. The dynamic linker knows the folder of this
/// machine's libraries (`man ld.so`, `$LIB`).
const LIBRARY: &str = "/usr/$LIB/faketime/libfaketimeMT.so.1";

/// How far the clock of a server is ahead.
#[derive(Debug)]
pub struct Clock {
    /// What libfaketime reads whenever the server asks for the time.
    file: PathBuf,
}

impl Clock {
    /// A clock that shows the time, kept in this file.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn kept_in(file: PathBuf) -> anyhow::Result<Self> {
        let clock = Self { file };
        clock.is_ahead_by(Duration::ZERO)?;
        Ok(clock)
    }

    /// From now on it shows the time and this much more.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn is_ahead_by(&self, advance: Duration) -> anyhow::Result<()> {
        // Renamed, so that the server reads it whole.
        let written = self.file.with_extension("new");
        fs::write(&written, format!("+{}\n", advance.as_secs()))?;
        fs::rename(&written, &self.file).context("cannot move the clock")
    }

    /// The program lives by this clock. What waits, waits as long as ever: only the time of day is another.
    pub fn governs(&self, command: &mut Command) {
        command
            .env("LD_PRELOAD", LIBRARY)
            .env("FAKETIME_TIMESTAMP_FILE", &self.file)
            .env("FAKETIME_NO_CACHE", "1")
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    }
}
