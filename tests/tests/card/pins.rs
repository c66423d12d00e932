//! The PIN: each way in which it can go wrong has its own outcome, and no try is spent that a person did not want to spend.

use anyhow::{Context, Result, ensure};
use serde_json::json;
use tests::card::{
    bridge::{Bridge, Settings},
    kryoptic::Kryoptic,
    operation::{Page, generate},
    pinentry::{CANCEL, CRASH, EMPTY, NO, TIMEOUT, YES},
    reader::CardInReader,
    soft_hsm::SoftHsm,
    virtual_card::{ADMIN_PIN, PIN as CARD_PIN},
};

const ORIGIN: &str = "https://signet.example";
const PIN: &str = "2580-1470";
const WRONG: &str = "wrong-000";

/// How often a PIN was asked for, and everything that was said then.
fn asked(bridge: &Bridge) -> Result<(usize, String)> {
    let said = bridge.pinentry.was_told()?;
    Ok((said.matches("GETPIN").count(), said))
}

/// The code of what comes of these answers.
async fn fails(bridge: &Bridge, page: &Page, answers: &[&str]) -> Result<String> {
    bridge.pinentry.will_answer(answers)?;
    let code = page.begins(&generate("p-256")).await?.fails().await?;
    ensure!(bridge.pinentry.unasked()?.is_empty(), "{:?} was not asked for", bridge.pinentry.unasked()?);
    Ok(code)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_answer_that_is_no_right_pin_has_its_own_outcome_and_leaves_no_key() -> Result<()> {
    let (_soft_hsm, token) = SoftHsm::with_token("anna", PIN)?;
    let bridge = Bridge::start(Settings { tokens: vec![token.clone()], ..Settings::default() }).await?;
    let page = bridge.pairs(ORIGIN).await?;
    bridge.pinentry.was_told()?;
    for (answers, code, times) in [
        (&[CANCEL][..], "pin-cancelled", 1),
        (&[TIMEOUT], "pin-timed-out", 1),
        (&[CRASH], "prompt-unavailable", 1),
        (&[WRONG, CANCEL], "pin-cancelled", 2),
        (&[EMPTY, CANCEL], "pin-cancelled", 2),
        // Nobody is asked for ever.
        (&[WRONG; 5], "pin-wrong", 5),
        (&[EMPTY; 5], "pin-empty", 5),
        (&["1"; 5], "pin-length", 5),
    ] {
        let got = fails(&bridge, &page, answers).await.with_context(|| format!("{answers:?}"))?;
        let (asked, _) = asked(&bridge)?;
        ensure!((got.as_str(), asked) == (code, times), "{answers:?}: {got} after {asked} questions");
        ensure!(token.objects("privkey")?.is_empty(), "a key was made after {answers:?}");
    }
    let long = "9".repeat(300);
    let got = fails(&bridge, &page, &[&long, CANCEL]).await?;
    let (_, said) = asked(&bridge)?;
    ensure!(
        got == "pin-cancelled" && said.contains("SETERROR"),
        "{got}: nothing is said of a long PIN: {said}"
    );

    // After a wrong one the window says so, and the right one is enough.
    bridge.pinentry.will_answer(&[WRONG, PIN])?;
    page.does(&generate("p-256")).await?;
    let (times, said) = asked(&bridge)?;
    ensure!(times == 2 && said.contains("The PIN was wrong"), "{times} questions: {said}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn before_the_last_try_a_person_is_asked_and_a_blocked_pin_is_not_asked_for() -> Result<()> {
    let kryoptic = Kryoptic::with_token("anna", PIN)?;
    // The tenth wrong one blocks it; from the seventh on it warns.
    kryoptic.takes_wrong_pins(7)?;
    let bridge =
        Bridge::start(Settings { tokens: vec![kryoptic.token.clone()], ..Settings::default() }).await?;
    let page = bridge.pairs(ORIGIN).await?;
    page.sees_cards(|report| report["cards"][0]["pin"] == "few-tries-left").await?;
    bridge.pinentry.was_told()?;
    ensure!(fails(&bridge, &page, &[CANCEL]).await? == "pin-cancelled", "it was not cancelled");
    let (_, said) = asked(&bridge)?;
    ensure!(said.contains("A wrong PIN was entered since the last right one"), "few tries are left: {said}");

    kryoptic.takes_wrong_pins(2)?;
    page.sees_cards(|report| report["cards"][0]["pin"] == "last-try").await?;
    ensure!(fails(&bridge, &page, &[NO]).await? == "pin-cancelled", "the last try was taken");
    let (times, said) = asked(&bridge)?;
    ensure!(times == 0 && said.contains("CONFIRM") && said.contains("One try is left"), "{times}: {said}");

    ensure!(fails(&bridge, &page, &[YES, WRONG]).await? == "pin-blocked", "ten wrong ones do not block it");
    page.sees_cards(|report| report["cards"][0]["pin"] == "blocked").await?;
    asked(&bridge)?;
    let waiting = page.begins(&generate("p-256")).await?;
    let seen = waiting.until("waiting-for-card").await?;
    ensure!(seen["report"]["cards"][0]["pin"] == "blocked", "{seen}");
    let (times, said) = asked(&bridge)?;
    ensure!(times == 0, "a blocked PIN was asked for: {said}");
    waiting.cancels().await?;
    ensure!(waiting.fails().await? == "cancelled", "it was not cancelled");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_try_may_be_the_right_one() -> Result<()> {
    let kryoptic = Kryoptic::with_token("anna", PIN)?;
    kryoptic.takes_wrong_pins(9)?;
    let bridge =
        Bridge::start(Settings { tokens: vec![kryoptic.token.clone()], ..Settings::default() }).await?;
    let page = bridge.pairs(ORIGIN).await?;
    bridge.pinentry.will_answer(&[YES, PIN])?;
    page.does(&generate("p-256")).await?;
    page.sees_cards(|report| report["cards"][0]["pin"] == "ready").await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_that_is_not_initialised_is_waited_for() -> Result<()> {
    let kryoptic = Kryoptic::blank()?;
    let bridge =
        Bridge::start(Settings { tokens: vec![kryoptic.token.clone()], ..Settings::default() }).await?;
    let page = bridge.pairs(ORIGIN).await?;
    page.sees_cards(|report| report["cards"][0]["profile"] == "not-initialised").await?;
    let waiting = page.begins(&generate("p-256")).await?;
    let seen = waiting.until("waiting-for-card").await?;
    ensure!(seen["report"]["cards"][0]["profile"] == "not-initialised", "{seen}");
    bridge.pinentry.will_answer(&[PIN])?;
    kryoptic.is_initialised("anna", PIN)?;
    waiting.succeeds().await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn three_wrong_pins_block_a_card_and_none_is_spent_by_itself() -> Result<()> {
    let CardInReader { bridge, service: _service, card: _card, page } =
        CardInReader::seen_from(ORIGIN, "CAFE02").await?;
    bridge.pinentry.will_answer(&[ADMIN_PIN, WRONG, CANCEL])?;
    // The key is there, and its request is not: it is offered.
    let code = page.begins(&generate("p-256")).await?.fails().await?;
    ensure!(code == "pin-cancelled", "{code}");
    let report = page.sees_cards(|report| report["cards"][0]["keys"][0]["has_certificate"] == false).await?;
    let key = report["cards"][0]["keys"][0]["public_key_sha256"].clone();
    let reuse =
        json!({"kind": "reuse", "card": null, "public_key_sha256": key, "mailbox": "anna@example.com"});

    bridge.pinentry.will_answer(&[WRONG, NO])?;
    ensure!(
        page.begins(&reuse).await?.fails().await? == "pin-cancelled",
        "nobody was asked before the last try"
    );
    page.sees_cards(|report| report["cards"][0]["pin"] == "last-try").await?;
    // The right one gives all tries back.
    bridge.pinentry.will_answer(&[YES, CARD_PIN])?;
    page.does(&reuse).await?;
    page.sees_cards(|report| report["cards"][0]["pin"] == "ready").await?;
    bridge.pinentry.will_answer(&[WRONG, WRONG, YES, WRONG])?;
    ensure!(page.begins(&reuse).await?.fails().await? == "pin-blocked", "three wrong ones do not block it");
    page.sees_cards(|report| report["cards"][0]["pin"] == "blocked").await.map(drop)
}
