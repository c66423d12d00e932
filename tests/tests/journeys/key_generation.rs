//! A long key generation: the page goes on, and Cancel ends it. Measured in Chromium's own trace; that it finds a page that
//! stalls is a test of its own, in `tests/browser.rs`.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use tests::{
    browser::{Trace, keyboard::ENTER},
    person::Person,
    process::{PATIENCE, wait_for},
    stage::{Setting, journey},
};
use tokio::time::sleep;

use crate::verified::verified;

const PASSPHRASE: &str = "amber-lantern-42";
const READY: &str = "Your key pair is ready";
/// A task from which on the page stalls (W3C Long Tasks API §1.1).
const LONG_TASK: Duration = Duration::from_millis(50);
/// What a person takes for at once.
const CANCELLED_WITHIN: Duration = Duration::from_millis(200);
/// Chromium lets a worker that is busy go on for two seconds before it stops it by force, whatever ended it
/// (`WorkerThread::kForcibleTerminationDelay`); what it says in that time reaches nobody.
const WORKER_ENDED_WITHIN: Duration = Duration::from_millis(2_500);
/// How often it is measured at most.
const MEASUREMENTS: u32 = 3;
/// Now and then a long key is found before anybody can cancel it.
const ATTEMPTS: u32 = 8;

/// Puts the focus where Enter generates a key. A person's pointer would do as well, but finding a button for it keeps the
/// page busy, and it is the page that is measured.
const FOCUS: &str = "document.getElementById('generate_key_pair').focus(); return '';";

/// Waits until Cancel has the focus, and sets a mark in the frame that shows the form again. Gives nothing when the key was
/// there first.
const AWAIT_CANCEL: &str = "const frame = () => new Promise(next => requestAnimationFrame(next)); \
    const is_ready = () => document.querySelector('h1').innerText.includes('is ready'); \
    const cancel = () => document.getElementById('cancel_generation'); \
    while (document.activeElement !== cancel()) { if (is_ready()) return ''; await frame(); } \
    new MutationObserver((_, observer) => { \
        if (cancel() || is_ready()) return; \
        observer.disconnect(); \
        requestAnimationFrame(() => { \
            if (document.getElementById('generate_key_pair').checkVisibility()) performance.mark('form is back'); }); \
    }).observe(document.body, {subtree: true, childList: true, attributes: true}); \
    return 'waiting';";

#[tokio::test(flavor = "multi_thread")]
async fn the_page_never_stalls_while_a_key_is_made_and_cancel_ends_it_at_once() -> Result<()> {
    journey(Setting::RealUse, "key-generation", async |stage| {
        let (anna, _) = verified(stage).await?;
        anna.begins_activation().await?;
        anna.browser.select("Key algorithm and key length", "RSA 4096").await?;
        anna.browser.press("Next").await?;
        anna.browser.at("Key pair generation").await?;
        enters_passphrase(&anna).await?;
        is_cancelled_at_once(&anna).await?;
        anna.browser.examine("Cancelled").await?;

        never_stalls(&anna).await?;
        anna.browser.see("RSA 4096").await
    })
    .await
}

/// What the page does itself it does each time; what other programs on the machine keep it waiting for, it does not.
async fn never_stalls(anna: &Person<'_>) -> Result<()> {
    let mut stalled = Vec::new();
    for _ in 0..MEASUREMENTS {
        anna.browser.asks(FOCUS).await?;
        let recording = anna.browser.starts_trace().await?;
        anna.browser.presses_keys(ENTER).await?;
        anna.browser.heading(READY).await?;
        let longest = recording.ends().await?.longest_task()?;
        if longest < LONG_TASK {
            return Ok(());
        }
        stalled.push(longest);
        makes_another(anna).await?;
    }
    bail!("the page stalls each time: {stalled:?}")
}

/// The suggestion comes first, so that it does not take the place of what is typed.
async fn enters_passphrase(anna: &Person<'_>) -> Result<()> {
    anna.browser.mark("I have saved the passphrase").await?;
    anna.browser.fill("Passphrase", PASSPHRASE).await
}

async fn makes_another(anna: &Person<'_>) -> Result<()> {
    anna.browser.press("Make another key instead").await?;
    anna.browser.heading("Key pair generation").await?;
    enters_passphrase(anna).await
}

async fn is_cancelled_at_once(anna: &Person<'_>) -> Result<()> {
    for _ in 0..ATTEMPTS {
        anna.browser.asks(FOCUS).await?;
        let recording = anna.browser.starts_trace().await?;
        anna.browser.presses_keys(ENTER).await?;
        let is_waiting = !anna.browser.asks(AWAIT_CANCEL).await?.is_empty();
        anna.browser.presses_keys(ENTER).await?;
        let was_cancelled = is_waiting && is_back(anna).await?;
        if was_cancelled {
            sleep(WORKER_ENDED_WITHIN).await;
        }
        let trace = recording.ends().await?;
        if was_cancelled {
            return took_no_time(&trace);
        }
        anna.browser.heading(READY).await?;
        makes_another(anna).await?;
    }
    bail!("{ATTEMPTS} RSA 4096 keys were made in no time")
}

/// Whether the form is back; else the key is there.
async fn is_back(anna: &Person<'_>) -> Result<bool> {
    wait_for("the form or the key", PATIENCE, async || {
        let seen = "return performance.getEntriesByName('form is back').length ? 'form' \
            : document.querySelector('h1').innerText";
        let seen = anna.browser.asks(seen).await?;
        Ok(match seen.as_str() {
            "form" => Some(true),
            READY => Some(false),
            _ => None,
        })
    })
    .await
}

/// From the click on Cancel, which Enter is, to the form, and to the end of the worker.
fn took_no_time(trace: &Trace) -> Result<()> {
    let pressed = trace.last_handled("click")?;
    let form = trace.marked("form is back")?.since(pressed).context("the form was back before")?;
    ensure!(form <= CANCELLED_WITHIN, "the form is back {form:?} after Cancel");
    let worker = trace.workers_ended()?.since(pressed).context("the worker had ended before")?;
    ensure!(worker < WORKER_ENDED_WITHIN, "the worker goes on for {worker:?} after Cancel");
    Ok(())
}
