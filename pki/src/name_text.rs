//! Distinguished names as people read them.

use crate::element::{
    BMP_STRING, Element, GENERAL_STRING, GRAPHIC_STRING, IA5_STRING, NUMERIC_STRING, PRINTABLE_STRING,
    SEQUENCE, SET, TELETEX_STRING, UNIVERSAL_STRING, UTF8_STRING, VIDEOTEX_STRING, VISIBLE_STRING,
};
use crate::hex;
use crate::oid_text::Oid;
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
    /// The content of the object identifier that its type is; empty where no attribute could be read.
    oid: Vec<u8>,
    /// The value; what is no text, as `#` and the hex of its DER (RFC 4514 §2.4).
    pub(crate) value: String,
}

impl Attribute {
    /// Its type; none where no attribute could be read.
    pub(crate) fn oid(&self) -> Option<Oid<'_>> {
        Oid::from_content(&self.oid)
    }

    fn unread(element: &Element<'_>) -> Self {
        Self { oid: Vec::new(), value: unread(element.der) }
    }

    /// The short form of its type or the label, as chosen; else the dotted numbers.
    fn label(&self, choose: fn(&(ObjectIdentifier, &'static str, &'static str)) -> &'static str) -> String {
        let Some(oid) = self.oid() else { return UNREADABLE.to_owned() };
        let known = KNOWN.iter().find(|(known, ..)| known.as_bytes() == oid.content());
        known.map_or_else(|| oid.dotted(), |known| choose(known).to_owned())
    }
}

const UNREADABLE: &str = "Unreadable";

/// The attributes of a `Name`, in its order; none when it is not one.
///
/// RFC 5280 §4.1.2.4.
pub(crate) fn read(der: &[u8]) -> Option<Vec<Attribute>> {
    read_parts(der).filter(|attributes| attributes.iter().all(|attribute| !attribute.oid.is_empty()))
}

/// As [`read`], for names that need not be ones: what is no attribute is shown as hex, and hides nothing beside it.
pub(crate) fn read_parts(der: &[u8]) -> Option<Vec<Attribute>> {
    let mut attributes = Vec::new();
    for relative in Element::read(der)?.all_inside(SEQUENCE)? {
        let Some(set) = relative.all_inside(SET) else {
            attributes.push(Attribute::unread(&relative));
            continue;
        };
        // The order of a set has no meaning: that of DER (X.690 §11.6), whoever wrote it. With a heap, because the
        // general sort would add two kilobytes to the module that judges requests.
        let set: BinaryHeap<&[u8]> = set.iter().map(|element| element.der).collect();
        for der in set.into_sorted_vec() {
            let element = Element::read(der).unwrap_or_else(|| Element::unread(der));
            attributes.push(attribute(&element).unwrap_or_else(|| Attribute::unread(&element)));
        }
    }
    Some(attributes)
}

fn attribute(element: &Element<'_>) -> Option<Attribute> {
    let parts = element.inside(SEQUENCE)?;
    let [oid, value] = parts.as_slice() else { return None };
    Some(Attribute {
        oid: oid.object_identifier()?.content().to_vec(),
        value: characters(value).unwrap_or_else(|| unread(value.der)),
    })
}

/// What is not read: `#` and hex.
pub(crate) fn unread(der: &[u8]) -> String {
    ["#", &hex::encode(der)].concat()
}

/// `C=PL, O=Example, CN=Anna Nowak`: in the order of the name, with the escapes of RFC 4514 §2.4.
pub(crate) fn format(name: &[Attribute]) -> String {
    let attributes: Vec<String> = name
        .iter()
        .map(|attribute| {
            let value = escape(&attribute.value);
            if attribute.oid.is_empty() {
                return value;
            }
            [&attribute.label(|(_, short, _)| short), "=", &value].concat()
        })
        .collect();
    attributes.join(", ")
}

/// Label and value of each attribute, in the order of the name.
pub(crate) fn labelled(name: &[Attribute]) -> Vec<(String, String)> {
    name.iter().map(|attribute| (attribute.label(|(_, _, label)| label), attribute.value.clone())).collect()
}

