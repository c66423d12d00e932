//! The key that lives only in the browser: what a crash, a cleared storage, a second tab and a second device do to it.
//!
//! | case | what happens | test |
//! |---|---|---|
//! | P-01 | killed before the key is made | `a_browser_killed_at_any_moment_loses_no_kept_key_and_makes_no_second_certificate` |
//! | P-02 | killed while it is made | the same |
//! | P-03 | killed when it is made and not kept | the same |
//! | P-04 | killed when it is kept | the same |
//! | P-05 | killed when the request is sent | the same |
//! | P-06 | killed when the certificate is issued | the same |
//! | P-07 | killed while the PFX is made | the same |
//! | P-08 | killed when the PFX is made and not saved | the same |
//! | P-09 | the browser keeps nothing | `who_has_a_browser_that_keeps_nothing_is_told_before_and_goes_on_with_the_file` |
//! | P-10 | the site's data is cleared after issue | `with_a_cleared_browser_the_recovery_file_makes_the_pfx_and_a_wrong_one_is_told_apart` |
//! | P-11 | wrong passphrase, cut file, another key's file | the same |
//! | P-12 | two tabs make a key | `of_two_tabs_one_makes_the_key_and_the_other_follows` |
//! | P-13 | a second device opens the order | as P-10 |
//! | P-14 | memory and storage are searched for the key and the passphrase | `memory_scan.rs` |

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tests::{
    judges::judge_pfx,
    person::{CURRENT_PROGRAM, Person},
    process::{PATIENCE, wait_for},
    stage::{Setting, Stage, journey},
};

use crate::verified::verified;

const PASSPHRASE: &str = "amber-lantern-42";
const READY: &str = "Your key pair is ready";

/// A task with the passphrase, which is the making of a key or of a PFX, never arrives at the worker.
fn never_ends() -> String {
    format!(
        "const post = Worker.prototype.postMessage; \
         Worker.prototype.postMessage = function (message, transfer) {{ \
             if (!new TextDecoder().decode(message).includes('{PASSPHRASE}')) post.call(this, message, transfer); }};"
    )
}

