//! A key pair and a request, for any certification authority.

use super::{About, NewRequest, Problem, RequestFiles, Row, Value};
use crate::crypto::CryptoError;
use getrandom::rand_core::CryptoRng;
use pki::{
    key_policy::KeyAlgorithm,
    mailbox::Mailbox,
    pem,
    request::{self, RequestedNames},
    subject::SubjectField,
};
use wasm_crypto::{
    Kernel, KeyPair, KeyProgress, generate_key_pair, passphrase, pbkdf2::Pbkdf2, recovery_file,
};

/// Makes both. What can be refused is refused before the person waits for primes.
pub(super) async fn make(
    wanted: &NewRequest,
    random: &mut impl CryptoRng,
    pbkdf2: &impl Pbkdf2,
    progress: &mut dyn FnMut(KeyProgress),
) -> Result<RequestFiles, Problem> {
    let names = names(wanted)?;
    let passphrase = wanted.passphrase.as_str().unwrap_or_default();
    passphrase::check(passphrase).map_err(|problem| Problem::new(About::NewPassword, problem.to_string()))?;
    let key = generate_key_pair(wanted.algorithm, random, progress).or(Err(CryptoError::KeyNotMade))?;
    let csr = request::build_with_names(&names, &key).or(Err(CryptoError::KeyNotMade))?;
    let private_key_pem =
        recovery_file::write(&key, passphrase, random, pbkdf2).await.map_err(CryptoError::from)?;
    // A file that does not open would be noticed only when the certificate is there.
    let reopened =
        recovery_file::read(&private_key_pem, passphrase, pbkdf2).await.map_err(CryptoError::from)?;
    if reopened.spki_der() != key.spki_der() {
        return Err(CryptoError::KeyNotMade.into());
    }
    Ok(RequestFiles { private_key_pem, csr_pem: pem::encode("CERTIFICATE REQUEST", &csr), rows: rows(&key) })
}

fn rows(key: &KeyPair) -> Vec<Row> {
    let algorithm = key.algorithm();
    let mut rows = vec![
        Row::text("Key", algorithm.to_string()),
        Row::new("Public key, SHA-256", Value::Hex(key.spki_sha256_hex())),
    ];
    if let Some(kernel) = key.made_by() {
        rows.push(Row::text("Prime search", kernel_name(kernel)));
    }
    if !KeyAlgorithm::FOR_CERTIFICATES.contains(&algorithm) {
        rows.push(Row::text("Good to know", "Few mail programs can use a certificate for this key."));
    }
    rows
}

/// What searched the primes, with its stable id for people who measure.
fn kernel_name(kernel: Kernel) -> String {
    let words = match kernel {
        Kernel::RelaxedSimd => "the quickest: fused multiplication in SIMD lanes",
        Kernel::Simd128 => "quick: SIMD lanes",
        Kernel::Portable => "portable: this browser has no SIMD for WebAssembly",
    };
    format!("{words} ({})", kernel.id())
}

fn names(wanted: &NewRequest) -> Result<RequestedNames, Problem> {
    let mailboxes = wanted.mailboxes.iter().map(|address| {
        Mailbox::parse(address).map_err(|error| {
            Problem::new(About::Mailboxes, format!("{address} cannot stand in a certificate: {error}"))
        })
    });
    let mailboxes = mailboxes.collect::<Result<Vec<_>, _>>()?;
    let subject: Vec<(SubjectField, String)> = wanted
        .subject
        .iter()
        .filter_map(|(label, value)| {
            let field = SubjectField::ALL.into_iter().find(|field| field.label() == label)?;
            Some((field, value.clone()))
        })
        .collect();
    RequestedNames::new(&subject, mailboxes).map_err(|errors| {
        let error = errors.first();
        let place = error.and_then(|error| subject.iter().position(|(field, _)| *field == error.field));
        let message = error.map(|error| error.reason.to_string()).unwrap_or_default();
        Problem::new(place.map_or(About::Nothing, About::Subject), message)
    })
}
