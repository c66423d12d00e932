//! A person's browser: controls are found by role and accessible name, as a screen reader finds them.

mod accessibility;
mod album;
mod devtools;
mod driver;
mod fault;
mod hand;
pub mod keyboard;
mod log;
mod memory;
mod process_memory;
mod trace;

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, ensure};
use serde_json::json;
use tempfile::TempDir;
use thirtyfour::WebDriver;
use tokio::process::Child;

pub use self::{
    album::Album,
    driver::Surroundings,
    fault::Tab,
    trace::{Moment, Recording, Trace},
};
use crate::process::{PATIENCE, wait_for};

/// A browser with a profile and a download folder of its own.
#[derive(Debug)]
pub struct Browser {
    driver: WebDriver,
    origin: String,
    clicks: AtomicU32,
    album: Option<Album>,
    surroundings: Surroundings,
    downloads: TempDir,
    // Both end with this value, the driver first.
    chromedriver: Child,
    profile: Arc<TempDir>,
    /// Whether pages are only gone through, not examined.
    hurries: AtomicBool,
    /// Whether it has ended already.
    ended: AtomicBool,
}

/// The window's width, in CSS pixels.
const WINDOW_WIDTH: u32 = 1280;
/// A wide screen and a phone's.
const WIDTHS: [u32; 2] = [WINDOW_WIDTH, 390];
/// The narrowest screen.
const NARROWEST: u32 = 320;

impl Browser {
    /// Opens a browser for the server at this origin; every page that it examines goes into the album.
    ///
    /// # Errors
    /// When chromedriver or Chromium does not start.
    pub async fn open(origin: &str, album: Option<Album>) -> anyhow::Result<Self> {
        Self::open_in(origin, album, Surroundings::default()).await
    }

    /// As [`Browser::open`], in these surroundings.
    ///
    /// # Errors
    /// When chromedriver or Chromium does not start.
    pub async fn open_in(
        origin: &str,
        album: Option<Album>,
        surroundings: Surroundings,
    ) -> anyhow::Result<Self> {
        Self::open_profile(origin, album, surroundings, Arc::new(tempfile::tempdir()?)).await
    }

    async fn open_profile(
        origin: &str,
        album: Option<Album>,
        surroundings: Surroundings,
        profile: Arc<TempDir>,
    ) -> anyhow::Result<Self> {
        let downloads = tempfile::tempdir()?;
        let (chromedriver, driver) = driver::start(profile.path(), &surroundings).await?;
        let browser = Self {
            driver,
            origin: origin.to_owned(),
            clicks: AtomicU32::new(0),
            album,
            hurries: AtomicBool::new(surroundings.hurries),
            surroundings,
            downloads,
            chromedriver,
            profile,
            ended: AtomicBool::new(false),
        };
        browser
            .devtools(
                "Browser.setDownloadBehavior",
                json!({"behavior": "allow", "downloadPath": browser.downloads.path()}),
            )
            .await?;
        // A scrollbar is narrower on a phone, and no part of a picture.
        browser.devtools("Emulation.setScrollbarsHidden", json!({"hidden": true})).await?;
        browser.prefer("light").await?;
        Ok(browser)
    }

