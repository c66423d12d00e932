//! The attributes of a request. None is used for a certificate; they are read to be shown, and to be refused when no
//! sound program writes them so.

use super::structure;
use super::{Defect, Warning};
use crate::element::{BOOLEAN, Element, OCTET_STRING, SEQUENCE, SET, all_elements};
use crate::extension_text;
use crate::oid_text::Oid;
use der::asn1::ObjectIdentifier;

/// PKCS #9 challengePassword (RFC 2985 §5.4.1).
const CHALLENGE_PASSWORD: ObjectIdentifier = const_oid::db::rfc2985::PKCS_9_AT_CHALLENGE_PASSWORD;
/// PKCS #9 extensionRequest (RFC 2985 §5.4.2).
const EXTENSION_REQUEST: ObjectIdentifier = const_oid::db::rfc5912::ID_EXTENSION_REQ;
/// The extension request of older Windows programs.
const WINDOWS_EXTENSION_REQUEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.2.1.14");

/// RFC 2985 §5.4; what `certreq` of Windows writes.
const NAMES: &[(ObjectIdentifier, &str)] = &[
    (CHALLENGE_PASSWORD, "Challenge password"),
    (EXTENSION_REQUEST, "Requested extensions"),
    (WINDOWS_EXTENSION_REQUEST, "Requested extensions"),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.2"), "Unstructured name"),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.8"), "Unstructured address"),
    (ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.13.1"), "Certificate to be renewed"),
    (ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.13.2.1"), "Windows enrolment setting"),
    (ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.13.2.2"), "Windows key store"),
    (ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.13.2.3"), "Windows version"),
    (ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.21.20"), "Windows computer and user"),
];

/// An extension that a request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestedExtension {
    /// Such as `Key usage`; of an unknown one its object identifier.
    pub name: String,
    /// The value as one line; what cannot be read, as `#` and hex.
    pub value: String,
    /// Whether who does not know it should refuse the certificate.
    pub critical: bool,
}

/// What the attributes say.
#[derive(Clone, Debug, Default)]
pub(super) struct Attributes {
    pub(super) extensions: Vec<RequestedExtension>,
    /// The addresses in a requested subjectAltName.
    pub(super) mailboxes: Vec<String>,
    /// The names of all other attributes.
    pub(super) others: Vec<String>,
    pub(super) warnings: Vec<Warning>,
}

/// Reads the content of `[0] IMPLICIT SET OF Attribute`, whose order is not looked at.
///
/// # Errors
/// With the first attribute that is not one, or is there twice.
pub(super) fn read(content: &[u8]) -> Result<Attributes, Defect> {
    let mut attributes = Attributes::default();
    let mut types = Vec::new();
    for (index, attribute) in all_elements(content).into_iter().enumerate() {
        let place = |below: &[usize]| structure::path(&[&[0, 3, index], below].concat());
        let malformed = || Defect::Malformed { path: place(&[]) };
        let (oid, values) = parts(&attribute).ok_or_else(malformed)?;
        if types.contains(&oid) {
            return Err(Defect::DuplicateAttribute { path: place(&[]) });
        }
        types.push(oid);
        let known = oid.small();
        let is_single =
            matches!(known, Some(CHALLENGE_PASSWORD | EXTENSION_REQUEST | WINDOWS_EXTENSION_REQUEST));
        let first = match values.as_slice() {
            [first] => first,
            [first, _, ..] if !is_single => first,
            _ => return Err(Defect::AttributeValues { path: place(&[1]) }),
        };
        match known {
            Some(EXTENSION_REQUEST | WINDOWS_EXTENSION_REQUEST) => {
                attributes.read_extensions(first, &|below| place(&[&[1, 0], below].concat()))?;
            }
            _ => attributes.others.push(name(oid)),
        }
        if known == Some(CHALLENGE_PASSWORD) {
            attributes.warnings.push(Warning::ChallengePassword);
        }
    }
    if !attributes.extensions.is_empty() {
        attributes.warnings.push(Warning::ExtensionsIgnored);
    }
    Ok(attributes)
}

/// Type and values of an attribute.
fn parts<'a>(attribute: &Element<'a>) -> Option<(Oid<'a>, Vec<Element<'a>>)> {
    let [oid, values] = structure::exactly(attribute, SEQUENCE)?;
    Some((oid.object_identifier()?, values.inside(SET)?))
}

fn name(oid: Oid<'_>) -> String {
    extension_text::find(NAMES, oid)
}

impl Attributes {
    /// `Extensions` (RFC 5280 §4.1.2.9).
    fn read_extensions(
        &mut self,
        extensions: &Element<'_>,
        place: &dyn Fn(&[usize]) -> String,
    ) -> Result<(), Defect> {
        if extensions.identifier != SEQUENCE {
            return Err(Defect::Malformed { path: place(&[]) });
        }
        let mut types = Vec::new();
        for (index, extension) in all_elements(extensions.content).into_iter().enumerate() {
            let (oid, critical, value) =
                extension_parts(&extension).ok_or_else(|| Defect::Malformed { path: place(&[index]) })?;
            if types.contains(&oid) {
                return Err(Defect::DuplicateExtension { path: place(&[index]) });
            }
            types.push(oid);
            self.mailboxes.extend(extension_text::mailboxes(oid, value));
            self.extensions.push(RequestedExtension {
                name: extension_text::name(oid),
                value: extension_text::value(oid, value),
                critical,
            });
        }
        Ok(())
    }
}

/// Type, criticality and value. That something is not critical should be left out (X.690 §11.5), but some programs write it.
fn extension_parts<'a>(extension: &Element<'a>) -> Option<(Oid<'a>, bool, &'a [u8])> {
    let elements = extension.inside(SEQUENCE)?;
    let (oid, critical, value) = match elements.as_slice() {
        [oid, value] => (oid, false, value),
        [oid, critical, value] if critical.identifier == BOOLEAN => (oid, critical.is_true(), value),
        _ => return None,
    };
    (value.identifier == OCTET_STRING).then_some(())?;
    Some((oid.object_identifier()?, critical, value.content))
}
