//! Whatever ends in the middle, and whenever: the bridge, its worker, the smart-card service, the card itself. Afterwards
//! everything goes on as soon as things are well again, and what is left on the card is offered.

use std::{fs, time::Duration};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tests::{
    card::{
        bridge::{Bridge, Settings},
        faulty_module::compiles,
        operation::{Page, Running, generate},
        pinentry::CANCEL,
        reader::CardInReader,
        soft_hsm::SoftHsm,
        virtual_card::{ADMIN_PIN, CardService, PIN as CARD_PIN, VirtualCard},
    },
    process::{PATIENCE, ends, wait_for},
};
use tokio::time::timeout;

const ORIGIN: &str = "https://signet.example";
const PIN: &str = "2580-1470";
/// In this time a person takes something for noticed.
pub(crate) const NOTICED_WITHIN: Duration = Duration::from_secs(3);

/// The process that does the bridge's work at the moment.
pub(crate) async fn worker(bridge: &Bridge) -> Result<u32> {
    let parent = bridge.process().await?;
    wait_for("a worker", PATIENCE, async || {
        for entry in fs::read_dir("/proc")? {
            let Ok(process) = entry?.file_name().to_string_lossy().parse::<u32>() else { continue };
            let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
            let command = fs::read_to_string(format!("/proc/{process}/cmdline")).unwrap_or_default();
            if status.contains(&format!("PPid:\t{parent}\n")) && command.contains("worker") {
                return Ok(Some(process));
            }
        }
        Ok(None)
    })
    .await
}

pub(crate) fn kill(process: u32) -> Result<()> {
    let status = std::process::Command::new("kill").args(["-KILL", &process.to_string()]).status()?;
    ensure!(status.success(), "process {process} cannot be killed");
    Ok(())
}

/// A key can be made now.
async fn all_is_well(bridge: &Bridge, page: &Page, answers: &[&str]) -> Result<Value> {
    bridge.pinentry.will_answer(answers)?;
    page.does(&generate("p-256")).await
}

pub(crate) fn card_is_there(report: &Value) -> bool {
    report["cards"][0]["profile"] == "ready"
}

