//! A long key generation: the page goes on, and Cancel ends it.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tests::{
    person::Person,
    register,
    specialist::Specialist,
    stage::{Setting, journey},
};
use tokio::time::{sleep, timeout};

/// Long enough for many messages from the worker, shorter than an RSA 4096 key nearly always takes.
const WATCHED: Duration = Duration::from_millis(1_500);
/// What a person takes for at once, and the time that finding the button again takes.
const AT_ONCE: Duration = Duration::from_secs(1);
/// Now and then a long key is found quickly.
const ATTEMPTS: u32 = 5;

#[tokio::test(flavor = "multi_thread")]
async fn the_page_never_stalls_while_a_key_is_made_and_cancel_ends_it_at_once() -> Result<()> {
    journey(Setting::RealUse, "key-generation", async |stage| {
        let specialist = Specialist::arrives(stage).await?;
        let anna = Person::new(stage, "anna").await?;
        anna.signs_in().await?;
        anna.orders().await?;
        anna.provides_data_by_register().await?;
        specialist.approves(register::NAME).await?;
        anna.proves_mailbox().await?;
        anna.begins_activation().await?;
        anna.browser.select("Key algorithm and key length", "RSA 4096").await?;
        anna.browser.press("Next").await?;
        anna.browser.at("Key pair generation").await?;
        anna.browser.fill("Passphrase", "amber-lantern-42").await?;
        for _ in 0..ATTEMPTS {
            if is_cancelled(&anna).await? {
                return anna.browser.examine("Cancelled").await;
            }
        }
        anyhow::bail!("{ATTEMPTS} RSA 4096 keys were made in no time");
    })
    .await
}

/// Starts, watches, cancels; tells whether there was still something to cancel.
async fn is_cancelled(anna: &Person<'_>) -> Result<bool> {
    let browser = &anna.browser;
    browser.press("Generate key pair").await?;
    browser.see("prime number").await?;
    // Nothing but the page itself works on the page from here on.
    browser.watch_long_tasks().await?;
    sleep(WATCHED).await;
    let long_tasks = browser.long_tasks().await?;
    ensure!(long_tasks.is_empty(), "the page stalled: {long_tasks}");
    if !browser.offers("Cancel").await? {
        browser.heading("Your key pair is ready").await?;
        browser.press("Make another key instead").await?;
        browser.fill("Passphrase", "amber-lantern-42").await?;
        return Ok(false);
    }
    browser.examine("Key is being made").await?;
    if !browser.offers("Cancel").await? {
        return Ok(false);
    }
    browser.press("Cancel").await?;
    timeout(AT_ONCE, browser.until_gone("Cancel")).await.context("Cancel takes its time")??;
    ensure!(browser.offers("Generate key pair").await?, "the form is not there again");
    Ok(true)
}
