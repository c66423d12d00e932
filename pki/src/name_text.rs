//! Distinguished names as people read them.

use crate::hex;
use der::asn1::{BmpString, ObjectIdentifier};
use der::{Encode, Tag, Tagged};
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::name::Name;

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

/// `C=PL, O=Example, CN=Anna Nowak`: in the order of the name, with the escapes of RFC 4514 §2.4.
pub(crate) fn format(name: &Name) -> String {
    let attributes: Vec<String> = name
        .iter()
        .map(|attribute| {
            let label =
                find(attribute.oid).map_or_else(|| attribute.oid.to_string(), |(short, _)| short.to_owned());
            format!("{label}={}", escape(&value(attribute)))
        })
        .collect();
    attributes.join(", ")
}

/// Label and value of each attribute, in the order of the name.
pub(crate) fn attributes(name: &Name) -> Vec<(String, String)> {
    name.iter()
        .map(|attribute| {
            let label =
                find(attribute.oid).map_or_else(|| attribute.oid.to_string(), |(_, label)| label.to_owned());
            (label, value(attribute))
        })
        .collect()
}

fn find(oid: ObjectIdentifier) -> Option<(&'static str, &'static str)> {
    KNOWN.iter().find(|(known, ..)| *known == oid).map(|(_, short, label)| (*short, *label))
}

/// Attribute type and value of each attribute, in the order of the name.
pub(crate) fn values(name: &Name) -> impl Iterator<Item = (ObjectIdentifier, String)> {
    name.iter().map(|attribute| (attribute.oid, value(attribute)))
}

/// The text of a value; a value that is no text is shown as `#` and the hex of its DER (RFC 4514 §2.4).
fn value(attribute: &AttributeTypeAndValue) -> String {
    let value = &attribute.value;
    let text = match value.tag() {
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String => {
            std::str::from_utf8(value.value()).ok().map(str::to_owned)
        }
        // Teletex strings are Latin-1 in practice, whose code points are those of Unicode.
        Tag::TeletexString => Some(value.value().iter().copied().map(char::from).collect()),
        Tag::BmpString => value.decode_as::<BmpString>().ok().map(|text| text.to_string()),
        _ => None,
    };
    text.unwrap_or_else(|| format!("#{}", hex::encode(&value.to_der().unwrap_or_default())))
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
