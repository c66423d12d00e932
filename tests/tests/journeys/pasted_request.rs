//! A request made with OpenSSL, pasted; and a private key, pasted by mistake.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Result, ensure};
use tests::{
    browser::Browser,
    judges::{judge_certificate, judge_pfx},
    person::{CURRENT_PROGRAM, Person},
    register,
    specialist::Specialist,
    stage::{Setting, Stage, journey},
};

const PASSPHRASE: &str = "amber-lantern-42";
const FIELD: &str = "CSR";

#[tokio::test(flavor = "multi_thread")]
async fn a_request_made_with_openssl_is_judged_while_it_is_typed_and_becomes_a_certificate() -> Result<()> {
    journey(Setting::RealUse, "pasted-request", async |stage| {
        let key = stage.signet.folder().join("key.pem");
        let request = make_request(&key)?;
        let another = make_request(&stage.signet.folder().join("another-key.pem"))?;
        let specialist = Specialist::arrives(stage).await?;
        let anna = Person::new(stage, "anna").await?;
        anna.signs_in().await?;
        anna.orders().await?;
        anna.provides_data_by_register().await?;
        specialist.approves(register::NAME).await?;
        anna.proves_mailbox().await?;
        chooses_the_address_as_name(&anna).await?;
        anna.browser.mark("CSR").await?;
        anna.browser.press("Next").await?;
        anna.browser.at("Key pair generation").await?;

        a_private_key_is_wiped(&anna, &fs::read_to_string(&key)?).await?;
        the_verdict_needs_no_server(stage, &anna, &request).await?;
        two_requests_are_mended_with_one_click(&anna, &request, &another).await?;
        the_differences_are_told(&anna).await?;
        anna.browser.press("Next").await?;
        anna.submits().await?;

        let evidence = anna.evidence().await?;
        judge_certificate(&evidence)?;
        files_are_handed_out(&anna).await?;
        anna.browser.attach("Encrypted key file", &encrypted(&key)?).await?;
        let pfx = evidence.file("made.p12");
        anna.creates_pfx(PASSPHRASE, CURRENT_PROGRAM, &pfx).await?;
        anna.browser.examine("PFX from a key file").await?;
        judge_pfx(&evidence, &pfx, PASSPHRASE)
    })
    .await
}

/// On the first page of the activation; that the certificate will not have the name of the organization there shows later.
async fn chooses_the_address_as_name(anna: &Person<'_>) -> Result<()> {
    anna.browser.press("Certificate activation").await?;
    anna.browser.at("Certificate data").await?;
    anna.browser.select("Common name", &anna.address).await?;
    anna.browser.press("Next").await?;
    anna.browser.at("Generation method").await
}

/// The field is empty at once, the person is told why, and nothing was sent.
async fn a_private_key_is_wiped(anna: &Person<'_>, key: &str) -> Result<()> {
    anna.browser.forget_requests().await?;
    anna.browser.paste(FIELD, key).await?;
    anna.browser.see("That was a private key. We wiped it from the field and sent nothing.").await?;
    let left = anna.browser.value(FIELD).await?;
    ensure!(left.is_empty(), "{} bytes of the private key are still in the field", left.len());
    let requests = anna.browser.requests().await?;
    ensure!(requests.iter().all(|request| request.starts_with("GET ")), "something was sent: {requests:?}");
    anna.browser.examine("Private key wiped").await
}

/// With the crypto module loaded, the verdict comes while the server is frozen, and no page asks for anything.
async fn the_verdict_needs_no_server(stage: &Stage, anna: &Person<'_>, request: &str) -> Result<()> {
    let (beginning, rest) = request.split_at(request.len() / 2);
    anna.browser.paste(FIELD, beginning).await?;
    anna.browser.see("END CERTIFICATE REQUEST").await?;
    ensure!(!anna.browser.text().await?.contains("Signature"), "half a request is called correct");
    anna.browser.press("Next").await?;
    anna.browser.see("Paste a request that is correct").await?;
    anna.browser.examine("Wrong request").await?;

    anna.browser.forget_requests().await?;
    stage.signet.freeze().await?;
    let judged = async {
        anna.browser.type_on(FIELD, rest.trim_end()).await?;
        anna.browser.see("Correct").await?;
        anna.browser.see("RSA 3072").await
    };
    let judged = judged.await;
    stage.signet.wake().await?;
    judged?;
    let requests = anna.browser.requests().await?;
    ensure!(requests.is_empty(), "typing made requests: {requests:?}");
    anna.browser.examine("Correct request").await
}

