//! What takes minutes: a card that makes a key while the tab sleeps, and modules that hang until they are given up.

use std::{fs, time::Duration};

use anyhow::{Context, Result, ensure};
use tests::{
    card::{bridge::Bridge, faulty_module::FaultyModule, operation::generate, soft_hsm::SoftHsm},
    process::wait_for,
    stage::{Setting, journey},
};
use tokio::time::timeout;

use crate::{
    interruptions::{NOTICED_WITHIN, card_is_there},
    journeys::stands_before_key,
};

const ORIGIN: &str = "https://signet.example";
const PIN: &str = "2580-1470";
/// A slow card with a long key.
const GENERATION: Duration = Duration::from_mins(4);
/// In this time the bridge must have given a module up, and a look at the cards.
const WORK_GIVEN_UP: Duration = Duration::from_secs(5 * 60 + 5);
const LOOK_GIVEN_UP: Duration = Duration::from_secs(25);

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes: cargo xtask campaign cards"]
async fn a_tab_that_sleeps_while_the_card_makes_a_key_goes_on_when_it_wakes() -> Result<()> {
    journey(Setting::PublicSite, "card-sleep", async |stage| {
        let (_soft_hsm, token) = SoftHsm::with_token("Card of Anna", PIN)?;
        let (module, _bridge, anna) = stands_before_key(stage, &token).await?;
        let browser = &anna.browser;
        let order = "before C_GenerateKeyPair";
        module.is_to(&[order])?;
        browser.press("Generate key pair").await?;
        module.stops(order).await?;
        browser.see("This may take several minutes").await?;
        // The card is done before the tab wakes.
        let (slept, done) = tokio::join!(browser.sleeps(GENERATION), async {
            tokio::time::sleep(GENERATION.saturating_sub(NOTICED_WITHIN)).await;
            module.goes_on()
        });
        slept.and(done)?;
        browser.heading("Summary").await?;
        ensure!(token.objects("privkey")?.len() == 1, "it was not made once");
        anna.submits().await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes: cargo xtask campaign cards"]
async fn a_module_that_hangs_is_given_up_and_the_bridge_lives() -> Result<()> {
    let (_soft_hsm, token) = SoftHsm::with_token("anna", PIN)?;
    let module = FaultyModule::in_front_of(&token)?;
    let bridge = Bridge::start(module.settings()).await?;
    let page = bridge.pairs(ORIGIN).await?;
    page.sees_cards(card_is_there).await?;

    // A look at the cards. The next one is made by another process.
    let look = "before C_GetSlotList";
    module.is_to(&[look])?;
    module.stops(look).await?;
    wait_for("the next look", LOOK_GIVEN_UP, async || {
        page.get("/v1/cards?seen=0&wait=1").await?;
        let reached = fs::read_to_string(module.reached())?;
        Ok((reached.lines().count() > 1).then_some(()))
    })
    .await?;
    module.goes_on()?;
    page.sees_cards(card_is_there).await?;

    // Work, after the PIN was entered.
    for order in ["before C_Login", "before C_Sign"] {
        module.is_to(&[order])?;
        bridge.pinentry.will_answer(&[PIN])?;
        let hangs = page.begins(&generate("p-256")).await?;
        module.stops(order).await?;
        let ended = async {
            let mut seen = 0;
            loop {
                let state = hangs.stands(seen).await?;
                seen = state["revision"].as_u64().context("no revision")?;
                if state["state"] == "failed" {
                    return anyhow::Ok(state);
                }
            }
        };
        let state =
            timeout(WORK_GIVEN_UP, ended).await.with_context(|| format!("{order}: not given up"))??;
        ensure!(state["problem"]["code"] == "module-failed", "{order}: {state}");
        module.goes_on()?;
        bridge.pinentry.will_answer(&[PIN])?;
        page.does(&generate("p-256")).await.context(order)?;
    }
    Ok(())
}
