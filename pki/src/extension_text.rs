//! Extensions of requests and certificates as people read them.

use crate::{hex, name_text};
use der::asn1::{BitStringRef, ObjectIdentifier, OctetStringRef};
use der::{AnyRef, Decode, Reader, SliceReader, Tag, TagNumber, Tagged};

/// RFC 5280 §4.2.1; what Microsoft's and Netscape's programs ask for; RFC 8551 §2.5.2.
const NAMES: &[(ObjectIdentifier, &str)] = &[
    (SUBJECT_ALTERNATIVE_NAME, "Subject alternative name"),
    (KEY_USAGE, "Key usage"),
    (EXTENDED_KEY_USAGE, "Extended key usage"),
    (BASIC_CONSTRAINTS, "Basic constraints"),
    (SUBJECT_KEY_IDENTIFIER, "Subject key identifier"),
    (ObjectIdentifier::new_unwrap("2.5.29.35"), "Authority key identifier"),
    (ObjectIdentifier::new_unwrap("2.5.29.32"), "Certificate policies"),
    (ObjectIdentifier::new_unwrap("2.5.29.31"), "CRL distribution points"),
    (ObjectIdentifier::new_unwrap("2.5.29.30"), "Name constraints"),
    (ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.1.1"), "Authority information access"),
    (ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.1.24"), "TLS features"),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.15"), "S/MIME capabilities"),
    (ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.20.2"), "Windows certificate template name"),
    (ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.21.7"), "Windows certificate template"),
    (ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.21.10"), "Windows application policies"),
    (ObjectIdentifier::new_unwrap("2.16.840.1.113730.1.1"), "Netscape certificate type"),
    (ObjectIdentifier::new_unwrap("2.16.840.1.113730.1.13"), "Netscape comment"),
];

const SUBJECT_ALTERNATIVE_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.17");
const KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.15");
const EXTENDED_KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37");
const BASIC_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.19");
const SUBJECT_KEY_IDENTIFIER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.14");

/// The bits of keyUsage, in order (RFC 5280 §4.2.1.3).
const KEY_USAGES: [&str; 9] = [
    "digital signature",
    "content commitment",
    "key encipherment",
    "data encipherment",
    "key agreement",
    "certificate signing",
    "CRL signing",
    "encipher only",
    "decipher only",
];

/// RFC 5280 §4.2.1.12; Microsoft's purposes.
const PURPOSES: &[(ObjectIdentifier, &str)] = &[
    (ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1"), "TLS server"),
    (ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2"), "TLS client"),
    (ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.3"), "code signing"),
    (ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.4"), "e-mail protection"),
    (ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8"), "time stamping"),
    (ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.9"), "OCSP signing"),
    (ObjectIdentifier::new_unwrap("2.5.29.37.0"), "any purpose"),
    (ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.20.2.2"), "Windows smart-card logon"),
    (ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.10.3.4"), "Windows encrypting file system"),
    (ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.10.3.12"), "document signing"),
];

/// The name of an extension, such as `Key usage`; of an unknown one its object identifier.
pub(crate) fn name(oid: ObjectIdentifier) -> String {
    find(NAMES, oid)
}

/// The value of an extension (the content of `extnValue`) as one line; what cannot be read, as `#` and hex.
pub(crate) fn value(oid: ObjectIdentifier, der: &[u8]) -> String {
    let text = match oid {
        SUBJECT_ALTERNATIVE_NAME => general_names(der),
        KEY_USAGE => key_usage(der),
        EXTENDED_KEY_USAGE => purposes(der),
        BASIC_CONSTRAINTS => basic_constraints(der),
        SUBJECT_KEY_IDENTIFIER => <&OctetStringRef>::from_der(der).ok().map(|id| hex::encode(id.as_bytes())),
        _ => None,
    };
    text.unwrap_or_else(|| format!("#{}", hex::encode(der)))
}

/// The addresses (`rfc822Name`) in an extension; none when it is no subjectAltName.
pub(crate) fn mailboxes(oid: ObjectIdentifier, der: &[u8]) -> Vec<String> {
    if oid != SUBJECT_ALTERNATIVE_NAME {
        return Vec::new();
    }
    let names = elements(der).unwrap_or_default();
    names.iter().filter(|name| number(name) == Some(1)).map(|name| text(name.value())).collect()
}

fn find(names: &[(ObjectIdentifier, &str)], oid: ObjectIdentifier) -> String {
    names
        .iter()
        .find(|(known, _)| *known == oid)
        .map_or_else(|| oid.to_string(), |(_, name)| (*name).to_owned())
}

/// The elements of a SEQUENCE.
fn elements(der: &[u8]) -> Option<Vec<AnyRef<'_>>> {
    let sequence = AnyRef::from_der(der).ok()?;
    if sequence.tag() != Tag::Sequence {
        return None;
    }
    let mut reader = SliceReader::new(sequence.value()).ok()?;
    let mut elements = Vec::new();
    while !reader.is_finished() {
        elements.push(AnyRef::decode(&mut reader).ok()?);
    }
    Some(elements)
}

fn number(element: &AnyRef<'_>) -> Option<u32> {
    match element.tag() {
        Tag::ContextSpecific { number: TagNumber(number), .. } => Some(number),
        _ => None,
    }
}

fn text(bytes: &[u8]) -> String {
    name_text::printable(&String::from_utf8_lossy(bytes))
}

/// `GeneralNames` (RFC 5280 §4.2.1.6).
fn general_names(der: &[u8]) -> Option<String> {
    let names = elements(der)?.iter().map(general_name).collect::<Option<Vec<_>>>()?;
    Some(names.join(", "))
}

fn general_name(name: &AnyRef<'_>) -> Option<String> {
    let value = name.value();
    Some(match number(name)? {
        0 => format!("another name (#{})", hex::encode(value)),
        1 => format!("{} (e-mail address)", text(value)),
        2 => format!("{} (DNS name)", text(value)),
        4 => format!("{} (directory name)", name_text::format(&name_text::read(value)?)),
        6 => format!("{} (URI)", text(value)),
        7 => format!("{} (IP address)", address(value)),
        8 => format!("{} (registered id)", ObjectIdentifier::from_bytes(value).ok()?),
        _ => return None,
    })
}

fn address(bytes: &[u8]) -> String {
    if let Ok(octets) = <[u8; 4]>::try_from(bytes) {
        return core::net::Ipv4Addr::from(octets).to_string();
    }
    <[u8; 16]>::try_from(bytes)
        .map_or_else(|_| hex::encode(bytes), |octets| core::net::Ipv6Addr::from(octets).to_string())
}

fn key_usage(der: &[u8]) -> Option<String> {
    let bits = BitStringRef::from_der(der).ok()?;
    let usages: Vec<&str> =
        bits.bits().zip(KEY_USAGES).filter(|(set, _)| *set).map(|(_, usage)| usage).collect();
    Some(usages.join(", "))
}

fn purposes(der: &[u8]) -> Option<String> {
    let purposes = elements(der)?
        .iter()
        .map(|purpose| purpose.decode_as::<ObjectIdentifier>().ok().map(|oid| find(PURPOSES, oid)))
        .collect::<Option<Vec<_>>>()?;
    Some(purposes.join(", "))
}

fn basic_constraints(der: &[u8]) -> Option<String> {
    let elements = elements(der)?;
    let is_authority = match elements.first() {
        Some(first) if first.tag() == Tag::Boolean => first.decode_as::<bool>().ok()?,
        _ => false,
    };
    Some(if is_authority { "a certification authority" } else { "not a certification authority" }.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_are_words_where_they_are_known() {
        let names = b"\x30\x13\x81\x05a@b.c\x82\x04b.d.\x87\x04\x0a\x00\x00\x01";
        assert_eq!(
            value(SUBJECT_ALTERNATIVE_NAME, names),
            "a@b.c (e-mail address), b.d. (DNS name), 10.0.0.1 (IP address)"
        );
        assert_eq!(mailboxes(SUBJECT_ALTERNATIVE_NAME, names), ["a@b.c"]);
        assert_eq!(value(KEY_USAGE, b"\x03\x02\x05\xa0"), "digital signature, key encipherment");
        assert_eq!(
            value(EXTENDED_KEY_USAGE, b"\x30\x0d\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x04\x06\x01\x2a"),
            "e-mail protection, 1.2"
        );
        assert_eq!(value(BASIC_CONSTRAINTS, b"\x30\x03\x01\x01\xff"), "a certification authority");
        assert_eq!(value(BASIC_CONSTRAINTS, b"\x30\x00"), "not a certification authority");
        assert_eq!(value(SUBJECT_KEY_IDENTIFIER, b"\x04\x02\xab\xcd"), "abcd");
        assert_eq!(name(KEY_USAGE), "Key usage");
        assert_eq!(name(ObjectIdentifier::new_unwrap("1.2.3")), "1.2.3");
    }

    #[test]
    fn what_cannot_be_read_is_shown_as_hex() {
        for oid in [SUBJECT_ALTERNATIVE_NAME, KEY_USAGE, EXTENDED_KEY_USAGE, BASIC_CONSTRAINTS] {
            assert_eq!(value(oid, b"\x05\x00"), "#0500", "{oid}");
            assert_eq!(value(oid, b"\x30"), "#30", "{oid}");
        }
        assert_eq!(value(ObjectIdentifier::new_unwrap("1.2.3"), b"\x05\x00"), "#0500");
    }

    #[test]
    fn a_name_cannot_change_how_the_line_is_read() {
        assert_eq!(value(SUBJECT_ALTERNATIVE_NAME, b"\x30\x05\x81\x03a\nb"), "a\\u{a}b (e-mail address)");
    }
}
