//! Back, reload, deep links and the keyboard in a wizard.

use anyhow::{Result, ensure};
use tests::{
    person::Person,
    register,
    stage::{Setting, journey},
};

const ORGANIZATION: &str = "Bursztynowa Spółka Handlowa S.A.";
const ENTER: &str = "\u{e007}";
const TAB: &str = "\u{e004}";

#[tokio::test(flavor = "multi_thread")]
async fn back_reload_and_deep_links_keep_the_place_and_what_was_entered() -> Result<()> {
    journey(Setting::RealUse, "wizard-navigation", async |stage| {
        let anna = Person::new(stage, "anna").await?;
        anna.signs_in().await?;
        anna.orders().await?;
        let browser = &anna.browser;
        browser.press("Provide the data").await?;
        browser.at("Provide the data").await?;
        browser.fill("Registration number", register::LEI).await?;
        browser.press("Search the register").await?;
        browser.see("Found in: Global LEI Index").await?;
        browser.press("Next").await?;
        browser.at("Summary").await?;
        let summary = browser.path().await?;

        browser.back().await?;
        browser.at("Provide the data").await?;
        ensure!(browser.value("Organization").await? == ORGANIZATION, "going back lost what was entered");
        browser.reload().await?;
        browser.at("Provide the data").await?;
        ensure!(browser.value("Organization").await? == ORGANIZATION, "a reload lost what was entered");
        browser.goto(&summary).await?;
        browser.at("Summary").await?;
        browser.see(ORGANIZATION).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incomplete_form_says_what_is_missing_and_the_keyboard_leads_there() -> Result<()> {
    journey(Setting::RealUse, "keyboard", async |stage| {
        let anna = Person::new(stage, "anna").await?;
        anna.signs_in().await?;
        anna.orders().await?;
        let browser = &anna.browser;
        browser.press("Provide the data").await?;
        browser.at("Provide the data").await?;
        browser.press("Next").await?;
        browser.see("There is a problem").await?;
        browser.examine("Form with errors").await?;
        let title = browser.title().await?;
        ensure!(title.starts_with("Error: "), "the tab is called {title:?}");
        let focused = browser.focused().await?;
        ensure!(focused.contains("There is a problem"), "the focus is on {focused:?}");

        // The first link of the summary, and by it to the first field that is wrong.
        browser.presses_keys(TAB).await?;
        browser.presses_keys(ENTER).await?;
        let focused = browser.focused().await?;
        ensure!(focused.starts_with("Country"), "the link leads to {focused:?}");
        Ok(())
    })
    .await
}
