//! What the bridge adds to a token's own time, from the page's click to its request; waiting for the PIN apart.
//!
//! The two are measured by turns, and the median of each is taken. `cargo xtask bench card` runs it.
#![expect(clippy::print_stdout, reason = "a measurement is printed")]
#![expect(clippy::disallowed_methods, reason = "it is time that is measured")]

use std::{
    env,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use cryptoki::{
    context::{CInitializeArgs, CInitializeFlags, Pkcs11},
    mechanism::Mechanism,
    object::Attribute,
    session::{Session, UserType},
};
use serde_json::json;
use tests::card::{
    bridge::{Bridge, Settings},
    operation::{Page, generate},
    soft_hsm::SoftHsm,
    token::Token,
};

const PIN: &str = "2580-1470";
/// A digest to be signed, in the form that each mechanism takes.
const DIGEST: [u8; 32] = [7; 32];
/// `DigestInfo` of SHA-256 before the digest (RFC 8017 §9.2).
const DIGEST_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
    0x04, 0x20,
];
const P_256: [u8; 10] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const P_384: [u8; 7] = [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22];
/// The time of an RSA key is chance: more of them are needed.
const ALGORITHMS: [(&str, u32); 3] = [("p-256", 15), ("p-384", 15), ("rsa-2048", 25)];
/// What a person does not notice beside the token's own time. Our aim.
const MOST_ADDED: Duration = Duration::from_millis(150);

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = env::args().skip(1);
    match (arguments.next(), arguments.next()) {
        (Some(module), Some(algorithm)) => {
            println!("{}", alone(&module, &algorithm)?.as_micros());
            Ok(())
        }
        _ => measures().await,
    }
}

async fn measures() -> Result<()> {
    let (_soft_hsm, token) = SoftHsm::with_token("bench", PIN)?;
    let bridge = Bridge::start(Settings { tokens: vec![token.clone()], ..Settings::default() }).await?;
    let page = bridge.pairs("https://signet.example").await?;
    page.sees_cards(|report| report["cards"][0]["profile"] == "ready").await?;
    println!(
        "{:<10} {:>6} {:>12} {:>12} {:>12}",
        "algorithm", "runs", "token, ms", "bridge, ms", "added, ms"
    );
    let mut most = Duration::ZERO;
    for (algorithm, runs) in ALGORITHMS {
        let (mut alone, mut through) = (Vec::new(), Vec::new());
        for _ in 0..runs {
            through.push(with_the_bridge(&bridge, &page, algorithm).await?);
            alone.push(by_itself(&token, algorithm)?);
        }
        let (alone, through) = (median(alone), median(through));
        let added = through.saturating_sub(alone);
        // Of RSA the two medians differ by more than what is looked for.
        most = if algorithm.starts_with("rsa") { most } else { most.max(added) };
        let [alone, through, added] = [alone, through, added].map(|time| time.as_millis());
        println!("{algorithm:<10} {runs:>6} {alone:>12} {through:>12} {added:>12}");
    }
    ensure!(most <= MOST_ADDED, "the bridge adds {most:?}, more than {MOST_ADDED:?}");
    Ok(())
}

/// From the page's click to its request, without the time in which the person is asked.
async fn with_the_bridge(bridge: &Bridge, page: &Page, algorithm: &str) -> Result<Duration> {
    bridge.pinentry.will_answer(&[PIN])?;
    let clicked = Instant::now();
    let operation = page.begins(&generate(algorithm)).await?;
    operation.until("waiting-for-person").await?;
    let asked = Instant::now();
    operation.until_at("generating-key-pair").await?;
    let answered = Instant::now();
    let made = operation.succeeds().await?;
    let done = Instant::now();
    let took = asked.duration_since(clicked) + done.duration_since(answered);
    let remove = json!({"kind": "remove", "card": null, "public_key_sha256": made["public_key_sha256"]});
    bridge.pinentry.will_answer(&[PIN])?;
    page.does(&remove).await?;
    Ok(took)
}

/// The same key pair and signature by a program that does nothing else: this one, once more, as the module looks into its
/// environment.
fn by_itself(token: &Token, algorithm: &str) -> Result<Duration> {
    let mut program = Command::new(env::current_exe()?);
    program.arg(&token.module).arg(algorithm);
    let output = program.envs(token.environment.iter().map(|(name, value)| (name, value))).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(Duration::from_micros(String::from_utf8(output.stdout)?.trim().parse()?))
}

/// How long the module takes for a key pair and a signature.
fn alone(module: &str, algorithm: &str) -> Result<Duration> {
    let module = Pkcs11::new(module)?;
    module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK))?;
    let slots = module.get_slots_with_initialized_token()?;
    let session = module.open_rw_session(*slots.first().context("no token")?)?;
    session.login(UserType::User, Some(&PIN.to_owned().into()))?;
    let took = makes_and_signs(&session, algorithm)?;
    drop(session);
    module.finalize()?;
    Ok(took)
}

fn makes_and_signs(session: &Session, algorithm: &str) -> Result<Duration> {
    let (making, parameter, signing, data) = match algorithm {
        "p-256" => {
            (Mechanism::EccKeyPairGen, Attribute::EcParams(P_256.to_vec()), Mechanism::Ecdsa, DIGEST.to_vec())
        }
        "p-384" => {
            (Mechanism::EccKeyPairGen, Attribute::EcParams(P_384.to_vec()), Mechanism::Ecdsa, DIGEST.to_vec())
        }
        _ => {
            let data = [&DIGEST_INFO[..], &DIGEST].concat();
            (Mechanism::RsaPkcsKeyPairGen, Attribute::ModulusBits(2048.into()), Mechanism::RsaPkcs, data)
        }
    };
    let private =
        [Attribute::Token(true), Attribute::Private(true), Attribute::Sign(true), Attribute::Sensitive(true)];
    let public = [Attribute::Token(true), parameter];
    let started = Instant::now();
    let (public, private) = session.generate_key_pair(&making, &public, &private)?;
    session.sign(&signing, private, &data)?;
    let took = started.elapsed();
    session.destroy_object(public)?;
    session.destroy_object(private)?;
    Ok(took)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
