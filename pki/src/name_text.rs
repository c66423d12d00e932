//! Distinguished names as people read them.

use crate::element::Element;
use crate::hex;
use der::Tag;
use der::asn1::ObjectIdentifier;
use std::collections::BinaryHeap;

/// Attribute types with their short form (RFC 4519) and the label that pages show.
const KNOWN: &[(ObjectIdentifier, &str, &str)] = &[
    (ObjectIdentifier::new_unwrap("2.5.4.3"), "CN", "Common name"),
    (ObjectIdentifier::new_unwrap("2.5.4.4"), "SN", "Surname"),
    (ObjectIdentifier::new_unwrap("2.5.4.5"), "serialNumber", "Serial number"),
    (ObjectIdentifier::new_unwrap("2.5.4.6"), "C", "Country"),
    (ObjectIdentifier::new_unwrap("2.5.4.7"), "L", "Locality"),
    (ObjectIdentifier::new_unwrap("2.5.4.8"), "ST", "State or province"),
    (ObjectIdentifier::new_unwrap("2.5.4.9"), "street", "Street"),
    (ObjectIdentifier::new_unwrap("2.5.4.10"), "O", "Organization"),
    (ObjectIdentifier::new_unwrap("2.5.4.11"), "OU", "Organizational unit"),
    (ObjectIdentifier::new_unwrap("2.5.4.12"), "title", "Title"),
    (ObjectIdentifier::new_unwrap("2.5.4.42"), "GN", "Given name"),
    (ObjectIdentifier::new_unwrap("2.5.4.97"), "organizationIdentifier", "Organization identifier"),
    (ObjectIdentifier::new_unwrap("0.9.2342.19200300.100.1.1"), "UID", "User id"),
    (ObjectIdentifier::new_unwrap("0.9.2342.19200300.100.1.25"), "DC", "Domain component"),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.1"), "emailAddress", "E-mail address"),
];

/// An attribute of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attribute {
    pub(crate) oid: ObjectIdentifier,
    /// How the value is encoded.
    pub(crate) tag: Tag,
    /// The value; what is no text, as `#` and the hex of its DER (RFC 4514 §2.4).
    pub(crate) value: String,
}

/// The attributes of a `Name`, in its order; none when it is not one.
///
/// RFC 5280 §4.1.2.4.
pub(crate) fn read(der: &[u8]) -> Option<Vec<Attribute>> {
    let mut attributes = Vec::new();
    for relative in Element::read(der)?.inside(Tag::Sequence)? {
        // The order of a set has no meaning: that of DER (X.690 §11.6), whoever wrote it. With a heap, because the
        // general sort would add two kilobytes to the module that judges requests.
        let set: BinaryHeap<&[u8]> = relative.inside(Tag::Set)?.iter().map(|element| element.der).collect();
        for der in set.into_sorted_vec() {
            attributes.push(attribute(&Element::read(der)?)?);
        }
    }
    Some(attributes)
}

fn attribute(element: &Element<'_>) -> Option<Attribute> {
    let parts = element.inside(Tag::Sequence)?;
    let [oid, value] = parts.as_slice() else { return None };
    Some(Attribute { oid: oid.object_identifier()?, tag: value.tag, value: text(value) })
}

/// `C=PL, O=Example, CN=Anna Nowak`: in the order of the name, with the escapes of RFC 4514 §2.4.
pub(crate) fn format(name: &[Attribute]) -> String {
    let attributes: Vec<String> = name
        .iter()
        .map(|Attribute { oid, value, .. }| {
            let label = find(*oid).map_or_else(|| oid.to_string(), |(short, _)| short.to_owned());
            [label.as_str(), "=", &escape(value)].concat()
        })
        .collect();
    attributes.join(", ")
}

/// Label and value of each attribute, in the order of the name.
pub(crate) fn labelled(name: &[Attribute]) -> Vec<(String, String)> {
    name.iter()
        .map(|Attribute { oid, value, .. }| {
            let label = find(*oid).map_or_else(|| oid.to_string(), |(_, label)| label.to_owned());
            (label, value.clone())
        })
        .collect()
}

fn find(oid: ObjectIdentifier) -> Option<(&'static str, &'static str)> {
    KNOWN.iter().find(|(known, ..)| *known == oid).map(|(_, short, label)| (*short, *label))
}

