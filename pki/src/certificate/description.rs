//! Any certificate in words: also one that no program should accept.
//!
//! Nothing here is a verdict, and nothing is left out: what cannot be read is shown as hex. Only what is no certificate
//! at all is refused. The work is bounded by the length of the input, and nothing is read recursively.

mod bundle;
mod extension;
mod key;

pub use bundle::{Bundle, MAXIMUM_INPUT_BYTES, NoCertificate, find_certificates};
pub use extension::ExtensionDescription;
pub use key::{KeyDescription, describe_key, describe_public_key, describe_request_key, signature_name};

use super::CertificateError;
use crate::element::{Element, elements};
use crate::{hex, name_text};
use der::{Decode, Tag};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use x509_cert::time::Time;

/// A certificate as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// 1 to 3 in practice.
    pub version: u64,
    /// Label such as `Organization` and value of each attribute, in the order of the name.
    pub subject: Vec<(String, String)>,
    /// The same of the issuer.
    pub issuer: Vec<(String, String)>,
    /// Whether subject and issuer are the same name, as in a root certificate.
    pub is_self_issued: bool,
    /// Lower-case hex without separators, with the zero byte that a positive number may begin with.
    pub serial_number: String,
    /// The first second of validity.
    pub not_before: Moment,
    /// The last second of validity.
    pub not_after: Moment,
    /// Whose key it is about.
    pub key: KeyDescription,
    /// Such as `SHA-256 with RSA`; of an unknown algorithm its object identifier.
    pub signature: String,
    /// The e-mail addresses of subjectAltName; without one, those in the subject.
    pub mailboxes: Vec<String>,
    /// Whether basicConstraints say that it may issue certificates.
    pub is_authority: bool,
    /// All extensions, in their order.
    pub extensions: Vec<ExtensionDescription>,
    /// SHA-256 of the DER, lower-case hex.
    pub fingerprint_sha256: String,
    /// SHA-1 of the DER, lower-case hex: what Windows calls the thumbprint. It identifies, it protects nothing.
    pub fingerprint_sha1: String,
}

/// A moment of a validity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Seconds of Unix time.
    At(u64),
    /// No date that exists; as it is written.
    Unreadable(String),
}

impl Description {
    /// Describes the DER of a certificate, of any version and with any key.
    ///
    /// # Errors
    /// When the outer structure is not the one of a certificate.
    ///
    /// RFC 5280 §4.1.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        Parts::read(der).map(|parts| parts.describe()).ok_or_else(|| {
            CertificateError::Undecodable(der::Error::from(der::ErrorKind::Value { tag: Tag::Sequence }))
        })
    }

    /// The name that a person knows it by: an address, a common name, an organization, or the serial number.
    pub fn title(&self) -> String {
        let named = |label: &str| self.subject.iter().find(|(name, _)| name == label).map(|(_, value)| value);
        let mailbox = if self.is_authority { None } else { self.mailboxes.first() };
        mailbox
            .or_else(|| named("Common name"))
            .or_else(|| named("Organization"))
            .or_else(|| self.mailboxes.first())
            .map_or_else(|| format!("Certificate {}", self.serial_number), |name| name_text::printable(name))
    }
}

/// The parts of a certificate as they stand, where they are what they should be.
struct Parts<'a> {
    der: &'a [u8],
    version: u64,
    serial_number: &'a [u8],
    issuer: Element<'a>,
    not_before: Element<'a>,
    not_after: Element<'a>,
    subject: Element<'a>,
    subject_public_key_info: Element<'a>,
    /// `Extensions`, where there are some.
    extensions: Option<&'a [u8]>,
    signature_algorithm: Element<'a>,
}

