//! Key pairs: made on the card, never leaving it, with a request that others verify; and certificates beside them.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tests::card::{
    bridge::{Bridge, Settings},
    operation::{Page, generate},
    reader::CardInReader,
    soft_hsm::SoftHsm,
    token::Token,
    virtual_card::{ADMIN_PIN, PIN as CARD_PIN, VirtualCard},
};

const ORIGIN: &str = "https://signet.example";
const PIN: &str = "2580-1470";

/// A request, looked at by OpenSSL.
fn openssl_verifies(request: &Value, expected_key: &str) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("request.pem");
    fs::write(&file, request["csr_pem"].as_str().context("no request")?)?;
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-noout", "-verify", "-text", "-in"]).arg(&file);
    let output = openssl.output()?;
    let said =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    ensure!(output.status.success() && said.contains("verify OK"), "{said}");
    ensure!(said.contains(expected_key), "it is no {expected_key}: {said}");
    ensure!(said.contains("email:anna@example.com"), "it names another address: {said}");
    let mut digest = Command::new("sh");
    digest.args([
        "-c",
        "openssl req -noout -pubkey -in \"$1\" | openssl pkey -pubin -outform DER | sha256sum",
        "sh",
    ]);
    let digest = String::from_utf8(digest.arg(&file).output()?.stdout)?;
    let told = request["public_key_sha256"].as_str().context("no digest")?;
    ensure!(digest.starts_with(told) && told.len() == 64, "the key is {digest}, and told is {told}");
    Ok(())
}

/// A certificate for the key of this request, signed by somebody.
pub(crate) fn certificate(request: &Value, folder: &Path) -> Result<String> {
    let file = |name: &str| folder.join(name).to_string_lossy().into_owned();
    fs::write(file("request.pem"), request["csr_pem"].as_str().context("no request")?)?;
    let script = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -subj /CN=CA -out ca.pem \
        && openssl x509 -req -in request.pem -CA ca.pem -CAkey ca.key -set_serial \"0x$(openssl rand -hex 8)\" -out leaf.pem";
    let output = Command::new("sh").args(["-c", script]).current_dir(folder).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(fs::read_to_string(file("leaf.pem"))?)
}

