//! What a DER structure is, told by its first elements, so that the person reads what they pasted.
//!
//! Only the beginning is looked at: a private key that was cut off is a private key all the same.

use crate::request::PrivateKeyForm;
use der::asn1::ObjectIdentifier;
use der::{Decode, Header, Reader, SliceReader, Tag};

/// What a structure looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    Request,
    PrivateKey(PrivateKeyForm),
    Certificate,
    CertificateBundle,
    RevocationList,
    PublicKey,
}

/// The content type of a PKCS #7 bundle (RFC 5652 §5.1).
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
/// The version of a PFX (RFC 7292 §4).
const PFX_VERSION: u8 = 3;

/// A PFX in BER, whose lengths are not written: SEQUENCE, then the version.
const PFX_OF_INDEFINITE_LENGTH: [u8; 5] = [0x30, 0x80, 0x02, 0x01, PFX_VERSION];

/// What the structure looks like, or nothing when it looks like nothing known.
pub(crate) fn recognize(der: &[u8]) -> Option<Content> {
    if der.starts_with(&PFX_OF_INDEFINITE_LENGTH) {
        return Some(Content::PrivateKey(PrivateKeyForm::Pfx));
    }
    let mut reader = enter(der)?;
    match Tag::peek(&reader).ok()? {
        Tag::Integer => after_version(&mut reader),
        Tag::ObjectIdentifier => {
            (ObjectIdentifier::decode(&mut reader).ok()? == SIGNED_DATA).then_some(Content::CertificateBundle)
        }
        Tag::Sequence => within_sequence(&mut reader),
        _ => None,
    }
}

/// Steps into the first SEQUENCE, whether or not its end is there.
fn enter(der: &[u8]) -> Option<SliceReader<'_>> {
    let mut reader = SliceReader::new(der).ok()?;
    step_into_sequence(&mut reader)?;
    Some(reader)
}

fn step_into_sequence(reader: &mut SliceReader<'_>) -> Option<()> {
    (Header::decode(reader).ok()?.tag() == Tag::Sequence).then_some(())
}

/// A structure that begins with a version is a private key or a PFX.
fn after_version(reader: &mut SliceReader<'_>) -> Option<Content> {
    let version = u8::decode(reader).ok()?;
    let form = match (version, Tag::peek(reader).ok()?) {
        (PFX_VERSION, Tag::Sequence) => PrivateKeyForm::Pfx,
        (0 | 1, Tag::Sequence) => PrivateKeyForm::Pkcs8,
        (0 | 1, Tag::Integer) => PrivateKeyForm::Rsa,
        (1, Tag::OctetString) => PrivateKeyForm::Ec,
        _ => return None,
    };
    Some(Content::PrivateKey(form))
}

fn within_sequence(reader: &mut SliceReader<'_>) -> Option<Content> {
    let mut inner = reader.clone();
    step_into_sequence(&mut inner)?;
    match Tag::peek(&inner).ok()? {
        Tag::ContextSpecific { .. } => Some(Content::Certificate),
        Tag::ObjectIdentifier => after_algorithm(reader),
        Tag::Integer => after_inner_version(&mut inner),
        Tag::Sequence => after_inner_sequence(&mut inner),
        _ => None,
    }
}

/// An algorithm identifier stands first in an encrypted private key and in a public key.
fn after_algorithm(reader: &mut SliceReader<'_>) -> Option<Content> {
    reader.tlv_bytes().ok()?;
    match Tag::peek(reader).ok()? {
        Tag::OctetString => Some(Content::PrivateKey(PrivateKeyForm::EncryptedPkcs8)),
        Tag::BitString => Some(Content::PublicKey),
        _ => None,
    }
}

/// The algorithm of a version-1 CRL, or what is no part of anything known.
fn after_inner_sequence(inner: &mut SliceReader<'_>) -> Option<Content> {
    step_into_sequence(inner)?;
    (Tag::peek(inner).ok()? == Tag::ObjectIdentifier).then_some(Content::RevocationList)
}

/// INTEGER then SEQUENCE: of a name in a request, of an algorithm in a version-1 certificate and a CRL.
fn after_inner_version(inner: &mut SliceReader<'_>) -> Option<Content> {
    inner.tlv_bytes().ok()?;
    let mut third = inner.clone();
    step_into_sequence(inner)?;
    if Tag::peek(inner).ok() != Some(Tag::ObjectIdentifier) {
        return Some(Content::Request);
    }
    third.tlv_bytes().ok()?;
    third.tlv_bytes().ok()?;
    match Tag::peek(&third).ok()? {
        Tag::UtcTime | Tag::GeneralizedTime => Some(Content::RevocationList),
        _ => Some(Content::Certificate),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sequence(parts: &[&[u8]]) -> Vec<u8> {
        let value = parts.concat();
        [&[0x30, u8::try_from(value.len()).unwrap()], value.as_slice()].concat()
    }

    #[test]
    fn a_structure_is_told_by_its_first_elements_alone() {
        let oid: &[u8] = &[0x06, 3, 0x2a, 3, 4];
        let signed_data: &[u8] = &[0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2];
        let [version_1, version_2, pfx_version]: [&[u8]; 3] = [&[2, 1, 0], &[2, 1, 1], &[2, 1, 3]];
        let (octets, bits, time): (&[u8], &[u8], &[u8]) = (&[4, 1, 0], &[3, 2, 0, 1], &[0x17, 1, b'9']);
        let (algorithm, name) = (sequence(&[oid]), sequence(&[&[0x31, 0]]));
        let (algorithm, name): (&[u8], &[u8]) = (&algorithm, &name);
        let key = |form| Some(Content::PrivateKey(form));
        for (parts, content) in [
            (&[version_1, algorithm][..], key(PrivateKeyForm::Pkcs8)),
            (&[version_2, algorithm], key(PrivateKeyForm::Pkcs8)),
            (&[version_1, version_2], key(PrivateKeyForm::Rsa)),
            (&[version_2, octets], key(PrivateKeyForm::Ec)),
            (&[version_1, octets], None),
            (&[pfx_version, algorithm], key(PrivateKeyForm::Pfx)),
            (&[&[2, 1, 2], algorithm], None),
            (&[algorithm, octets], key(PrivateKeyForm::EncryptedPkcs8)),
            (&[algorithm, bits], Some(Content::PublicKey)),
            (&[algorithm, time], None),
            (&[signed_data], Some(Content::CertificateBundle)),
            (&[oid], None),
            (&[&sequence(&[&[0xa0, 3, 2, 1, 2]])], Some(Content::Certificate)),
            // Of version 1: certificate, then list.
            (&[&sequence(&[version_2, algorithm, name, name])], Some(Content::Certificate)),
            (&[&sequence(&[version_2, algorithm, name, time])], Some(Content::RevocationList)),
            (&[&sequence(&[algorithm, name, time])], Some(Content::RevocationList)),
            (&[&sequence(&[name, name, time])], None),
            (&[&sequence(&[version_1, name, algorithm])], Some(Content::Request)),
            (&[&sequence(&[octets])], None),
            (&[octets], None),
        ] {
            assert_eq!(recognize(&sequence(parts)), content, "{parts:02x?}");
        }
    }
}
