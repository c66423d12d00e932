//! Whoever verifies a request's signature, and whatever they say, the verdict is the one of our own code; only that a
//! signature is right is taken from them. Over all of `tests/vectors/requests`.
#![expect(clippy::unwrap_used, reason = "a test fails by it; clippy knows only #[test]")]

use der::{Decode, Encode, asn1::BitString};
use p256::ecdsa::{Signature, VerifyingKey, signature::Verifier};
use pki::{
    pem,
    request::{self, CertificationRequest, Defect, Hash, RequestSignature},
};
use pollster::block_on;
use std::{
    cell::Cell,
    fs,
    path::{Path, PathBuf},
};
use wasm_crypto::examination::{Portable, SignatureVerifier, examine};
use x509_cert::request::CertReq;

/// Says the same of each signature, and counts how often it is asked.
struct Always {
    answer: bool,
    asked: Cell<usize>,
}

impl Always {
    fn saying(answer: bool) -> Self {
        Self { answer, asked: Cell::new(0) }
    }
}

impl SignatureVerifier for Always {
    async fn is_right(&self, _: &RequestSignature<'_>) -> bool {
        self.asked.set(self.asked.get() + 1);
        self.answer
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/requests")
}

fn read(name: &str) -> Vec<u8> {
    fs::read(folder().join(name)).unwrap()
}

fn names() -> Vec<String> {
    let entries = fs::read_dir(folder()).unwrap();
    let names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert!(names.len() > 300, "only {} requests", names.len());
    names
}

/// All of a verdict that can be compared.
fn told(verdict: Result<CertificationRequest, Defect>) -> Result<String, Defect> {
    verdict.map(|request| format!("{request:?}"))
}

fn ours(input: &[u8]) -> Result<String, Defect> {
    told(request::examine(input))
}

fn with(input: &[u8], verifier: &impl SignatureVerifier) -> Result<String, Defect> {
    told(block_on(examine(input, verifier)))
}

#[test]
fn a_verifier_that_calls_every_signature_wrong_changes_no_verdict() {
    let denier = Always::saying(false);
    for name in names() {
        let input = read(&name);
        assert_eq!(with(&input, &denier), ours(&input), "{name}");
        assert_eq!(with(&input, &Portable), ours(&input), "{name}");
    }
    assert!(denier.asked.get() > 100, "it was asked {} times", denier.asked.get());
}

#[test]
fn a_verifier_that_calls_every_signature_right_hides_nothing_but_a_wrong_signature() {
    let mut hidden = 0;
    for name in names() {
        let input = read(&name);
        let verdict = with(&input, &Always::saying(true));
        match ours(&input) {
            Err(Defect::SignatureInvalid) => hidden += usize::from(verdict != Err(Defect::SignatureInvalid)),
            ours => assert_eq!(verdict, ours, "{name}"),
        }
    }
    assert!(hidden > 5, "it was believed {hidden} times: this test tests nothing");
}

#[test]
fn attributes_are_judged_after_the_signature() {
    let input = read("duplicate-attribute-challenge.pem");
    let defect = ours(&input).unwrap_err();
    assert_eq!(defect.code(), "duplicate-attribute");
    assert_eq!(with(&input, &Always::saying(true)), Err(defect));
    let unsigned = signed_with(&input, &signature_of("ok-p256.pem"));
    assert_eq!(with(&unsigned, &Always::saying(false)), Err(Defect::SignatureInvalid));
}

/// As [`request::examine`] does: whoever asks less than this gets less than the verdict.
#[test]
fn a_verifier_is_given_what_was_signed() {
    let request = request::read(&read("ok-p256.pem")).unwrap();
    let signature = request.signature().unwrap();
    let key = VerifyingKey::from_sec1_bytes(signature.public_key.spki_der().last_chunk::<65>().unwrap());
    assert_eq!(signature.hash, Hash::Sha256);
    key.unwrap().verify(signature.message, &Signature::from_slice(&signature.value).unwrap()).unwrap();

    for (name, hash, bytes) in [
        ("ok-p256-sha512.pem", Hash::Sha512, 64),
        ("ok-p384-sha256.pem", Hash::Sha256, 96),
        ("ok-rsa-2048-openssl.pem", Hash::Sha256, 256),
        ("ok-rsa-3072-sha384.pem", Hash::Sha384, 384),
        ("ok-rsa-4096-sha512.pem", Hash::Sha512, 512),
    ] {
        let request = request::read(&read(name)).unwrap();
        let signature = request.signature().unwrap();
        assert_eq!((signature.hash, signature.value.len()), (hash, bytes), "{name}");
    }
}

fn parsed(input: &[u8]) -> CertReq {
    let text = str::from_utf8(input).unwrap();
    CertReq::from_der(&pem::decode("CERTIFICATE REQUEST", text).unwrap()).unwrap()
}

fn signature_of(name: &str) -> Vec<u8> {
    parsed(&read(name)).signature.raw_bytes().to_vec()
}

/// The request with another signature, DER.
fn signed_with(input: &[u8], signature: &[u8]) -> Vec<u8> {
    CertReq { signature: BitString::from_bytes(signature).unwrap(), ..parsed(input) }.to_der().unwrap()
}

/// A SEQUENCE of two INTEGERs, whatever is in them.
fn two_numbers(r: &[u8], s: &[u8]) -> Vec<u8> {
    let number = |content: &[u8]| [&[2, u8::try_from(content.len()).unwrap()], content].concat();
    let content = [number(r), number(s)].concat();
    [&[0x30, u8::try_from(content.len()).unwrap()], content.as_slice()].concat()
}

/// Nobody is asked about the signature, and our own code calls it wrong.
fn assert_refused_unasked(what: &str, input: &[u8]) {
    let believer = Always::saying(true);
    assert_eq!(with(input, &believer), Err(Defect::SignatureInvalid), "{what}");
    assert_eq!(believer.asked.get(), 0, "{what}");
    assert_eq!(ours(input), Err(Defect::SignatureInvalid), "{what}");
}

#[test]
fn a_signature_on_a_curve_that_is_not_strict_der_reaches_no_verifier() {
    let input = read("ok-p256.pem");
    let good = signature_of("ok-p256.pem");
    let numbers = Signature::from_der(&good).unwrap().to_bytes();
    let (r, s) = numbers.split_at(32);
    let positive = |number: &[u8]| [&[0][..usize::from(number.first().unwrap() >> 7)], number].concat();
    let (r, s) = (positive(r), positive(s));
    // Nothing else is wrong with what is built here.
    assert_eq!(two_numbers(&r, &s), good);
    assert_eq!(with(&signed_with(&input, &good), &Always::saying(true)), ours(&input));

    let padded = |number: &[u8]| [&[0], number].concat();
    let negative = |number: &[u8]| {
        let (first, rest) = number.split_first().unwrap();
        [&[first | 0x80], rest].concat()
    };
    let [tag, length, content @ ..] = good.as_slice() else { unreachable!() };
    for (what, signature) in [
        ("empty", Vec::new()),
        ("r padded", two_numbers(&padded(&positive(&r)), &s)),
        ("s padded", two_numbers(&r, &padded(&positive(&s)))),
        ("r negative", two_numbers(&negative(&r), &s)),
        ("s negative", two_numbers(&r, &negative(&s))),
        ("r zero", two_numbers(&[0], &s)),
        ("s zero", two_numbers(&r, &[0])),
        ("r empty", two_numbers(&[], &s)),
        ("r too long", two_numbers(&[&[1], r.as_slice()].concat(), &s)),
        ("s too long", two_numbers(&r, &[&[1; 17], s.as_slice()].concat())),
        ("as long as can be", two_numbers(&[0x7f; 33], &[0x7f; 33])),
        ("over the order", two_numbers(&[&[0][..], &[0xff; 32]].concat(), &s)),
        ("bytes after it", [good.as_slice(), &[0]].concat()),
        ("bytes in it", [&[*tag, length + 2], content, &[5, 0]].concat()),
        ("length in two bytes", [&[*tag, 0x81, *length], content].concat()),
        ("cut off", good.split_last().unwrap().1.to_vec()),
        ("r and s alone", numbers.to_vec()),
    ] {
        assert_refused_unasked(what, &signed_with(&input, &signature));
    }
}

#[test]
fn a_signature_of_rsa_that_is_not_below_the_modulus_and_as_long_reaches_no_verifier() {
    let name = "ok-rsa-2048-openssl.pem";
    let (input, good) = (read(name), signature_of(name));
    assert_eq!(with(&signed_with(&input, &good), &Always::saying(true)), ours(&input));
    let spki = request::examine(&input).unwrap().public_key().spki_der().to_vec();
    // It ends with the exponent, 65537.
    let (modulus, exponent) = spki.split_at(spki.len() - 5);
    assert_eq!(exponent, [2, 3, 1, 0, 1]);
    let modulus = modulus.last_chunk::<256>().unwrap();
    for (what, signature) in [
        ("empty", Vec::new()),
        ("a zero before it", [&[0], good.as_slice()].concat()),
        ("a zero after it", [good.as_slice(), &[0]].concat()),
        ("its last byte gone", good.split_last().unwrap().1.to_vec()),
        ("the modulus", modulus.to_vec()),
        ("above the modulus", vec![0xff; 256]),
    ] {
        assert_refused_unasked(what, &signed_with(&input, &signature));
    }
}
