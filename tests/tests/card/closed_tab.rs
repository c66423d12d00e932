//! The tab is closed in the middle of the work on a card. Whoever opens the order again is at the step where they were.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tests::{
    card::{
        faulty_module::FaultyModule,
        holder::{Holder, Way},
        soft_hsm::SoftHsm,
    },
    stage::{Setting, journey},
};

use crate::journeys::stands_before_key;

const PIN: &str = "2580-1470";
/// What the browser complains of when an answer never comes.
const BRIDGE: &str = "http://127.0.0.1:28461";
const KEY_LEFT: &str = "Keys without a certificate";
/// In this time after things are well again the page must be where it was.
const RECOVERED_WITHIN: Duration = Duration::from_secs(3);

#[tokio::test(flavor = "multi_thread")]
async fn whoever_closed_the_tab_goes_on_where_they_were() -> Result<()> {
    journey(Setting::PublicSite, "card-closed-tab", async |stage| {
        let (_soft_hsm, token) = SoftHsm::with_token("Card of Anna", PIN)?;
        let (module, bridge, anna) = stands_before_key(stage, &token).await?;
        let browser = &anna.browser;
        let path = browser.path().await?;
        let (order, _) = path.split_once("/activate").context("it is no page of an order's activation")?;
        let holder = Holder { person: &anna, bridge: &bridge, way: Way::Loopback };
        let comes_back = async || {
            browser.closes_tab().await?;
            module.goes_on()?;
            browser.goto(order).await?;
            anna.follows_to_activation("Activate certificate").await?;
            holder.chooses_method("P-256").await?;
            holder.connects().await?;
            browser.see_within(KEY_LEFT, RECOVERED_WITHIN).await
        };

        // While the card makes the key, which is there afterwards.
        module.is_to(&["before C_GenerateKeyPair"])?;
        browser.press("Generate key pair").await?;
        module.stops("before C_GenerateKeyPair").await?;
        comes_back().await.context("while the key was made")?;

        // While the card signs the request.
        module.is_to(&["before C_Sign"])?;
        bridge.pinentry.will_answer(&[PIN])?;
        browser.press("Use this key").await?;
        module.stops("before C_Sign").await?;
        comes_back().await.context("while the request was signed")?;

        // When all that is left is to submit.
        bridge.pinentry.will_answer(&[PIN])?;
        browser.press("Use this key").await?;
        browser.heading("Summary").await?;
        comes_back().await.context("before the request was submitted")?;
        bridge.pinentry.will_answer(&[PIN])?;
        browser.press("Use this key").await?;
        browser.heading("Summary").await?;
        anna.submits().await?;
        certificate_is_written_again(&holder, &module).await?;
        ensure!(token.identifier("cert")? == token.identifier("privkey")?, "it is beside another key");
        Ok(())
    })
    .await
}

/// The tab is closed, and the bridge killed, while the certificate is written: it is written when the person comes back.
async fn certificate_is_written_again(holder: &Holder<'_>, module: &FaultyModule) -> Result<()> {
    let Holder { person: anna, bridge, way } = holder;
    let browser = &anna.browser;
    browser.press("Open the certificate").await?;
    browser.at(&anna.address).await?;
    let certificate = browser.path().await?;
    let writes = async || {
        browser.press("Install on card").await?;
        browser.at("Install on card").await?;
        bridge.pinentry.will_answer(&[PIN])?;
        holder.connects().await?;
        browser.press("Install on card").await
    };
    module.is_to(&["before C_CreateObject"])?;
    writes().await?;
    module.stops("before C_CreateObject").await?;
    bridge.kill().await?;
    browser.closes_tab().await?;
    // What DevTools decided ends with its tab.
    browser.permits_loopback(way.permission()).await?;
    module.goes_on()?;
    bridge.start_again().await?;
    browser.goto(&certificate).await?;
    // The last words of the tab that was closed.
    browser.console_says_only(BRIDGE).await?;
    writes().await?;
    browser.see("The certificate is on the card").await
}
