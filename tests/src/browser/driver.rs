//! Chromium and its driver: how they are started.

use std::{ffi::OsString, path::Path, process::Stdio};

use anyhow::Context;
use serde_json::json;
use thirtyfour::{CapabilitiesHelper, ChromiumLikeCapabilities, DesiredCapabilities, WebDriver};
use tokio::process::{Child, Command};

use super::WINDOW_WIDTH;
use crate::process;

/// No window, and no word to anyone but the server under test. The sandbox does not work for root.
const ARGUMENTS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// How often chromedriver is started at most: it takes a free port of IPv4, and ends where another program has the same of
/// IPv6.
const STARTS: usize = 3;

/// What a browser finds around it, beside what all have.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// Further arguments of Chromium.
    pub arguments: Vec<String>,
    /// What is in its environment, and in that of the programs that it starts.
    pub environment: Vec<(String, OsString)>,
    /// Whether it begins in a hurry: on pages that other tests examine.
    pub hurries: bool,
}

/// Starts both, with a profile in this folder.
///
/// # Errors
/// When one is missing or does not start.
pub(super) async fn start(profile: &Path, surroundings: &Surroundings) -> anyhow::Result<(Child, WebDriver)> {
    let (chromedriver, port) = start_chromedriver(profile, surroundings).await?;

    let mut capabilities = DesiredCapabilities::chrome();
    for argument in ARGUMENTS.into_iter().chain(surroundings.arguments.iter().map(String::as_str)) {
        capabilities.add_arg(argument)?;
    }
    // Of servers that the tests start themselves.
    capabilities.accept_insecure_certs(true)?;
    capabilities.add_arg(&format!("--window-size={WINDOW_WIDTH},900"))?;
    capabilities.add_arg(&format!("--user-data-dir={}", profile.display()))?;
    capabilities.set("goog:loggingPrefs", json!({"browser": "ALL", "performance": "ALL"}))?;
    let driver = WebDriver::new(&format!("http://127.0.0.1:{port}"), capabilities)
        .await
        .context("Chromium does not start")?;
    Ok((chromedriver, driver))
}

/// Gives its port, too.
async fn start_chromedriver(profile: &Path, surroundings: &Surroundings) -> anyhow::Result<(Child, String)> {
    let mut command = Command::new("chromedriver");
    // Chromium keeps its crash reports beside the user's settings, wherever the profile is.
    command.arg("--port=0").env("XDG_CONFIG_HOME", profile).stderr(Stdio::null());
    command.envs(surroundings.environment.iter().map(|(name, value)| (name, value)));
    let mut attempts = 1;
    loop {
        match process::start(&mut command, "was started successfully on port ").await {
            Err(_) if attempts < STARTS => attempts += 1,
            outcome => {
                let (chromedriver, rest) = outcome?;
                return Ok((chromedriver, rest.trim_end_matches('.').to_owned()));
            }
        }
    }
}
