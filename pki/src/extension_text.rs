//! Extensions of requests and certificates as people read them.

use crate::element::{BIT_STRING, CLASS, Element, OCTET_STRING, SEQUENCE, all_elements, elements};
use crate::name_text::unread;
use crate::oid_text::Oid;
use crate::{hex, name_text};
use der::asn1::ObjectIdentifier;

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

/// RFC 8398 §3, Microsoft's userPrincipalName, RFC 4120 §5.2.2 (pkinit), RFC 6120 §13.7.1.4, RFC 4985 §2, RFC 7585 §2.2.
const OTHER_NAMES: &[(ObjectIdentifier, &str)] = &[
    (SMTP_UTF8_MAILBOX, "e-mail address"),
    (ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.20.2.3"), "Windows logon name"),
    (KERBEROS_PRINCIPAL, "Kerberos principal"),
    (ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.8.5"), "XMPP address"),
    (ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.8.7"), "service name"),
    (ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.8.8"), "network access realm"),
];

const SMTP_UTF8_MAILBOX: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.8.9");
const KERBEROS_PRINCIPAL: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.2.2");

/// The name of an extension, such as `Key usage`; of an unknown one its object identifier.
pub(crate) fn name(oid: Oid<'_>) -> String {
    find(NAMES, oid)
}

/// The value of an extension (the content of `extnValue`) as one line; what cannot be read, as `#` and hex.
pub(crate) fn value(oid: Oid<'_>, der: &[u8]) -> String {
    words(oid, der).unwrap_or_else(|| unread(der))
}

/// As [`value`]; none where nothing of it can be read. One part that is not read hides nothing beside it.
pub(crate) fn words(oid: Oid<'_>, der: &[u8]) -> Option<String> {
    let extension = Element::read(der)?;
    match oid.small()? {
        SUBJECT_ALTERNATIVE_NAME => each(&extension, general_name),
        KEY_USAGE => key_usage(&extension),
        EXTENDED_KEY_USAGE => each(&extension, purpose),
        BASIC_CONSTRAINTS => basic_constraints(&extension),
        SUBJECT_KEY_IDENTIFIER => {
            (extension.identifier == OCTET_STRING).then(|| hex::encode(extension.content))
        }
        _ => None,
    }
}

/// The addresses in an extension, those with other than ASCII letters too; none when it is no subjectAltName.
///
/// RFC 5280 §4.2.1.6, RFC 8398 §3.
pub(crate) fn mailboxes(oid: Oid<'_>, der: &[u8]) -> Vec<String> {
    if oid.small() != Some(SUBJECT_ALTERNATIVE_NAME) {
        return Vec::new();
    }
    let names = Element::read(der).and_then(|names| names.all_inside(SEQUENCE)).unwrap_or_default();
    names.iter().filter_map(mailbox).collect()
}

fn mailbox(name: &Element<'_>) -> Option<String> {
    if name.is_context(1) {
        return Some(text(name.content));
    }
    let (oid, value) = other_name_parts(name).filter(|_| name.is_context(0))?;
    (oid.small()? == SMTP_UTF8_MAILBOX).then(|| string(&value)).flatten()
}

/// The name in a table, or the object identifier itself.
pub(crate) fn find(names: &[(ObjectIdentifier, &str)], oid: Oid<'_>) -> String {
    lookup(names, oid).map_or_else(|| oid.dotted(), str::to_owned)
}

fn lookup<'a>(names: &[(ObjectIdentifier, &'a str)], oid: Oid<'_>) -> Option<&'a str> {
    names.iter().find(|(known, _)| known.as_bytes() == oid.content()).map(|(_, name)| *name)
}

/// The elements of a SEQUENCE in words, those that have none as hex.
fn each(sequence: &Element<'_>, words: fn(&Element<'_>) -> Option<String>) -> Option<String> {
    let elements = sequence.all_inside(SEQUENCE)?;
    let words = elements.iter().map(|element| words(element).unwrap_or_else(|| unread(element.der)));
    Some(words.collect::<Vec<_>>().join(", "))
}

fn text(bytes: &[u8]) -> String {
    name_text::printable(&name_text::text(bytes))
}

fn string(element: &Element<'_>) -> Option<String> {
    name_text::characters(element).map(|text| name_text::printable(&text))
}

/// `GeneralName` with its kind (RFC 5280 §4.2.1.6).
pub(crate) fn general_name(name: &Element<'_>) -> Option<String> {
    let kind = (0..9).find(|kind| name.is_context(*kind))?;
    let content = name.content;
    let (value, kind) = match kind {
        0 => return Some(other_name(name)),
        1 => (text(content), "e-mail address"),
        2 => (text(content), "DNS name"),
        3 => (strings(name), "X.400 address"),
        4 => (directory_name(content), "directory name"),
        5 => (strings(name), "EDI party name"),
        6 => (text(content), "URI"),
        7 => (address(content), "IP address"),
        _ => (Oid::from_content(content)?.dotted(), "registered id"),
    };
    Some(with_kind(&value, kind))
}

fn with_kind(value: &str, kind: &str) -> String {
    [value, " (", kind, ")"].concat()
}

/// A name in one line; one that cannot be read, as hex.
pub(crate) fn directory_name(der: &[u8]) -> String {
    name_text::read_parts(der).map_or_else(|| unread(der), |name| name_text::format(&name))
}

/// `OtherName`: what it is for those that programs use, else its type and its value.
fn other_name(name: &Element<'_>) -> String {
    let Some((oid, value)) = other_name_parts(name) else {
        return with_kind(&unread(name.der), "another name");
    };
    let words = if oid.small() == Some(KERBEROS_PRINCIPAL) { principal(&value) } else { string(&value) };
    let words = words.unwrap_or_else(|| unread(value.der));
    match lookup(OTHER_NAMES, oid) {
        Some(kind) => with_kind(&words, kind),
        None => with_kind(&words, &["another name, ", &oid.dotted()].concat()),
    }
}

/// Type and value. The value has a tag `[0]` around it, which some programs leave out.
fn other_name_parts<'a>(name: &Element<'a>) -> Option<(Oid<'a>, Element<'a>)> {
    let parts = elements(name.content)?;
    let [oid, value] = parts.as_slice() else { return None };
    let inner = if value.is_context(0) { Element::read(value.content) } else { None };
    Some((oid.object_identifier()?, inner.unwrap_or(*value)))
}