pub(crate) async fn installs(page: &Page, certificate_pem: &str) -> Result<Value> {
    page.does(&json!({"kind": "install", "certificate_pem": certificate_pem})).await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_algorithm_makes_a_key_that_cannot_leave_the_token_and_a_request_that_openssl_verifies()
-> Result<()> {
    let (_soft_hsm, token) = SoftHsm::with_token("anna", PIN)?;
    let bridge = Bridge::start(Settings { tokens: vec![token.clone()], ..Settings::default() }).await?;
    let page = bridge.pairs(ORIGIN).await?;
    let report = page.sees_cards(|report| report["cards"][0]["profile"] == "ready").await?;
    ensure!(report["cards"][0]["name"] == "anna", "{report}");
    for (algorithm, text) in [
        ("p-256", "Public-Key: (256 bit)"),
        ("p-384", "Public-Key: (384 bit)"),
        ("rsa-2048", "Public-Key: (2048 bit)"),
        ("rsa-3072", "Public-Key: (3072 bit)"),
    ] {
        bridge.pinentry.will_answer(&[PIN])?;
        let made = page.does(&generate(algorithm)).await.context(algorithm)?;
        ensure!(made["algorithm"] == algorithm && made["card_name"] == "anna", "{made}");
        openssl_verifies(&made, text).context(algorithm)?;
    }
    let keys = token.objects("privkey")?;
    ensure!(keys.len() == 4, "{keys:?}");
    for key in keys {
        ensure!(key.contains("sensitive, always sensitive, never extract"), "it may leave the token: {key}");
    }
    let report =
        page.sees_cards(|report| report["cards"][0]["keys"].as_array().is_some_and(|keys| keys.len() == 4));
    let report = report.await?;
    ensure!(report["cards"][0]["keys"][0]["has_certificate"] == false, "{report}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_names_the_site_the_action_and_the_card() -> Result<()> {
    let (_soft_hsm, token) = SoftHsm::with_token("Card of Anna", PIN)?;
    let bridge = Bridge::start(Settings { tokens: vec![token], ..Settings::default() }).await?;
    let page = bridge.pairs(ORIGIN).await?;
    let report = page.sees_cards(|report| report["cards"][0]["profile"] == "ready").await?;
    let serial = report["cards"][0]["serial_number"].as_str().context("no serial number")?;
    bridge.pinentry.was_told()?;
    bridge.pinentry.will_answer(&[PIN])?;
    page.does(&generate("p-256")).await?;
    let said = bridge.pinentry.was_told()?;
    for words in [ORIGIN, "key pair", "P-256", "anna@example.com", "Card of Anna", serial] {
        ensure!(said.contains(words), "the window does not say {words:?}: {said}");
    }
    ensure!(!said.contains(PIN), "the window shows the PIN");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_goes_beside_its_key_replaces_an_old_one_and_no_other_is_taken() -> Result<()> {
    let (soft_hsm, token) = SoftHsm::with_token("anna", PIN)?;
    let bridge = Bridge::start(Settings { tokens: vec![token.clone()], ..Settings::default() }).await?;
    let page = bridge.pairs(ORIGIN).await?;
    bridge.pinentry.will_answer(&[PIN; 3])?;
    let made = page.does(&generate("p-256")).await?;
    let folder = tempfile::tempdir()?;
    for _ in 0..2 {
        let pem = certificate(&made, folder.path())?;
        ensure!(installs(&page, &pem).await?["card_name"] == "anna", "another card");
        is_beside_its_key(&token, &pem, folder.path())?;
    }

    // Nothing is asked for what cannot be.
    let stranger = json!({"csr_pem": openssl_request()?});
    let pem = certificate(&stranger, folder.path())?;
    let foreign = page.begins(&json!({"kind": "install", "certificate_pem": pem})).await?;
    ensure!(foreign.fails().await? == "key-not-on-card", "a certificate for another key is taken");
    let garbage = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let garbage = page.begins(&json!({"kind": "install", "certificate_pem": garbage})).await?;
    ensure!(garbage.fails().await? == "certificate-unreadable", "garbage is taken");

    // The key is on another card than the one that is there.
    soft_hsm.add("other", PIN)?;
    let key = made["public_key_sha256"].clone();
    for task in [
        json!({"kind": "remove", "card": null, "public_key_sha256": key}),
        json!({"kind": "reuse", "card": null, "public_key_sha256": key, "mailbox": "anna@example.com"}),
    ] {
        ensure!(page.begins(&task).await?.fails().await? == "key-in-use", "{task} is done");
    }
    Ok(())
}

/// As others see it: one certificate, with the identifier of a private key.
fn is_beside_its_key(token: &Token, pem: &str, folder: &Path) -> Result<()> {
    let id = |object: &str| {
        let line = object.lines().find_map(|line| line.trim().strip_prefix("ID:"))?;
        Some(line.trim().to_owned())
    };
    let certificates = token.objects("cert")?;
    ensure!(certificates.len() == 1, "there are {certificates:?}");
    let identifier = certificates.first().and_then(|object| id(object)).context("no identifier")?;
    let keys = token.objects("privkey")?;
    ensure!(
        keys.iter().any(|key| id(key).as_ref() == Some(&identifier)),
        "no key has its identifier: {keys:?}"
    );
    let (der, file) = (folder.join("read.der"), folder.join("leaf.pem"));
    token.certificate(&identifier, &der)?;
    fs::write(&file, pem)?;
    let output = Command::new("openssl").args(["x509", "-outform", "DER", "-in"]).arg(&file).output()?;
    ensure!(fs::read(&der)? == output.stdout, "it is another certificate");
    Ok(())
}

/// A request for a key that is on no card.
fn openssl_request() -> Result<String> {
    let mut openssl = Command::new("openssl");
    openssl.args([
        "req",
        "-new",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-keyout",
        "/dev/null",
    ]);
    let output = openssl.args(["-subj", "/CN=Nobody"]).output()?;
    Ok(String::from_utf8(output.stdout)?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_without_a_certificate_is_offered_and_can_be_used_or_removed() -> Result<()> {
    let (_soft_hsm, token) = SoftHsm::with_token("anna", PIN)?;
    let bridge = Bridge::start(Settings { tokens: vec![token.clone()], ..Settings::default() }).await?;
    let page = bridge.pairs(ORIGIN).await?;
    bridge.pinentry.will_answer(&[PIN; 4])?;
    let made = page.does(&generate("p-256")).await?;
    let key = made["public_key_sha256"].clone();
    page.sees_cards(|report| report["cards"][0]["keys"][0]["public_key_sha256"] == key).await?;
    let reuse =
        json!({"kind": "reuse", "card": null, "public_key_sha256": key, "mailbox": "anna@example.com"});
    let again = page.does(&reuse).await?;
    ensure!(again["public_key_sha256"] == key, "{again}");
    openssl_verifies(&again, "Public-Key: (256 bit)")?;
    let remove = json!({"kind": "remove", "card": null, "public_key_sha256": key});
    ensure!(page.does(&remove).await?["kind"] == "removed", "it is not removed");
    ensure!(token.objects("privkey")?.is_empty(), "the key is still there");
    ensure!(page.begins(&remove).await?.fails().await? == "key-not-on-card", "it is removed twice");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn between_two_cards_the_bridge_does_not_guess() -> Result<()> {
    let (soft_hsm, first) = SoftHsm::with_token("first", PIN)?;
    let second = soft_hsm.add("second", PIN)?;
    let bridge = Bridge::start(Settings { tokens: vec![first.clone()], ..Settings::default() }).await?;
    let page = bridge.pairs(ORIGIN).await?;
    let report =
        page.sees_cards(|report| report["cards"].as_array().is_some_and(|cards| cards.len() == 2)).await?;
    ensure!(page.begins(&generate("p-256")).await?.fails().await? == "several-cards", "it guesses");
    let cards = report["cards"].as_array().context("no cards")?;
    let card = cards.iter().find(|card| card["name"] == "second").context("no second card")?;
    bridge.pinentry.will_answer(&[PIN])?;
    let mut task = generate("p-256");
    task["card"] = card["id"].clone();
    ensure!(page.does(&task).await?["card_name"] == "second", "another card was taken");
    ensure!(
        first.objects("privkey")?.is_empty() && second.objects("privkey")?.len() == 1,
        "the key is elsewhere"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_certificate_is_made_for_is_refused_without_a_question() -> Result<()> {
    let (_soft_hsm, token) = SoftHsm::with_token("anna", PIN)?;
    let bridge = Bridge::start(Settings { tokens: vec![token], ..Settings::default() }).await?;
    let page = bridge.pairs(ORIGIN).await?;
    let report = page.sees_cards(|report| report["cards"][0]["profile"] == "ready").await?;
    let offered = report["cards"][0]["algorithms"].as_array().context("no algorithms")?.clone();
    for algorithm in ["rsa-1024", "p-521", "ed25519", "../../rsa", ""] {
        ensure!(!offered.contains(&json!(algorithm)), "{algorithm} is offered");
        let code = page.begins(&generate(algorithm)).await?.fails().await?;
        ensure!(["algorithm-unsupported", "task-unreadable"].contains(&code.as_str()), "{algorithm}: {code}");
    }
    for mailbox in ["", "anna", "anna@example.com\nBcc: all@example.com", "anna@example.com, jan@example.com"]
    {
        let mut task = generate("p-256");
        task["mailbox"] = json!(mailbox);
        ensure!(page.begins(&task).await?.fails().await? == "task-unreadable", "{mailbox:?} is taken");
    }
    ensure!(!bridge.pinentry.was_told()?.contains("GETPIN"), "a PIN was asked for");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_in_a_reader_makes_a_key_and_takes_its_certificate() -> Result<()> {
    let CardInReader { bridge, service: _service, card, page } =
        CardInReader::seen_from(ORIGIN, "CAFE01").await?;
    let report = page.sees_cards(|_| true).await?;
    ensure!(report["readers"] == "connected", "{report}");
    ensure!(
        report["cards"][0]["reader"].as_str().is_some_and(|name| name.contains("Virtual PCD")),
        "{report}"
    );
    // The admin PIN makes the key, the PIN signs.
    bridge.pinentry.will_answer(&[ADMIN_PIN, CARD_PIN])?;
    let made = page.does(&generate("rsa-2048")).await?;
    openssl_verifies(&made, "Public-Key: (2048 bit)")?;
    let folder = tempfile::tempdir()?;
    let pem = certificate(&made, folder.path())?;
    bridge.pinentry.will_answer(&[ADMIN_PIN])?;
    installs(&page, &pem).await?;
    let token = card.token();
    let der = folder.path().join("read.der");
    token.certificate(token.key_id, &der)?;
    let output = Command::new("openssl")
        .args(["x509", "-outform", "DER", "-in"])
        .arg(folder.path().join("leaf.pem"))
        .output()?;
    ensure!(fs::read(&der)? == output.stdout, "another certificate is on the card");

    // Another card, known by itself whatever was in the reader before.
    card.pull().await?;
    let _other = VirtualCard::inserted("CAFE09").await?;
    page.sees_cards(|report| {
        let card = &report["cards"][0];
        card["profile"] == "ready"
            && card["serial_number"].as_str().is_some_and(|number| number.ends_with("cafe09"))
    })
    .await?;
    bridge.pinentry.will_answer(&[ADMIN_PIN, CARD_PIN])?;
    openssl_verifies(&page.does(&generate("p-384")).await?, "Public-Key: (384 bit)")
}
