//! Builds a request around a key pair.

use super::{Defect, examine_der};
use crate::country::CountryCode;
use crate::mailbox::Mailbox;
use crate::signed::frame;
use crate::signer::{SignError, Signer};
use crate::subject::{self, FieldError, SubjectError, SubjectField};
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

/// The names that a request asks for. This project takes none of them; another authority may.
#[derive(Clone, Debug, Default)]
pub struct RequestedNames {
    subject: Name,
    mailboxes: Vec<Mailbox>,
}

impl RequestedNames {
    /// A subject of these attributes, in this order, and these addresses; both may be empty.
    ///
    /// # Errors
    /// Each attribute that cannot stand in a subject.
    pub fn new(
        attributes: &[(SubjectField, String)],
        mailboxes: Vec<Mailbox>,
    ) -> Result<Self, Vec<SubjectError>> {
        let errors: Vec<SubjectError> = attributes.iter().filter_map(attribute_error).collect();
        if !errors.is_empty() {
            return Err(errors);
        }
        let attributes: Vec<_> =
            attributes.iter().map(|(field, value)| (*field, value.trim().to_owned())).collect();
        Ok(Self { subject: subject::encode(&attributes)?, mailboxes })
    }
}

fn attribute_error((field, value): &(SubjectField, String)) -> Option<SubjectError> {
    let reason = match field {
        SubjectField::Country => CountryCode::parse(value.trim()).err().map(|_| FieldError::Encoding),
        _ => subject::check_field(*field, value).err(),
    };
    reason.map(|reason| SubjectError { field: *field, reason })
}

/// Builds a request for an address, DER: an empty subject, the address as rfc822Name in a requested subjectAltName.
///
/// # Errors
/// As [`build_with_names`].
pub fn build(mailbox: &Mailbox, signer: &dyn Signer) -> Result<Vec<u8>, BuildError> {
    build_with_names(
        &RequestedNames { mailboxes: vec![mailbox.clone()], ..RequestedNames::default() },
        signer,
    )
}

/// Builds a request for names, DER: the subject, and the addresses as rfc822Names in a requested subjectAltName.
///
/// The result was read again and judged like any other request. A key that no certificate is made for (P-521, Ed25519)
/// makes a request too, for other authorities: that one is not judged, and its signer has verified the signature.
///
/// # Errors
/// When the key does not sign, or the result would not be accepted.
///
/// RFC 2986 §4, RFC 2985 §5.4.2.
pub fn build_with_names(names: &RequestedNames, signer: &dyn Signer) -> Result<Vec<u8>, BuildError> {
    let mut attributes = Attributes::new();
    if !names.mailboxes.is_empty() {
        let addresses = names.mailboxes.iter().map(|mailbox| Ia5String::new(mailbox.as_str()));
        let addresses =
            addresses.map(|address| address.map(GeneralName::Rfc822Name)).collect::<Result<_, _>>()?;
        // Critical only beside an empty subject (RFC 5280 §4.2.1.6).
        let extension = SubjectAltName(addresses).to_extension(&names.subject, &[])?;
        attributes.insert(Attribute::try_from(ExtensionReq(vec![extension]))?)?;
    }
    let info = CertReqInfo {
        version: Version::V1,
        subject: names.subject.clone(),
        public_key: SubjectPublicKeyInfoOwned::from_der(signer.subject_public_key_info())?,
        attributes,
    };
    let message = info.to_der()?;
    let signature = signer.sign(&message)?;
    let der = frame(&message, signer.signature_algorithm(), &signature)?;
    if signer.signature_algorithm().is_for_certificates() {
        examine_der(&der).map_err(BuildError::Unacceptable)?;
    }
    Ok(der)
}