/// What is written to the storage is never there.
const NEVER_KEPT: &str = "const put = IDBObjectStore.prototype.put; \
    IDBObjectStore.prototype.put = function (value, key) { \
        if (key === 'probe') return put.call(this, value, key); \
        const spin = () => { const request = this.get('nothing'); request.onsuccess = spin; return request; }; \
        return spin(); };";

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_killed_at_any_moment_loses_no_kept_key_and_makes_no_second_certificate() -> Result<()> {
    journey(Setting::RealUse, "killed", async |stage| {
        let (mut anna, order) = verified(stage).await?;
        // P-01 to P-03: nothing was kept, and nothing is in the way of making a key.
        at_the_key_form(&anna, &order).await?;
        anna.comes_back_after_a_crash().await?;
        anna.browser.tampers(&never_ends()).await?;
        generate(&anna, &order).await?;
        anna.browser.see("Starting…").await?;
        anna.comes_back_after_a_crash().await?;
        anna.browser.tampers(NEVER_KEPT).await?;
        generate(&anna, &order).await?;
        anna.browser.see("Checking the key").await?;
        anna.comes_back_after_a_crash().await?;

        // P-04: the key is there again.
        generate(&anna, &order).await?;
        anna.browser.heading(READY).await?;
        let public_key = public_key(&anna).await?;
        anna.comes_back_after_a_crash().await?;
        opens_key_step(&anna, &order).await?;
        anna.browser.heading(READY).await?;
        anna.browser.see("Kept in this browser").await?;
        ensure!(public_key == self::public_key(&anna).await?, "another key came back");

        // P-05, P-06: the server has the request, or it is sent again.
        anna.browser.press("Next").await?;
        anna.browser.heading("Summary").await?;
        anna.browser.mark("I accept the subscriber terms (opens in a new tab)").await?;
        anna.browser.press("Submit").await?;
        anna.comes_back_after_a_crash().await?;
        finishes_activation(&anna, &order).await?;
        anna.comes_back_after_a_crash().await?;

        // P-07, P-08: the PFX is made again.
        anna.browser.tampers(&never_ends()).await?;
        opens_certificate(&anna).await?;
        anna.browser.fill("Passphrase of the key", PASSPHRASE).await?;
        anna.browser.press("Create PFX").await?;
        anna.browser.see("The file is being made and checked").await?;
        anna.comes_back_after_a_crash().await?;
        let evidence = anna.evidence().await?;
        let pfx = evidence.file("made.p12");
        for _ in 0..2 {
            opens_certificate(&anna).await?;
            anna.creates_pfx(PASSPHRASE, CURRENT_PROGRAM, &pfx).await?;
            anna.comes_back_after_a_crash().await?;
        }
        judge_pfx(&evidence, &pfx, PASSPHRASE)?;
        let (_, list) = anna.browser.fetch("/api/certificates").await?;
        let list: Value = serde_json::from_str(&list)?;
        let count = list["items"].as_array().context("a list")?.len();
        ensure!(count == 1, "there are {count} certificates");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_a_browser_that_keeps_nothing_is_told_before_and_goes_on_with_the_file() -> Result<()> {
    journey(Setting::RealUse, "keeps-nothing", async |stage| {
        let (anna, order) = verified(stage).await?;
        anna.browser.tampers("Object.defineProperty(window, 'indexedDB', {value: undefined});").await?;
        at_the_key_form(&anna, &order).await?;
        anna.browser.see("This browser will not keep the key").await?;
        anna.browser.examine("Will not keep the key").await?;
        anna.browser.fill("Passphrase", PASSPHRASE).await?;
        anna.browser.press("Generate key pair").await?;
        anna.browser.heading(READY).await?;
        anna.browser.see("This browser does not keep the key").await?;
        anna.browser.press("Next").await?;
        anna.browser.see("Download the recovery file first.").await?;
        let folder = tempfile::tempdir()?;
        anna.browser.press("Download recovery file").await?;
        anna.browser.takes_download("-recovery-key.pem", &folder.path().join("key.pem")).await?;
        anna.browser.mark("I have the recovery file and its passphrase").await?;
        anna.browser.press("Next").await?;
        anna.submits().await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_cleared_browser_the_recovery_file_makes_the_pfx_and_a_wrong_one_is_told_apart() -> Result<()>
{
    journey(Setting::RealUse, "recovery", async |stage| {
        let (anna, order) = verified(stage).await?;
        generate(&anna, &order).await?;
        anna.browser.heading(READY).await?;
        let folder = tempfile::tempdir()?;
        let recovery_file = folder.path().join("recovery.pem");
        anna.browser.press("Download recovery file").await?;
        anna.browser.takes_download("-recovery-key.pem", &recovery_file).await?;
        anna.browser.press("Next").await?;
        anna.submits().await?;
        anna.browser.clears_storage().await?;

        let cut = folder.path().join("cut.pem");
        let whole = fs::read_to_string(&recovery_file)?;
        fs::write(&cut, whole.get(..whole.len() / 2).context("ASCII")?)?;
        let other = folder.path().join("other.pem");
        make_other_key(&other)?;
        let mut said = Vec::new();
        for (file, passphrase) in
            [(&cut, PASSPHRASE), (&recovery_file, "another passphrase"), (&other, PASSPHRASE)]
        {
            opens_certificate(&anna).await?;
            anna.browser.see("This browser does not keep the key").await?;
            anna.browser.attach("Recovery file", file).await?;
            anna.browser.fill("Passphrase of the key", passphrase).await?;
            anna.browser.press("Create PFX").await?;
            anna.browser.see("There is a problem").await?;
            said.push(anna.browser.asks("return document.querySelector('[role=alert] li').innerText").await?);
        }
        ensure!(said[0].contains("recovery file"), "a cut file: {said:?}");
        ensure!(said[1].contains("passphrase does not open"), "a wrong passphrase: {said:?}");
        ensure!(said[2].contains("another certificate"), "another key: {said:?}");

        let evidence = anna.evidence().await?;
        let pfx = evidence.file("made.p12");
        opens_certificate(&anna).await?;
        anna.browser.attach("Recovery file", &recovery_file).await?;
        anna.creates_pfx(PASSPHRASE, CURRENT_PROGRAM, &pfx).await?;
        judge_pfx(&evidence, &pfx, PASSPHRASE)?;
        a_second_device_is_told_where_the_key_is(stage, &anna).await
    })
    .await
}

async fn a_second_device_is_told_where_the_key_is(stage: &Stage, anna: &Person<'_>) -> Result<()> {
    let device = Person::with_address(stage, "second-device", &anna.address).await?;
    device.signs_in().await?;
    device.browser.heading("Dashboard").await?;
    opens_certificate(&device).await?;
    device.browser.see("it was made in another one").await?;
    ensure!(!device.browser.offers("Create PFX").await?, "a PFX is offered without a key");
    device.browser.examine("Key elsewhere").await
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_tabs_one_makes_the_key_and_the_other_follows() -> Result<()> {
    journey(Setting::RealUse, "two-tabs", async |stage| {
        let (anna, order) = verified(stage).await?;
        let browser = &anna.browser;
        browser.tampers(&never_ends()).await?;
        generate(&anna, &order).await?;
        browser.see("Starting…").await?;

        let first = browser.opens_tab().await?;
        generate(&anna, &order).await?;
        browser.see("Another tab makes the key for this order").await?;
        browser.examine("Another tab").await?;
        let second = browser.goes_to_tab(first).await?;
        browser.press("Cancel").await?;
        let first = browser.goes_to_tab(second).await?;
        browser.press("Generate key pair").await?;
        browser.heading(READY).await?;
        let made = public_key(&anna).await?;
        browser.goes_to_tab(first).await?;
        browser.heading(READY).await?;
        ensure!(made == public_key(&anna).await?, "two tabs have two keys");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_removes_the_kept_key_is_asked_once_more_and_then_it_is_gone_for_every_tab() -> Result<()> {
    journey(Setting::RealUse, "removed", async |stage| {
        let (anna, order) = verified(stage).await?;
        let browser = &anna.browser;
        generate(&anna, &order).await?;
        browser.heading(READY).await?;
        browser.press("Next").await?;
        anna.submits().await?;
        opens_certificate(&anna).await?;
        let folder = tempfile::tempdir()?;
        anna.creates_pfx(PASSPHRASE, CURRENT_PROGRAM, &folder.path().join("made.p12")).await?;
        browser.press("I have the PFX file and its password").await?;
        browser.see("This browser removes its copy of the key after").await?;
        ensure!(kept_keys(&anna).await? == "1", "the key is not kept");

        browser.press("Remove the key from this browser").await?;
        browser.see("Remove the key from this browser?").await?;
        browser.examine("Remove the key?").await?;
        browser.press("Keep it").await?;
        browser.until_gone("Remove it now").await?;
        ensure!(kept_keys(&anna).await? == "1", "the key went though it was to be kept");

        browser.press("Remove the key from this browser").await?;
        browser.press("Remove it now").await?;
        browser.see("This browser does not keep the key").await?;
        browser.examine("Key removed").await?;
        ensure!(kept_keys(&anna).await? == "0", "the key is still in the storage");
        browser.opens_tab().await?;
        opens_certificate(&anna).await?;
        browser.see("This browser does not keep the key").await?;
        ensure!(!browser.offers("Create PFX").await?, "a PFX is offered without a key");
        Ok(())
    })
    .await
}

/// How many entries the storage has.
async fn kept_keys(anna: &Person<'_>) -> Result<String> {
    let count = "const settled = request => new Promise((yes, no) => { \
            request.onsuccess = () => yes(request.result); request.onerror = () => no(request.error); }); \
        const database = await settled(indexedDB.open('signet')); \
        const count = await settled(database.transaction('keys').objectStore('keys').count()); \
        database.close(); \
        return String(count);";
    anna.browser.asks(count).await
}

/// From the order to the third step, with a P-256 key chosen where a key is still to be made.
async fn opens_key_step(anna: &Person<'_>, order: &str) -> Result<()> {
    anna.browser.goto(order).await?;
    anna.browser.press("Activate certificate").await?;
    anna.browser.heading("Certificate data").await?;
    anna.browser.press("Next").await?;
    anna.browser.heading("Generation method").await?;
    if !anna.browser.value("Key algorithm and key length").await?.starts_with("p-256") {
        anna.browser.select("Key algorithm and key length", "P-256").await?;
    }
    anna.browser.press("Next").await
}

async fn at_the_key_form(anna: &Person<'_>, order: &str) -> Result<()> {
    opens_key_step(anna, order).await?;
    anna.browser.heading("Key pair generation").await
}

async fn generate(anna: &Person<'_>, order: &str) -> Result<()> {
    at_the_key_form(anna, order).await?;
    // The suggestion comes first, so that it does not take the place of what is typed.
    anna.browser.mark("I have saved the passphrase").await?;
    anna.browser.fill("Passphrase", PASSPHRASE).await?;
    anna.browser.press("Generate key pair").await
}

async fn public_key(anna: &Person<'_>) -> Result<String> {
    anna.browser.asks("return document.querySelector('dl.summary code').innerText").await
}

/// Whether the request had arrived or not, the certificate is there afterwards.
async fn finishes_activation(anna: &Person<'_>, order: &str) -> Result<()> {
    anna.browser.goto(order).await?;
    // The order's page says which: it offers the activation only as long as there is no certificate.
    let is_issued = wait_for("the certificate, or the way to it", PATIENCE, async || {
        let (_, list) = anna.browser.fetch("/api/certificates").await?;
        let list: Value = serde_json::from_str(&list)?;
        if !list["items"].as_array().context("a list")?.is_empty() {
            return Ok(Some(true));
        }
        Ok(anna.browser.offers("Activate certificate").await?.then_some(false))
    });
    if !is_issued.await? {
        opens_key_step(anna, order).await?;
        anna.browser.heading(READY).await?;
        anna.browser.press("Next").await?;
        anna.submits().await?;
    }
    Ok(())
}

async fn opens_certificate(anna: &Person<'_>) -> Result<()> {
    anna.browser.goto("/certificates").await?;
    anna.browser.heading("Certificates").await?;
    anna.browser.press(&anna.address).await?;
    anna.browser.heading(&anna.address).await
}

fn make_other_key(file: &Path) -> Result<()> {
    let mut openssl = Command::new("openssl");
    openssl.args([
        "genpkey",
        "-algorithm",
        "EC",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-aes-256-cbc",
        "-pass",
    ]);
    let output = openssl.arg(format!("pass:{PASSPHRASE}")).arg("-out").arg(file).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}
