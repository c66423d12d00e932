//! The Tools by keyboard alone: no pointer, and the focus is seen wherever it goes.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Result, ensure};
use tests::{
    browser::{
        Browser,
        keyboard::{DOWN, ENTER, SPACE},
    },
    stage::{Setting, journey},
};

const PASSWORD: &str = "amber-lantern-42";
const ADDRESS: &str = "anna@example.com";

#[tokio::test(flavor = "multi_thread")]
async fn all_tools_do_their_work_for_who_has_a_keyboard_only() -> Result<()> {
    journey(Setting::Demonstration, "tools-keyboard", async |stage| {
        let visitor = stage.browser("visitor").await?;
        let folder = stage.signet.folder();
        visitor.goto("/tools").await?;
        visitor.at("Tools").await?;
        makes_a_request(&visitor, folder).await?;
        checks_a_request(&visitor, folder).await?;
        let (key, certificate) = make_certificate(folder)?;
        reads_a_certificate(&visitor, &certificate).await?;
        let pfx = makes_a_pfx(&visitor, &key, &certificate).await?;
        inspects_and_converts(&visitor, &pfx).await?;
        compares(&visitor, &key, &certificate).await?;
        ensure!(visitor.clicks() == 0, "a pointer was used {} times", visitor.clicks());
        Ok(())
    })
    .await
}

/// From the list of the Tools.
async fn opens(visitor: &Browser, tool: &str) -> Result<()> {
    visitor.tabs_and_presses(tool, ENTER).await?;
    visitor.at(tool).await
}

async fn goes_back(visitor: &Browser) -> Result<()> {
    visitor.tabs_and_presses("All tools", ENTER).await?;
    visitor.at("Tools").await
}

/// Types a text into what has the focus, line by line.
async fn types(visitor: &Browser, text: &str) -> Result<()> {
    visitor.presses_keys(&text.replace('\n', ENTER)).await
}

async fn makes_a_request(visitor: &Browser, folder: &Path) -> Result<()> {
    opens(visitor, "CSR generator").await?;
    visitor.see("I have saved the passphrase").await?;
    visitor.tabs_to("Key algorithm and key length").await?;
    for _ in ["RSA 3072", "RSA 4096", "P-256"] {
        visitor.presses_keys(DOWN).await?;
    }
    visitor.tabs_to("E-mail addresses (optional)").await?;
    types(visitor, ADDRESS).await?;
    visitor.tabs_and_presses("Names in the request", ENTER).await?;
    visitor.tabs_to("Common name (optional)").await?;
    types(visitor, "Anna Nowak").await?;
    visitor.tabs_and_presses("I have saved the passphrase", SPACE).await?;
    visitor.tabs_and_presses("Generate key pair and CSR", ENTER).await?;
    visitor.at("Your key pair and CSR are ready").await?;
    visitor.see("P-256").await?;
    visitor.tabs_and_presses("Download private key", ENTER).await?;
    visitor.takes_download("-private-key.pem", &folder.join("made-key.pem")).await?;
    visitor.tabs_and_presses("Download CSR", ENTER).await?;
    visitor.takes_download(".csr", &folder.join("made.csr")).await?;
    goes_back(visitor).await
}

async fn checks_a_request(visitor: &Browser, folder: &Path) -> Result<()> {
    opens(visitor, "CSR checker").await?;
    visitor.tabs_to("CSR").await?;
    types(visitor, &fs::read_to_string(folder.join("made.csr"))?).await?;
    visitor.see("Correct").await?;
    visitor.see("Anna Nowak").await?;
    goes_back(visitor).await
}

async fn reads_a_certificate(visitor: &Browser, certificate: &Path) -> Result<()> {
    opens(visitor, "Certificate viewer").await?;
    visitor.tabs_and_chooses("Certificate, as a file", certificate).await?;
    visitor.see("It is still valid").await?;
    visitor.see(ADDRESS).await?;
    goes_back(visitor).await
}

async fn makes_a_pfx(visitor: &Browser, key: &Path, certificate: &Path) -> Result<PathBuf> {
    opens(visitor, "PFX generator").await?;
    visitor.see("I have saved the passphrase").await?;
    visitor.tabs_to("Private key").await?;
    types(visitor, &fs::read_to_string(key)?).await?;
    visitor.tabs_and_chooses("Certificate and chain, as a file", certificate).await?;
    visitor.tabs_and_presses("Apple Mail, iPhone or iPad", SPACE).await?;
    visitor.see("Recommended: Apple, Android 13 and older").await?;
    // The group is one place for the focus; its choices are reached by the arrows, and "Modern" comes after the last one.
    visitor.tabs_and_presses("Apple, Android 13 and older, Windows Server 2016", DOWN).await?;
    // Tab selects what stands in the field, so that what is typed takes its place.
    visitor.tabs_to("Password of the PFX file").await?;
    types(visitor, PASSWORD).await?;
    visitor.tabs_and_presses("Create PFX", ENTER).await?;
    visitor.see("The PFX file is made and checked").await?;
    visitor.see("Modern").await?;
    let pfx = key.with_file_name("made.p12");
    visitor.takes_download(".p12", &pfx).await?;
    goes_back(visitor).await?;
    Ok(pfx)
}

async fn inspects_and_converts(visitor: &Browser, pfx: &Path) -> Result<()> {
    opens(visitor, "PFX inspector").await?;
    visitor.tabs_and_chooses("PFX file", pfx).await?;
    visitor.see("How it is made").await?;
    visitor.tabs_to("Password of the PFX file").await?;
    types(visitor, PASSWORD).await?;
    visitor.presses_keys(ENTER).await?;
    visitor.see("The file is open").await?;
    visitor.tabs_and_presses("Create the new PFX", ENTER).await?;
    visitor.see("The PFX file is made and checked").await?;
    visitor.takes_download(".p12", &pfx.with_file_name("converted.p12")).await?;
    goes_back(visitor).await
}

async fn compares(visitor: &Browser, key: &Path, certificate: &Path) -> Result<()> {
    opens(visitor, "Key match").await?;
    visitor.tabs_to("First").await?;
    types(visitor, &fs::read_to_string(certificate)?).await?;
    visitor.tabs_and_chooses("Second, as a file", key).await?;
    visitor.see("Same key").await?;
    goes_back(visitor).await
}

/// A P-256 key in the clear and a certificate that it has signed itself: short, as they are typed.
fn make_certificate(folder: &Path) -> Result<(PathBuf, PathBuf)> {
    let (key, certificate) = (folder.join("key.pem"), folder.join("certificate.pem"));
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]);
    openssl.args(["-subj", "/CN=Anna Nowak", "-days", "60", "-addext"]);
    openssl
        .arg(format!("subjectAltName=email:{ADDRESS}"))
        .arg("-keyout")
        .arg(&key)
        .arg("-out")
        .arg(&certificate);
    let output = openssl.output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok((key, certificate))
}
