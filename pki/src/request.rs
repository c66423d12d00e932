//! Certification requests (PKCS #10): judged the same way in the browser and on the server, and built.
//!
//! Text is read with tolerance, cryptography is not: one wrong bit in structure, key or signature, and there is no
//! request.

use crate::key_policy::{KeyAlgorithm, PublicKey};
use crate::signature::{AlgorithmRejection, VerificationAlgorithm};
use crate::signed::Signed;
use crate::{name_text, pem};
use content::Content;
use der::asn1::ObjectIdentifier;
use der::{AnyRef, Decode, Encode, Header, Reader, Sequence, SliceReader, Tag, TagNumber, Tagged};
use spki::AlgorithmIdentifierRef;
use x509_cert::name::Name;

pub use build::{BuildError, build};
pub use defect::{Defect, Position, PrivateKeyForm};

mod build;
mod content;
mod defect;
mod words;

/// The PEM label of a request (RFC 7468 §7).
const PEM_LABEL: &str = "CERTIFICATE REQUEST";
/// PKCS #9 challengePassword (RFC 2985 §5.4.1).
const CHALLENGE_PASSWORD: ObjectIdentifier = const_oid::db::rfc2985::PKCS_9_AT_CHALLENGE_PASSWORD;
/// PKCS #9 extensionRequest (RFC 2985 §5.4.2).
const EXTENSION_REQUEST: ObjectIdentifier = const_oid::db::rfc5912::ID_EXTENSION_REQ;

/// What a person may want to know about a request that is correct.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// The request holds a challenge password.
    ChallengePassword,
    /// The request asks for extensions, which are not used.
    ExtensionsIgnored,
    /// The request names a subject, which is not used.
    SubjectIgnored,
}

/// A PKCS #10 request whose key the policy accepts and whose signature is right.
///
/// RFC 2986 §4.
#[derive(Clone, Debug)]
pub struct CertificationRequest {
    der: Vec<u8>,
    public_key: PublicKey,
    subject_text: String,
    signature_algorithm: VerificationAlgorithm,
    warnings: Vec<Warning>,
}

impl CertificationRequest {
    /// The key that a certificate will be made for: all that is taken from a request.
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// The key's algorithm and size.
    pub fn key_algorithm(&self) -> KeyAlgorithm {
        self.public_key.algorithm()
    }

    /// The subject as text, such as `CN=Anna Nowak, O=Example`; empty when the request names nobody.
    pub fn subject_text(&self) -> &str {
        &self.subject_text
    }

    /// How the request is signed, such as `SHA-256 with RSA`.
    pub fn signature_algorithm_name(&self) -> &'static str {
        self.signature_algorithm.name()
    }

    /// What the person may want to know.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// The request, DER, byte for byte as it was read.
    pub fn to_der(&self) -> &[u8] {
        &self.der
    }

    /// The request, PEM.
    pub fn to_pem(&self) -> String {
        pem::encode(PEM_LABEL, &self.der)
    }
}

/// Judges a pasted text or a file: PEM in any dress, or DER.
///
/// # Errors
/// What is wrong, in the order in which a person would put it right: text, structure, key, signature.
pub fn examine(input: &[u8]) -> Result<CertificationRequest, Defect> {
    let der = pem::read(input)?;
    // A private key between the lines of a request is one too, cut off or not.
    if let Some(form) = private_key_form(&der) {
        return Err(Defect::PrivateKey { form });
    }
    check_length(&der)?;
    if let Some(defect) = recognize_other(&der) {
        return Err(defect);
    }
    judge(&der)
}

/// What the structure is when it is known and not a request.
pub(crate) fn recognize_other(der: &[u8]) -> Option<Defect> {
    match content::recognize(der)? {
        Content::Request => None,
        Content::PrivateKey(form) => Some(Defect::PrivateKey { form }),
        Content::Certificate => Some(Defect::Certificate),
        Content::CertificateBundle => Some(Defect::CertificateBundle),
        Content::RevocationList => Some(Defect::RevocationList),
        Content::PublicKey => Some(Defect::PublicKey),
    }
}

/// In which form the structure is a private key, if it is one.
pub(crate) fn private_key_form(der: &[u8]) -> Option<PrivateKeyForm> {
    match content::recognize(der)? {
        Content::PrivateKey(form) => Some(form),
        _ => None,
    }
}

