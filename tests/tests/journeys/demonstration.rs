//! The demonstration, as somebody meets it who has just typed `cargo xtask run`.

use anyhow::{Context, Result, ensure};
use tests::{
    browser::Browser,
    judges::{judge_certificate, judge_pfx},
    person::{CURRENT_PROGRAM, Person},
    stage::{Setting, Stage, journey},
};

const CUSTOMER: &str = "anna.kowalska@example.com";
const SPECIALIST: &str = "marek.zielinski@example.com";
const ORGANIZATION: &str = "Bursztyn Logistyka Sp. z o.o.";
const BANNER: &str = "Certificates made here are worthless";

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_of_the_demonstration_is_both_persons_and_gets_a_pfx() -> Result<()> {
    journey(Setting::Demonstration, "demonstration", async |stage| {
        let specialist = stage.browser("specialist").await?;
        specialist.follows(&printed_link(stage, SPECIALIST)?).await?;
        specialist.at("Sign in").await?;
        specialist.press("Sign in").await?;
        specialist.at("Verifications").await?;
        specialist.see(BANNER).await?;

        let customer = Person::with_address(stage, "customer", CUSTOMER).await?;
        customer.browser.follows(&printed_link(stage, CUSTOMER)?).await?;
        customer.browser.at("Sign in").await?;
        customer.browser.press("Sign in").await?;
        customer.orders().await?;
        customer.browser.see(BANNER).await?;
        provides_data_by_national_number(&customer.browser).await?;

        specialist.press("Verifications").await?;
        specialist.press(ORGANIZATION).await?;
        specialist.at(ORGANIZATION).await?;
        specialist.press("Approve").await?;
        specialist.until_gone("Approve").await?;

        proves_mailbox_in_the_inbox(&customer.browser).await?;
        customer.begins_activation().await?;
        let passphrase = customer.makes_key("P-384").await?;
        customer.submits().await?;
        let evidence = customer.evidence().await?;
        let pfx = evidence.file("made.p12");
        customer.creates_pfx(&passphrase, CURRENT_PROGRAM, &pfx).await?;
        judge_certificate(&evidence)?;
        judge_pfx(&evidence, &pfx, &passphrase)
    })
    .await
}

/// The link that the server has printed for this person.
fn printed_link(stage: &Stage, address: &str) -> Result<String> {
    let log = stage.signet.log();
    let after =
        log.split_once(address).with_context(|| format!("{address} is not in what was printed: {log}"))?.1;
    let link = after.split_whitespace().find(|word| word.contains("/sign-in/"));
    Ok(link.with_context(|| format!("no link for {address} was printed: {log}"))?.to_owned())
}

async fn provides_data_by_national_number(browser: &Browser) -> Result<()> {
    browser.press("Provide the data").await?;
    browser.at("Provide the data").await?;
    browser.select("Country", "Poland [PL]").await?;
    browser
        .select("Registration number type", "National register (KRS, HRB, Companies House, SIREN…)")
        .await?;
    browser.fill("Registration number", "0000 712 345").await?;
    browser.press("Search the register").await?;
    browser.see(ORGANIZATION).await?;
    browser.press("Next").await?;
    browser.at("Summary").await?;
    browser.press("Save").await?;
    browser.at("The data is saved").await
}

/// The mail is read where a demonstration shows it.
async fn proves_mailbox_in_the_inbox(browser: &Browser) -> Result<()> {
    browser.press("E-mail verification").await?;
    browser.at("Provide an e-mail address").await?;
    browser.press("Next").await?;
    browser.at("Summary").await?;
    browser.press("Save").await?;
    browser.at("Open the link in your message").await?;
    browser.press("Open the inbox of this demonstration").await?;
    browser.at("Inbox").await?;
    browser.see("Confirm your e-mail address").await?;
    let link = browser.text().await?;
    let link = link.split_whitespace().find(|word| word.contains("/confirm/")).map(str::to_owned);
    browser.press(&link.context("no link in the inbox")?).await?;
    browser.at("Confirm your e-mail address").await?;
    browser.press("Confirm").await?;
    browser.at("The address is confirmed").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_for_real_use_has_no_inbox_no_demonstration_person_and_no_printed_link() -> Result<()> {
    journey(Setting::RealUse, "real-use", async |stage| {
        let log = stage.signet.log();
        ensure!(!log.contains("/sign-in/") && !log.contains("@example.com"), "the server printed: {log}");
        let browser = stage.browser("visitor").await?;
        browser.goto("/terms").await?;
        browser.at("Subscriber terms").await?;
        ensure!(
            !browser.text().await?.contains(BANNER),
            "a server for real use calls itself a demonstration"
        );
        browser.press("Required documents").await?;
        browser.at("Information about required documents").await?;
        let (status, _) = browser.fetch("/api/inbox").await?;
        ensure!(status == 404, "/api/inbox answers {status}");
        browser.console_says_only("404").await
    })
    .await
}
