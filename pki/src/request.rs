//! Certification requests (PKCS #10): judged the same way in the browser and on the server, and built.
//!
//! Text is read with tolerance, cryptography is not: one wrong bit in structure, key or signature, and there is no
//! request.

use crate::key_policy::{KeyAlgorithm, KeyRejection, KnownKeys, PublicKey};
use crate::pasted::{self, Kind, MAXIMUM_REQUEST_BYTES, TextDefect};
use crate::signature::VerificationAlgorithm;
use crate::subject::SubjectField;
use crate::{name_text, pem};
use attributes::Attributes;
use name_text::Attribute;

pub use crate::signature::Hash;
pub use attributes::RequestedExtension;
pub use build::{BuildError, RequestedNames, build, build_with_names};
pub use defect::{Defect, Place};
pub use differences::{Difference, Expected};
pub use mend::{Mend, mend};
pub use unverified::{RequestSignature, UnverifiedRequest};
pub use warning::Warning;

mod attributes;
mod build;
mod defect;
mod differences;
mod mend;
mod structure;
mod unverified;
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
        let fields = name.iter().filter_map(|attribute| {
            Some((SubjectField::from_attribute_type(attribute.oid()?.small()?)?, attribute.value.clone()))
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
    let request = read(input)?.verify()?;
    if known_keys.contains(request.public_key()) {
        return Err(Defect::Key(KeyRejection::Published));
    }
    Ok(request)
}

/// The first half of [`examine`]: all that comes before the signature, for a caller that has it verified elsewhere.
///
/// # Errors
/// What is wrong with the text, the structure, the key or the signature's algorithm.
pub fn read(input: &[u8]) -> Result<UnverifiedRequest, Defect> {
    let der = pasted::find_request(input)?;
    let kind = pasted::recognize(&der);
    // A private key between the lines of a request is one too, cut off or not.
    if !kind.is_private() {
        check_length(&der)?;
    }
    match kind {
        Kind::Request | Kind::Unknown => read_der(&der),
        kind => Err(TextDefect::Other(kind).into()),
    }
}

/// As [`examine`], for the DER of a request that comes from no person: nothing else is recognized in it.
///
/// # Errors
/// As [`examine`].
pub fn examine_der(der: &[u8]) -> Result<CertificationRequest, Defect> {
    read_der(der)?.verify()
}

fn read_der(der: &[u8]) -> Result<UnverifiedRequest, Defect> {
    if der.len() > MAXIMUM_REQUEST_BYTES {
        return Err(TextDefect::TooLong { actual: der.len(), maximum: MAXIMUM_REQUEST_BYTES }.into());
    }
    check_length(der)?;
    structure::check(der)?;
    UnverifiedRequest::from_der(der)
}

/// One SEQUENCE, neither cut off nor followed by anything.
fn check_length(der: &[u8]) -> Result<(), Defect> {
    if der.starts_with(&[SEQUENCE, INDEFINITE_LENGTH]) {
        return Err(Defect::IndefiniteLength { path: structure::path(&[]) });
    }
    let (expected, actual) = (pasted::encoded_bytes(der).ok_or(Defect::NotDer)?, der.len());
    if actual < expected {
        return Err(Defect::Truncated { expected, actual });
    }
    if actual > expected {
        return Err(Defect::TrailingBytes { count: actual.saturating_sub(expected) });
    }
    Ok(())
}
