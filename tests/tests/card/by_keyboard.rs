//! The way with a card by keyboard alone: no pointer, and the focus is seen wherever it goes.

use anyhow::{Result, ensure};
use tests::{
    browser::{
        Browser,
        keyboard::{DOWN, ENTER, SPACE},
    },
    card::{
        bridge::Bridge,
        pinentry::{NO, YES},
        soft_hsm::SoftHsm,
    },
    stage::{Setting, journey},
};

use crate::journeys::{settings, verified};

const PIN: &str = "2580-1470";

#[tokio::test(flavor = "multi_thread")]
async fn who_has_a_keyboard_only_gets_a_certificate_onto_the_card() -> Result<()> {
    journey(Setting::PublicSite, "card-keyboard", async |stage| {
        let (_soft_hsm, token) = SoftHsm::with_token("Card of Anna", PIN)?;
        let bridge = Bridge::installed(settings(stage, vec![token.clone()])?)?;
        let anna = verified(stage).await?;
        bridge.start_again().await?;
        let browser = &anna.browser;
        browser.permits_loopback("granted").await?;
        anna.begins_activation().await?;
        let before = browser.clicks();
        chooses_card(browser).await?;

        // Refused once by mistake, then allowed.
        bridge.pinentry.will_answer(&[NO])?;
        browser.tabs_and_presses("Connect to the card bridge", ENTER).await?;
        browser.see("The site was not allowed to use the card bridge.").await?;
        bridge.pinentry.will_answer(&[YES, PIN])?;
        browser.tabs_and_presses("Connect to the card bridge", ENTER).await?;
        browser.see("Card of Anna").await?;
        browser.tabs_and_presses("Generate key pair", ENTER).await?;
        browser.at("Summary").await?;
        browser.see("P-256").await?;
        browser.tabs_and_presses("I accept the subscriber terms (opens in a new tab)", SPACE).await?;
        browser.tabs_and_presses("Submit", ENTER).await?;
        browser.at("Your certificate is issued").await?;

        bridge.pinentry.will_answer(&[PIN])?;
        browser.tabs_and_presses("Open the certificate", ENTER).await?;
        browser.at(&anna.address).await?;
        browser.tabs_and_presses("Install on card", ENTER).await?;
        browser.at("Install on card").await?;
        browser.tabs_and_presses("Connect to the card bridge", ENTER).await?;
        browser.see("Card of Anna").await?;
        browser.tabs_and_presses("Install on card", ENTER).await?;
        browser.see("The certificate is on the card").await?;
        let clicks = browser.clicks() - before;
        ensure!(clicks == 0, "a pointer was used {clicks} times");
        ensure!(token.objects("cert")?.len() == 1, "the certificate is not on the card");
        Ok(())
    })
    .await
}

/// The third of three methods, and P-256, the fourth of five algorithms.
async fn chooses_card(browser: &Browser) -> Result<()> {
    browser.tabs_and_presses("In this browser", DOWN).await?;
    browser.presses_keys(DOWN).await?;
    browser.tabs_to("Key algorithm and key length").await?;
    browser.presses_keys(&DOWN.repeat(3)).await?;
    browser.tabs_and_presses("Next", ENTER).await?;
    browser.at("Key pair generation").await
}
