//! What a structure is, by its first elements.
//!
//! Only the beginning is read, and more tolerantly than any other reader would: a private key that was cut off, or that is
//! written in BER, is a private key all the same.

use super::{Kind, PrivateKeyForm};
use crate::element::{
    BIT_STRING, CLASS, GENERALIZED_TIME, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, UTC_TIME,
};

/// Content types of CMS (RFC 5652 §5.1, §6.1; authenticated: RFC 5083 §2.1), as the content of an object identifier.
const SIGNED_DATA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
const ENVELOPED_DATA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03";
const AUTHENTICATED_DATA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17";

/// The version of a PFX (RFC 7292 §4).
const PFX_VERSION: u8 = 3;
/// How many numbers a DSA key of OpenSSL has: version, p, q, g, and both halves of the key.
const DSA_NUMBERS: usize = 6;
/// The class of context-specific tags (X.690 §8.1.2.2).
const CONTEXT: u8 = 0x80;

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

/// What follows in a structure, as far as there are bytes.
#[derive(Clone, Copy)]
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    /// The identifier octet of the next element.
    fn next(self) -> Option<u8> {
        self.0.first().copied()
    }

    /// What is inside the SEQUENCE that is next, whether or not its end is there, and known.
    fn enter(self) -> Option<Self> {
        let (length, inside) = length(self.0.strip_prefix(&[SEQUENCE])?)?;
        Some(Self(length.and_then(|length| inside.get(..length)).unwrap_or(inside)))
    }

    /// The content of the next element, which is passed.
    fn pass(&mut self) -> Option<&'a [u8]> {
        let (length, content) = length(self.0.get(1..)?)?;
        let (content, rest) = content.split_at_checked(length?)?;
        self.0 = rest;
        Some(content)
    }

    /// As [`Self::pass`], of a number below 128.
    fn pass_number(&mut self) -> Option<u8> {
        match self.pass()? {
            [number @ 0..=0x7f] => Some(*number),
            _ => None,
        }
    }
}

