//! The keyboard alone: Tab to a control, and what the keys do there.

use std::path::Path;

use anyhow::{Context, bail, ensure};
use serde_json::{Value, json};

use super::{Browser, devtools::DevTools};

/// Keys, as `WebDriver` §17.4.2 writes them.
pub const TAB: &str = "\u{e004}";
/// Follows a link, presses a button, submits a form.
pub const ENTER: &str = "\u{e007}";
/// Presses a button, marks a box, opens the dialog of a file field.
pub const SPACE: &str = " ";
/// Goes to the next choice of a list or of a group.
pub const DOWN: &str = "\u{e015}";

/// No page has as many places for the focus. Our choice.
const MOST_STOPS: usize = 80;

/// Whether whoever uses the keyboard sees where they are: the outline of what has the focus, or of the area that a file field
/// or a choice fills; and that it is on the screen.
const IS_SEEN: &str = "const focused = document.activeElement; \
    const framed = focused.closest('.drop, .choice') ?? focused; \
    const styles = [getComputedStyle(focused), getComputedStyle(focused, '::after'), getComputedStyle(framed)]; \
    const outlined = styles.some(style => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0); \
    const {top, bottom} = focused.getBoundingClientRect(); \
    const on_screen = bottom > 0 && top < innerHeight; \
    return outlined && on_screen ? '' : `outlined: ${outlined}, on the screen: ${on_screen}: ${focused.outerHTML.slice(0, 200)}`;";

impl Browser {
    /// Presses Tab until the control with this name has the focus, and looks whether that can be seen. Forwards only, and not
    /// past the end of the page.
    ///
    /// # Errors
    /// When the focus comes to no such control, with those that it came to.
    pub async fn tabs_to(&self, name: &str) -> anyhow::Result<()> {
        let mut devtools = DevTools::connect(&self.driver).await?;
        let mut passed = Vec::new();
        while passed.len() < MOST_STOPS {
            self.presses_keys(TAB).await?;
            let focused = name_of_focused(&mut devtools).await?;
            if focused == name {
                let unseen = self.asks(IS_SEEN).await?;
                ensure!(unseen.is_empty(), "the focus on {name:?} cannot be seen: {unseen}");
                return Ok(());
            }
            if focused.is_empty() && !passed.is_empty() {
                break;
            }
            passed.push(focused);
        }
        bail!("Tab does not lead to {name:?}, but to {passed:?}")
    }

    /// Tab to the control with this name, and then this key.
    ///
    /// # Errors
    /// When the focus comes to no such control.
    pub async fn tabs_and_presses(&self, name: &str, key: &str) -> anyhow::Result<()> {
        self.tabs_to(name).await?;
        self.presses_keys(key).await
    }

    /// Tab to the file field with this name, Space, and this file from the dialog that opens.
    ///
    /// # Errors
    /// When the focus does not come there, or no dialog opens.
    pub async fn tabs_and_chooses(&self, name: &str, file: &Path) -> anyhow::Result<()> {
        let mut devtools = DevTools::connect(&self.driver).await?;
        devtools.call("Page.enable", json!({})).await?;
        devtools.call("Page.setInterceptFileChooserDialog", json!({"enabled": true})).await?;
        self.tabs_and_presses(name, SPACE).await?;
        let opened =
            devtools.event("Page.fileChooserOpened").await.with_context(|| format!("for {name:?}"))?;
        let choice = json!({"files": [file], "backendNodeId": opened["backendNodeId"]});
        devtools.call("DOM.setFileInputFiles", choice).await?;
        devtools.call("Page.setInterceptFileChooserDialog", json!({"enabled": false})).await.map(drop)
    }
}

/// The accessible name of what has the focus, without the star of a required field; nothing where nothing has it.
async fn name_of_focused(devtools: &mut DevTools) -> anyhow::Result<String> {
    let focused =
        json!({"expression": "document.activeElement === document.body ? null : document.activeElement"});
    let focused = devtools.call("Runtime.evaluate", focused).await?;
    let Value::String(id) = &focused["result"]["objectId"] else { return Ok(String::new()) };
    let tree = devtools
        .call("Accessibility.getPartialAXTree", json!({"objectId": id, "fetchRelatives": false}))
        .await?;
    let name = tree["nodes"][0]["name"]["value"].as_str().unwrap_or_default();
    Ok(name.trim().trim_end_matches('*').trim_end().to_owned())
}