fn text(value: &Element<'_>) -> String {
    let text = match value.tag {
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String => {
            std::str::from_utf8(value.content).ok().map(str::to_owned)
        }
        // Teletex strings are Latin-1 in practice, whose code points are those of Unicode.
        Tag::TeletexString => Some(value.content.iter().copied().map(char::from).collect()),
        Tag::BmpString => basic_plane(value.content),
        _ => None,
    };
    text.unwrap_or_else(|| format!("#{}", hex::encode(value.der)))
}

/// A BMP string, two bytes a character; its last code point is none.
fn basic_plane(content: &[u8]) -> Option<String> {
    let (units, rest) = content.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    let character = |unit: &[u8; 2]| Some(u16::from_be_bytes(*unit)).filter(|unit| *unit != u16::MAX);
    units.iter().map(|unit| char::from_u32(character(unit)?.into())).collect()
}

/// Escapes separators, and characters that would change how the line is read.
fn escape(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for character in value.chars() {
        if matches!(character, ',' | '+' | '"' | '\\' | '<' | '>' | ';' | '=') {
            text.push('\\');
        }
        push_printable(&mut text, character);
    }
    text
}

/// Escapes characters that would change how a line is read.
pub(crate) fn printable(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    value.chars().for_each(|character| push_printable(&mut text, character));
    text
}

fn push_printable(text: &mut String, character: char) {
    if character.is_control() || is_bidirectional(character) {
        text.extend(character.escape_unicode());
    } else {
        text.push(character);
    }
}

/// Marks that turn the direction of text around (Unicode UAX #9).
fn is_bidirectional(character: char) -> bool {
    matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `CN` with a value of this tag.
    fn common_name(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = |content: &[u8]| u8::try_from(content.len()).unwrap();
        let parts = [b"\x06\x03\x55\x04\x03".as_slice(), &[tag, length(content)], content].concat();
        [&[0x30, length(&parts)], parts.as_slice()].concat()
    }

    fn name(parts: &[&[Vec<u8>]]) -> Vec<u8> {
        let wrap =
            |tag, content: Vec<u8>| [vec![tag, u8::try_from(content.len()).unwrap()], content].concat();
        wrap(0x30, parts.iter().flat_map(|part| wrap(0x31, part.concat())).collect())
    }

    fn shown(der: &[u8]) -> Option<String> {
        read(der).map(|name| format(&name))
    }

    #[test]
    fn attributes_stand_in_the_order_of_the_name_and_within_a_part_in_that_of_der() {
        let [a, b, longer] = ["a", "b", "aa"].map(|text| common_name(0x0c, text.as_bytes()));
        let der = name(&[&[longer, b.clone(), a.clone()], &[b, a]]);
        assert_eq!(shown(&der).as_deref(), Some("CN=a, CN=b, CN=aa, CN=a, CN=b"));
        assert_eq!(shown(&name(&[])).as_deref(), Some(""));
        assert_eq!(shown(&name(&[&[]])).as_deref(), Some(""), "a part without attributes");
    }

    #[test]
    fn what_is_not_a_name_is_not_read() {
        let good = common_name(0x0c, b"a");
        let good_name = name(&[&[good]]);
        assert!(shown(&good_name).is_some());
        for (place, octet) in [(0, 0x31), (2, 0x30), (4, 0x31), (6, 0x05), (5, 0x07)] {
            let mut changed = good_name.clone();
            changed[place] = octet;
            assert_eq!(shown(&changed), None, "{changed:02x?}");
        }
        assert_eq!(shown(&[good_name.as_slice(), &[0]].concat()), None, "more follows");
        assert_eq!(shown(b"\x30\x09\x31\x07\x30\x05\x06\x03\x55\x04\x03"), None, "no value");
    }

    #[test]
    fn values_of_all_string_types_are_text_and_others_are_hex() {
        for (tag, content, text) in [
            (0x0c, "ż".as_bytes(), "ż"),
            (0x14, b"\xe9", "é"),
            (0x1e, b"\x01\x7c\xff\xfe", "ż\u{fffe}"),
            (0x1e, b"\xff\xff", "#1e02ffff"),
            (0x1e, b"\xd8\x3d\xde\x00", "#1e04d83dde00"),
            (0x1e, b"\x00", "#1e0100"),
            (0x0c, b"\xff", "#0c01ff"),
            (0x12, b"1", "#120131"),
        ] {
            let name = read(&name(&[&[common_name(tag, content)]])).unwrap();
            assert_eq!(name[0].value, text, "{tag:02x} {content:02x?}");
        }
    }
}
