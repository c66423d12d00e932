//! Builds a request around a key pair.

use super::{Defect, examine};
use crate::mailbox::Mailbox;
use crate::signed::frame;
use crate::signer::{SignError, Signer};
use der::asn1::Ia5String;
use der::{Decode, Encode};
use spki::SubjectPublicKeyInfoOwned;
use x509_cert::attr::{Attribute, Attributes};
use x509_cert::ext::ToExtension;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::name::Name;
use x509_cert::request::{CertReqInfo, ExtensionReq, Version};

/// Why a request could not be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The key did not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// A part cannot be encoded.
    #[error("the request cannot be encoded")]
    Encoding(#[from] der::Error),
    /// What came out would not be accepted, for example because the key is too small.
    #[error("the request would not be accepted")]
    Unacceptable(#[source] Defect),
}

/// Builds a request for an address, DER: an empty subject, the address as rfc822Name in a requested subjectAltName.
///
/// The result was read again and judged like any other request. A key that no certificate is made for (P-521, Ed25519)
/// makes a request too, for other authorities: that one is not judged, and its signer has verified the signature.
///
/// # Errors
/// When the key does not sign, or the result would not be accepted.
///
/// RFC 2986 §4, RFC 2985 §5.4.2.
pub fn build(mailbox: &Mailbox, signer: &dyn Signer) -> Result<Vec<u8>, BuildError> {
    let address = GeneralName::Rfc822Name(Ia5String::new(mailbox.as_str())?);
    let subject = Name::default();
    let extension = SubjectAltName(vec![address]).to_extension(&subject, &[])?;
    let mut attributes = Attributes::new();
    attributes.insert(Attribute::try_from(ExtensionReq(vec![extension]))?)?;
    let info = CertReqInfo {
        version: Version::V1,
        subject,
        public_key: SubjectPublicKeyInfoOwned::from_der(signer.subject_public_key_info())?,
        attributes,
    };
    let message = info.to_der()?;
    let signature = signer.sign(&message)?;
    let der = frame(&message, signer.signature_algorithm(), &signature)?;
    if signer.signature_algorithm().is_for_certificates() {
        examine(&der).map_err(BuildError::Unacceptable)?;
    }
    Ok(der)
}