impl<'a> Parts<'a> {
    fn read(der: &'a [u8]) -> Option<Self> {
        let [to_be_signed, signature_algorithm, signature] =
            <[Element<'a>; 3]>::try_from(Element::read(der)?.inside(Tag::Sequence)?).ok()?;
        if signature.tag != Tag::BitString || signature_algorithm.tag != Tag::Sequence {
            return None;
        }
        let parts = to_be_signed.inside(Tag::Sequence)?;
        let (version, parts) = match parts.split_first()? {
            (first, rest) if first.is_context(0) => (version(first.content)?, rest),
            _ => (1, parts.as_slice()),
        };
        let [serial_number, _, issuer, validity, subject, subject_public_key_info, rest @ ..] = parts else {
            return None;
        };
        let validity = validity.inside(Tag::Sequence)?;
        let [not_before, not_after] = validity.as_slice() else { return None };
        if serial_number.tag != Tag::Integer
            || issuer.tag != Tag::Sequence
            || subject_public_key_info.tag != Tag::Sequence
        {
            return None;
        }
        Some(Self {
            der,
            version,
            serial_number: serial_number.content,
            issuer: *issuer,
            not_before: *not_before,
            not_after: *not_after,
            subject: *subject,
            subject_public_key_info: *subject_public_key_info,
            extensions: rest.iter().find(|part| part.is_context(3)).map(|part| part.content),
            signature_algorithm,
        })
    }

    fn describe(&self) -> Description {
        let extensions = self.extensions.map(extension::describe_all).unwrap_or_default();
        let subject = attributes(self.subject.der);
        let mut mailboxes: Vec<String> =
            extensions.iter().flat_map(|extension| extension.mailboxes.iter().cloned()).collect();
        if mailboxes.is_empty() {
            let in_subject = subject.iter().filter(|(label, _)| label == "E-mail address");
            mailboxes = in_subject.map(|(_, address)| address.clone()).collect();
        }
        Description {
            version: self.version,
            issuer: attributes(self.issuer.der),
            is_self_issued: self.subject.der == self.issuer.der,
            serial_number: hex::encode(self.serial_number),
            not_before: moment(&self.not_before),
            not_after: moment(&self.not_after),
            key: describe_key(self.subject_public_key_info.der),
            signature: signature_name(self.signature_algorithm.der),
            mailboxes,
            is_authority: extensions.iter().any(|extension| extension.is_authority),
            fingerprint_sha256: hex::encode(&Sha256::digest(self.der)),
            fingerprint_sha1: hex::encode(&Sha1::digest(self.der)),
            subject,
            extensions,
        }
    }
}

/// The version counts from zero (RFC 5280 §4.1.2.1).
fn version(der: &[u8]) -> Option<u64> {
    u64::from_der(der).ok()?.checked_add(1)
}

/// A name that cannot be read is shown as one value in hex.
fn attributes(der: &[u8]) -> Vec<(String, String)> {
    name_text::read(der).map_or_else(
        || vec![("Unreadable name".to_owned(), format!("#{}", hex::encode(der)))],
        |name| {
            let attributes = name_text::labelled(&name).into_iter();
            attributes.map(|(label, value)| (label, name_text::printable(&value))).collect()
        },
    )
}

fn moment(element: &Element<'_>) -> Moment {
    Time::from_der(element.der).map_or_else(
        |_| Moment::Unreadable(name_text::printable(&String::from_utf8_lossy(element.content))),
        |time| Moment::At(time.to_unix_duration().as_secs()),
    )
}

/// The certificates of `SignedData` (RFC 5652 §5.1), such as those of a .p7b file.
fn certificates_of_signed_data(der: &[u8]) -> Option<Vec<Vec<u8>>> {
    let content_info = Element::read(der)?.inside(Tag::Sequence)?;
    let [content_type, content] = content_info.as_slice() else { return None };
    if content_type.object_identifier()? != SIGNED_DATA || !content.is_context(0) {
        return None;
    }
    let signed_data = Element::read(content.content)?.inside(Tag::Sequence)?;
    let certificates = signed_data.iter().find(|part| part.is_context(0))?;
    let certificates = elements(certificates.content)?;
    Some(certificates.iter().filter(|part| part.tag == Tag::Sequence).map(|part| part.der.to_vec()).collect())
}

/// RFC 5652 §5.1.
const SIGNED_DATA: der::asn1::ObjectIdentifier = const_oid::db::rfc5911::ID_SIGNED_DATA;

#[cfg(test)]
mod tests;
