//! The side of the npm package that knows JavaScript: what `npm/core.js` calls.
//!
//! Arguments were checked for their type there. Results and errors are plain objects, so that they cross to a worker
//! as they are; `npm/index.d.ts` says what each looks like. Bytes that come in are a copy in this module's memory;
//! those of a secret are overwritten here.

mod failure;
mod record;
pub mod verdict;

use self::{
    failure::{Failure, Outcome},
    record::{Record, bytes},
};
use crate::{
    Kernel, KeyPair, KeyPairError, KeyProgress, generate_key_pair, generate_key_pair_with, passphrase,
    pbkdf2::WebCrypto,
    pfx::{self, PfxContent, Preset, Protection},
    private_key, recovery_file,
};
use getrandom::{
    SysRng,
    rand_core::{TryRng, UnwrapErr},
};
use js_sys::{Array, Function, Uint8Array};
use pki::{
    certificate::{Certificate, description::find_certificates},
    key_policy::KeyAlgorithm,
    mailbox::Mailbox,
    request::{self, RequestedNames},
    subject::SubjectField,
};
use std::{rc::Rc, str};
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

/// A private key, as a handle: from it the key's bytes come out only encrypted.
///
/// The key is overwritten when JavaScript calls `free`, or its garbage collector finds that nobody holds the handle.
#[wasm_bindgen]
#[derive(Debug)]
pub struct KeyHandle(Rc<KeyPair>);

#[wasm_bindgen]
impl KeyHandle {
    /// Such as `rsa-2048`.
    pub fn algorithm(&self) -> String {
        self.0.algorithm().id().to_owned()
    }

    /// The DER of the `SubjectPublicKeyInfo`.
    pub fn spki(&self) -> Uint8Array {
        bytes(self.0.spki_der())
    }

    /// SHA-256 of it, in lower-case hex.
    #[wasm_bindgen(js_name = spkiSha256)]
    pub fn spki_sha256(&self) -> String {
        self.0.spki_sha256_hex()
    }

    /// The id of the kernel that found the primes of an RSA key made here.
    #[wasm_bindgen(js_name = madeBy)]
    pub fn made_by(&self) -> Option<String> {
        Some(self.0.made_by()?.id().to_owned())
    }
}

impl KeyHandle {
    fn new(key: KeyPair) -> Self {
        Self(Rc::new(key))
    }
}

/// A passphrase, a password, a private key: overwritten when it is dropped.
type SecretBytes = Zeroizing<Vec<u8>>;

/// Makes a key pair. Progress is told from the middle of the search.
///
/// # Errors
/// An unknown algorithm, no random numbers, a kernel that does not run here, or a key that did not pass its self-test.
#[wasm_bindgen(js_name = generateKeyPair)]
#[expect(clippy::needless_pass_by_value, reason = "what comes from JavaScript comes by value")]
pub fn generate(
    algorithm: &str,
    kernel: Option<String>,
    on_progress: Option<Function>,
) -> Outcome<KeyHandle> {
    let algorithm = KeyAlgorithm::from_id(algorithm).ok_or(Failure::UnknownAlgorithm)?;
    let kernel = kernel.map(|id| Kernel::from_id(&id).ok_or(Failure::UnknownKernel)).transpose()?;
    let mut tell = |progress| {
        if let Some(on_progress) = &on_progress {
            // What a listener throws is its own matter, and no reason to lose a key.
            drop(on_progress.call1(&JsValue::UNDEFINED, &progress_object(progress)));
        }
    };
    let mut random = random()?;
    let key = match kernel {
        Some(kernel) => generate_key_pair_with(kernel, algorithm, &mut random, &mut tell),
        None => generate_key_pair(algorithm, &mut random, &mut tell),
    };
    let key = key.map_err(|error| match error {
        KeyPairError::PrimeSearch { .. } => Failure::KernelUnavailable,
        _ => Failure::NotMade,
    })?;
    Ok(KeyHandle::new(key))
}

fn progress_object(progress: KeyProgress) -> JsValue {
    let (stage, candidates) = match progress {
        KeyProgress::SearchingFirstPrime { candidates } => ("first-prime", Some(candidates)),
        KeyProgress::SearchingSecondPrime { candidates } => ("second-prime", Some(candidates)),
        KeyProgress::Checking => ("check", None),
    };
    Record::new().with("stage", stage).with_some("candidates", candidates).into()
}

