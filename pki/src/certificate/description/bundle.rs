//! Finds certificates in what people have: PEM with anything around it, DER, .p7b, bare base64.

use super::{Parts, certificates_of_signed_data};
use crate::request::{self, Defect, PrivateKeyForm};
use der::{Decode, Header, Reader, SliceReader};

/// Longest input. Our choice: a bundle of all roots of a browser has a fifth of it.
pub const MAXIMUM_INPUT_BYTES: usize = 1_048_576;
/// Most certificates that are looked at. Our choice: a chain has five at most, the roots of a browser 150.
const MAXIMUM_CERTIFICATES: usize = 200;

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";
/// RFC 7468 §5 and OpenSSL; what follows a trusted certificate inside is OpenSSL's own.
const CERTIFICATE_LABELS: [&str; 3] = ["CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"];
/// RFC 7468 §8 and §9.
const BUNDLE_LABELS: [&str; 3] = ["PKCS7", "PKCS #7 SIGNED DATA", "CMS"];

/// The certificates of an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    /// DER each, in the order of the input; at least one.
    pub certificates: Vec<Vec<u8>>,
    /// Whether a private key stands beside them.
    pub has_private_key: bool,
}

/// Why there is no certificate in an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoCertificate {
    /// Nothing, or blanks only.
    #[error("There is no certificate here yet. Paste one, or choose its file.")]
    Empty,
    /// More than [`MAXIMUM_INPUT_BYTES`].
    #[error(
        "This is too large to be a certificate. Choose the file that begins with BEGIN CERTIFICATE, or a .cer, .der or .p7b file."
    )]
    TooLong,
    /// A private key in any form but a PFX.
    #[error("This is a private key, not a certificate. Nobody but its owner may ever have it.")]
    PrivateKey,
    /// A PFX: it has certificates, under a password.
    #[error("This is a PFX file. Its certificates are under its password: open it with the PFX inspector.")]
    Pfx,
    /// A certification request.
    #[error("This is a certificate request, not a certificate. Look at it with the CSR checker.")]
    Request,
    /// A list of revoked certificates.
    #[error("This is a list of revoked certificates, not a certificate.")]
    RevocationList,
    /// A public key alone.
    #[error("This is a public key alone. A certificate begins with -----BEGIN CERTIFICATE-----.")]
    PublicKey,
    /// A bundle with nothing in it, or in a form that is not read here.
    #[error("There is no certificate in this bundle that can be read. Export it again as PEM or as DER.")]
    EmptyBundle,
    /// The label says certificate, and what is inside is not one.
    #[error(
        "The certificate is damaged: characters are missing or changed. Copy it again, from the first hyphen to the last, or choose the file."
    )]
    Damaged,
    /// Anything else.
    #[error(
        "This is not a certificate. A certificate begins with -----BEGIN CERTIFICATE-----, or is a .cer, .crt, .der or .p7b file."
    )]
    NotACertificate,
}

impl NoCertificate {
    /// Whether what was there must not stay in a field.
    pub fn is_private(self) -> bool {
        matches!(self, Self::PrivateKey | Self::Pfx)
    }
}

/// Finds all certificates in a text or a file.
///
/// # Errors
/// What it is instead.
pub fn find_certificates(input: &[u8]) -> Result<Bundle, NoCertificate> {
    if input.len() > MAXIMUM_INPUT_BYTES {
        return Err(NoCertificate::TooLong);
    }
    let is_der = matches!(input, [0x30, second, ..] if *second >= 0x80 || !input.iter().take(16).all(|byte| is_text(*byte)));
    if is_der {
        return from_der(input).map(|certificates| Bundle { certificates, has_private_key: false });
    }
    let text = decode(input);
    if text.trim().is_empty() {
        return Err(NoCertificate::Empty);
    }
    let blocks = blocks(&text);
    if blocks.is_empty() {
        let der = base64(&text).filter(|der| der.starts_with(&[0x30])).ok_or_else(|| without_block(&text))?;
        return from_der(&der).map(|certificates| Bundle { certificates, has_private_key: false });
    }
    from_blocks(&blocks)
}

fn is_text(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~')
}

