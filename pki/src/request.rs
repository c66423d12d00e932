//! Certification requests (PKCS #10): judged the same way in the browser and on the server, and built.
//!
//! Text is read with tolerance, cryptography is not: one wrong bit in structure, key or signature, and there is no
//! request.

use crate::key_policy::{KeyAlgorithm, KeyRejection, KnownKeys, PublicKey};
use crate::signature::{AlgorithmRejection, VerificationAlgorithm};
use crate::signed::Signed;
use crate::subject::SubjectField;
use crate::{name_text, pem};
use attributes::Attributes;
use content::Content;
use der::{AnyRef, Decode, Encode, Header, Reader, Sequence, SliceReader, Tag, TagNumber, Tagged};
use name_text::Attribute;
use spki::AlgorithmIdentifierRef;

pub use attributes::RequestedExtension;
pub use build::{BuildError, RequestedNames, build, build_with_names};
pub use defect::{Defect, Place, Position, PrivateKeyForm};
pub use differences::{Difference, Expected};
pub use mend::{Mend, mend};
pub use warning::Warning;

mod attributes;
mod build;
mod content;
mod defect;
mod differences;
mod mend;
mod structure;
mod warning;
mod words;

/// The PEM label of a request (RFC 7468 §7).
const PEM_LABEL: &str = "CERTIFICATE REQUEST";
/// The first octets of a SEQUENCE in BER whose length is not written (X.690 §8.1.3.6).
const SEQUENCE: u8 = 0x30;
const INDEFINITE_LENGTH: u8 = 0x80;

/// A PKCS #10 request whose key the policy accepts and whose signature is right.
///
/// RFC 2986 §4.
#[derive(Clone, Debug)]
pub struct CertificationRequest {
    der: Vec<u8>,
    public_key: PublicKey,
    subject: Subject,
    signature_algorithm: VerificationAlgorithm,
    attributes: Attributes,
    warnings: Vec<Warning>,
}

/// The subject of a request as text.
#[derive(Clone, Debug)]
struct Subject {
    line: String,
    attributes: Vec<(String, String)>,
    /// Those that subjects of this project have.
    fields: Vec<(SubjectField, String)>,
}

impl Subject {
    fn new(name: &[Attribute]) -> Self {
        let fields = name.iter().filter_map(|Attribute { oid, value, .. }| {
            Some((SubjectField::from_attribute_type(*oid)?, value.clone()))
        });
        Self {
            line: name_text::format(name),
            attributes: name_text::labelled(name),
            fields: fields.collect(),
        }
    }
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
        &self.subject.line
    }

    /// Label such as `Organization` and value of each attribute of the subject, in order.
    pub fn subject_attributes(&self) -> &[(String, String)] {
        &self.subject.attributes
    }

    /// The extensions that the request asks for, in order.
    pub fn requested_extensions(&self) -> &[RequestedExtension] {
        &self.attributes.extensions
    }

    /// What of the request does not get into the certificate, such as `Subject` or `Challenge password`: all but the key.
    pub fn ignored_parts(&self) -> Vec<String> {
        let subject = (!self.subject.attributes.is_empty()).then(|| "Subject".to_owned());
        let extensions = self.attributes.extensions.iter().map(|extension| extension.name.clone());
        subject.into_iter().chain(extensions).chain(self.attributes.others.iter().cloned()).collect()
    }

    fn subject_fields(&self) -> impl Iterator<Item = (SubjectField, &str)> {
        self.subject.fields.iter().map(|(field, value)| (*field, value.as_str()))
    }

    /// The addresses in a requested subjectAltName.
    fn mailboxes(&self) -> impl Iterator<Item = &str> {
        self.attributes.mailboxes.iter().map(String::as_str)
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
/// What is wrong, in the order in which a person would put it right: text, structure, key, signature, attributes.
pub fn examine(input: &[u8]) -> Result<CertificationRequest, Defect> {
    examine_with(input, &KnownKeys::default())
}

/// As [`examine`]; and refuses the keys of a longer list of published ones.
///
/// # Errors
/// As [`examine`].
pub fn examine_with(input: &[u8], known_keys: &KnownKeys) -> Result<CertificationRequest, Defect> {
    let der = pem::read(input)?;
    // A private key between the lines of a request is one too, cut off or not.
    if let Some(form) = private_key_form(&der) {
        return Err(Defect::PrivateKey { form });
    }
    check_length(&der)?;
    if let Some(defect) = recognize_other(&der) {
        return Err(defect);
    }
    let request = examine_der(&der)?;
    if known_keys.contains(request.public_key()) {
        return Err(Defect::Key(KeyRejection::Published));
    }
    Ok(request)
}

/// As [`examine`], for the DER of a request that comes from no person: nothing else is recognized in it.
///
/// # Errors
/// As [`examine`].
pub fn examine_der(der: &[u8]) -> Result<CertificationRequest, Defect> {
    if der.len() > pem::MAXIMUM_INPUT_BYTES {
        return Err(Defect::TooLong { actual: der.len(), maximum: pem::MAXIMUM_INPUT_BYTES });
    }
    check_length(der)?;
    structure::check(der)?;
    judge(der)
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
    if der.starts_with(&[SEQUENCE, INDEFINITE_LENGTH]) {
        return Err(Defect::IndefiniteLength { path: structure::path(&[]) });
    }
    let (expected, actual) = (encoded_bytes(der).ok_or(Defect::NotDer)?, der.len());
    if actual < expected {
        return Err(Defect::Truncated { expected, actual });
    }
    if actual > expected {
        return Err(Defect::TrailingBytes { count: actual.saturating_sub(expected) });
    }
    Ok(())
}

/// How many bytes a SEQUENCE says that it has, its header included.
pub(crate) fn encoded_bytes(der: &[u8]) -> Option<usize> {
    let mut reader = SliceReader::new(der).ok()?;
    let header = Header::decode(&mut reader).ok()?;
    if header.tag() != Tag::Sequence {
        return None;
    }
    let header_bytes = usize::try_from(reader.position()).ok()?;
    header_bytes.checked_add(usize::try_from(header.length()).ok()?)
}

/// `CertificationRequestInfo` with its parts as raw bytes. Attributes are optional: some programs leave them out.
///
/// RFC 2986 §4.1.
#[derive(Sequence)]
struct RequestInfo<'a> {
    version: AnyRef<'a>,
    subject: AnyRef<'a>,
    subject_public_key_info: AnyRef<'a>,
    attributes: Option<AnyRef<'a>>,
}