/// `KRB5PrincipalName` as `name/instance@REALM`.
fn principal(value: &Element<'_>) -> Option<String> {
    let parts = value.inside(SEQUENCE)?;
    let [realm, name] = parts.as_slice() else { return None };
    let name = Element::read(name.content)?.inside(SEQUENCE)?;
    let names = Element::read(name.last()?.content)?.inside(SEQUENCE)?;
    let names = names.iter().map(string).collect::<Option<Vec<_>>>()?;
    Some([&names.join("/"), "@", &string(&Element::read(realm.content)?)?].concat())
}

/// All strings inside, whatever structure they stand in; hex when there is none.
fn strings(name: &Element<'_>) -> String {
    let mut found = Vec::new();
    let mut waiting = vec![*name];
    while let Some(element) = waiting.pop() {
        if element.is_constructed() {
            waiting.extend(all_elements(element.content).into_iter().rev());
        } else if element.identifier & CLASS != 0 {
            found.push(text(element.content));
        } else {
            found.push(string(&element).unwrap_or_else(|| unread(element.der)));
        }
    }
    if found.is_empty() { unread(name.der) } else { found.join(", ") }
}

fn address(bytes: &[u8]) -> String {
    if let Ok(octets) = <[u8; 4]>::try_from(bytes) {
        return core::net::Ipv4Addr::from(octets).to_string();
    }
    <[u8; 16]>::try_from(bytes)
        .map_or_else(|_| unread(bytes), |octets| core::net::Ipv6Addr::from(octets).to_string())
}

fn key_usage(extension: &Element<'_>) -> Option<String> {
    if extension.identifier != BIT_STRING {
        return None;
    }
    let (_, bytes) = extension.content.split_first()?;
    let bits = bytes.iter().flat_map(|byte| (0..8_u32).map(move |bit| byte.rotate_left(bit) >= 0x80));
    let usages: Vec<&str> = bits.zip(KEY_USAGES).filter(|(set, _)| *set).map(|(_, usage)| usage).collect();
    Some(usages.join(", "))
}

fn purpose(element: &Element<'_>) -> Option<String> {
    Some(find(PURPOSES, element.object_identifier()?))
}