/// The characters of a string of any type; none when it is no string.
pub(crate) fn characters(value: &Element<'_>) -> Option<String> {
    match value.identifier {
        // In practice Latin-1, whatever bytes there are.
        TELETEX_STRING => Some(latin_1(value.content)),
        UTF8_STRING | NUMERIC_STRING | PRINTABLE_STRING | VIDEOTEX_STRING | IA5_STRING | GRAPHIC_STRING
        | VISIBLE_STRING | GENERAL_STRING => Some(text(value.content)),
        BMP_STRING => basic_plane(value.content),
        UNIVERSAL_STRING => universal(value.content),
        _ => None,
    }
}

/// Bytes that should be text: UTF-8; else Latin-1, as programs write that know nothing else.
pub(crate) fn text(content: &[u8]) -> String {
    std::str::from_utf8(content).map_or_else(|_| latin_1(content), str::to_owned)
}

/// The code points of Latin-1 are those of Unicode.
fn latin_1(content: &[u8]) -> String {
    content.iter().copied().map(char::from).collect()
}

/// A BMP string, two bytes a character; its last code point is none. Programs write pairs of surrogates, too.
fn basic_plane(content: &[u8]) -> Option<String> {
    let (units, rest) = content.as_chunks::<2>();
    let units = units.iter().map(|unit| u16::from_be_bytes(*unit));
    if !rest.is_empty() || units.clone().any(|unit| unit == u16::MAX) {
        return None;
    }
    char::decode_utf16(units).map(Result::ok).collect()
}

/// A universal string, four bytes a character (X.690 §8.23.7).
fn universal(content: &[u8]) -> Option<String> {
    let (units, rest) = content.as_chunks::<4>();
    if !rest.is_empty() {
        return None;
    }
    units.iter().map(|unit| char::from_u32(u32::from_be_bytes(*unit))).collect()
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
    fn one_part_that_is_not_read_hides_nothing_beside_it() {
        let [a, b] = ["a", "b"].map(|text| common_name(0x0c, text.as_bytes()));
        let parts = |der: &[u8]| read_parts(der).map(|name| format(&name));
        let mut der = name(&[&[a.clone(), b"\x05\x00".to_vec()], &[b], &[a]]);
        assert_eq!(parts(&der).as_deref(), Some("#0500, CN=a, CN=b, CN=a"));
        assert_eq!(read(&der), None);
        let last = der.len() - 1;
        der[last - 11] = 0x30;
        assert_eq!(parts(&der).as_deref(), Some("#0500, CN=a, CN=b, #300a300806035504030c0161"));
    }

    #[test]
    fn values_of_all_string_types_are_text_and_others_are_hex() {
        for (tag, content, text) in [
            (0x0c, "ż".as_bytes(), "ż"),
            (0x14, b"\xe9", "é"),
            (0x1e, b"\x01\x7c\xff\xfe", "ż\u{fffe}"),
            (0x1e, b"\xff\xff", "#1e02ffff"),
            (0x1e, b"\xd8\x3d\xde\x00", "\u{1f600}"),
            (0x1e, b"\xd8\x3d", "#1e02d83d"),
            (0x1e, b"\x00", "#1e0100"),
            (0x0c, b"M\xfcller", "Müller"),
            (0x13, "Żaneta".as_bytes(), "Żaneta"),
            (0x16, b"\xff", "ÿ"),
            (0x12, b"1", "1"),
            (0x19, b"a", "a"),
            (0x1b, b"a", "a"),
            (0x1c, b"\x00\x01\xf6\x00\x00\x00\x01\x7c", "\u{1f600}ż"),
            (0x1c, b"\x00\x11\x00\x00", "#1c0400110000"),
            (0x1c, b"\x00\x00A", "#1c03000041"),
            (0x03, b"\x00\x01", "#03020001"),
            (0x02, b"\x05", "#020105"),
        ] {
            let name = read(&name(&[&[common_name(tag, content)]])).unwrap();
            assert_eq!(name[0].value, text, "{tag:02x} {content:02x?}");
        }
    }
}
