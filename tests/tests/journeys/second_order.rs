//! A second order of the same customer uses what the first one had verified.

use std::fs;

use anyhow::{Result, ensure};
use tests::{
    browser::{
        Browser,
        keyboard::{ENTER, SPACE, TAB},
    },
    judges::judge_certificate,
    person::{CHALLENGE_SUBJECT, PRODUCT, Person},
    register,
    specialist::Specialist,
    stage::{Setting, journey},
};

/// What the question is called in both wizards.
const QUESTION: &str = "Use what is verified";

#[tokio::test(flavor = "multi_thread")]
async fn a_second_order_is_issued_without_a_specialist_and_a_second_message() -> Result<()> {
    journey(Setting::Postgres, "second-order", async |stage| {
        let specialist = Specialist::arrives(stage).await?;
        let anna = Person::new(stage, "anna").await?;
        anna.signs_in().await?;
        anna.orders().await?;
        anna.provides_data_by_register().await?;
        specialist.approves(register::NAME).await?;
        anna.proves_mailbox().await?;
        anna.begins_activation().await?;
        anna.makes_key("P-256").await?;
        anna.submits().await?;
        let first = anna.evidence().await?;

        anna.browser.press("Dashboard").await?;
        anna.orders().await?;
        let clicks = anna.browser.clicks();
        uses_organization(&anna.browser).await?;
        uses_mailbox(&anna).await?;
        let clicks = anna.browser.clicks() - clicks;
        ensure!(clicks == 0, "a pointer was used {clicks} times");
        anna.follows_to_activation("Activate certificate").await?;
        anna.makes_key("P-384").await?;
        anna.submits().await?;
        let second = anna.evidence().await?;
        ensure!(fs::read(first.leaf())? != fs::read(second.leaf())?, "there is no second certificate");
        judge_certificate(&second)?;

        // It was written last: what was written before it has arrived.
        stage.mail.nth_message(&anna.address, "Your certificate is ready", 2).await?;
        let messages = stage.mail.messages(&anna.address, CHALLENGE_SUBJECT)?.len();
        ensure!(messages == 1, "{messages} messages were sent to prove one mailbox");
        specialist.has_nothing_to_do().await
    })
    .await
}

/// First in vain: nothing is chosen for the person.
async fn uses_organization(browser: &Browser) -> Result<()> {
    browser.tabs_and_presses("Provide the data", ENTER).await?;
    browser.at(QUESTION).await?;
    browser.tabs_and_presses("Next", ENTER).await?;
    browser.see("There is a problem").await?;
    browser.examine("Question with an error").await?;
    browser.presses_keys(TAB).await?;
    browser.presses_keys(ENTER).await?;
    let focused = browser.focused().await?;
    ensure!(focused == register::NAME, "the link leads to {focused:?}");
    browser.presses_keys(SPACE).await?;
    goes_on(browser, "Use this organization").await
}

async fn uses_mailbox(anna: &Person<'_>) -> Result<()> {
    let browser = &anna.browser;
    browser.tabs_and_presses("Provide e-mail address", ENTER).await?;
    browser.at(QUESTION).await?;
    browser.tabs_and_presses(&anna.address, SPACE).await?;
    goes_on(browser, "Use this address").await
}

/// From the answer to the page of the order.
async fn goes_on(browser: &Browser, button: &str) -> Result<()> {
    browser.tabs_and_presses("Next", ENTER).await?;
    browser.at("Summary").await?;
    browser.see("Verified until").await?;
    browser.tabs_and_presses(button, ENTER).await?;
    browser.at(PRODUCT).await?;
    browser.see("Verified until").await
}
