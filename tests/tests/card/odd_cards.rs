//! Cards that are full, whose PIN is typed on the reader, or whose PIN must be changed first; and modules that hang.

use anyhow::{Context, Result, ensure};
use serde_json::json;
use tests::card::{
    bridge::Bridge,
    faulty_module::{FaultyModule, NO_ROOM, PIN_PAD, PIN_TO_BE_CHANGED},
    operation::{Page, generate},
    pinentry::{NO, YES},
    soft_hsm::SoftHsm,
    token::Token,
};
use tokio::time::timeout;

use crate::{
    interruptions::{NOTICED_WITHIN, card_is_there},
    keys::{certificate, installs},
};

const ORIGIN: &str = "https://signet.example";
const PIN: &str = "2580-1470";

/// A page that sees a token of `SoftHSM`'s through a module that does what it is told.
async fn sees(token: &Token, orders: &[&str]) -> Result<(FaultyModule, Bridge, Page)> {
    let module = FaultyModule::in_front_of(token)?;
    module.is_to(orders)?;
    let bridge = Bridge::start(module.settings()).await?;
    let page = bridge.pairs(ORIGIN).await?;
    page.sees_cards(card_is_there).await?;
    bridge.pinentry.was_told()?;
    Ok((module, bridge, page))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_card_says_so_and_keeps_what_it_has() -> Result<()> {
    let (_soft_hsm, token) = SoftHsm::with_token("anna", PIN)?;
    let (module, bridge, page) = sees(&token, &[]).await?;
    module.is_to(&[&format!("fail C_GenerateKeyPair {NO_ROOM}")])?;
    bridge.pinentry.will_answer(&[PIN])?;
    let code = page.begins(&generate("p-256")).await?.fails().await?;
    ensure!(code == "card-full" && token.objects("privkey")?.is_empty(), "{code}");
    module.goes_on()?;
    bridge.pinentry.will_answer(&[PIN, PIN])?;
    let request = page.does(&generate("p-256")).await?;
    let folder = tempfile::tempdir()?;
    installs(&page, &certificate(&request, folder.path())?).await?;
    let before = token.objects("cert")?;

    module.is_to(&[&format!("fail C_CreateObject {NO_ROOM}")])?;
    bridge.pinentry.will_answer(&[PIN])?;
    let task = json!({"kind": "install", "certificate_pem": certificate(&request, folder.path())?});
    let code = page.begins(&task).await?.fails().await?;
    ensure!(code == "card-full" && token.objects("cert")? == before, "{code}: {:?}", token.objects("cert")?);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pin_that_is_typed_on_the_reader_is_never_asked_for_in_a_window() -> Result<()> {
    let (_soft_hsm, token) = SoftHsm::with_token("anna", PIN)?;
    let typed = format!("keys {PIN}");
    let (module, bridge, page) = sees(&token, &[PIN_PAD, &typed]).await?;
    bridge.pinentry.will_answer(&[NO])?;
    let code = page.begins(&generate("p-256")).await?.fails().await?;
    ensure!(code == "pin-cancelled", "{code}");

    // A wrong one is said, and typed again only when the person wants to.
    module.is_to(&[PIN_PAD, "keys 0000"])?;
    bridge.pinentry.was_told()?;
    bridge.pinentry.will_answer(&[YES, NO])?;
    let code = page.begins(&generate("p-256")).await?.fails().await?;
    let said = bridge.pinentry.was_told()?;
    ensure!(code == "pin-cancelled" && said.contains("The PIN was wrong"), "{code}: {said}");

    module.is_to(&[PIN_PAD, &typed])?;
    bridge.pinentry.will_answer(&[YES])?;
    page.does(&generate("p-256")).await?;
    let said = bridge.pinentry.was_told()?;
    for words in ["anna@example.com", ORIGIN, "on the keys of the reader"] {
        ensure!(said.contains(words), "the window does not say {words:?}: {said}");
    }
    ensure!(!said.contains("GETPIN"), "a window asks for the PIN: {said}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pin_that_must_be_changed_first_is_changed_and_the_work_goes_on() -> Result<()> {
    let (_soft_hsm, token) = SoftHsm::with_token("anna", PIN)?;
    let (module, bridge, page) = sees(&token, &[PIN_TO_BE_CHANGED]).await?;
    let report = page.sees_cards(|report| report["cards"][0]["pin"] == "must-be-changed").await?;
    let making = page.begins(&generate("p-256")).await?;
    let waits = making.until("waiting-for-card").await?;
    ensure!(waits["report"]["cards"] == report["cards"], "{waits}");
    ensure!(!bridge.pinentry.was_told()?.contains("GETPIN"), "the first PIN is asked for");

    let new = "9630-1478";
    bridge.pinentry.will_answer(&[PIN, new, new])?;
    bridge.run(&["pin", "change"]).await?;
    bridge.pinentry.will_answer(&[new])?;
    module.goes_on()?;
    timeout(NOTICED_WITHIN * 2, making.succeeds()).await.context("it does not go on by itself")??;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn work_in_a_module_that_hangs_can_be_given_up() -> Result<()> {
    let (_soft_hsm, token) = SoftHsm::with_token("anna", PIN)?;
    let (module, bridge, page) = sees(&token, &[]).await?;
    let hang = "before C_GetSlotList";
    module.is_to(&[hang])?;
    let making = page.begins(&generate("p-256")).await?;
    module.stops(hang).await?;
    ensure!(page.get("/v1/hello").await?.status == 200, "the bridge hangs as well");
    making.cancels().await?;
    let code = timeout(NOTICED_WITHIN, making.fails()).await.context("Cancel takes too long")??;
    ensure!(code == "cancelled", "{code}");
    // Where the PIN was entered already, nobody is waited for any more.
    module.is_to(&["before C_Login"])?;
    bridge.pinentry.will_answer(&[PIN])?;
    let making = page.begins(&generate("p-256")).await?;
    module.stops("before C_Login").await?;
    making.until_at("checking-pin").await?;
    module.goes_on()?;
    making.succeeds().await.map(drop)
}
