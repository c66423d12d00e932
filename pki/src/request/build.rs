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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::examine_der;
    use crate::signer::SignatureAlgorithm;
    use p256::ecdsa::signature::Signer as _;
    use spki::EncodePublicKey;

    /// A key on P-256, which signs only so many bytes of a message.
    struct Key {
        secret: p256::ecdsa::SigningKey,
        spki_der: Vec<u8>,
        signed_bytes: usize,
    }

    impl Key {
        fn new(signed_bytes: usize) -> Self {
            let key = p256::ecdsa::SigningKey::from_slice(&[7; 32]).unwrap();
            let spki_der = key.verifying_key().to_public_key_der().unwrap().into_vec();
            Self { secret: key, spki_der, signed_bytes }
        }
    }

    impl Signer for Key {
        fn signature_algorithm(&self) -> SignatureAlgorithm {
            SignatureAlgorithm::EcdsaSha256
        }

        fn subject_public_key_info(&self) -> &[u8] {
            &self.spki_der
        }

        fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
            let message = message.get(..self.signed_bytes).unwrap_or(message);
            let signature: p256::ecdsa::Signature = self.secret.sign(message);
            Ok(signature.to_der().as_bytes().to_vec())
        }
    }

    fn mailboxes(addresses: &[&str]) -> Vec<Mailbox> {
        addresses.iter().map(|address| Mailbox::parse(address).unwrap()).collect()
    }

    #[test]
    fn a_request_for_an_address_asks_for_it_alone() {
        let [mailbox] = mailboxes(&["anna@example.com"]).try_into().unwrap();
        let key = Key::new(usize::MAX);
        let request = examine_der(&build(&mailbox, &key).unwrap()).unwrap();
        assert_eq!(request.public_key().spki_der(), key.spki_der);
        assert_eq!(
            (request.subject_text(), request.mailboxes().collect::<Vec<_>>()),
            ("", vec!["anna@example.com"])
        );
        // Beside an empty subject it must be critical.
        assert!(request.requested_extensions().iter().all(|extension| extension.critical));
    }

    #[test]
    fn a_request_for_names_asks_for_all_of_them_in_their_order() {
        let subject = [(SubjectField::Country, "PL"), (SubjectField::CommonName, " Anna ")];
        let subject = subject.map(|(field, value)| (field, value.to_owned()));
        let addresses = ["anna@example.com", "a.nowak@example.com"];
        let names = RequestedNames::new(&subject, mailboxes(&addresses)).unwrap();
        let key = Key::new(usize::MAX);
        let request = examine_der(&build_with_names(&names, &key).unwrap()).unwrap();
        assert_eq!(request.subject_text(), "C=PL, CN=Anna");
        assert_eq!(request.mailboxes().collect::<Vec<_>>(), addresses);
        assert!(request.requested_extensions().iter().all(|extension| !extension.critical));
        let nothing = examine_der(&build_with_names(&RequestedNames::default(), &key).unwrap()).unwrap();
        assert!(nothing.requested_extensions().is_empty() && nothing.ignored_parts().is_empty());
    }

    #[test]
    fn each_part_that_cannot_stand_in_a_subject_is_named() {
        let subject = [
            (SubjectField::Country, "Poland"),
            (SubjectField::Organization, "Example"),
            (SubjectField::CommonName, ""),
        ];
        let errors =
            RequestedNames::new(&subject.map(|(field, value)| (field, value.to_owned())), Vec::new());
        let fields: Vec<SubjectField> = errors.unwrap_err().iter().map(|error| error.field).collect();
        assert_eq!(fields, [SubjectField::Country, SubjectField::CommonName]);
        assert!(RequestedNames::new(&[(SubjectField::Country, " PL ".to_owned())], Vec::new()).is_ok());
    }

    #[test]
    fn a_request_whose_signature_is_wrong_is_not_given_away() {
        let [mailbox] = mailboxes(&["anna@example.com"]).try_into().unwrap();
        let refused = build(&mailbox, &Key::new(10));
        assert!(matches!(refused, Err(BuildError::Unacceptable(Defect::SignatureInvalid))), "{refused:?}");
    }
}