/// `[0] IMPLICIT SET OF Attribute`, whose order is not looked at.
const ATTRIBUTES: Tag = Tag::ContextSpecific { constructed: true, number: TagNumber(0) };

fn judge(der: &[u8]) -> Result<CertificationRequest, Defect> {
    let malformed = |indices: &[usize]| Defect::Malformed { path: structure::path(indices) };
    let signed = Signed::from_der(der).or(Err(malformed(&[])))?;
    let message = signed.to_be_signed_der().or(Err(malformed(&[0])))?;
    let info = RequestInfo::from_der(&message).or(Err(malformed(&[0])))?;
    if info.version.decode_as::<u8>() != Ok(0) {
        return Err(Defect::Version);
    }
    let subject = read_subject(&info.subject).ok_or_else(|| malformed(&[0, 1]))?;
    let spki_der = info.subject_public_key_info.to_der().or(Err(malformed(&[0, 2])))?;
    let public_key = PublicKey::from_spki_der(&spki_der).map_err(Defect::Key)?;
    let signature_algorithm = read_signature_algorithm(&signed.algorithm)?;
    if !signature_algorithm.fits(public_key.algorithm()) {
        return Err(Defect::SignatureMismatch);
    }
    let signature = signed.signature.as_bytes().ok_or_else(|| malformed(&[2]))?;
    if !signature_algorithm.verifies(&public_key, &message, signature) {
        return Err(Defect::SignatureInvalid);
    }
    let attributes = match info.attributes {
        Some(attributes) if attributes.tag() == ATTRIBUTES => attributes::read(attributes.value())?,
        Some(_) => return Err(malformed(&[0, 3])),
        None => Attributes::default(),
    };
    let subject_ignored = (!info.subject.value().is_empty()).then_some(Warning::SubjectIgnored);
    Ok(CertificationRequest {
        der: der.to_vec(),
        public_key,
        subject: Subject::new(&subject),
        signature_algorithm,
        warnings: attributes.warnings.iter().copied().chain(subject_ignored).collect(),
        attributes,
    })
}

/// A name whose values are strings: no other program reads one with anything else in it.
fn read_subject(subject: &AnyRef<'_>) -> Option<Vec<Attribute>> {
    let name = name_text::read(&subject.to_der().ok()?)?;
    let is_string = |tag| {
        matches!(
            tag,
            Tag::Utf8String
                | Tag::PrintableString
                | Tag::Ia5String
                | Tag::TeletexString
                | Tag::BmpString
                | Tag::NumericString
                | Tag::VisibleString
        )
    };
    let holds_strings = name.iter().all(|attribute| is_string(attribute.tag));
    holds_strings.then_some(name)
}

fn read_signature_algorithm(
    identifier: &AlgorithmIdentifierRef<'_>,
) -> Result<VerificationAlgorithm, Defect> {
    VerificationAlgorithm::from_identifier(identifier).map_err(|rejection| match rejection {
        AlgorithmRejection::Weak(digest) => Defect::SignatureWeak { digest },
        AlgorithmRejection::Unsupported(name) => Defect::SignatureUnsupported { name },
        AlgorithmRejection::Parameters => Defect::SignatureParameters,
    })
}
