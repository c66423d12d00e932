//! From the order to the certificate on the card. Four journeys: each algorithm, each way to the bridge and each kind of card,
//! each way with each kind of card. What the algorithms and the kinds of cards do together is tested without a browser.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result, ensure};
use tests::{
    card::{
        bridge::{Bridge, Settings},
        faulty_module::FaultyModule,
        holder::{Holder, Way},
        pinentry::YES,
        scheme::Scheme,
        soft_hsm::SoftHsm,
        token::Token,
        virtual_card::{ADMIN_PIN, CardService, PIN as CARD_PIN, VirtualCard},
    },
    judges::{Evidence, judge_certificate},
    person::Person,
    register,
    specialist::Specialist,
    stage::{Setting, Stage, journey},
};

const PIN: &str = "2580-1470";
const WORDS: &str = "Content-Type: text/plain\r\n\r\nThe parcel leaves on Monday.\r\n";

#[tokio::test(flavor = "multi_thread")]
async fn rsa_2048_on_a_token_over_loopback() -> Result<()> {
    with_a_token("card-rsa-2048", "RSA 2048", Way::Loopback).await
}

#[tokio::test(flavor = "multi_thread")]
async fn p_384_on_a_token_through_the_server() -> Result<()> {
    with_a_token("card-p-384", "P-384", Way::Relay).await
}

#[tokio::test(flavor = "multi_thread")]
async fn p_256_on_a_card_in_a_reader_over_loopback() -> Result<()> {
    with_a_card("card-p-256", "P-256", Way::Loopback).await
}

#[tokio::test(flavor = "multi_thread")]
async fn rsa_3072_on_a_card_in_a_reader_through_the_server() -> Result<()> {
    with_a_card("card-rsa-3072", "RSA 3072", Way::Relay).await
}

/// All sixteen, one after the other: what the four above leave to chance.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes: cargo xtask campaign cards"]
async fn each_algorithm_goes_all_the_way_on_each_kind_of_card_on_both_ways() -> Result<()> {
    for algorithm in ["RSA 2048", "RSA 3072", "P-256", "P-384"] {
        for way in [Way::Loopback, Way::Relay] {
            with_a_token("campaign-token", algorithm, way)
                .await
                .with_context(|| format!("{algorithm} on a token, {way:?}"))?;
            with_a_card("campaign-card", algorithm, way)
                .await
                .with_context(|| format!("{algorithm} on a card, {way:?}"))?;
        }
    }
    Ok(())
}

async fn with_a_token(name: &str, algorithm: &str, way: Way) -> Result<()> {
    journey(Setting::PublicSite, name, async |stage| {
        let (_soft_hsm, token) = SoftHsm::with_token("Card of Anna", PIN)?;
        let bridge = Bridge::installed(settings(stage, vec![token.clone()])?)?;
        let (anna, _scheme) = comes(stage, &bridge, way).await?;
        let holder = Holder { person: &anna, bridge: &bridge, way };
        goes_all_the_way(&holder, algorithm, &token, [&[PIN], &[PIN]]).await
    })
    .await
}

async fn with_a_card(name: &str, algorithm: &str, way: Way) -> Result<()> {
    journey(Setting::PublicSite, name, async |stage| {
        let bridge = Bridge::installed(settings(stage, Vec::new())?)?;
        let (anna, _scheme) = comes(stage, &bridge, way).await?;
        let _service = CardService::start(&bridge).await?;
        let card = VirtualCard::inserted("CAFE03").await?;
        // The admin PIN makes the key and writes the certificate, the PIN signs.
        let answers: [&[&str]; 2] = [&[ADMIN_PIN, CARD_PIN], &[ADMIN_PIN]];
        let holder = Holder { person: &anna, bridge: &bridge, way };
        goes_all_the_way(&holder, algorithm, &card.token(), answers).await
    })
    .await
}

/// A person whose order waits for its activation, and who can reach the bridge this way.
pub(crate) async fn comes<'a>(
    stage: &'a Stage,
    bridge: &Bridge,
    way: Way,
) -> Result<(Person<'a>, Option<Scheme>)> {
    if way == Way::Loopback {
        return Ok((verified(stage).await?, None));
    }
    // A browser reads its policies when it starts.
    let scheme = Scheme::registered(bridge, &stage.signet.origin()).await?;
    stage.surrounds_with(scheme.environment(bridge)).await;
    Ok((verified(stage).await?, Some(scheme)))
}

