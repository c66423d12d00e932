//! A request up to its signature. Verifying that is nearly all of the work, and a browser's own code does it several times
//! as fast as WebAssembly: so who has such code may stop here and let it verify.

use super::attributes::{self, Attributes};
use super::{CertificationRequest, Defect, Subject, Warning, structure};
use crate::key_policy::PublicKey;
use crate::name_text::{self, Attribute};
use crate::signature::{AlgorithmRejection, Hash, VerificationAlgorithm};
use crate::signed::Signed;
use der::{AnyRef, Decode, Encode, Sequence, Tag, TagNumber, Tagged};
use spki::AlgorithmIdentifierRef;

/// A request whose text, structure and key are right, and whose signature nobody has verified yet.
#[derive(Debug)]
#[must_use = "its signature is not verified"]
pub struct UnverifiedRequest {
    der: Vec<u8>,
    public_key: PublicKey,
    subject: Subject,
    signature_algorithm: VerificationAlgorithm,
    message: Vec<u8>,
    signature: Vec<u8>,
    /// Said only when the signature is right.
    attributes: Result<Attributes, Defect>,
    subject_ignored: Option<Warning>,
}

/// The signature of a request, with all that it takes to verify it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestSignature<'a> {
    /// Whose signature it should be: by PKCS #1 v1.5 of an RSA key, by ECDSA of a key on a curve.
    pub public_key: &'a PublicKey,
    /// What the message is hashed with.
    pub hash: Hash,
    /// What is signed.
    pub message: &'a [u8],
    /// Of RSA a number below the modulus and as long as it; of ECDSA r and s, each as long as the order of the curve
    /// (IEEE P1363).
    pub value: Vec<u8>,
}

impl UnverifiedRequest {
    pub(super) fn from_der(der: &[u8]) -> Result<Self, Defect> {
        let malformed = |indices: &[usize]| Defect::Malformed { path: structure::path(indices) };
        let signed = Signed::from_der(der).map_err(|_undecodable| malformed(&[]))?;
        let message = signed.to_be_signed_der().map_err(|_undecodable| malformed(&[0]))?;
        let info = RequestInfo::from_der(&message).map_err(|_undecodable| malformed(&[0]))?;
        if info.version.decode_as::<u8>() != Ok(0) {
            return Err(Defect::Version);
        }
        let subject = read_subject(&info.subject).ok_or_else(|| malformed(&[0, 1]))?;
        let spki_der = info.subject_public_key_info.to_der().map_err(|_undecodable| malformed(&[0, 2]))?;
        let public_key = PublicKey::from_spki_der(&spki_der).map_err(Defect::Key)?;
        let signature_algorithm = read_signature_algorithm(&signed.algorithm)?;
        if !signature_algorithm.fits(public_key.algorithm()) {
            return Err(Defect::SignatureMismatch);
        }
        let signature = signed.signature.as_bytes().ok_or_else(|| malformed(&[2]))?.to_vec();
        let attributes = match info.attributes {
            Some(attributes) if attributes.tag() == ATTRIBUTES => attributes::read(attributes.value()),
            Some(_) => Err(malformed(&[0, 3])),
            None => Ok(Attributes::default()),
        };
        Ok(Self {
            der: der.to_vec(),
            public_key,
            subject: Subject::new(&subject),
            signature_algorithm,
            signature,
            attributes,
            subject_ignored: (!info.subject.value().is_empty()).then_some(Warning::SubjectIgnored),
            message,
        })
    }

    /// What somebody else may verify. None when the signature is not encoded as exactly as it must be: then it is wrong,
    /// and nobody who might be tolerant is asked.
    pub fn signature(&self) -> Option<RequestSignature<'_>> {
        let Self { public_key, signature_algorithm, message, signature, .. } = self;
        let value = signature_algorithm.fixed_length(public_key, signature)?;
        Some(RequestSignature { public_key, hash: signature_algorithm.hash(), message, value })
    }

    /// Verifies the signature.
    ///
    /// # Errors
    /// [`Defect::SignatureInvalid`]; then what is wrong with the attributes.
    pub fn verify(self) -> Result<CertificationRequest, Defect> {
        if !self.signature_algorithm.verifies(&self.public_key, &self.message, &self.signature) {
            return Err(Defect::SignatureInvalid);
        }
        self.trust_signature()
    }

    /// As [`UnverifiedRequest::verify`] without verifying, for a caller that had its [`UnverifiedRequest::signature`]
    /// verified elsewhere and found right.
    ///
    /// # Errors
    /// What is wrong with the attributes.
    pub fn trust_signature(self) -> Result<CertificationRequest, Defect> {
        let Self { der, public_key, subject, signature_algorithm, attributes, subject_ignored, .. } = self;
        let attributes = attributes?;
        let warnings = attributes.warnings.iter().copied().chain(subject_ignored).collect();
        Ok(CertificationRequest { der, public_key, subject, signature_algorithm, attributes, warnings })
    }
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

/// A name with values of any kind: none of them is used.
fn read_subject(subject: &AnyRef<'_>) -> Option<Vec<Attribute>> {
    name_text::read(&subject.to_der().ok()?)
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
