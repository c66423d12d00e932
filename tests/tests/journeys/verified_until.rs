//! What is verified counts for a while: an organization for 825 days, a mailbox for 30 (S/MIME BR §4.2.1).

use std::time::Duration;

use anyhow::{Result, ensure};
use tests::{
    person::PRODUCT,
    register,
    stage::{Setting, journey},
};

use crate::verified::verified;

const DAY: Duration = Duration::from_hours(24);
/// How long the organization counts.
const ORGANIZATION_DAYS: u32 = 825;
/// How long the mailbox counts.
const MAILBOX_DAYS: u32 = 30;

/// The first question of both wizards, asked while there is something to use.
const QUESTION: &str = "Use what is verified";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_verified_is_offered_until_its_time_has_run_out() -> Result<()> {
    journey(Setting::OwnClock, "verified-until", async |stage| {
        let (anna, _) = verified(stage).await?;
        let browser = &anna.browser;

        stage.signet.is_ahead_by(DAY * (MAILBOX_DAYS + 1))?;
        anna.signs_in().await?;
        anna.orders().await?;
        browser.press("Provide the data").await?;
        browser.at(QUESTION).await?;
        browser.see(register::NAME).await?;
        browser.press("Back").await?;
        browser.at(PRODUCT).await?;
        browser.press("Provide e-mail address").await?;
        browser.at("Provide an e-mail address").await?;

        stage.signet.is_ahead_by(DAY * (ORGANIZATION_DAYS + 1))?;
        anna.signs_in().await?;
        anna.orders().await?;
        browser.press("Provide the data").await?;
        browser.at("Provide the data").await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_that_runs_out_before_the_last_click_leads_to_the_data() -> Result<()> {
    journey(Setting::OwnClock, "runs-out", async |stage| {
        let (anna, _) = verified(stage).await?;
        let browser = &anna.browser;

        // An hour before the end: longer than the way there takes, and shorter than a session lasts.
        stage.signet.is_ahead_by(DAY * (ORGANIZATION_DAYS - 1) + Duration::from_hours(23))?;
        anna.signs_in().await?;
        anna.orders().await?;
        browser.press("Provide the data").await?;
        browser.at(QUESTION).await?;
        browser.mark(register::NAME).await?;
        browser.press("Next").await?;
        browser.at("Summary").await?;

        stage.signet.is_ahead_by(DAY * ORGANIZATION_DAYS)?;
        browser.press("Use this organization").await?;
        browser.see("its time has run out meanwhile").await?;
        browser.console_says_only("409").await?;
        browser.examine("Summary of what has run out").await?;
        browser.press("Provide the data").await?;
        browser.at("Provide the data").await?;
        ensure!(browser.path().await?.ends_with("/data/form"), "the form is elsewhere");
        anna.provides_data_on_the_form().await?;
        browser.see("In verification").await
    })
    .await
}
