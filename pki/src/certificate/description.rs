//! Any certificate in words: also one that no program should accept.
//!
//! Nothing here is a verdict, and nothing is left out: what cannot be read is shown as hex. Only what is no certificate
//! at all is refused. The work is bounded by the length of the input, and nothing is read recursively.

mod bundle;
mod extension;
mod key;
mod moment;
mod rsa;

pub use bundle::{Bundle, MAXIMUM_INPUT_BYTES, NoCertificate, find_certificates};
pub use extension::ExtensionDescription;
pub use key::{KeyDescription, describe_key, describe_public_key, describe_request_key, signature_name};
pub use moment::Moment;

use super::CertificateError;
use crate::element::{BIT_STRING, Element, SEQUENCE, all_elements};
use crate::{ber, hex, name_text};
use der::{Decode, Tag};
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// A certificate as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// `1` to `3` in practice; what is no number, as `#` and hex.
    pub version: String,
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
    /// Label and lower-case hex of what else stands behind the public key.
    pub others: Vec<(String, String)>,
    /// SHA-256 of the DER, lower-case hex.
    pub fingerprint_sha256: String,
    /// SHA-1 of the DER, lower-case hex: what Windows calls the thumbprint. It identifies, it protects nothing.
    pub fingerprint_sha1: String,
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
    version: String,
    serial_number: &'a [u8],
    issuer: Element<'a>,
    validity: Element<'a>,
    subject: Element<'a>,
    subject_public_key_info: Element<'a>,
    /// What follows the public key: extensions, and anything else.
    rest: Vec<Element<'a>>,
    signature_algorithm: Element<'a>,
}

impl<'a> Parts<'a> {
    /// Splits what has the outer structure of a certificate; what its parts hold is not looked at.
    fn read(der: &'a [u8]) -> Option<Self> {
        let [to_be_signed, signature_algorithm, signature] =
            <[Element<'a>; 3]>::try_from(Element::read(der)?.inside(SEQUENCE)?).ok()?;
        if signature.identifier != BIT_STRING || signature_algorithm.identifier != SEQUENCE {
            return None;
        }
        let parts = to_be_signed.all_inside(SEQUENCE)?;
        let (version, parts) = match parts.split_first()? {
            (first, rest) if first.is_context(0) => (version(first.content), rest),
            _ => ("1".to_owned(), parts.as_slice()),
        };
        let [serial_number, _, issuer, validity, subject, subject_public_key_info, rest @ ..] = parts else {
            return None;
        };
        // A list of revoked certificates, a request and an attribute certificate have none of these here.
        let is_certificate = validity.identifier == SEQUENCE
            && [issuer, subject].iter().any(|name| name.identifier == SEQUENCE);
        if !is_certificate {
            return None;
        }
        Some(Self {
            der,
            version,
            serial_number: serial_number.content,
            issuer: *issuer,
            validity: *validity,
            subject: *subject,
            subject_public_key_info: *subject_public_key_info,
            rest: rest.to_vec(),
            signature_algorithm,
        })
    }

    fn describe(&self) -> Description {
        let (extensions, others): (Vec<&Element<'_>>, Vec<_>) =
            self.rest.iter().partition(|part| part.is_context(3));
        let extensions: Vec<ExtensionDescription> =
            extensions.iter().flat_map(|part| extension::describe_all(part.content)).collect();
        let subject = attributes(self.subject.der);
        let mut mailboxes: Vec<String> =
            extensions.iter().flat_map(|extension| extension.mailboxes.iter().cloned()).collect();
        if mailboxes.is_empty() {
            let in_subject = subject.iter().filter(|(label, _)| label == "E-mail address");
            mailboxes = in_subject.map(|(_, address)| address.clone()).collect();
        }
        let (not_before, not_after) = self.validity();
        Description {
            version: self.version.clone(),
            issuer: attributes(self.issuer.der),
            is_self_issued: self.subject.der == self.issuer.der,
            serial_number: hex::encode(self.serial_number),
            not_before,
            not_after,
            key: describe_key(self.subject_public_key_info.der),
            signature: signature_name(self.signature_algorithm.der),
            mailboxes,
            is_authority: extensions.iter().any(|extension| extension.is_authority),
            fingerprint_sha256: hex::encode(&Sha256::digest(self.der)),
            fingerprint_sha1: hex::encode(&Sha1::digest(self.der)),
            subject,
            extensions,
            others: others.into_iter().map(other).collect(),
        }
    }

    fn validity(&self) -> (Moment, Moment) {
        let moments = all_elements(self.validity.content);
        let mut moments = moments.iter().map(Moment::read);
        let mut next = || moments.next().unwrap_or_else(|| Moment::Unreadable("missing".to_owned()));
        (next(), next())
    }
}

/// The version counts from zero (RFC 5280 §4.1.2.1).
fn version(der: &[u8]) -> String {
    let version = u64::from_der(der).ok().and_then(|version| version.checked_add(1));
    version.map_or_else(|| name_text::unread(der), |version| version.to_string())
}

/// What stands behind the public key and is no extension: RFC 5280 §4.1.2.8, or anything.
fn other(part: &Element<'_>) -> (String, String) {
    let label = match part {
        part if part.is_context(1) => "Issuer unique identifier",
        part if part.is_context(2) => "Subject unique identifier",
        _ => "Unreadable part",
    };
    (label.to_owned(), hex::encode(part.der))
}

/// A name that cannot be read is shown as one value in hex.
fn attributes(der: &[u8]) -> Vec<(String, String)> {
    name_text::read_parts(der).map_or_else(
        || vec![("Unreadable name".to_owned(), name_text::unread(der))],
        |name| {
            let attributes = name_text::labelled(&name).into_iter();
            attributes.map(|(label, value)| (label, name_text::printable(&value))).collect()
        },
    )
}

/// The certificates of `SignedData` (RFC 5652 §5.1), such as those of a .p7b file or of a signed message, which programs
/// write as BER too. What follows its end does not matter.
fn certificates_of_signed_data(input: &[u8]) -> Option<Vec<Vec<u8>>> {
    let is_signed_data = input.first() == Some(&SEQUENCE)
        && input
            .get(..LONGEST_BEGINNING_BYTES.min(input.len()))?
            .windows(SIGNED_DATA.len())
            .any(|part| part == SIGNED_DATA);
    if !is_signed_data {
        return None;
    }
    let (der, _) = ber::first_to_der(input).ok()?;
    let content_info = Element::read(&der)?.inside(SEQUENCE)?;
    let content = content_info.get(1).filter(|content| content.is_context(0))?;
    let signed_data = Element::read(content.content)?.all_inside(SEQUENCE)?;
    let certificates = signed_data.iter().find(|part| part.is_context(0))?;
    let certificates = all_elements(certificates.content);
    Some(
        certificates
            .iter()
            .filter(|part| part.identifier == SEQUENCE)
            .map(|part| part.der.to_vec())
            .collect(),
    )
}

/// The content type signedData, with its tag and length (RFC 5652 §5.1).
const SIGNED_DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
/// The longest header that is read in front of the content type, and that.
const LONGEST_BEGINNING_BYTES: usize = 6 + SIGNED_DATA.len();

#[cfg(test)]
mod tests;
