//! A long key generation: the page goes on, and Cancel ends it. What is measured here is measured by the page itself,
//! as the hand and the eye of a test work on the page too.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tests::{
    person::Person,
    register,
    specialist::Specialist,
    stage::{Setting, journey},
};

const PASSPHRASE: &str = "amber-lantern-42";
/// What a person takes for at once.
const CANCELLED_WITHIN: Duration = Duration::from_millis(200);
/// Now and then a long key is found before anybody can cancel it.
const ATTEMPTS: u32 = 8;

/// Presses the button and waits until the key is there; gives the tasks of the main thread that took 50 ms or more
/// (Long Tasks API §1.1).
const GENERATE_AND_WATCH: &str = "const tasks = []; \
    const observer = new PerformanceObserver(list => tasks.push(...list.getEntries().map(task => Math.round(task.duration) + ' ms'))); \
    observer.observe({type: 'longtask'}); \
    document.getElementById('generate_key_pair').click(); \
    while (!document.querySelector('h1').innerText.includes('is ready')) await new Promise(next => setTimeout(next, 20)); \
    await new Promise(next => setTimeout(next, 300)); \
    observer.disconnect(); \
    return tasks.join(', ');";

/// Presses the button, and Cancel as soon as it is there; gives the milliseconds until the form is back, or nothing
/// when the key was there first.
const GENERATE_AND_CANCEL: &str = "document.getElementById('generate_key_pair').click(); \
    const frame = () => new Promise(next => requestAnimationFrame(next)); \
    const cancel = () => document.getElementById('cancel_generation'); \
    while (!cancel()) { if (document.querySelector('h1').innerText.includes('is ready')) return ''; await frame(); } \
    await frame(); \
    if (!cancel()) return ''; \
    const pressed = performance.now(); \
    cancel().click(); \
    while (cancel()) { if (performance.now() - pressed > 5000) return '5000'; await frame(); } \
    return document.querySelector('h1').innerText.includes('is ready') ? '' : String(Math.ceil(performance.now() - pressed));";

#[tokio::test(flavor = "multi_thread")]
async fn the_page_never_stalls_while_a_key_is_made_and_cancel_ends_it_at_once() -> Result<()> {
    journey(Setting::RealUse, "key-generation", async |stage| {
        let specialist = Specialist::arrives(stage).await?;
        let anna = Person::new(stage, "anna").await?;
        anna.signs_in().await?;
        anna.orders().await?;
        anna.provides_data_by_register().await?;
        specialist.approves(register::NAME).await?;
        anna.proves_mailbox().await?;
        anna.begins_activation().await?;
        anna.browser.select("Key algorithm and key length", "RSA 4096").await?;
        anna.browser.press("Next").await?;
        anna.browser.at("Key pair generation").await?;
        enters_passphrase(&anna).await?;
        is_cancelled_at_once(&anna).await?;
        anna.browser.examine("Cancelled").await?;

        let long_tasks = anna.browser.asks(GENERATE_AND_WATCH).await?;
        ensure!(long_tasks.is_empty(), "the page stalled: {long_tasks}");
        anna.browser.heading("Your key pair is ready").await?;
        anna.browser.see("RSA 4096").await
    })
    .await
}

/// The suggestion comes first, so that it does not take the place of what is typed.
async fn enters_passphrase(anna: &Person<'_>) -> Result<()> {
    anna.browser.mark("I have saved the passphrase").await?;
    anna.browser.fill("Passphrase", PASSPHRASE).await
}

async fn is_cancelled_at_once(anna: &Person<'_>) -> Result<()> {
    for _ in 0..ATTEMPTS {
        let took = anna.browser.asks(GENERATE_AND_CANCEL).await?;
        if took.is_empty() {
            anna.browser.heading("Your key pair is ready").await?;
            anna.browser.press("Make another key instead").await?;
            anna.browser.heading("Key pair generation").await?;
            enters_passphrase(anna).await?;
            continue;
        }
        let took = Duration::from_millis(took.parse().with_context(|| format!("the page says {took:?}"))?);
        ensure!(took <= CANCELLED_WITHIN, "Cancel takes {took:?}");
        return Ok(());
    }
    anyhow::bail!("{ATTEMPTS} RSA 4096 keys were made in no time")
}
