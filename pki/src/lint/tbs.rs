//! The parts of the to-be-signed bytes.

use super::element::{BOOLEAN, Element, INTEGER, OCTET_STRING, SEQUENCE};
use der::asn1::ObjectIdentifier;

/// `TBSCertificate` (RFC 5280 §4.1), each part as it stands.
pub(super) struct Certificate<'a> {
    /// The content of `[0]`; absent in version 1.
    pub(super) version: Option<&'a [u8]>,
    pub(super) serial_number: &'a [u8],
    pub(super) signature: Element<'a>,
    pub(super) issuer: Element<'a>,
    pub(super) not_before: Element<'a>,
    pub(super) not_after: Element<'a>,
    pub(super) subject: Element<'a>,
    pub(super) subject_public_key_info: Element<'a>,
    pub(super) has_unique_id: bool,
    pub(super) extensions: Vec<Extension<'a>>,
}

/// One extension (RFC 5280 §4.1).
pub(super) struct Extension<'a> {
    pub(super) oid: ObjectIdentifier,
    pub(super) critical: bool,
    /// What stands inside the OCTET STRING.
    pub(super) value: &'a [u8],
}

/// Reads the parts; nothing when the bytes are not such a structure, in DER, to the last byte.
pub(super) fn read(der: &[u8]) -> Option<Certificate<'_>> {
    let parts = Element::read(der)?.inside(SEQUENCE)?;
    let (version, parts) = match parts.split_first()? {
        (first, rest) if first.is_context(0) => (Some(first.content), rest),
        _ => (None, parts.as_slice()),
    };
    let [serial_number, signature, issuer, validity, subject, subject_public_key_info, rest @ ..] = parts
    else {
        return None;
    };
    let validity = validity.inside(SEQUENCE)?;
    let [not_before, not_after] = validity.as_slice() else { return None };
    let [unique_ids @ .., extensions] = rest else { return None };
    if serial_number.identifier != INTEGER || !extensions.is_context(3) {
        return None;
    }
    if !unique_ids.iter().all(|id| id.is_context(1) || id.is_context(2)) {
        return None;
    }
    Some(Certificate {
        version,
        serial_number: serial_number.content,
        signature: *signature,
        issuer: *issuer,
        not_before: *not_before,
        not_after: *not_after,
        subject: *subject,
        subject_public_key_info: *subject_public_key_info,
        has_unique_id: !unique_ids.is_empty(),
        extensions: read_extensions(extensions.content)?,
    })
}

fn read_extensions(der: &[u8]) -> Option<Vec<Extension<'_>>> {
    Element::read(der)?.inside(SEQUENCE)?.iter().map(read_extension).collect()
}

fn read_extension<'a>(element: &Element<'a>) -> Option<Extension<'a>> {
    let parts = element.inside(SEQUENCE)?;
    let (oid, critical, value) = match parts.as_slice() {
        [oid, value] => (oid, false, value),
        // DER writes no FALSE where it is the default (X.690 §11.5), and TRUE as all ones (§11.1).
        [oid, critical, value] if critical.identifier == BOOLEAN && critical.content == [0xff] => {
            (oid, true, value)
        }
        _ => return None,
    };
    if value.identifier != OCTET_STRING {
        return None;
    }
    Some(Extension { oid: oid.small_object_identifier()?, critical, value: value.content })
}
