//! From the sign-in link to the downloaded PFX, with a key made in the browser.

use anyhow::{Result, ensure};
use tests::{
    judges::{judge_certificate, judge_pfx},
    person::{CURRENT_PROGRAM, OLDER_PROGRAM, Person},
    register,
    specialist::Specialist,
    stage::{Setting, Stage, journey},
};

/// What a new user's journey may cost.
const CLICKS: u32 = 25;

#[tokio::test(flavor = "multi_thread")]
async fn a_new_customer_gets_a_pfx_with_an_rsa_2048_key_made_in_the_browser() -> Result<()> {
    journey(Setting::RealUse, "rsa-2048", async |stage| from_link_to_pfx(stage, "RSA 2048").await).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_customer_gets_a_pfx_with_a_p_256_key_made_in_the_browser() -> Result<()> {
    journey(Setting::RealUse, "p-256", async |stage| from_link_to_pfx(stage, "P-256").await).await
}

async fn from_link_to_pfx(stage: &Stage, algorithm: &str) -> Result<()> {
    let specialist = Specialist::arrives(stage).await?;
    let anna = Person::new(stage, "anna").await?;
    anna.browser.forget_requests().await?;
    anna.signs_in().await?;
    anna.orders().await?;
    anna.provides_data_by_register().await?;
    specialist.approves(register::NAME).await?;
    anna.proves_mailbox().await?;
    anna.begins_activation().await?;
    let passphrase = anna.makes_key(algorithm).await?;
    anna.submits().await?;

    let evidence = anna.evidence().await?;
    let modern = evidence.file("modern.p12");
    anna.creates_pfx(&passphrase, CURRENT_PROGRAM, &modern).await?;
    ensure!(anna.browser.clicks() <= CLICKS, "the journey takes {} clicks", anna.browser.clicks());
    anna.browser.examine("PFX made").await?;
    let compatible = evidence.file("compatible.p12");
    anna.creates_pfx(&passphrase, OLDER_PROGRAM, &compatible).await?;

    no_secret_was_sent(&anna, &passphrase).await?;
    judge_certificate(&evidence)?;
    judge_pfx(&evidence, &modern, &passphrase)?;
    judge_pfx(&evidence, &compatible, &passphrase)?;
    everything_is_there_after_a_restart(stage, &anna).await
}

/// No request of any page had the passphrase or a private key in it.
async fn no_secret_was_sent(anna: &Person<'_>, passphrase: &str) -> Result<()> {
    let requests = anna.browser.requests().await?;
    ensure!(
        requests.iter().any(|request| request.contains("BEGIN CERTIFICATE REQUEST")),
        "no request was seen"
    );
    for secret in [passphrase, "PRIVATE KEY"] {
        let sent = requests.iter().find(|request| request.contains(secret));
        ensure!(sent.is_none(), "a page sent a secret: {sent:?}");
    }
    Ok(())
}

async fn everything_is_there_after_a_restart(stage: &Stage, anna: &Person<'_>) -> Result<()> {
    stage.signet.stop().await?;
    let verified = stage.signet.run(&["audit", "verify"]).await?;
    ensure!(verified.contains("intact"), "signet audit verify says: {verified}");
    stage.signet.start_again().await?;
    anna.browser.goto("/certificates").await?;
    anna.browser.at("Certificates").await?;
    anna.browser.press(&anna.address).await?;
    anna.browser.at(&anna.address).await?;
    anna.browser.see("The key is kept in this browser.").await
}
