//! Keys, requests and PFX files made in WebAssembly, in a real browser. What is in them is tested natively, in
//! `wasm-crypto`; here that 32-bit numbers, the browser's random numbers and the release of memory do no harm.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by them; clippy knows only #[test]")]

// Its own tests take it in as a module too.
#[path = "../../wasm-crypto/src/test_authority.rs"]
mod test_authority;

use frontend::crypto::{
    CryptoError, GenerateKey, GeneratedKey, KeyAlgorithm, KeyProgress, Preset, Secret, TypedSecret, Verdict,
    WritePfx,
    examine::examine,
    messages::{Answer, Examine, Task},
    task::perform,
};
use getrandom::{SysRng, rand_core::UnwrapErr};
use js_sys::JsString;
use test_authority::{Chain, MAILBOX, certify};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use wasm_crypto::{
    KeyPair,
    examination::{SignatureVerifier, WebCrypto},
    generate_key_pair,
    pbkdf2::Portable,
    pfx, recovery_file,
};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

const PASSPHRASE: &str = "correct horse battery staple";
const PFX_PASSWORD: &str = "another long password";

fn secret(text: &str) -> Secret {
    text.to_owned().into()
}

fn key_pair(algorithm: KeyAlgorithm) -> KeyPair {
    generate_key_pair(algorithm, &mut UnwrapErr(SysRng), &mut |_| ()).unwrap()
}

fn do_task(task: Task, progress: &mut dyn FnMut(KeyProgress)) -> Result<Answer, CryptoError> {
    pollster::block_on(perform(task, &mut UnwrapErr(SysRng), &Portable, progress))
}

fn generate(algorithm: KeyAlgorithm, progress: &mut dyn FnMut(KeyProgress)) -> GeneratedKey {
    generate_under(secret(PASSPHRASE), algorithm, progress)
}

fn generate_under(
    passphrase: Secret,
    algorithm: KeyAlgorithm,
    progress: &mut dyn FnMut(KeyProgress),
) -> GeneratedKey {
    let request = GenerateKey { algorithm, mailbox: MAILBOX.into(), passphrase };
    match do_task(Task::Generate(request), progress) {
        Ok(Answer::Key(key)) => key,
        other => panic!("{other:?}"),
    }
}

fn certificate_pem(der: &[u8]) -> String {
    pki::certificate::Certificate::from_der(der).unwrap().to_pem()
}

fn write_pfx(key: &GeneratedKey, chain: &Chain, preset: Preset) -> Result<Vec<u8>, CryptoError> {
    write_pfx_with(secret(PASSPHRASE).into(), key, chain, preset)
}

fn write_pfx_with(
    passphrase: TypedSecret,
    key: &GeneratedKey,
    chain: &Chain,
    preset: Preset,
) -> Result<Vec<u8>, CryptoError> {
    let request = WritePfx {
        recovery_file: key.recovery_file.clone().into_bytes().into(),
        public_key_sha256: key.public_key_sha256.clone(),
        passphrase,
        friendly_name: MAILBOX.into(),
        leaf_pem: certificate_pem(&chain.leaf_der),
        chain_pem: chain.chain_der.iter().map(|der| certificate_pem(der)).collect(),
        pfx_password: secret(PFX_PASSWORD),
        preset,
    };
    match do_task(Task::WritePfx(request), &mut |_| ())? {
        Answer::Pfx(pfx) => Ok(pfx),
        other => panic!("{other:?}"),
    }
}