/// Two requests in a mail: the page says so, and one click makes a correct one of it, the first.
async fn two_requests_are_mended_with_one_click(anna: &Person<'_>, first: &str, second: &str) -> Result<()> {
    let browser = &anna.browser;
    let mail = format!(
        "Dear Anna,\n\nhere are both requests:\n\n{first}\nand the other one\n{second}\nYours, Jan\n"
    );
    browser.paste(FIELD, &mail).await?;
    browser.see("There are 2 certificate requests here.").await?;
    has_the_focus(browser, FIELD).await?;
    // Of the page that was submitted too early nothing comes back, and nothing takes the focus from who types.
    ensure!(!browser.text().await?.contains("There is a problem"), "an old problem is back");
    browser.examine("Two requests").await?;
    let clicks = browser.clicks();
    browser.press("Use the first request").await?;
    browser.see("Correct").await?;
    ensure!(browser.clicks() == clicks + 1, "it takes {} clicks", browser.clicks() - clicks);
    let left = browser.value(FIELD).await?;
    ensure!(left.trim() == first.trim(), "the field has: {left}");
    has_the_focus(browser, FIELD).await
}

async fn has_the_focus(browser: &Browser, label: &str) -> Result<()> {
    let focused = browser.focused().await?;
    ensure!(focused.starts_with(label), "the focus is on {focused:?}");
    Ok(())
}

/// The request names somebody else; the certificate names what was chosen and verified.
async fn the_differences_are_told(anna: &Person<'_>) -> Result<()> {
    let browser = &anna.browser;
    browser.see("The request says something else than your certificate data. That does no harm.").await?;
    for (field, in_request, certificate) in
        [("Common name", "Whoever", anna.address.as_str()), ("Organization", "Wherever", register::NAME)]
    {
        let told =
            format!("{field}: the request says “{in_request}”, the certificate will say “{certificate}”.");
        browser.see(&told).await?;
    }
    Ok(())
}

/// PEM, DER and chain come as downloads with telling names.
async fn files_are_handed_out(anna: &Person<'_>) -> Result<()> {
    anna.browser.press("Open the certificate").await?;
    anna.browser.at(&anna.address).await?;
    let folder = tempfile::tempdir()?;
    for (button, ending, begins) in [
        ("PEM", ".pem", b"-----BEGIN CERTIFICATE".as_slice()),
        ("DER", ".cer", &[0x30, 0x82]),
        ("Subordinate (chain) certificates", "-chain.pem", b"-----BEGIN CERTIFICATE"),
    ] {
        anna.browser.press(button).await?;
        let file = folder.path().join(button);
        let name = anna.browser.takes_download(ending, &file).await?;
        ensure!(name.starts_with(&anna.address), "the file of {button} is called {name}");
        ensure!(fs::read(&file)?.starts_with(begins), "{name} is something else");
    }
    Ok(())
}

/// A fresh key in the file, and a request for it whose subject is none of the server's business.
fn make_request(key: &Path) -> Result<String> {
    let mut openssl = Command::new("openssl");
    openssl.args([
        "req",
        "-new",
        "-newkey",
        "rsa:3072",
        "-nodes",
        "-subj",
        "/CN=Whoever/O=Wherever",
        "-keyout",
    ]);
    let output = openssl.arg(key).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}

/// The key as an encrypted PKCS #8 file, in a way in which it is not encrypted on this site.
fn encrypted(key: &Path) -> Result<PathBuf> {
    let file = key.with_extension("p8.pem");
    let mut openssl = Command::new("openssl");
    openssl.args(["pkcs8", "-topk8", "-v1", "PBE-SHA1-3DES"]);
    openssl.arg("-passout").arg(format!("pass:{PASSPHRASE}")).arg("-in").arg(key).arg("-out").arg(&file);
    let output = openssl.output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(file)
}