/// One SEQUENCE, neither cut off nor followed by anything.
fn check_length(der: &[u8]) -> Result<(), Defect> {
    let mut reader = SliceReader::new(der).or(Err(Defect::NotDer))?;
    let header = Header::decode(&mut reader).or(Err(Defect::NotDer))?;
    if header.tag() != Tag::Sequence {
        return Err(Defect::NotDer);
    }
    let header_bytes = usize::try_from(reader.position()).or(Err(Defect::NotDer))?;
    let content_bytes = usize::try_from(header.length()).or(Err(Defect::NotDer))?;
    let (expected, actual) = (header_bytes.saturating_add(content_bytes), der.len());
    if actual < expected {
        return Err(Defect::Truncated { expected, actual });
    }
    if actual > expected {
        return Err(Defect::TrailingBytes { count: actual.saturating_sub(expected) });
    }
    Ok(())
}

/// `CertificationRequestInfo` with its key as raw bytes. Attributes are optional: some programs leave them out.
///
/// RFC 2986 §4.1.
#[derive(Sequence)]
struct RequestInfo<'a> {
    version: AnyRef<'a>,
    subject: Name,
    subject_public_key_info: AnyRef<'a>,
    attributes: Option<AnyRef<'a>>,
}

/// `[0] IMPLICIT SET OF Attribute`, whose order is not looked at.
const ATTRIBUTES: Tag = Tag::ContextSpecific { constructed: true, number: TagNumber(0) };

fn judge(der: &[u8]) -> Result<CertificationRequest, Defect> {
    let signed = Signed::from_der(der).or(Err(Defect::Malformed))?;
    let message = signed.to_be_signed_der().or(Err(Defect::Malformed))?;
    let info = RequestInfo::from_der(&message).or(Err(Defect::Malformed))?;
    if info.version.decode_as::<u8>() != Ok(0) {
        return Err(Defect::Version);
    }
    let spki_der = info.subject_public_key_info.to_der().or(Err(Defect::Malformed))?;
    let public_key = PublicKey::from_spki_der(&spki_der).map_err(Defect::Key)?;
    let signature_algorithm = read_signature_algorithm(&signed.algorithm)?;
    if !signature_algorithm.fits(public_key.algorithm()) {
        return Err(Defect::SignatureMismatch);
    }
    let signature = signed.signature.as_bytes().ok_or(Defect::Malformed)?;
    if !signature_algorithm.verifies(&public_key, &message, signature) {
        return Err(Defect::SignatureInvalid);
    }
    let mut warnings = attribute_warnings(info.attributes)?;
    if !info.subject.is_empty() {
        warnings.push(Warning::SubjectIgnored);
    }
    Ok(CertificationRequest {
        der: der.to_vec(),
        public_key,
        subject_text: name_text::format(&info.subject),
        signature_algorithm,
        warnings,
    })
}

fn read_signature_algorithm(
    identifier: &AlgorithmIdentifierRef<'_>,
) -> Result<VerificationAlgorithm, Defect> {
    VerificationAlgorithm::from_identifier(identifier).map_err(|rejection| match rejection {
        AlgorithmRejection::Weak(digest) => Defect::SignatureWeak { digest },
        AlgorithmRejection::Unsupported(name) => Defect::SignatureUnsupported { name },
        AlgorithmRejection::Parameters => Defect::Malformed,
    })
}

/// Attributes are not used, so that only their types are read.
fn attribute_warnings(attributes: Option<AnyRef<'_>>) -> Result<Vec<Warning>, Defect> {
    let mut warnings = Vec::new();
    let Some(attributes) = attributes else { return Ok(warnings) };
    if attributes.tag() != ATTRIBUTES {
        return Err(Defect::Malformed);
    }
    let mut reader = SliceReader::new(attributes.value()).or(Err(Defect::Malformed))?;
    while !reader.is_finished() {
        let attribute: AnyRef<'_> = reader.decode().or(Err(Defect::Malformed))?;
        let mut inside = SliceReader::new(attribute.value()).or(Err(Defect::Malformed))?;
        let warning = match ObjectIdentifier::decode(&mut inside).or(Err(Defect::Malformed))? {
            CHALLENGE_PASSWORD => Some(Warning::ChallengePassword),
            EXTENSION_REQUEST => Some(Warning::ExtensionsIgnored),
            _ => None,
        };
        warnings.extend(warning.filter(|warning| !warnings.contains(warning)));
    }
    Ok(warnings)
}