fn basic_constraints(extension: &Element<'_>) -> Option<String> {
    let is_authority = extension.all_inside(SEQUENCE)?.first().is_some_and(Element::is_true);
    Some(if is_authority { "a certification authority" } else { "not a certification authority" }.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(known: ObjectIdentifier, der: &[u8]) -> String {
        value(Oid::from_content(known.as_bytes()).unwrap(), der)
    }

    fn addresses(der: &[u8]) -> Vec<String> {
        mailboxes(Oid::from_content(SUBJECT_ALTERNATIVE_NAME.as_bytes()).unwrap(), der)
    }

    /// An element whose content has less than 128 bytes.
    fn element(identifier: u8, contents: &[&[u8]]) -> Vec<u8> {
        let content = contents.concat();
        [vec![identifier, u8::try_from(content.len()).unwrap()], content].concat()
    }

    /// `OtherName` with a value under its tag.
    fn other(known: &str, value: &[u8]) -> Vec<u8> {
        let oid = element(6, &[ObjectIdentifier::new_unwrap(known).as_bytes()]);
        element(0xa0, &[&oid, &element(0xa0, &[value])])
    }

    #[test]
    fn names_and_values_are_words_where_they_are_known() {
        let names = b"\x30\x13\x81\x05a@b.c\x82\x04b.d.\x87\x04\x0a\x00\x00\x01";
        assert_eq!(
            shown(SUBJECT_ALTERNATIVE_NAME, names),
            "a@b.c (e-mail address), b.d. (DNS name), 10.0.0.1 (IP address)"
        );
        assert_eq!(addresses(names), ["a@b.c"]);
        assert_eq!(shown(KEY_USAGE, b"\x03\x02\x05\xa0"), "digital signature, key encipherment");
        assert_eq!(shown(KEY_USAGE, b"\x03\x03\x07\x00\x80"), "decipher only");
        assert_eq!(
            shown(EXTENDED_KEY_USAGE, b"\x30\x0d\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x04\x06\x01\x2a"),
            "e-mail protection, 1.2"
        );
        assert_eq!(shown(BASIC_CONSTRAINTS, b"\x30\x03\x01\x01\xff"), "a certification authority");
        assert_eq!(shown(BASIC_CONSTRAINTS, b"\x30\x00"), "not a certification authority");
        assert_eq!(shown(SUBJECT_KEY_IDENTIFIER, b"\x04\x02\xab\xcd"), "abcd");
        assert_eq!(name(Oid::from_content(KEY_USAGE.as_bytes()).unwrap()), "Key usage");
        assert_eq!(name(Oid::from_content(b"\x2a\x03").unwrap()), "1.2.3");
    }

    #[test]
    fn what_cannot_be_read_is_shown_as_hex() {
        for oid in [SUBJECT_ALTERNATIVE_NAME, KEY_USAGE, EXTENDED_KEY_USAGE, BASIC_CONSTRAINTS] {
            assert_eq!(shown(oid, b"\x05\x00"), "#0500", "{oid}");
            assert_eq!(shown(oid, b"\x30"), "#30", "{oid}");
        }
        assert_eq!(shown(ObjectIdentifier::new_unwrap("1.2.3"), b"\x05\x00"), "#0500");
    }

    #[test]
    fn a_name_cannot_change_how_the_line_is_read() {
        assert_eq!(shown(SUBJECT_ALTERNATIVE_NAME, b"\x30\x05\x81\x03a\nb"), "a\\u{a}b (e-mail address)");
    }

    #[test]
    fn one_name_or_purpose_that_is_not_read_hides_nothing_beside_it() {
        let names = b"\x30\x0e\x81\x03a@b\x05\x00\xa4\x02\x05\x00\x82\x09c";
        assert_eq!(
            shown(SUBJECT_ALTERNATIVE_NAME, names),
            "a@b (e-mail address), #0500, #0500 (directory name), #820963"
        );
        assert_eq!(addresses(names), ["a@b"]);
        assert_eq!(shown(EXTENDED_KEY_USAGE, b"\x30\x07\x06\x01\x80\x06\x02\x2a\x03"), "#060180, 1.2.3");
    }

    #[test]
    fn names_of_mail_and_logon_are_words() {
        let general = |text: &str| element(0x1b, &[text.as_bytes()]);
        let names = element(0x30, &[&general("HTTP"), &general("host")]);
        let kind_and_names = element(0x30, &[&element(0xa0, &[b"\x02\x01\x02"]), &element(0xa1, &[&names])]);
        let principal =
            element(0x30, &[&element(0xa0, &[&general("EXAMPLE.COM")]), &element(0xa1, &[&kind_and_names])]);
        let mailbox = element(0x0c, &["ż@example.com".as_bytes()]);
        for (name, expected) in [
            (other("1.3.6.1.5.5.7.8.9", &mailbox), "ż@example.com (e-mail address)"),
            (other("1.3.6.1.4.1.311.20.2.3", b"\x0c\x03a@b"), "a@b (Windows logon name)"),
            (other("1.3.6.1.5.2.2", &principal), "HTTP/host@EXAMPLE.COM (Kerberos principal)"),
            (other("1.3.6.1.5.2.2", b"\x30\x00"), "#3000 (Kerberos principal)"),
            (other("1.3.6.1.5.5.7.8.5", b"\x0c\x03a@b"), "a@b (XMPP address)"),
            (other("1.3.6.1.5.5.7.8.7", b"\x16\x05_sip."), "_sip. (service name)"),
            (other("1.2.3", b"\x0c\x01a"), "a (another name, 1.2.3)"),
            (other("1.2.3", b"\x05\x00"), "#0500 (another name, 1.2.3)"),
            (b"\xa0\x05\x06\x01\x2a\x0c\x00".to_vec(), " (another name, 1.2)"),
            (b"\xa0\x02\x05\x00".to_vec(), "#a0020500 (another name)"),
            (b"\xa3\x0c\x30\x0a\x61\x04\x13\x02PL\x83\x02Ab".to_vec(), "PL, Ab (X.400 address)"),
            (b"\xa3\x02\x30\x00".to_vec(), "#a3023000 (X.400 address)"),
            (b"\xa5\x05\xa1\x03\x0c\x01x".to_vec(), "x (EDI party name)"),
            (b"\x88\x02\x2a\x03".to_vec(), "1.2.3 (registered id)"),
        ] {
            let names = element(0x30, &[&name]);
            assert_eq!(shown(SUBJECT_ALTERNATIVE_NAME, &names), expected);
        }
        let names = element(0x30, &[&other("1.3.6.1.5.5.7.8.9", &mailbox), b"\x81\x03a@b"]);
        assert_eq!(addresses(&names), ["ż@example.com", "a@b"]);
    }
}