/// A person on the page that makes the key, with a bridge that is connected. Their token's module stops where it is told, and
/// the first PIN will be answered.
pub(crate) async fn stands_before_key<'a>(
    stage: &'a Stage,
    token: &Token,
) -> Result<(FaultyModule, Bridge, Person<'a>)> {
    let module = FaultyModule::in_front_of(token)?;
    let trust = settings(stage, Vec::new())?;
    let bridge = Bridge::installed(Settings { authorities: trust.authorities, ..module.settings() })?;
    let anna = verified(stage).await?;
    bridge.start_again().await?;
    let holder = Holder { person: &anna, bridge: &bridge, way: Way::Loopback };
    holder.chooses_card("P-256").await?;
    bridge.pinentry.will_answer(&[YES, &token.pin])?;
    holder.connects().await?;
    Ok((module, bridge, anna))
}

/// A bridge that trusts the site, and takes jobs from it.
pub(crate) fn settings(stage: &Stage, tokens: Vec<Token>) -> Result<Settings> {
    let site = stage.site.as_ref().context("no public site")?;
    let (servers, authorities) = (vec![site.origin()], Some(site.authority()));
    Ok(Settings { tokens, servers, authorities, ..Settings::default() })
}

/// The answers are those for the key and those for the certificate.
async fn goes_all_the_way(
    holder: &Holder<'_>,
    algorithm: &str,
    token: &Token,
    [for_key, for_certificate]: [&[&str]; 2],
) -> Result<()> {
    let Holder { person: anna, bridge, way } = holder;
    if *way == Way::Loopback {
        bridge.start_again().await?;
    }
    holder.makes_key(algorithm, for_key).await?;
    let said = bridge.pinentry.was_told()?;
    for words in [anna.browser.origin(), algorithm, &anna.address] {
        ensure!(said.contains(words), "the window does not say {words:?}: {said}");
    }
    anna.submits().await?;
    let evidence = anna.evidence().await?;
    judge_certificate(&evidence)?;
    holder.installs(for_certificate).await?;
    key_and_certificate_sign_mail(&evidence, token, digest(algorithm))
}

/// A person whose order waits for its activation.
pub(crate) async fn verified(stage: &Stage) -> Result<Person<'_>> {
    let specialist = Specialist::arrives(stage).await?;
    let anna = Person::new(stage, "anna").await?;
    anna.signs_in().await?;
    anna.orders().await?;
    anna.provides_data_by_register().await?;
    specialist.approves(register::NAME).await?;
    anna.proves_mailbox().await?;
    Ok(anna)
}

/// The OpenPGP card takes a digest that is as long as the order of the curve.
fn digest(algorithm: &str) -> &'static str {
    if algorithm == "P-384" { "sha384" } else { "sha256" }
}

/// The certificate is read from the card, and what the card's key signs is verified with it.
fn key_and_certificate_sign_mail(evidence: &Evidence, token: &Token, digest: &str) -> Result<()> {
    let identifier = token.identifier("cert")?;
    ensure!(identifier == token.identifier("privkey")?, "the certificate is not beside its key");
    let [der, mail, signed, verified] =
        ["card.der", "mail", "signed", "verified"].map(|name| evidence.file(name));
    token.certificate(&identifier, &der)?;
    let leaf = openssl(&["x509", "-outform", "DER"], &[("-in", &evidence.leaf())])?;
    ensure!(fs::read(&der)? == leaf, "another certificate is on the card");
    fs::write(&mail, WORDS)?;
    token.signs_mail(&identifier, digest, evidence, &mail, &signed)?;
    openssl(
        &["cms", "-verify", "-purpose", "smimesign"],
        &[("-in", &signed), ("-CAfile", &evidence.root()), ("-out", &verified)],
    )?;
    let read = fs::read_to_string(&verified)?;
    ensure!(read == WORDS, "the mail is {read:?}");
    Ok(())
}

fn openssl(words: &[&str], files: &[(&str, &Path)]) -> Result<Vec<u8>> {
    let mut openssl = Command::new("openssl");
    openssl.args(words);
    for (option, file) in files {
        openssl.arg(option).arg(file);
    }
    let output = openssl.output()?;
    ensure!(output.status.success(), "{openssl:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(output.stdout)
}