fn no_card_is_there(report: &Value) -> bool {
    report["cards"].as_array().is_some_and(Vec::is_empty)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_what_is_missing_follows_what_happens() -> Result<()> {
    let bridge = Bridge::start(Settings::default()).await?;
    let page = bridge.pairs(ORIGIN).await?;
    page.sees_cards(|report| report["readers"] == "service-stopped").await?;
    let service = CardService::start(&bridge).await?;
    page.sees_cards(|report| report["readers"] == "connected" && no_card_is_there(report)).await?;
    let card = VirtualCard::inserted("CAFE04").await?;
    let seen = page.sees_cards(card_is_there);
    timeout(NOTICED_WITHIN, seen).await.context("the card is noticed too late")??;
    card.pull().await?;
    let gone = page.sees_cards(no_card_is_there);
    timeout(NOTICED_WITHIN, gone).await.context("that the card is gone is noticed too late")??;
    card.insert().await?;
    timeout(NOTICED_WITHIN, page.sees_cards(card_is_there))
        .await
        .context("the second time is too late")??;
    service.kill().await?;
    let stopped = page.sees_cards(|report| report["readers"] == "service-stopped");
    timeout(NOTICED_WITHIN, stopped).await.context("that the service is gone is noticed too late")??;
    service.start_again().await?;
    card.pull().await?;
    card.insert().await?;
    page.sees_cards(card_is_there).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_waits_for_the_card_and_goes_on_by_itself() -> Result<()> {
    let soft_hsm = SoftHsm::empty()?;
    let (_, other) = SoftHsm::with_token("elsewhere", PIN)?;
    let environment = vec![("SOFTHSM2_CONF", soft_hsm.configuration().into())];
    let bridge = Bridge::start(Settings { environment, ..Settings::default() }).await?;
    let page = bridge.pairs(ORIGIN).await?;
    let waiting = page.begins(&generate("p-256")).await?;
    let seen = waiting.until("waiting-for-card").await?;
    ensure!(no_card_is_there(&seen["report"]), "{seen}");
    bridge.pinentry.will_answer(&[PIN])?;
    let token = soft_hsm.add("anna", PIN)?;
    let made =
        timeout(NOTICED_WITHIN * 2, waiting.succeeds()).await.context("the token is noticed too late")??;
    ensure!(made["card_name"] == "anna" && token.objects("privkey")?.len() == 1, "{made}");
    drop(other);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn killing_the_bridge_ends_its_worker_and_the_window_and_it_comes_back_with_its_pairings() -> Result<()>
{
    let (_soft_hsm, token) = SoftHsm::with_token("anna", PIN)?;
    let bridge = Bridge::start(Settings { tokens: vec![token.clone()], ..Settings::default() }).await?;
    let page = bridge.pairs(ORIGIN).await?;
    bridge.pinentry.was_told()?;
    let lost = page.begins(&generate("p-256")).await?;
    let (window, worker) = (bridge.pinentry.waits().await?, worker(&bridge).await?);
    bridge.kill().await?;
    ends(worker).await.context("the worker outlives the bridge")?;
    ends(window).await.context("the window outlives the bridge")?;
    bridge.start_again().await?;
    let answer = page.get(&format!("/v1/operations/{}", lost.id)).await?;
    ensure!((answer.status, answer.problem()) == (404, "not-found".to_owned()), "{}", answer.body());
    ensure!(token.objects("privkey")?.is_empty(), "a key was made without a PIN");
    all_is_well(&bridge, &page, &[PIN]).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn killing_the_bridge_while_a_key_is_made_leaves_at_most_a_key_that_is_offered() -> Result<()> {
    let CardInReader { bridge, service: _service, card: _card, page } =
        CardInReader::seen_from(ORIGIN, "CAFE05").await?;
    bridge.pinentry.will_answer(&[ADMIN_PIN, CARD_PIN])?;
    let lost = page.begins(&generate("rsa-3072")).await?;
    lost.until_at("generating-key-pair").await?;
    let worker = worker(&bridge).await?;
    bridge.kill().await?;
    ends(worker).await.context("the worker outlives the bridge")?;
    bridge.start_again().await?;
    page.sees_cards(card_is_there).await?;
    // The card itself knows of nothing, and may go on; a key that is there then is offered for a second request.
    bridge.pinentry.will_answer(&[ADMIN_PIN, CARD_PIN])?;
    let report = page.sees_cards(card_is_there).await?;
    match report["cards"][0]["keys"].as_array().context("no keys")?.first() {
        None => page.does(&generate("p-256")).await.map(drop),
        Some(key) => reuses(&bridge, &page, key, CARD_PIN).await,
    }
}

pub(crate) async fn reuses(bridge: &Bridge, page: &Page, key: &Value, pin: &str) -> Result<()> {
    ensure!(key["has_certificate"] == false, "{key}");
    bridge.pinentry.will_answer(&[pin])?;
    let public_key_sha256 = &key["public_key_sha256"];
    let reuse = json!({"kind": "reuse", "card": null, "public_key_sha256": public_key_sha256, "mailbox": "anna@example.com"});
    let made = page.does(&reuse).await?;
    ensure!(&made["public_key_sha256"] == public_key_sha256, "{made}");
    Ok(())
}

/// A tab that was closed must not keep the card from the next one.
#[tokio::test(flavor = "multi_thread")]
async fn when_the_page_goes_its_window_goes_and_the_card_is_free() -> Result<()> {
    let (_soft_hsm, token) = SoftHsm::with_token("anna", PIN)?;
    let bridge = Bridge::start(Settings { tokens: vec![token], ..Settings::default() }).await?;
    let page = bridge.pairs(ORIGIN).await?;
    bridge.pinentry.was_told()?;
    let left = page.begins(&generate("p-256")).await?;
    let window = bridge.pinentry.waits().await?;
    let seen = left.stands(0).await?["revision"].as_u64().context("no revision")?;
    // The connection breaks in the middle of a long poll.
    let following = left.stands(seen);
    ensure!(timeout(Duration::from_secs(1), following).await.is_err(), "it changed by itself");
    ends(window).await.context("the window outlives its page")?;
    all_is_well(&bridge, &page, &[PIN]).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn killing_the_worker_ends_its_operation_with_a_word_and_the_bridge_lives() -> Result<()> {
    let (_soft_hsm, token) = SoftHsm::with_token("anna", PIN)?;
    let bridge = Bridge::start(Settings { tokens: vec![token], ..Settings::default() }).await?;
    let page = bridge.pairs(ORIGIN).await?;
    bridge.pinentry.was_told()?;
    let lost = page.begins(&generate("p-256")).await?;
    let window = bridge.pinentry.waits().await?;
    // While somebody is asked, only that worker is there.
    kill(worker(&bridge).await?)?;
    let code = lost.fails().await?;
    ensure!(["module-failed", "bridge-ended"].contains(&code.as_str()), "{code}");
    ends(window).await.context("the window outlives the worker")?;
    all_is_well(&bridge, &page, &[PIN]).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_module_that_crashes_or_is_none_takes_only_itself_along() -> Result<()> {
    let (_soft_hsm, token) = SoftHsm::with_token("anna", PIN)?;
    let folder = tempfile::tempdir()?;
    let garbage = folder.path().join("garbage.so");
    fs::write(&garbage, "no library")?;
    let crashing = folder.path().join("crashing.so");
    compiles("void *C_GetFunctionList(void **list) { return *(void **)0; }", &crashing)?;
    let modules =
        vec![folder.path().join("missing.so"), garbage, "/usr/lib/x86_64-linux-gnu/libc.so.6".into()];
    let bridge =
        Bridge::start(Settings { tokens: vec![token.clone()], modules, ..Settings::default() }).await?;
    let page = bridge.pairs(ORIGIN).await?;
    all_is_well(&bridge, &page, &[PIN]).await?;
    drop(bridge);

    let bridge = Bridge::start(Settings { modules: vec![crashing], ..Settings::default() }).await?;
    let page = bridge.pairs(ORIGIN).await?;
    let code = page.begins(&generate("p-256")).await?.fails().await?;
    ensure!(code == "module-failed", "{code}");
    ensure!(page.get("/v1/hello").await?.status == 200, "the bridge is gone");
    Ok(())
}

/// The standard output of the worker is the bridge's, too.
#[tokio::test(flavor = "multi_thread")]
async fn a_module_that_writes_to_standard_output_is_not_taken_for_the_worker() -> Result<()> {
    let (_soft_hsm, token) = SoftHsm::with_token("anna", PIN)?;
    let folder = tempfile::tempdir()?;
    let talkative = folder.path().join("talkative.so");
    let source = "#include <stdio.h>\nlong C_GetFunctionList(void **list) { fputs(\"version 1\", stdout); fflush(stdout); return 5; }";
    compiles(source, &talkative)?;
    let settings = Settings { tokens: vec![token], modules: vec![talkative], ..Settings::default() };
    let bridge = Bridge::start(settings).await?;
    let page = bridge.pairs(ORIGIN).await?;
    page.sees_cards(card_is_there).await?;
    all_is_well(&bridge, &page, &[PIN]).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_is_pulled_at_any_moment_is_missed_and_what_is_on_it_afterwards_is_offered() -> Result<()>
{
    let CardInReader { bridge, service: _service, card, page } =
        CardInReader::seen_from(ORIGIN, "CAFE06").await?;

    // While the window is open. Whatever is typed then reaches no card.
    bridge.pinentry.was_told()?;
    bridge.pinentry.will_answer(&[])?;
    let lost = page.begins(&generate("p-256")).await?;
    bridge.pinentry.waits().await?;
    card.pull().await?;
    lost.cancels().await?;
    ensure!(lost.fails().await? == "cancelled", "it was not cancelled");
    card.insert().await?;
    page.sees_cards(card_is_there).await?;

    // While the card makes the key.
    let lost = is_pulled_at(&bridge, &page, &card, &generate("rsa-3072"), "generating-key-pair").await?;
    ensure!(lost == "card-removed", "{lost}");
    page.sees_cards(no_card_is_there).await?;
    card.insert().await?;
    let report = page.sees_cards(card_is_there).await?;
    ensure!(report["cards"][0]["keys"] == json!([]), "half a key is there: {report}");

    // When the key is there and the request is not: it is offered.
    bridge.pinentry.will_answer(&[ADMIN_PIN, CANCEL])?;
    ensure!(page.begins(&generate("p-256")).await?.fails().await? == "pin-cancelled", "it was not cancelled");
    let report = page.sees_cards(|report| report["cards"][0]["keys"][0]["has_certificate"] == false).await?;
    reuses(&bridge, &page, &report["cards"][0]["keys"][0], CARD_PIN).await
}

/// Begins the task, pulls the card when it is at this, and gives the code of what comes of it.
async fn is_pulled_at(
    bridge: &Bridge,
    page: &Page,
    card: &VirtualCard,
    task: &Value,
    work: &str,
) -> Result<String> {
    bridge.pinentry.will_answer(&[ADMIN_PIN, CARD_PIN])?;
    let running: Running = page.begins(task).await?;
    running.until_at(work).await?;
    card.pull().await?;
    running.fails().await
}

#[tokio::test(flavor = "multi_thread")]
async fn killing_the_service_in_the_middle_ends_the_operation_and_all_is_well_when_it_is_back() -> Result<()>
{
    let CardInReader { bridge, service, card, page } = CardInReader::seen_from(ORIGIN, "CAFE07").await?;
    bridge.pinentry.will_answer(&[ADMIN_PIN, CARD_PIN])?;
    let lost = page.begins(&generate("rsa-3072")).await?;
    lost.until_at("generating-key-pair").await?;
    service.kill().await?;
    let code = lost.fails().await?;
    ensure!(["card-removed", "reader-service-stopped"].contains(&code.as_str()), "{code}");
    card.pull().await?;
    service.start_again().await?;
    card.insert().await?;
    page.sees_cards(card_is_there).await?;
    all_is_well(&bridge, &page, &[ADMIN_PIN, CARD_PIN]).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_key_generation_can_be_cancelled_and_the_card_be_used_again() -> Result<()> {
    let CardInReader { bridge, service: _service, card, page } =
        CardInReader::seen_from(ORIGIN, "CAFE08").await?;
    bridge.pinentry.will_answer(&[ADMIN_PIN, CARD_PIN])?;
    let long = page.begins(&generate("rsa-4096")).await?;
    long.until_at("generating-key-pair").await?;
    let state = long.stands(0).await?;
    ensure!(state["state"] == "working", "{state}");
    long.cancels().await?;
    let ended = timeout(NOTICED_WITHIN, long.fails()).await.context("Cancel takes too long")??;
    ensure!(ended == "cancelled", "{ended}");
    // The card goes on with what it does, as real ones do; pulling it ends that.
    card.pull().await?;
    page.sees_cards(no_card_is_there).await?;
    card.insert().await?;
    page.sees_cards(card_is_there).await?;
    all_is_well(&bridge, &page, &[ADMIN_PIN, CARD_PIN]).await.map(drop)
}
