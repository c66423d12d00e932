//! Data that is refused, corrected, and approved.

use std::fs;

use anyhow::{Result, ensure};
use tests::{
    person::Person,
    specialist::Specialist,
    stage::{Setting, journey},
};

const WRONG: &str = "Bursztynowa";
const RIGHT: &str = "Bursztynowa Spółka Handlowa S.A.";
const REASON: &str = "The extract names the organization in full. Enter that name.";

#[tokio::test(flavor = "multi_thread")]
async fn refused_data_is_corrected_and_approved() -> Result<()> {
    journey(Setting::RealUse, "refused-data", async |stage| {
        let specialist = Specialist::arrives(stage).await?;
        let anna = Person::new(stage, "anna").await?;
        anna.signs_in().await?;
        anna.orders().await?;
        let order = anna.browser.path().await?;
        let extract = stage.signet.folder().join("extract.pdf");
        fs::write(&extract, "%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")?;
        anna.provides_data_by_document(WRONG, &extract).await?;

        specialist.refuses(WRONG, REASON).await?;
        let mail = stage.mail.nth_message(&anna.address, "needs your attention", 1).await?;
        ensure!(!mail.text.contains(REASON), "the reason stands in the mail");
        anna.browser.follows(&mail.link("/orders/")?).await?;
        anna.browser.at("S/MIME Organization, 365 days").await?;
        ensure!(anna.browser.path().await? == order, "the mail leads to another page");
        anna.browser.see(REASON).await?;

        anna.browser.press("Provide the data").await?;
        anna.browser.at("Provide the data").await?;
        anna.browser.see(REASON).await?;
        anna.browser.fill("Organization", RIGHT).await?;
        anna.browser.press("Next").await?;
        anna.browser.at("Summary").await?;
        anna.browser.see("extract.pdf").await?;
        anna.browser.press("Save").await?;
        anna.browser.at("The data is saved").await?;

        specialist.approves_with_identifier(RIGHT, "NTRPL-0000284137").await?;
        let mail = stage.mail.nth_message(&anna.address, "Organization data approved", 1).await?;
        anna.browser.follows(&mail.link("/orders/")?).await?;
        anna.browser.at("S/MIME Organization, 365 days").await?;
        anna.browser.see("Organization, as verified").await?;
        ensure!(!anna.browser.text().await?.contains(REASON), "the old reason is still shown");
        Ok(())
    })
    .await
}