/// Builds a request for these addresses and this subject, signed with the key: `{pem, der}`. The subject comes as
/// names and values by turns, in the order in which it is to stand.
///
/// # Errors
/// An address or a part of the subject that cannot stand in a certificate.
#[wasm_bindgen(js_name = createCsr)]
#[expect(clippy::needless_pass_by_value, reason = "what comes from JavaScript comes by value")]
pub fn create_csr(key: &KeyHandle, emails: Vec<String>, subject: Vec<String>) -> Outcome<JsValue> {
    let parse = |(index, email): (usize, &String)| {
        Mailbox::parse(email).map_err(|problem| Failure::Email { index, problem })
    };
    let mailboxes = emails.iter().enumerate().map(parse).collect::<Result<Vec<_>, _>>()?;
    let attributes = subject
        .as_chunks::<2>()
        .0
        .iter()
        .map(|[name, value]| Ok((subject_field(name).ok_or(Failure::UnknownAttribute)?, value.clone())))
        .collect::<Result<Vec<_>, Failure>>()?;
    let names = RequestedNames::new(&attributes, mailboxes).map_err(Failure::subject)?;
    let der = request::build_with_names(&names, &*key.0).or(Err(Failure::NotMade))?;
    let pem = pki::pem::encode("CERTIFICATE REQUEST", &der);
    Ok(Record::new().with("pem", pem).with("der", bytes(&der)).into())
}

/// The parts of a subject, under their names in the package.
const SUBJECT_FIELDS: [(&str, SubjectField); 6] = [
    ("country", SubjectField::Country),
    ("stateOrProvince", SubjectField::StateOrProvince),
    ("locality", SubjectField::Locality),
    ("organization", SubjectField::Organization),
    ("organizationIdentifier", SubjectField::OrganizationIdentifier),
    ("commonName", SubjectField::CommonName),
];

fn subject_field(name: &str) -> Option<SubjectField> {
    SUBJECT_FIELDS.iter().find(|(known, _)| *known == name).map(|(_, field)| *field)
}

fn subject_name(field: SubjectField) -> &'static str {
    SUBJECT_FIELDS.iter().find(|(_, known)| *known == field).map_or("", |(name, _)| name)
}

/// Writes the key as encrypted PKCS #8, PEM.
///
/// # Errors
/// A passphrase that is not accepted.
#[wasm_bindgen(js_name = encryptPrivateKey)]
pub async fn encrypt_private_key(key: &KeyHandle, passphrase: Vec<u8>) -> Outcome<String> {
    let (key, passphrase) = (Rc::clone(&key.0), SecretBytes::new(passphrase));
    let passphrase = text(&passphrase, "passphrase")?;
    let written = recovery_file::write(&key, passphrase, &mut random()?, &WebCrypto).await;
    Ok(written.map_err(Failure::WriteKey)?)
}

/// Reads a private key, PEM or DER, encrypted or not.
///
/// # Errors
/// Why it cannot be read.
#[wasm_bindgen(js_name = readPrivateKey)]
pub async fn read_private_key(private_key: Vec<u8>, passphrase: Option<Vec<u8>>) -> Outcome<KeyHandle> {
    let private_key = SecretBytes::new(private_key);
    let passphrase = SecretBytes::new(passphrase.unwrap_or_default());
    let key = private_key::read(&private_key, text(&passphrase, "passphrase")?, &WebCrypto).await;
    Ok(KeyHandle::new(key.map_err(Failure::ReadKey)?))
}

/// Writes a PFX, opened again and checked. Each certificate is PEM or DER, and a PEM text may hold several.
///
/// # Errors
/// What of the certificates, the password or the preset does not fit.
#[wasm_bindgen(js_name = createPfx)]
pub async fn create_pfx(
    key: &KeyHandle,
    certificate: Vec<u8>,
    chain: Vec<Uint8Array>,
    password: Vec<u8>,
    preset: String,
    friendly_name: Option<String>,
) -> Outcome<Uint8Array> {
    let (key, password) = (Rc::clone(&key.0), SecretBytes::new(password));
    let preset = Preset::from_id(&preset).ok_or(Failure::UnknownPreset)?;
    let find = |input: &[u8], field| match find_certificates(input) {
        Ok(bundle) => Ok(bundle.certificates),
        Err(reason) => Err(Failure::Certificate { field, reason }),
    };
    let mut ders = find(&certificate, "certificate")?;
    for above in &chain {
        ders.extend(find(&above.to_vec(), "chain")?);
    }
    let (leaf_der, chain_der) = ders.split_first().ok_or(Failure::NotMade)?;
    let friendly_name = friendly_name.unwrap_or_else(|| name_of(leaf_der));
    let content = PfxContent { key: &key, leaf_der, chain_der, friendly_name: &friendly_name };
    let password = text(&password, "password")?;
    let pfx = pfx::write(&content, password, preset, &mut random()?, &WebCrypto).await;
    Ok(bytes(&pfx.map_err(Failure::Pfx)?))
}

