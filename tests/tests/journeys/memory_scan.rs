//! P-14: what is left of the private key and of its passphrase once the key is made, and once the PFX is handed over.
//!
//! The secrets are looked for in the memory of all processes of the browser, in the memory of the page's WebAssembly modules, in
//! the objects that the page can still reach, in what the site stores, in the files of the profile, in all requests, and in
//! what the server wrote. Copies of a passphrase in memory that the browser itself used are out of our reach, and not looked
//! for: docs/threat-model.md says so. That each scan finds what is there is tested in `tests/browser.rs`.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tests::{
    browser::Browser,
    judges::openssl::secret_numbers,
    marks::{Found, Marks},
    person::{CURRENT_PROGRAM, Person},
    stage::{Setting, Stage, journey},
};
use tokio::time::sleep;

use crate::verified::verified;

/// Stands nowhere by chance. Two letters are not in ASCII: JavaScript hands such a text over in several pieces.
const PASSPHRASE: &str = "marked-heron-ąę-72519083";

/// Chromium keeps the state of a page, to open it again as it was, five seconds after a change at the latest
/// (`kDelaySecondsForContentStateSync`).
const STATE_IS_KEPT_AFTER: Duration = Duration::from_secs(6);

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_an_rsa_key_and_its_passphrase_is_left_where_it_can_be_wiped() -> Result<()> {
    journey(Setting::RealUse, "memory-rsa", async |stage| scanned(stage, "RSA 2048").await).await
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_p_256_key_and_its_passphrase_is_left_where_it_can_be_wiped() -> Result<()> {
    journey(Setting::RealUse, "memory-p-256", async |stage| scanned(stage, "P-256").await).await
}

async fn scanned(stage: &Stage, algorithm: &str) -> Result<()> {
    let (anna, _) = verified(stage).await?;
    let browser = &anna.browser;
    browser.forget_requests().await?;
    browser.notes_modules().await?;
    browser.reload().await?;
    let passphrase = Marks::of_passphrase(PASSPHRASE)?;
    let key = makes_marked_key(&anna, algorithm, &passphrase).await?;
    nothing_is_left(browser, &key, &passphrase).await.context("when the key is made")?;

    browser.press("Next").await?;
    anna.submits().await?;
    let folder = tempfile::tempdir()?;
    // Where it can be read it is no password to the browser, unless the page sees to that.
    browser.press("Show passphrase of the key").await?;
    anna.creates_pfx(PASSPHRASE, CURRENT_PROGRAM, &folder.path().join("made.p12")).await?;
    nothing_is_left(browser, &key, &passphrase).await.context("when the PFX is made")?;
    nothing_was_sent(&anna, &key, &passphrase).await?;
    nothing_is_written(stage, &anna, &key, &passphrase).await
}

/// Makes a key, and finds out by the recovery file and OpenSSL what must not be left of it.
async fn makes_marked_key(anna: &Person<'_>, algorithm: &str, passphrase: &Marks) -> Result<Marks> {
    let browser = &anna.browser;
    anna.begins_activation().await?;
    browser.select("Key algorithm and key length", algorithm).await?;
    browser.press("Next").await?;
    browser.heading("Key pair generation").await?;
    // The suggestion comes first, so that it does not take the place of what is typed.
    browser.mark("I have saved the passphrase").await?;
    browser.fill("Passphrase", PASSPHRASE).await?;
    ensure!(
        !browser.processes_hold(passphrase)?.is_empty(),
        "the scan does not find what stands in the field"
    );
    sleep(STATE_IS_KEPT_AFTER).await;
    browser.press("Generate key pair").await?;
    browser.heading("Your key pair is ready").await?;
    browser.press("Download recovery file").await?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("recovery.pem");
    browser.takes_download("-recovery-key.pem", &file).await?;
    Marks::of_private_key(&secret_numbers(&file, PASSPHRASE)?)
}

async fn nothing_is_left(browser: &Browser, key: &Marks, passphrase: &Marks) -> Result<()> {
    // First what the later questions themselves could bring into memory.
    is_nowhere("the key in the memory of", &browser.processes_hold(key)?)?;
    for (what, marks) in [("the key", key), ("the passphrase", passphrase)] {
        is_nowhere(&format!("{what} in the modules:"), &browser.modules_hold(marks).await?)?;
        is_nowhere(&format!("{what} in live objects:"), &browser.live_objects_hold(marks).await?)?;
        is_nowhere(&format!("{what} in storage:"), &browser.storage_holds(marks).await?)?;
    }
    Ok(())
}

async fn nothing_was_sent(anna: &Person<'_>, key: &Marks, passphrase: &Marks) -> Result<()> {
    let requests = anna.browser.requests().await?.join("\n");
    ensure!(requests.contains("BEGIN CERTIFICATE REQUEST"), "no request was seen");
    for marks in [key, passphrase] {
        let mut found = Found::new();
        marks.find(requests.as_bytes(), &mut found);
        is_nowhere("in requests:", &found)?;
    }
    Ok(())
}

/// Neither by the browser, once it has ended and written what it wanted to, nor by the server.
async fn nothing_is_written(stage: &Stage, anna: &Person<'_>, key: &Marks, passphrase: &Marks) -> Result<()> {
    anna.browser.close().await?;
    // What is no secret shows that the files are those in question.
    let address = Marks::of_passphrase(&anna.address)?;
    ensure!(!anna.browser.profile_holds(&address)?.is_empty(), "the profile does not even have the address");
    ensure!(
        !address.in_folder(stage.signet.folder())?.is_empty(),
        "the server does not even have the address"
    );
    for (what, marks) in [("the key", key), ("the passphrase", passphrase)] {
        is_nowhere(&format!("{what} in the profile:"), &anna.browser.profile_holds(marks)?)?;
        is_nowhere(&format!("{what} at the server:"), &marks.in_folder(stage.signet.folder())?)?;
    }
    Ok(())
}

fn is_nowhere(where_it_was_looked_for: &str, found: &Found) -> Result<()> {
    ensure!(found.is_empty(), "{where_it_was_looked_for} {found:?}");
    Ok(())
}