/// The length that begins here, unless it is left open, and what follows it (X.690 §8.1.3).
fn length(bytes: &[u8]) -> Option<(Option<usize>, &[u8])> {
    let (&first, rest) = bytes.split_first()?;
    match first {
        0..=0x7f => Some((Some(first.into()), rest)),
        0x80 => Some((None, rest)),
        0x81..=0x84 => {
            let (octets, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            let length = octets.iter().fold(0_usize, |length, octet| length << 8 | usize::from(*octet));
            Some((Some(length), rest))
        }
        _ => None,
    }
}

/// How many bytes a SEQUENCE says that it has, its header included; none where the length is left open, or written in
/// more bytes than DER has for it.
pub(crate) fn encoded_bytes(der: &[u8]) -> Option<usize> {
    let (length, _) = length(der.strip_prefix(&[SEQUENCE])?)?;
    let length = length?;
    let long: &[usize] = &[0x80, 0x100, 0x1_0000, 0x100_0000];
    let octets = long.iter().filter(|least| length >= **least).count();
    let is_shortest = usize::from(*der.get(1)?) == if octets == 0 { length } else { octets | 0x80 };
    is_shortest.then(|| length.checked_add(octets)?.checked_add(2)).flatten()
}

/// Whether a structure begins as private keys do: with a version, or with an algorithm.
pub(super) fn begins_with_version_or_algorithm(der: &[u8]) -> bool {
    let first = Rest(der).enter().and_then(Rest::next);
    matches!(first, Some(INTEGER | SEQUENCE))
}

/// What the structure looks like; [`Kind::Unknown`] when it looks like nothing known.
pub(crate) fn recognize(der: &[u8]) -> Kind {
    structure(der).unwrap_or(Kind::Unknown)
}

fn structure(der: &[u8]) -> Option<Kind> {
    let mut rest = Rest(der).enter()?;
    match rest.next()? {
        INTEGER => after_version(rest),
        OBJECT_IDENTIFIER => match rest.pass()? {
            SIGNED_DATA if inner_request(der).is_some() => Some(Kind::CmsRequest),
            SIGNED_DATA => Some(Kind::CertificateBundle),
            ENVELOPED_DATA | AUTHENTICATED_DATA => Some(Kind::EncryptedMessage),
            _ => None,
        },
        SEQUENCE => within_sequence(rest),
        _ => None,
    }
}

/// The first request inside another structure: what begins as one, and is as long as it says.
pub(crate) fn inner_request(der: &[u8]) -> Option<&[u8]> {
    let sequences = der.iter().enumerate().skip(1).filter(|(_, byte)| **byte == SEQUENCE);
    sequences.map(|(offset, _)| der.get(offset..).unwrap_or_default()).find_map(|inside| {
        begins_request(inside)?;
        inside.get(..encoded_bytes(inside)?)
    })
}

/// RFC 2986 §4: `INTEGER 0`, then a name, which has no object identifier in front.
fn begins_request(der: &[u8]) -> Option<()> {
    let mut rest = Rest(der).enter()?.enter()?;
    (rest.next() == Some(INTEGER) && rest.pass_number()? == 0).then_some(())?;
    (rest.enter()?.next() != Some(OBJECT_IDENTIFIER)).then_some(())
}

/// A structure that begins with a version is a private key or a PFX.
fn after_version(mut rest: Rest<'_>) -> Option<Kind> {
    let Some(version) = rest.pass_number() else { return after_modulus(rest) };
    let form = match (version, rest.next()?) {
        (PFX_VERSION, SEQUENCE) => PrivateKeyForm::Pfx,
        // In the parameters of a curve no string of bytes follows (RFC 3279 §2.3.5).
        (0 | 1, SEQUENCE) => match rest.pass().and_then(|_| rest.next()) {
            None | Some(OCTET_STRING) => PrivateKeyForm::Pkcs8,
            Some(_) => return None,
        },
        (0 | 1, INTEGER) => numbers(rest),
        (1, OCTET_STRING) => PrivateKeyForm::Ec,
        _ => return None,
    };
    Some(Kind::PrivateKey(form))
}

/// A public key of RSA is its modulus and its exponent (RFC 8017 §A.1.1), which is short.
fn after_modulus(mut rest: Rest<'_>) -> Option<Kind> {
    let exponent = rest.pass()?;
    (exponent.len() <= 4 && rest.next().is_none()).then_some(Kind::PublicKey)
}

/// RSA has nine numbers (RFC 8017 §A.1.2), and is assumed where the end is missing.
fn numbers(mut rest: Rest<'_>) -> PrivateKeyForm {
    let mut count = 1_usize;
    while rest.next() == Some(INTEGER) && rest.pass().is_some() {
        count = count.saturating_add(1);
    }
    if count == DSA_NUMBERS && rest.next().is_none() { PrivateKeyForm::Dsa } else { PrivateKeyForm::Rsa }
}

fn within_sequence(rest: Rest<'_>) -> Option<Kind> {
    let inner = rest.enter()?;
    match inner.next()? {
        identifier if identifier & CLASS == CONTEXT => Some(Kind::Certificate),
        OBJECT_IDENTIFIER => after_algorithm(rest),
        INTEGER => after_inner_version(inner),
        SEQUENCE => after_inner_sequence(inner),
        _ => None,
    }
}

/// An algorithm identifier stands first in an encrypted private key and in a public key.
fn after_algorithm(mut rest: Rest<'_>) -> Option<Kind> {
    rest.pass()?;
    match rest.next()? {
        OCTET_STRING => Some(Kind::PrivateKey(PrivateKeyForm::EncryptedPkcs8)),
        BIT_STRING => Some(Kind::PublicKey),
        _ => None,
    }
}

/// Two sequences stand first in a version-1 CRL (an algorithm), a BCFKS keystore (an algorithm and encrypted bytes), a
/// path of certificates, a request message (a number) and SPKAC (a public key).
fn after_inner_sequence(mut inner: Rest<'_>) -> Option<Kind> {
    let first = inner.enter()?;
    match first.next()? {
        OBJECT_IDENTIFIER => {
            let is_encrypted = inner.pass().is_some() && inner.next() == Some(OCTET_STRING);
            Some(if is_encrypted {
                Kind::PrivateKey(PrivateKeyForm::BouncyCastleKeyStore)
            } else {
                Kind::RevocationList
            })
        }
        identifier if identifier & CLASS == CONTEXT => Some(Kind::CertificatePath),
        INTEGER => Some(Kind::RequestMessage),
        SEQUENCE => (first.enter()?.next()? == OBJECT_IDENTIFIER).then_some(Kind::Spkac),
        _ => None,
    }
}

/// INTEGER then SEQUENCE: of a name in a request, of an algorithm in a version-1 certificate and a CRL.
fn after_inner_version(mut inner: Rest<'_>) -> Option<Kind> {
    inner.pass()?;
    if inner.enter()?.next() != Some(OBJECT_IDENTIFIER) {
        return Some(Kind::Request);
    }
    inner.pass()?;
    inner.pass()?;
    match inner.next()? {
        UTC_TIME | GENERALIZED_TIME => Some(Kind::RevocationList),
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
