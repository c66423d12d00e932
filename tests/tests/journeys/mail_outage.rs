//! The mail server is down for a while.

use std::time::Duration;

use anyhow::{Result, ensure};
use tests::{
    process::wait_for,
    stage::{Setting, journey},
};

const ADDRESS: &str = "anna.nowak@example.com";
const SUBJECT: &str = "Your sign-in link";

/// The server tries again a minute after the first failure.
const UNTIL_NEXT_ATTEMPT: Duration = Duration::from_secs(100);
/// A second copy would come with the next round of the outbox, every five seconds.
const UNTIL_A_COPY_WOULD_COME: Duration = Duration::from_secs(12);

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_written_while_smtp_is_down_arrives_once_when_it_is_up_again() -> Result<()> {
    journey(Setting::RealUse, "mail-outage", async |stage| {
        let browser = stage.browser("anna").await?;
        stage.mail.down().await?;

        browser.goto("/sign-in").await?;
        browser.heading("Sign in").await?;
        browser.fill("E-mail address", ADDRESS).await?;
        browser.press("Send me a sign-in link").await?;
        browser.heading("Look at your inbox").await?;
        // The mail is in the database, so that not even a restart loses it.
        stage.signet.stop().await?;
        stage.signet.start_again().await?;
        stage.mail.up().await?;

        let arrived = wait_for("the mail", UNTIL_NEXT_ATTEMPT, async || {
            Ok(stage.mail.messages(ADDRESS, SUBJECT)?.into_iter().next())
        });
        let mail = arrived.await?;
        tokio::time::sleep(UNTIL_A_COPY_WOULD_COME).await;
        let count = stage.mail.messages(ADDRESS, SUBJECT)?.len();
        ensure!(count == 1, "the mail arrived {count} times");

        browser.follows(&mail.link("/sign-in/")?).await?;
        browser.heading("Sign in").await?;
        browser.press("Sign in").await?;
        browser.heading("Dashboard").await
    })
    .await
}
