//! What a person does on a page: presses, marks, types, chooses, and takes a download.

use std::{fs, path::Path, sync::atomic::Ordering};

use anyhow::Context;
use serde_json::json;
use thirtyfour::{By, WebElement, components::SelectElement};

use super::{Browser, accessibility};
use crate::process::{PATIENCE, wait_for};

/// The roles of what is pressed.
const BUTTON_OR_LINK: &[&str] = &["button", "link"];
/// The roles of what is filled in.
const FIELD: &[&str] = &["textbox", "searchbox", "spinbutton", "combobox"];
/// The roles of what is marked.
const CHOICE: &[&str] = &["radio", "checkbox"];

impl Browser {
    /// Presses a key, or several one after another, where the focus is.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn presses_keys(&self, keys: &str) -> anyhow::Result<()> {
        self.driver.action_chain().send_keys(keys).perform().await.context("cannot press keys")
    }

    /// Clicks the button or link with this name, once it is there and enabled.
    ///
    /// # Errors
    /// When there is none.
    pub async fn press(&self, name: &str) -> anyhow::Result<()> {
        self.click(BUTTON_OR_LINK, name).await
    }

    /// Marks the radio button or check box with this name, unless it is marked already.
    ///
    /// # Errors
    /// When there is none.
    pub async fn mark(&self, name: &str) -> anyhow::Result<()> {
        if self.control(CHOICE, name).await?.is_selected().await? {
            return Ok(());
        }
        self.click(CHOICE, name).await
    }

    /// Whether there is a button or link with this name that can be pressed now.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn offers(&self, name: &str) -> anyhow::Result<bool> {
        Ok(accessibility::find(&self.driver, BUTTON_OR_LINK, name).await?.is_some())
    }

    /// Waits until there is no button or link with this name any more.
    ///
    /// # Errors
    /// When it stays.
    pub async fn until_gone(&self, name: &str) -> anyhow::Result<()> {
        wait_for(&format!("{name:?} to go"), PATIENCE, async || Ok((!self.offers(name).await?).then_some(())))
            .await
    }

    /// Types into the field with this label, in place of what stands there.
    ///
    /// # Errors
    /// When there is none.
    pub async fn fill(&self, label: &str, text: &str) -> anyhow::Result<()> {
        let field = self.control(FIELD, label).await?;
        field.clear().await?;
        field.send_keys(text).await.with_context(|| format!("cannot type into {label:?}"))
    }

    /// Puts the text into the field with this label in one piece, in place of what stands there, as pasting does.
    ///
    /// # Errors
    /// When there is none.
    pub async fn paste(&self, label: &str, text: &str) -> anyhow::Result<()> {
        let field = self.control(FIELD, label).await?;
        field.focus().await?;
        self.driver.execute("arguments[0].select()", vec![field.to_json()?]).await?;
        self.devtools("Input.insertText", json!({"text": text})).await
    }

    /// Types at the end of what stands in the field with this label.
    ///
    /// # Errors
    /// When there is none.
    pub async fn type_on(&self, label: &str, text: &str) -> anyhow::Result<()> {
        let field = self.control(FIELD, label).await?;
        field.send_keys(text).await.with_context(|| format!("cannot type into {label:?}"))
    }

    /// What stands in the field with this label.
    ///
    /// # Errors
    /// When there is none.
    pub async fn value(&self, label: &str) -> anyhow::Result<String> {
        Ok(self.control(FIELD, label).await?.prop("value").await?.unwrap_or_default())
    }

    /// What a screen reader says of the field with this label, after the label.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn description(&self, label: &str) -> anyhow::Result<String> {
        self.control(FIELD, label).await?;
        accessibility::description(&self.driver, FIELD, label).await
    }

    /// Chooses from the list with this label.
    ///
    /// # Errors
    /// When there is no such list, or no such choice in it.
    pub async fn select(&self, label: &str, choice: &str) -> anyhow::Result<()> {
        let list = self.control(FIELD, label).await?;
        self.count();
        let list = SelectElement::new(&list).await.with_context(|| format!("{label:?} is no list"))?;
        list.select_by_exact_text(choice)
            .await
            .with_context(|| format!("no {choice:?} in the list {label:?}"))
    }

    /// Gives a file to the file field with this label.
    ///
    /// # Errors
    /// When there is no such field.
    pub async fn attach(&self, label: &str, file: &Path) -> anyhow::Result<()> {
        let field =
            format!("//input[@type='file'][@id=//label[contains(normalize-space(), '{label}')]/@for]");
        let field =
            self.driver.find(By::XPath(field)).await.with_context(|| format!("no file field {label:?}"))?;
        field.send_keys(file.to_string_lossy()).await?;
        Ok(())
    }

    /// Waits for a downloaded file whose name ends like this, moves it to this path, and gives the name it had.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn takes_download(&self, ending: &str, to: &Path) -> anyhow::Result<String> {
        let what = format!("a downloaded file *{ending}");
        let file = wait_for(&what, PATIENCE, async || {
            for entry in fs::read_dir(self.downloads.path())? {
                let path = entry?.path();
                if path.to_string_lossy().ends_with(ending) && path.metadata()?.len() > 0 {
                    return Ok(Some(path));
                }
            }
            Ok(None)
        });
        let file = file.await?;
        fs::copy(&file, to).with_context(|| format!("cannot copy to {}", to.display()))?;
        fs::remove_file(&file)?;
        Ok(file.file_name().unwrap_or_default().to_string_lossy().into_owned())
    }

    /// Moves the pointer to the control and clicks whatever is on top there, as a hand does: the label of a choice may
    /// cover it.
    async fn click(&self, roles: &[&str], name: &str) -> anyhow::Result<()> {
        let control = self.control(roles, name).await?;
        control.scroll_into_view().await?;
        let pointer = self.driver.action_chain().move_to_element_center(&control).click();
        pointer.perform().await.with_context(|| format!("cannot click {name:?}"))?;
        self.count();
        Ok(())
    }

    pub(super) fn count(&self) {
        self.clicks.fetch_add(1, Ordering::Relaxed);
    }

    /// Waits for the enabled control with one of these roles and this name.
    async fn control(&self, roles: &[&str], name: &str) -> anyhow::Result<WebElement> {
        let what = format!("a {} named {name:?}", roles.join(" or "));
        let found =
            wait_for(&what, PATIENCE, async || accessibility::find(&self.driver, roles, name).await).await;
        match found {
            Ok(control) => Ok(control),
            Err(error) => {
                let offered = accessibility::names(&self.driver, roles).await?.join(" | ");
                Err(error.context(format!("the page at {} has: {offered}", self.path().await?)))
            }
        }
    }
}
