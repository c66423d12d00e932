//! What a structure is, by its first elements.
//!
//! Only the beginning is read: a private key that was cut off is a private key all the same.

use super::{Kind, PrivateKeyForm};
use crate::ber;
use der::asn1::ObjectIdentifier;
use der::{Decode, Header, Reader, SliceReader, Tag};

/// Content types of CMS (RFC 5652 §5.1, §6.1; authenticated: RFC 5083 §2.1), and that of a CMC request (RFC 5272 §3.2.1).
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const ENVELOPED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.3");
const AUTHENTICATED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.23");

/// The version of a PFX (RFC 7292 §4).
const PFX_VERSION: u8 = 3;
/// A SEQUENCE in BER whose length is not written (X.690 §8.1.3.6).
const INDEFINITE_LENGTH: [u8; 2] = [0x30, 0x80];
/// A PFX in BER, whose lengths are not written: SEQUENCE, then the version.
const PFX_OF_INDEFINITE_LENGTH: [u8; 5] = [0x30, 0x80, 0x02, 0x01, PFX_VERSION];
/// The beginning of CMS in BER whose lengths are not written: SEQUENCE, then the type `SignedData`.
const SIGNED_DATA_OF_INDEFINITE_LENGTH: [u8; 13] =
    [0x30, 0x80, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
/// How many numbers a DSA key of OpenSSL has: version, p, q, g, and both halves of the key.
const DSA_NUMBERS: usize = 6;

/// How files begin that are not DER.
const BEGINNINGS: [(&[u8], Kind); 14] = [
    (&[0xfe, 0xed, 0xfe, 0xed], Kind::PrivateKey(PrivateKeyForm::JavaKeyStore)),
    (&[0xce, 0xce, 0xce, 0xce], Kind::PrivateKey(PrivateKeyForm::JavaKeyStore)),
    // A version of four bytes, then the length of the salt, 20.
    (&[0, 0, 0, 1, 0, 0, 0, 20], Kind::PrivateKey(PrivateKeyForm::BouncyCastleKeyStore)),
    (&[0, 0, 0, 2, 0, 0, 0, 20], Kind::PrivateKey(PrivateKeyForm::BouncyCastleKeyStore)),
    (b"PK\x03\x04", Kind::Archive),
    (&[0x1f, 0x8b, 0x08], Kind::Archive),
    (b"7z\xbc\xaf\x27\x1c", Kind::Archive),
    (b"Rar!\x1a\x07", Kind::Archive),
    (b"BZh", Kind::Archive),
    (&[0xfd, b'7', b'z', b'X', b'Z'], Kind::Archive),
    (b"%PDF-", Kind::Document),
    (b"\x89PNG", Kind::Document),
    (&[0xff, 0xd8, 0xff], Kind::Document),
    (&[0xd0, 0xcf, 0x11, 0xe0], Kind::Document),
];

/// What a binary file is by how it begins, where it is not DER.
pub(super) fn beginning(input: &[u8]) -> Option<Kind> {
    BEGINNINGS.iter().find(|(beginning, _)| input.starts_with(beginning)).map(|(_, kind)| *kind)
}

/// What the structure looks like; [`Kind::Unknown`] when it looks like nothing known.
pub(crate) fn recognize(der: &[u8]) -> Kind {
    if der.starts_with(&PFX_OF_INDEFINITE_LENGTH) {
        return Kind::PrivateKey(PrivateKeyForm::Pfx);
    }
    if der.starts_with(&SIGNED_DATA_OF_INDEFINITE_LENGTH) {
        return signed_data(der);
    }
    if der.starts_with(&INDEFINITE_LENGTH)
        && let Ok((der, _)) = ber::first_to_der(der)
    {
        return structure(&der).unwrap_or(Kind::Unknown);
    }
    structure(der).unwrap_or(Kind::Unknown)
}

fn structure(der: &[u8]) -> Option<Kind> {
    let mut reader = SliceReader::new(der).ok()?;
    step_into_sequence(&mut reader)?;
    match Tag::peek(&reader).ok()? {
        Tag::Integer => after_version(&mut reader),
        Tag::ObjectIdentifier => match ObjectIdentifier::decode(&mut reader).ok()? {
            SIGNED_DATA => Some(signed_data(der)),
            ENVELOPED_DATA | AUTHENTICATED_DATA => Some(Kind::EncryptedMessage),
            _ => None,
        },
        Tag::Sequence => within_sequence(&mut reader),
        _ => None,
    }
}

fn step_into_sequence(reader: &mut SliceReader<'_>) -> Option<()> {
    (Header::decode(reader).ok()?.tag() == Tag::Sequence).then_some(())
}

fn signed_data(der: &[u8]) -> Kind {
    if inner_request(der).is_some() { Kind::CmsRequest } else { Kind::CertificateBundle }
}

/// The first request inside another structure: what begins as one, and is as long as it says.
pub(crate) fn inner_request(der: &[u8]) -> Option<&[u8]> {
    let sequences = der.iter().enumerate().skip(1).filter(|(_, byte)| **byte == 0x30);
    sequences.map(|(offset, _)| der.get(offset..).unwrap_or_default()).find_map(|inside| {
        begins_request(inside)?;
        inside.get(..encoded_bytes(inside)?)
    })
}

/// RFC 2986 §4: `INTEGER 0`, then a name, which has no object identifier in front.
fn begins_request(der: &[u8]) -> Option<()> {
    let mut reader = SliceReader::new(der).ok()?;
    step_into_sequence(&mut reader)?;
    step_into_sequence(&mut reader)?;
    (u8::decode(&mut reader).ok()? == 0).then_some(())?;
    step_into_sequence(&mut reader)?;
    (Tag::peek(&reader).ok() != Some(Tag::ObjectIdentifier)).then_some(())
}

/// How many bytes a SEQUENCE says that it has, its header included.
pub(crate) fn encoded_bytes(der: &[u8]) -> Option<usize> {
    let mut reader = SliceReader::new(der).ok()?;
    let header = Header::decode(&mut reader).ok()?;
    if header.tag() != Tag::Sequence {
        return None;
    }
    let header_bytes = usize::try_from(reader.position()).ok()?;
    header_bytes.checked_add(usize::try_from(header.length()).ok()?)
}

/// A structure that begins with a version is a private key or a PFX.
fn after_version(reader: &mut SliceReader<'_>) -> Option<Kind> {
    let version = u8::decode(reader).ok()?;
    let form = match (version, Tag::peek(reader).ok()?) {
        (PFX_VERSION, Tag::Sequence) => PrivateKeyForm::Pfx,
        // In the parameters of a curve no string of bytes follows (RFC 3279 §2.3.5).
        (0 | 1, Tag::Sequence) => match reader.tlv_bytes().ok().and_then(|_| Tag::peek(reader).ok()) {
            None | Some(Tag::OctetString) => PrivateKeyForm::Pkcs8,
            Some(_) => return None,
        },
        (0 | 1, Tag::Integer) => numbers(reader),
        (1, Tag::OctetString) => PrivateKeyForm::Ec,
        _ => return None,
    };
    Some(Kind::PrivateKey(form))
}

/// RSA has nine numbers (RFC 8017 §A.1.2), and is assumed where the end is missing.
fn numbers(reader: &mut SliceReader<'_>) -> PrivateKeyForm {
    let mut count = 1_usize;
    while Tag::peek(reader).ok() == Some(Tag::Integer) && reader.tlv_bytes().is_ok() {
        count = count.saturating_add(1);
    }
    if count == DSA_NUMBERS && reader.is_finished() { PrivateKeyForm::Dsa } else { PrivateKeyForm::Rsa }
}

fn within_sequence(reader: &mut SliceReader<'_>) -> Option<Kind> {
    let mut inner = reader.clone();
    step_into_sequence(&mut inner)?;
    match Tag::peek(&inner).ok()? {
        Tag::ContextSpecific { .. } => Some(Kind::Certificate),
        Tag::ObjectIdentifier => after_algorithm(reader),
        Tag::Integer => after_inner_version(&mut inner),
        Tag::Sequence => after_inner_sequence(&mut inner),
        _ => None,
    }
}

/// An algorithm identifier stands first in an encrypted private key and in a public key.
fn after_algorithm(reader: &mut SliceReader<'_>) -> Option<Kind> {
    reader.tlv_bytes().ok()?;
    match Tag::peek(reader).ok()? {
        Tag::OctetString => Some(Kind::PrivateKey(PrivateKeyForm::EncryptedPkcs8)),
        Tag::BitString => Some(Kind::PublicKey),
        _ => None,
    }
}

/// Two sequences stand first in a version-1 CRL (an algorithm), a BCFKS keystore (an algorithm and encrypted bytes), a
/// path of certificates, a request message (a number) and SPKAC (a public key).
fn after_inner_sequence(inner: &mut SliceReader<'_>) -> Option<Kind> {
    let mut first = inner.clone();
    step_into_sequence(&mut first)?;
    match Tag::peek(&first).ok()? {
        Tag::ObjectIdentifier => {
            let is_encrypted = inner.tlv_bytes().is_ok() && Tag::peek(inner).ok() == Some(Tag::OctetString);
            Some(if is_encrypted {
                Kind::PrivateKey(PrivateKeyForm::BouncyCastleKeyStore)
            } else {
                Kind::RevocationList
            })
        }
        Tag::ContextSpecific { .. } => Some(Kind::CertificatePath),
        Tag::Integer => Some(Kind::RequestMessage),
        Tag::Sequence => {
            step_into_sequence(&mut first)?;
            (Tag::peek(&first).ok()? == Tag::ObjectIdentifier).then_some(Kind::Spkac)
        }
        _ => None,
    }
}

/// INTEGER then SEQUENCE: of a name in a request, of an algorithm in a version-1 certificate and a CRL.
fn after_inner_version(inner: &mut SliceReader<'_>) -> Option<Kind> {
    inner.tlv_bytes().ok()?;
    let mut third = inner.clone();
    step_into_sequence(inner)?;
    if Tag::peek(inner).ok() != Some(Tag::ObjectIdentifier) {
        return Some(Kind::Request);
    }
    third.tlv_bytes().ok()?;
    third.tlv_bytes().ok()?;
    match Tag::peek(&third).ok()? {
        Tag::UtcTime | Tag::GeneralizedTime => Some(Kind::RevocationList),
        _ => Some(Kind::Certificate),
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
        let key = |form| Kind::PrivateKey(form);
        for (parts, content) in [
            (&[version_1, algorithm][..], key(PrivateKeyForm::Pkcs8)),
            (&[version_2, algorithm], key(PrivateKeyForm::Pkcs8)),
            (&[version_1, algorithm, octets], key(PrivateKeyForm::Pkcs8)),
            (&[version_2, algorithm, algorithm], Kind::Unknown),
            (&[version_1, version_2], key(PrivateKeyForm::Rsa)),
            (&[version_2, octets], key(PrivateKeyForm::Ec)),
            (&[version_1, octets], Kind::Unknown),
            (&[pfx_version, algorithm], key(PrivateKeyForm::Pfx)),
            (&[&[2, 1, 2], algorithm], Kind::Unknown),
            (&[algorithm, octets], key(PrivateKeyForm::EncryptedPkcs8)),
            (&[algorithm, bits], Kind::PublicKey),
            (&[algorithm, time], Kind::Unknown),
            (&[signed_data], Kind::CertificateBundle),
            (&[oid], Kind::Unknown),
            (&[&sequence(&[&[0xa0, 3, 2, 1, 2]])], Kind::Certificate),
            // Of version 1: certificate, then list.
            (&[&sequence(&[version_2, algorithm, name, name])], Kind::Certificate),
            (&[&sequence(&[version_2, algorithm, name, time])], Kind::RevocationList),
            (&[&sequence(&[algorithm, name, time])], Kind::RevocationList),
            (&[&sequence(&[name, name, time])], Kind::Unknown),
            (&[&sequence(&[version_1, name, algorithm])], Kind::Request),
            (&[&sequence(&[octets])], Kind::Unknown),
            (&[octets], Kind::Unknown),
        ] {
            assert_eq!(recognize(&sequence(parts)), content, "{parts:02x?}");
        }
    }
}