/// UTF-8, or UTF-16 with its mark, as Windows' PowerShell writes files.
fn decode(input: &[u8]) -> String {
    let unit: fn([u8; 2]) -> u16 = match input {
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => return String::from_utf8_lossy(input).into_owned(),
    };
    let units = input.as_chunks::<2>().0.iter().skip(1).map(|bytes| unit(*bytes));
    char::decode_utf16(units).map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// Label and body of each block; a block without an end reaches to the end of the text.
fn blocks(text: &str) -> Vec<(&str, &str)> {
    let after_begin = text.split(BEGIN).skip(1);
    after_begin
        .filter_map(|block| {
            let (label, body) = block.split_once(DASHES)?;
            Some((label.trim(), body.split(END).next().unwrap_or(body)))
        })
        .collect()
}

fn from_blocks(blocks: &[(&str, &str)]) -> Result<Bundle, NoCertificate> {
    let has_private_key = blocks.iter().any(|(label, _)| label.contains("PRIVATE KEY"));
    let mut certificates = Vec::new();
    let mut problem = None;
    for (label, body) in blocks.iter().take(MAXIMUM_CERTIFICATES) {
        let found = if CERTIFICATE_LABELS.contains(label) {
            base64(body)
                .and_then(|der| first_element(&der))
                .ok_or(NoCertificate::Damaged)
                .and_then(|der| from_der(&der))
        } else if BUNDLE_LABELS.contains(label) {
            base64(body).ok_or(NoCertificate::Damaged).and_then(|der| from_der(&der))
        } else {
            Err(foreign(label))
        };
        match found {
            Ok(found) => certificates.extend(found),
            // A private key is said before all else; otherwise the first problem.
            Err(error) if problem.is_none() || error == NoCertificate::PrivateKey => problem = Some(error),
            Err(_) => {}
        }
    }
    match problem {
        // One damaged certificate among good ones would go unnoticed.
        Some(NoCertificate::Damaged) => Err(NoCertificate::Damaged),
        Some(other) if certificates.is_empty() => Err(other),
        _ => Ok(Bundle { certificates, has_private_key }),
    }
}

/// What a block is that is no certificate, by its label.
fn foreign(label: &str) -> NoCertificate {
    match label {
        label if label.contains("PRIVATE KEY") => NoCertificate::PrivateKey,
        label if label.contains("REQUEST") => NoCertificate::Request,
        label if label.contains("CRL") => NoCertificate::RevocationList,
        label if label.ends_with("PUBLIC KEY") => NoCertificate::PublicKey,
        _ => NoCertificate::NotACertificate,
    }
}

fn without_block(text: &str) -> NoCertificate {
    match request::examine(text.as_bytes()) {
        Err(Defect::PrivateKey { .. }) => NoCertificate::PrivateKey,
        Ok(_) => NoCertificate::Request,
        Err(_) => NoCertificate::NotACertificate,
    }
}

/// The content of the first block with this label.
pub(super) fn labelled(input: &[u8], label: &str) -> Option<Vec<u8>> {
    let text = decode(input);
    let (_, body) = blocks(&text).into_iter().find(|(found, _)| *found == label)?;
    base64(body)
}

/// Blanks, quote marks of mails and the headers of old PEM do not matter.
fn base64(body: &str) -> Option<Vec<u8>> {
    let lines = body.lines().filter(|line| !line.contains(':'));
    let characters: String = lines
        .flat_map(str::chars)
        .filter(|character| !character.is_whitespace() && *character != '>')
        .collect();
    crate::base64::decode(&characters).map(|decoded| decoded.bytes).filter(|der| !der.is_empty())
}

/// Certificates one after another, or a bundle.
fn from_der(der: &[u8]) -> Result<Vec<Vec<u8>>, NoCertificate> {
    if let Some(certificates) = certificates_of_signed_data(der) {
        return if certificates.is_empty() { Err(NoCertificate::EmptyBundle) } else { Ok(certificates) };
    }
    let mut certificates = Vec::new();
    let mut rest = der;
    while let Some(certificate) = first_element(rest).filter(|_| certificates.len() < MAXIMUM_CERTIFICATES) {
        if Parts::read(&certificate).is_none() {
            break;
        }
        rest = rest.get(certificate.len()..).unwrap_or_default();
        certificates.push(certificate);
    }
    if certificates.is_empty() { Err(recognize(der)) } else { Ok(certificates) }
}

/// The bytes of the first element; what follows it does not matter.
fn first_element(der: &[u8]) -> Option<Vec<u8>> {
    let mut reader = SliceReader::new(der).ok()?;
    let header = Header::decode(&mut reader).ok()?;
    let header_bytes = usize::try_from(reader.position()).ok()?;
    let length = header_bytes.checked_add(usize::try_from(header.length()).ok()?)?;
    der.get(..length).map(<[u8]>::to_vec)
}

fn recognize(der: &[u8]) -> NoCertificate {
    match request::recognize_other(der) {
        Some(Defect::PrivateKey { form: PrivateKeyForm::Pfx }) => NoCertificate::Pfx,
        Some(Defect::PrivateKey { .. }) => NoCertificate::PrivateKey,
        Some(Defect::Certificate) => NoCertificate::Damaged,
        Some(Defect::CertificateBundle) => NoCertificate::EmptyBundle,
        Some(Defect::RevocationList) => NoCertificate::RevocationList,
        Some(Defect::PublicKey) => NoCertificate::PublicKey,
        _ if request::examine(der).is_ok() => NoCertificate::Request,
        _ => NoCertificate::NotACertificate,
    }
}
