//! Pictures of every page of a journey: wide and narrow, light and dark.

use std::{
    env, fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use anyhow::Context;
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::json;

use super::{Browser, WIDTHS};

/// A folder that gets four pictures of each page.
#[derive(Debug)]
pub struct Album {
    folder: PathBuf,
    pages: AtomicU32,
}

impl Album {
    /// The album of this name in the folder of `SIGNET_PICTURES`; none when nobody asked for pictures.
    pub fn from_environment(name: &str) -> Option<Self> {
        let folder = env::var_os("SIGNET_PICTURES")?;
        Some(Self { folder: Path::new(&folder).join(name), pages: AtomicU32::new(0) })
    }

    /// Takes the pictures of what the browser shows. Their names begin with the number of the page.
    ///
    /// # Errors
    /// When the browser does not answer, or a file cannot be written.
    pub(super) async fn add(&self, browser: &Browser, heading: &str) -> anyhow::Result<()> {
        fs::create_dir_all(&self.folder).with_context(|| format!("cannot make {}", self.folder.display()))?;
        // What lies under the pointer looks different.
        browser.devtools("Input.dispatchMouseEvent", json!({"type": "mouseMoved", "x": 0, "y": 0})).await?;
        let page = self.pages.fetch_add(1, Ordering::Relaxed);
        let name = heading.to_lowercase().replace(|letter: char| !letter.is_ascii_alphanumeric(), "-");
        for scheme in ["dark", "light"] {
            browser.prefer(scheme).await?;
            for width in WIDTHS {
                let file = self.folder.join(format!("{page:02}-{name}-{width}-{scheme}.png"));
                picture(browser, &file, width).await?;
            }
        }
        Ok(())
    }
}

/// Takes a picture of the whole page at this width.
async fn picture(browser: &Browser, file: &Path, width: u32) -> anyhow::Result<()> {
    browser.widen(width).await?;
    let whole_page = json!({"format": "png", "captureBeyondViewport": true});
    let answer = browser.driver.cdp().send_raw("Page.captureScreenshot", whole_page).await?;
    browser.has_its_own_width().await?;
    let picture = BASE64_STANDARD.decode(answer["data"].as_str().context("no picture")?)?;
    fs::write(file, picture).with_context(|| format!("cannot write {}", file.display()))
}
