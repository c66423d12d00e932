//! The certificates in what people have: PEM with anything around it, DER, .p7b, a `PkiPath`, bare Base64.

use super::{Parts, certificates_of_signed_data};
use crate::element::{Element, SEQUENCE};
use crate::pasted::{self, Content, Kind, PrivateKeyForm};
use der::{Decode, Header, Reader, SliceReader};

pub use crate::pasted::MAXIMUM_INPUT_BYTES;

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
    /// A PFX: it has certificates, under a password.
    #[error("This is a PFX file. Its certificates are under its password: open it with the PFX inspector.")]
    Pfx,
    /// A certification request.
    #[error("This is a certificate request, not a certificate. Look at it with the CSR checker.")]
    Request,
    /// A bundle with nothing in it, or in a form that is not read here.
    #[error("There is no certificate in this bundle that can be read. Export it again as PEM or as DER.")]
    EmptyBundle,
    /// The label says certificate, and what is inside is not one.
    #[error(
        "The certificate is damaged: characters are missing or changed. Copy it again, from the first hyphen to the last, or choose the file."
    )]
    Damaged,
    /// Something else that is known; of a private key in any form but a PFX the words say that nobody may have it.
    #[error("This is {}, not a certificate. {}", name(*.0), advice(*.0))]
    Other(Kind),
    /// Anything else.
    #[error(
        "This is not a certificate. A certificate begins with -----BEGIN CERTIFICATE-----, or is a .cer, .crt, .der or .p7b file."
    )]
    NotACertificate,
}

impl NoCertificate {
    /// Whether what was there must not stay in a field.
    pub fn is_private(self) -> bool {
        match self {
            Self::Other(kind) => kind.is_private(),
            Self::Pfx => true,
            _ => false,
        }
    }

    fn of_kind(kind: Kind) -> Self {
        match kind {
            Kind::PrivateKey(PrivateKeyForm::Pfx) => Self::Pfx,
            Kind::Request => Self::Request,
            Kind::Certificate => Self::Damaged,
            Kind::CertificateBundle | Kind::CertificatePath => Self::EmptyBundle,
            Kind::Unknown => Self::NotACertificate,
            kind => Self::Other(kind),
        }
    }
}

/// Its name, after which another part of the sentence follows.
fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::PrivateKey(PrivateKeyForm::EncryptedPkcs8) => "a private key",
        kind => kind.name(),
    }
}

/// What to do with something that is no certificate.
fn advice(kind: Kind) -> &'static str {
    match kind {
        Kind::PrivateKey(PrivateKeyForm::JavaKeyStore) => {
            "Take its certificate out with `keytool -exportcert -rfc -keystore FILE -alias NAME`."
        }
        Kind::PrivateKey(PrivateKeyForm::BouncyCastleKeyStore) => {
            "Take its certificate out, for example with KeyStore Explorer."
        }
        Kind::PrivateKey(_) => "Nobody but its owner may ever have it.",
        Kind::CmsRequest | Kind::RequestMessage | Kind::Spkac => "Look for the file that the CA sent back.",
        Kind::Printout => {
            "Choose the certificate itself: the text from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----."
        }
        Kind::SpoiltBinary | Kind::Document => "Choose the file of the certificate, instead of pasting it.",
        Kind::Archive => "Unpack it, and choose the certificate inside.",
        Kind::WebPage => "Copy the text of the certificate itself, or choose its file.",
        Kind::EncryptedMessage => "A signed message has certificates; an encrypted one shows none.",
        _ => "A certificate begins with -----BEGIN CERTIFICATE-----.",
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
    let contents = pasted::contents(input);
    let has_private_key = contents.iter().any(|content| content.kind.is_private());
    let mut certificates = Vec::new();
    let mut problem = None;
    for content in &contents {
        match of_content(content) {
            Ok(found) => certificates.extend(found),
            // A private key is said before all else; otherwise the first problem.
            Err(error) if problem.is_none() || error.is_private() => problem = Some(error),
            Err(_) => {}
        }
    }
    match problem {
        // One damaged certificate among good ones would go unnoticed.
        Some(NoCertificate::Damaged) => Err(NoCertificate::Damaged),
        Some(other) if certificates.is_empty() => Err(other),
        None if contents.is_empty() => Err(NoCertificate::Empty),
        _ => Ok(Bundle { certificates, has_private_key }),
    }
}

/// The certificates of one thing: itself and what follows it, or those that it carries.
fn of_content(content: &Content) -> Result<Vec<Vec<u8>>, NoCertificate> {
    let der = &content.bytes;
    match content.kind {
        Kind::Certificate if content.is_damaged => Err(NoCertificate::Damaged),
        Kind::Certificate => {
            let certificates = one_after_another(der);
            if certificates.is_empty() { Err(NoCertificate::Damaged) } else { Ok(certificates) }
        }
        Kind::CertificateBundle | Kind::CmsRequest => {
            let certificates = certificates_of_signed_data(der).unwrap_or_default();
            if certificates.is_empty() { Err(NoCertificate::of_kind(content.kind)) } else { Ok(certificates) }
        }
        Kind::CertificatePath => {
            let sequence = first_element(der).unwrap_or_default();
            let path = Element::read(&sequence).and_then(|path| path.inside(SEQUENCE));
            let mut path = path.ok_or(NoCertificate::EmptyBundle)?;
            // From the root down in the standard; people read from their own certificate up.
            path.reverse();
            Ok(path.iter().map(|certificate| certificate.der.to_vec()).collect())
        }
        kind => Err(NoCertificate::of_kind(kind)),
    }
}

/// What follows that is no certificate does not matter: OpenSSL writes its trust behind one.
fn one_after_another(der: &[u8]) -> Vec<Vec<u8>> {
    let mut certificates = Vec::new();
    let mut rest = der;
    while let Some(certificate) = first_element(rest) {
        if Parts::read(&certificate).is_none() {
            break;
        }
        rest = rest.get(certificate.len()..).unwrap_or_default();
        certificates.push(certificate);
    }
    certificates
}

/// The bytes of the first element; what follows it does not matter.
fn first_element(der: &[u8]) -> Option<Vec<u8>> {
    let mut reader = SliceReader::new(der).ok()?;
    let header = Header::decode(&mut reader).ok()?;
    let header_bytes = usize::try_from(reader.position()).ok()?;
    let length = header_bytes.checked_add(usize::try_from(header.length()).ok()?)?;
    der.get(..length).map(<[u8]>::to_vec)
}