/// From the key to the PFX, as a person goes.
async fn go_to_the_pfx(algorithm: KeyAlgorithm, preset: Preset) {
    let key = generate(algorithm, &mut |_| ());
    let asked = Examine { input: key.csr_pem.clone().into(), expected: None };
    let read = pki::request::read(&asked.input).unwrap();
    assert!(WebCrypto.is_right(&read.signature().unwrap()).await, "the browser knows no such signature");
    let examined = examine(&asked, &WebCrypto).await;
    let Verdict::Correct(request) = examined else { panic!("{examined:?}") };
    assert_eq!(request.public_key_sha256, key.public_key_sha256);
    assert_eq!(request.key_algorithm, algorithm.to_string());

    let opened = pollster::block_on(recovery_file::read(&key.recovery_file, PASSPHRASE, &Portable)).unwrap();
    let chain = certify(
        &opened.public_key().unwrap(),
        &key_pair(KeyAlgorithm::EcP384),
        &key_pair(KeyAlgorithm::EcP256),
    );
    let pfx = write_pfx(&key, &chain, preset).unwrap();
    let opened = pollster::block_on(pfx::open(&pfx, PFX_PASSWORD, &Portable)).unwrap();
    assert_eq!(opened.key.spki_sha256_hex(), key.public_key_sha256);
    assert_eq!(opened.leaf_der, chain.leaf_der);
    assert_eq!(opened.chain_der, chain.chain_der);
}

#[wasm_bindgen_test]
async fn an_rsa_key_becomes_a_request_and_then_a_modern_pfx() {
    go_to_the_pfx(KeyAlgorithm::Rsa2048, Preset::Modern).await;
}

#[wasm_bindgen_test]
async fn a_p_256_key_becomes_a_request_and_then_a_compatible_pfx() {
    go_to_the_pfx(KeyAlgorithm::EcP256, Preset::Compatible).await;
}

#[wasm_bindgen_test]
async fn a_p_384_key_becomes_a_request_and_then_a_modern_pfx() {
    go_to_the_pfx(KeyAlgorithm::EcP384, Preset::Modern).await;
}

#[wasm_bindgen_test]
fn a_recovery_file_opens_with_its_passphrase_in_either_spelling() {
    let compose = |text: &str| String::from(JsString::from(text).normalize("NFC"));
    let decomposed = "Zaz\u{307}o\u{301}\u{142}c\u{301} \u{1112}\u{1161}\u{11AB}";
    let typed = TypedSecret::new(decomposed.to_owned(), compose);
    let composed = typed.composed().clone();
    assert_eq!(composed.as_str(), Some("Za\u{17C}\u{F3}\u{142}\u{107} \u{D55C}"));

    let key = generate_under(composed.clone(), KeyAlgorithm::EcP256, &mut |_| ());
    let opened = recovery_file::read(&key.recovery_file, composed.as_str().unwrap(), &Portable);
    let chain = certify(
        &pollster::block_on(opened).unwrap().public_key().unwrap(),
        &key_pair(KeyAlgorithm::EcP384),
        &key_pair(KeyAlgorithm::EcP256),
    );
    for passphrase in [typed, composed.into()] {
        write_pfx_with(passphrase, &key, &chain, Preset::Modern).unwrap();
    }
    let uncomposed = secret(decomposed).into();
    let refused = write_pfx_with(uncomposed, &key, &chain, Preset::Modern);
    assert_eq!(refused, Err(CryptoError::WrongPassphrase));
}

#[wasm_bindgen_test]
fn a_pfx_is_not_made_for_another_keys_certificate() {
    let key = generate(KeyAlgorithm::EcP256, &mut |_| ());
    let other = key_pair(KeyAlgorithm::EcP256);
    let chain = certify(
        &other.public_key().unwrap(),
        &key_pair(KeyAlgorithm::EcP384),
        &key_pair(KeyAlgorithm::EcP256),
    );
    assert_eq!(write_pfx(&key, &chain, Preset::Modern), Err(CryptoError::OtherKey));
}

#[wasm_bindgen_test]
fn progress_is_told_while_an_rsa_key_is_made() {
    let mut seen = Vec::new();
    generate(KeyAlgorithm::Rsa3072, &mut |progress| seen.push(progress));
    assert!(matches!(seen.first(), Some(KeyProgress::SearchingFirstPrime { candidates: 1 | 2 })));
    assert!(seen.iter().any(|progress| matches!(progress, KeyProgress::SearchingSecondPrime { .. })));
    assert_eq!(seen.last(), Some(&KeyProgress::Checking));
}