    /// Closes it. A browser that is only dropped goes on running for a while.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn close(&self) -> anyhow::Result<()> {
        if self.ended.swap(true, Ordering::Relaxed) {
            return Ok(());
        }
        Ok(self.driver.clone().quit().await?)
    }

    /// Opens a path of the server, or a whole address, as if typed or clicked in a mail.
    ///
    /// # Errors
    /// When the page does not load.
    pub async fn goto(&self, address: &str) -> anyhow::Result<()> {
        let address =
            if address.starts_with('/') { format!("{}{address}", self.origin) } else { address.to_owned() };
        self.driver.goto(&address).await.with_context(|| format!("cannot open {address}"))
    }

    /// Opens a link in a mail: a click like any other.
    ///
    /// # Errors
    /// When the page does not load.
    pub async fn follows(&self, link: &str) -> anyhow::Result<()> {
        self.count();
        self.goto(link).await
    }

    /// Goes back one page.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn back(&self) -> anyhow::Result<()> {
        Ok(self.driver.back().await?)
    }

    /// Loads the page again.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn reload(&self) -> anyhow::Result<()> {
        Ok(self.driver.refresh().await?)
    }

    /// The server's origin.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The path that the address bar shows.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn path(&self) -> anyhow::Result<String> {
        Ok(self.driver.current_url().await?.path().to_owned())
    }

    /// The title of the tab.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn title(&self) -> anyhow::Result<String> {
        Ok(self.driver.title().await?)
    }

    /// What has the focus: its name where it is a control, else its text.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn focused(&self) -> anyhow::Result<String> {
        self.script("return document.activeElement?.labels?.[0]?.innerText ?? document.activeElement?.innerText ?? ''")
            .await
    }

    /// How many buttons, links, choices and lists have been clicked so far.
    pub fn clicks(&self) -> u32 {
        self.clicks.load(Ordering::Relaxed)
    }

    /// Waits for the page with this heading, and examines it: the heading has the focus, and the rest of
    /// [`Browser::examine`].
    ///
    /// # Errors
    /// When it does not come, or something is found on it.
    pub async fn at(&self, heading: &str) -> anyhow::Result<()> {
        self.heading(heading).await?;
        let focused = wait_for("the focus on the heading", PATIENCE, async || {
            let focused = self.script("return document.activeElement?.tagName ?? ''").await?;
            Ok((focused == "H1").then_some(()))
        });
        focused.await.with_context(|| format!("on the page {heading:?}"))?;
        self.examine(heading).await
    }

    /// Examines the page as it is now: axe-core finds nothing, in light and in dark, on a wide screen and on a phone's;
    /// nothing is wider than the narrowest screen, and the console is clean.
    ///
    /// # Errors
    /// When something is found, with this name of the page.
    pub async fn examine(&self, heading: &str) -> anyhow::Result<()> {
        if self.hurries.load(Ordering::Relaxed) {
            return Ok(());
        }
        for scheme in ["dark", "light"] {
            self.prefer(scheme).await?;
            for width in WIDTHS {
                self.widen(width).await?;
                accessibility::finds_nothing(&self.driver)
                    .await
                    .with_context(|| format!("on the page {heading:?} in {scheme}, {width} pixels wide"))?;
            }
        }
        accessibility::live_regions_are_there(&self.driver)
            .await
            .with_context(|| format!("on the page {heading:?}"))?;
        self.fits(NARROWEST).await.with_context(|| format!("on the page {heading:?}"))?;
        if let Some(album) = &self.album {
            album.add(self, heading).await?;
        }
        log::is_clean(&self.driver).await.with_context(|| format!("up to the page {heading:?}"))
    }

    /// From now on each page is examined.
    pub fn takes_its_time(&self) {
        self.hurries.store(false, Ordering::Relaxed);
    }

    /// Waits for the page with this heading.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn heading(&self, heading: &str) -> anyhow::Result<()> {
        let what = format!("the page {heading:?}");
        let found = wait_for(&what, PATIENCE, async || {
            let text = self.script("return document.querySelector('h1')?.innerText.trim() ?? ''").await?;
            Ok((text == heading).then_some(()))
        });
        found.await.with_context(|| self.blamed())
    }

    /// Waits until the page shows this text.
    ///
    /// # Errors
    /// When it does not, with what it shows instead.
    pub async fn see(&self, text: &str) -> anyhow::Result<()> {
        self.see_within(text, PATIENCE).await
    }

    /// Waits this long until the page shows this text.
    ///
    /// # Errors
    /// When it does not, with what it shows instead.
    pub async fn see_within(&self, text: &str, patience: Duration) -> anyhow::Result<()> {
        let what = format!("the text {text:?}");
        let found = wait_for(&what, patience, async || Ok(self.text().await?.contains(text).then_some(())));
        match found.await {
            Ok(()) => Ok(()),
            Err(error) => Err(error.context(format!(
                "the page at {} shows: {}",
                self.path().await?,
                self.text().await?
            ))),
        }
    }

    /// All text of the page but what lists offer, with every run of blanks as one space.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn text(&self) -> anyhow::Result<String> {
        let script = "return [...document.querySelectorAll('select')] \
            .reduce((text, list) => text.replace(list.innerText, ''), document.body.innerText)";
        let text = self.script(script).await?;
        Ok(text.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// Forgets the requests so far, so that [`Browser::requests`] tells only of what follows.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn forget_requests(&self) -> anyhow::Result<()> {
        log::requests(&self.driver).await.map(drop)
    }

    /// The requests that pages have sent since the last time this was asked, with their bodies.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn requests(&self) -> anyhow::Result<Vec<String>> {
        log::requests(&self.driver).await
    }

    /// Allows the console one kind of message: what a page must say when it asks for what is not its.
    ///
    /// # Errors
    /// When another message is in it, or none.
    pub async fn console_says_only(&self, text: &str) -> anyhow::Result<()> {
        log::says_only(&self.driver, text).await
    }

    /// Fetches a path of the server as a page would, with the person's session, and gives status and text.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn fetch(&self, path: &str) -> anyhow::Result<(u64, String)> {
        let script = "const [path, done] = arguments; \
                      fetch(path).then(async r => done([r.status, await r.text()]), e => done([0, String(e)]));";
        let answer = self.driver.execute_async(script, vec![json!(path)]).await?;
        let answer = answer.json();
        Ok((answer[0].as_u64().unwrap_or_default(), answer[1].as_str().unwrap_or_default().to_owned()))
    }

    /// Nothing on the page makes it scroll sideways at this width.
    async fn fits(&self, width: u32) -> anyhow::Result<()> {
        self.widen(width).await?;
        let script = "return [...document.querySelectorAll('body *')] \
            .filter(element => element.getBoundingClientRect().right > innerWidth && \
                document.documentElement.scrollWidth > innerWidth) \
            .map(element => element.outerHTML.slice(0, 200)).join(' ')";
        let too_wide = self.script(script).await?;
        self.has_its_own_width().await?;
        ensure!(too_wide.is_empty(), "wider than {width} pixels: {too_wide}");
        Ok(())
    }

    /// Lays the page out for a screen of this width, in CSS pixels.
    async fn widen(&self, width: u32) -> anyhow::Result<()> {
        let size = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", size).await?;
        self.is_laid_out_for(width).await
    }

    /// Lays the page out for the window again.
    async fn has_its_own_width(&self) -> anyhow::Result<()> {
        self.devtools("Emulation.clearDeviceMetricsOverride", json!({})).await?;
        self.is_laid_out_for(WINDOW_WIDTH).await
    }

    /// Waits for the width: whoever moves a pointer before misses, as things are still elsewhere.
    async fn is_laid_out_for(&self, width: u32) -> anyhow::Result<()> {
        let wanted = width.to_string();
        wait_for("the width", PATIENCE, async || {
            let width = self.script("return String(innerWidth)").await?;
            Ok((width == wanted).then_some(()))
        })
        .await
    }

    /// The person has decided whether pages of the server may reach programs on this computer: `granted`, `denied`, or
    /// `prompt` when they have not.
    ///
    /// # Errors
    /// When the browser does not know the permission.
    pub async fn permits_loopback(&self, decision: &str) -> anyhow::Result<()> {
        let permission =
            json!({"permission": {"name": "loopback-network"}, "setting": decision, "origin": self.origin});
        self.devtools("Browser.setPermission", permission).await
    }

    /// Tells pages which colour scheme the person prefers, and that they want no movement.
    async fn prefer(&self, scheme: &str) -> anyhow::Result<()> {
        let features = json!({"features": [
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]});
        self.devtools("Emulation.setEmulatedMedia", features).await
    }

    async fn script(&self, script: &str) -> anyhow::Result<String> {
        let answer = self.driver.execute(script, vec![]).await?;
        Ok(answer.json().as_str().unwrap_or_default().to_owned())
    }

    async fn devtools(&self, method: &str, parameters: serde_json::Value) -> anyhow::Result<()> {
        self.driver.cdp().send_raw(method, parameters).await.with_context(|| format!("{method} failed"))?;
        Ok(())
    }

    /// Where a failure happened, for the message.
    fn blamed(&self) -> String {
        format!("in the browser at {}", self.origin)
    }

    /// Keeps what the page looks like, for the person who reads about a failure.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn keep_evidence(&self, file: &Path) -> anyhow::Result<()> {
        self.driver.screenshot(file).await?;
        ensure!(file.is_file(), "no picture was kept");
        Ok(())
    }
}
