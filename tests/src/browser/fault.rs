//! What goes wrong in a browser: it is killed, its storage is cleared, or a page behaves as no page should.

use std::{
    fs,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use anyhow::{Context, ensure};
use serde_json::json;
use tokio::time::sleep;

use super::Browser;

impl Browser {
    /// Ends Chromium and all its processes at once, as a crash of the machine does (SIGKILL).
    ///
    /// # Errors
    /// When there is nothing to end.
    fn kill(&self) -> anyhow::Result<()> {
        let profile = format!("--user-data-dir={}", self.profile.path().display());
        let mut killed = 0;
        for entry in fs::read_dir("/proc")?.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_process = name.bytes().all(|byte| byte.is_ascii_digit());
            let Ok(command) = fs::read(entry.path().join("cmdline")) else { continue };
            if is_process && String::from_utf8_lossy(&command).contains(&profile) {
                // One may be gone with its parent already.
                std::process::Command::new("kill").args(["-KILL", &name]).output()?;
                killed += 1;
            }
        }
        ensure!(killed > 0, "no browser runs with this profile");
        self.ended.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Kills it, and opens another one with the same profile, as the person does afterwards. The session's cookie is
    /// carried over: Chromium writes cookies to disk every half minute only, and the server limits how often somebody
    /// may ask for another link.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn killed_and_opened_again(&self) -> anyhow::Result<Self> {
        let here = json!({"urls": [self.origin]});
        let cookies = self.driver.cdp().send_raw("Network.getCookies", here).await?;
        self.kill()?;
        let surroundings = self.surroundings.clone();
        let browser = Self::open_profile(&self.origin, None, surroundings, Arc::clone(&self.profile)).await?;
        for cookie in cookies["cookies"].as_array().context("a list of cookies")? {
            let kept = json!({"name": cookie["name"], "value": cookie["value"], "url": self.origin,
                "httpOnly": cookie["httpOnly"], "secure": cookie["secure"], "path": cookie["path"]});
            browser.devtools("Network.setCookie", kept).await?;
        }
        Ok(browser)
    }

    /// Runs a script at the beginning of every page that this tab loads from now on.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn tampers(&self, script: &str) -> anyhow::Result<()> {
        self.devtools("Page.enable", json!({})).await?;
        self.devtools("Page.addScriptToEvaluateOnNewDocument", json!({"source": script})).await
    }

    /// Clears what the site keeps in IndexedDB.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn clears_storage(&self) -> anyhow::Result<()> {
        let what = json!({"origin": self.origin, "storageTypes": "indexeddb"});
        self.devtools("Storage.clearDataForOrigin", what).await
    }

    /// What a script on the page returns, as text.
    ///
    /// # Errors
    /// When the browser does not answer, or the script fails.
    pub async fn asks(&self, script: &str) -> anyhow::Result<String> {
        let body = format!(
            "const done = arguments[0]; (async () => {{ {script} }})().then(done, e => done('failed: ' + e))"
        );
        let answer = self.driver.execute_async(body, vec![]).await?;
        Ok(answer.json().as_str().context("the script gave no text")?.to_owned())
    }

    /// Opens another tab and goes on in it; gives what [`Browser::goes_to_tab`] needs to come back.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn opens_tab(&self) -> anyhow::Result<Tab> {
        let present = Tab(self.driver.window().await?);
        let tab = self.driver.new_tab().await?;
        self.driver.switch_to_window(tab).await?;
        Ok(present)
    }

    /// The tab sleeps for so long, as one that nobody looks at does to save energy: nothing of its page runs.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn sleeps(&self, duration: Duration) -> anyhow::Result<()> {
        self.devtools("Page.setWebLifecycleState", json!({"state": "frozen"})).await?;
        sleep(duration).await;
        self.devtools("Page.setWebLifecycleState", json!({"state": "active"})).await
    }

    /// Closes the tab without a word, and goes on in a new one.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn closes_tab(&self) -> anyhow::Result<()> {
        let left = self.opens_tab().await?;
        let new = self.goes_to_tab(left).await?;
        self.driver.close_window().await?;
        self.driver.switch_to_window(new.0).await?;
        Ok(())
    }

    /// Goes on in this tab; gives the one that was left.
    ///
    /// # Errors
    /// When it is closed.
    pub async fn goes_to_tab(&self, tab: Tab) -> anyhow::Result<Tab> {
        let left = Tab(self.driver.window().await?);
        self.driver.switch_to_window(tab.0).await?;
        Ok(left)
    }
}

/// A tab of a browser.
#[derive(Clone, Debug)]
pub struct Tab(thirtyfour::WindowHandle);
