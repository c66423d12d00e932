//! What a person sees when something is missing or breaks off, and that the page goes on by itself once it is mended.

use std::{fs, time::Duration};

use anyhow::{Context, Result, ensure};
use tests::{
    card::{
        bridge::{Bridge, Settings},
        holder::{Holder, Way},
        pinentry::YES,
        soft_hsm::SoftHsm,
    },
    process::{PATIENCE, ends, wait_for},
    stage::{Setting, journey},
};

use crate::{
    interruptions::kill,
    journeys::{comes, verified},
};

const PIN: &str = "2580-1470";
/// What the browser complains of when nobody answers there.
const BRIDGE: &str = "http://127.0.0.1:2846";
/// In this time after things are well again the page must be where it was.
const RECOVERED_WITHIN: Duration = Duration::from_secs(3);

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_said_in_one_screen_and_the_page_goes_on_by_itself() -> Result<()> {
    journey(Setting::PublicSite, "card-missing", async |stage| {
        let soft_hsm = SoftHsm::empty()?;
        let environment = vec![("SOFTHSM2_CONF", soft_hsm.configuration().into())];
        let bridge = Bridge::installed(Settings { environment, ..Settings::default() })?;
        let anna = verified(stage).await?;
        // Nobody else's bridge may be there when this one is missing.
        bridge.is_alone().await?;
        let browser = &anna.browser;
        let holder = Holder { person: &anna, bridge: &bridge, way: Way::Loopback };
        holder.chooses_card("P-256").await?;

        // The question of the browser was closed, then answered with no. Headless it closes by itself.
        browser.permits_loopback("prompt").await?;
        browser.press("Connect to the card bridge").await?;
        browser.see("Your browser’s question was closed").await?;
        browser.console_says_only(BRIDGE).await?;
        browser.examine("Question closed").await?;
        browser.permits_loopback("denied").await?;
        browser.press("Connect to the card bridge").await?;
        browser.see("Your browser blocks the card bridge").await?;
        browser.examine("Blocked").await?;
        // The person allows it, and the page notices by itself. Nothing runs yet.
        browser.permits_loopback("granted").await?;
        browser.see("Start it, or install it first").await?;
        ensure!(
            browser.offers("Start the card bridge").await?,
            "the page does not offer to start the bridge"
        );

        // To another method and back: nothing is lost.
        browser.press("Back").await?;
        browser.heading("Generation method").await?;
        browser.mark("In this browser").await?;
        browser.press("Next").await?;
        browser.heading("Key pair generation").await?;
        browser.see("Passphrase").await?;
        browser.back().await?;
        browser.heading("Generation method").await?;
        browser.mark("Generating key pair on card").await?;
        browser.press("Next").await?;
        browser.heading("Key pair generation").await?;
        browser.see("Key pair generation").await?;

        bridge.pinentry.will_answer(&[YES])?;
        browser.press("Connect to the card bridge").await?;
        browser.see("Start it, or install it first").await?;
        bridge.start_again().await?;
        browser
            .see_within("Insert the card", RECOVERED_WITHIN * 2)
            .await
            .context("the bridge is not noticed")?;
        browser.console_says_only(BRIDGE).await?;
        browser.examine("No card").await?;
        let token = soft_hsm.add("Card of Anna", PIN)?;
        browser.see_within("P-256", RECOVERED_WITHIN).await.context("the card is not noticed")?;
        bridge.pinentry.will_answer(&[PIN])?;
        browser.press("Generate key pair").await?;
        browser.heading("Summary").await?;
        ensure!(token.objects("privkey")?.len() == 1, "no key is on the card");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_comes_back_to_its_step_when_the_bridge_or_the_tab_was_killed() -> Result<()> {
    journey(Setting::PublicSite, "card-recovery", async |stage| {
        let (_soft_hsm, token) = SoftHsm::with_token("Card of Anna", PIN)?;
        // Something broke off before: a key without a certificate.
        token.makes_key("EC:secp384r1", "0a")?;
        let settings = crate::journeys::settings(stage, vec![token.clone()])?;
        let bridge = Bridge::installed(settings)?;
        let anna = verified(stage).await?;
        bridge.start_again().await?;
        let browser = &anna.browser;
        let holder = Holder { person: &anna, bridge: &bridge, way: Way::Loopback };
        holder.chooses_card("P-256").await?;
        bridge.pinentry.will_answer(&[YES])?;
        holder.connects().await?;
        browser.see("Keys without a certificate").await?;
        browser.examine("Key left").await?;

        // The bridge is killed while its window is open.
        browser.press("Generate key pair").await?;
        let window = bridge.pinentry.waits().await?;
        browser.see("Look for the window of the card bridge").await?;
        bridge.kill().await?;
        ends(window).await?;
        bridge.start_again().await?;
        wait_for("the page to be where it was", RECOVERED_WITHIN, async || {
            Ok(browser.offers("Generate key pair").await?.then_some(()))
        })
        .await?;
        browser.console_says_only(BRIDGE).await?;
        browser.examine("Broken off").await?;

        // The page is loaded again while the window is open, and follows it; Cancel closes it.
        bridge.pinentry.was_told()?;
        browser.press("Generate key pair").await?;
        let window = bridge.pinentry.waits().await?;
        browser.reload().await?;
        browser.see("Look for the window of the card bridge").await?;
        browser.press("Cancel").await?;
        ends(window).await?;
        wait_for("the form", PATIENCE, async || Ok(browser.offers("Generate key pair").await?.then_some(())))
            .await?;

        // The key that was left is used. The server knows of no half state: the order goes on.
        bridge.pinentry.will_answer(&[PIN])?;
        browser.press("Use this key").await?;
        browser.heading("Summary").await?;
        anna.submits().await?;
        holder.installs(&[PIN]).await?;
        ensure!(token.identifier("cert")? == "0a", "the certificate is beside another key");
        Ok(())
    })
    .await
}

/// Through the server, whose page hears nothing from a bridge that is gone: nobody has to wait until it is given up.
#[tokio::test(flavor = "multi_thread")]
async fn a_bridge_that_was_killed_at_a_task_of_the_server_is_opened_again_at_once() -> Result<()> {
    journey(Setting::PublicSite, "card-relay-killed", async |stage| {
        let (_soft_hsm, token) = SoftHsm::with_token("Card of Anna", PIN)?;
        let bridge = Bridge::installed(crate::journeys::settings(stage, vec![token.clone()])?)?;
        let (anna, _scheme) = comes(stage, &bridge, Way::Relay).await?;
        let browser = &anna.browser;
        let holder = Holder { person: &anna, bridge: &bridge, way: Way::Relay };
        holder.chooses_card("P-256").await?;
        holder.connects().await?;
        browser.press("Generate key pair").await?;
        let window = bridge.pinentry.waits().await?;
        browser.see("Look for the window of the card bridge").await?;
        kill(parent(parent(window)?)?)?;
        ends(window).await.context("the window outlives the bridge")?;
        browser.press("Cancel").await?;
        wait_for("the page to be where it was", RECOVERED_WITHIN, async || {
            Ok(browser.offers("Generate key pair").await?.then_some(()))
        })
        .await?;
        bridge.pinentry.will_answer(&[PIN])?;
        browser.press("Generate key pair").await?;
        browser.heading("Summary").await?;
        browser.console_says_only("Launched external handler for 'signet-card:").await?;
        ensure!(token.objects("privkey")?.len() == 1, "it was not made once");
        anna.submits().await
    })
    .await
}

/// The process that started this one.
fn parent(process: u32) -> Result<u32> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let parent = status.lines().find_map(|line| line.strip_prefix("PPid:"));
    Ok(parent.context("it has no parent")?.trim().parse()?)
}