/// Opens a PFX: `{key, certificate, chain, friendlyName}`, certificates as PEM.
///
/// # Errors
/// Why it does not open.
#[wasm_bindgen(js_name = openPfx)]
pub async fn open_pfx(pfx: Vec<u8>, password: Vec<u8>) -> Outcome<JsValue> {
    let password = SecretBytes::new(password);
    let opened = pfx::open(&pfx, text(&password, "password")?, &WebCrypto).await.map_err(Failure::OpenPfx)?;
    let chain: Array = opened.chain_der.iter().map(|der| JsValue::from(certificate_pem(der))).collect();
    Ok(Record::new()
        .with("key", KeyHandle::new(opened.key))
        .with("certificate", certificate_pem(&opened.leaf_der))
        .with("chain", chain)
        .with("friendlyName", opened.friendly_name)
        .into())
}

/// Tells what a PFX is made of, without its password.
///
/// # Errors
/// When it is none, or is damaged.
#[wasm_bindgen(js_name = describePfx)]
pub fn describe_pfx(pfx: &[u8]) -> Outcome<JsValue> {
    let described = pfx::describe(pfx).map_err(Failure::OpenPfx)?;
    let all = |parts: &[Option<Protection>]| -> Array {
        parts.iter().map(|part| part.as_ref().map_or(JsValue::NULL, protection)).collect()
    };
    let refused_by: Array = described
        .refused_by
        .iter()
        .map(|refusal| {
            let refusal = Record::new().with("program", refusal.program).with("reason", refusal.reason);
            JsValue::from(refusal)
        })
        .collect();
    let not_read: Array = described
        .not_read
        .iter()
        .map(|not_read| {
            let part = Record::new().with("part", not_read.part).with("scheme", not_read.scheme.as_str());
            JsValue::from(part.with_some("readBy", not_read.read_by))
        })
        .collect();
    Ok(Record::new()
        .with_some("preset", described.preset.map(Preset::id))
        .with("isBer", described.is_ber)
        .with("safes", all(&described.safes))
        .with("keys", all(&described.keys))
        .with("mac", described.mac.as_ref().map_or(JsValue::NULL, protection))
        .with("refusedBy", refused_by)
        .with("notRead", not_read)
        .with_some("estimatedSeconds", u32::try_from(described.estimated_seconds).ok())
        .into())
}

fn protection(part: &Protection) -> JsValue {
    let salt_bytes = part.salt_bytes.and_then(|bytes| u32::try_from(bytes).ok());
    Record::new()
        .with("scheme", part.scheme.as_str())
        .with_some("iterations", part.iterations)
        .with_some("saltBytes", salt_bytes)
        .into()
}

/// Makes a passphrase of 100 random bits, as ASCII.
///
/// # Errors
/// No random numbers.
#[wasm_bindgen(js_name = generatePassphrase)]
pub fn generate_passphrase() -> Outcome<Uint8Array> {
    Ok(bytes(passphrase::generate(&mut random()?).as_bytes()))
}

/// Tells what a person should know of a password before a file is written under it: `{code, message}`, or nothing.
///
/// # Errors
/// A password that is not UTF-8.
#[wasm_bindgen(js_name = passwordWarning)]
pub fn password_warning(password: Vec<u8>) -> Outcome<JsValue> {
    let password = SecretBytes::new(password);
    let warning = passphrase::warning(text(&password, "password")?);
    Ok(warning.map_or(JsValue::UNDEFINED, |warning| {
        Record::new().with("code", warning.code()).with("message", warning.message()).into()
    }))
}

/// The random source of the page, the worker or Node, after a look whether it gives anything, and not the same twice.
fn random() -> Result<UnwrapErr<SysRng>, Failure> {
    let mut samples = [[0_u8; 32]; 2];
    let filled = samples.iter_mut().all(|sample| SysRng.try_fill_bytes(sample).is_ok());
    let [first, second] = samples;
    if filled && first != second { Ok(UnwrapErr(SysRng)) } else { Err(Failure::NoRandomness) }
}

fn text<'a>(secret: &'a SecretBytes, field: &'static str) -> Result<&'a str, Failure> {
    str::from_utf8(secret).or(Err(Failure::NotUtf8 { field }))
}

fn certificate_pem(der: &[u8]) -> String {
    pki::pem::encode("CERTIFICATE", der)
}

/// What programs show for the entry when the caller says nothing: the subject.
fn name_of(leaf_der: &[u8]) -> String {
    Certificate::from_der(leaf_der).map(|leaf| leaf.subject_text()).unwrap_or_default()
}
