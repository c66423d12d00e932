//! Extensions of any certificate, in words and in hex.

use crate::element::{BOOLEAN, CLASS, Element, SEQUENCE, all_elements};
use crate::name_text::unread;
use crate::oid_text::Oid;
use crate::{extension_text, hex, name_text};
use der::Decode;
use der::asn1::ObjectIdentifier;

/// An extension as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtensionDescription {
    /// Such as `2.5.29.15`.
    pub oid: String,
    /// Such as `Key usage`; of an unknown extension its object identifier.
    pub name: String,
    /// Whether a program that does not know it must refuse the certificate.
    pub is_critical: bool,
    /// What it says, a line each; empty when that cannot be told in words.
    pub lines: Vec<String>,
    /// The content, lower-case hex.
    pub der: String,
    /// The addresses in it, where it is subjectAltName.
    pub(super) mailboxes: Vec<String>,
    /// Whether it is basicConstraints of a certification authority.
    pub(super) is_authority: bool,
}

/// Describes `Extensions`. What does not look like an extension is shown as an unreadable one.
///
/// RFC 5280 §4.1.2.9.
pub(super) fn describe_all(der: &[u8]) -> Vec<ExtensionDescription> {
    let lists = all_elements(der);
    let describe_list = |list: &Element<'_>| match list.all_inside(SEQUENCE) {
        Some(extensions) => extensions
            .iter()
            .map(|extension| describe(extension).unwrap_or_else(|| unreadable(extension.der)))
            .collect(),
        None => vec![unreadable(list.der)],
    };
    lists.iter().flat_map(describe_list).collect()
}

fn describe(extension: &Element<'_>) -> Option<ExtensionDescription> {
    let parts = extension.inside(SEQUENCE)?;
    let (oid, is_critical, value) = match parts.as_slice() {
        [oid, value] => (oid, false, value),
        [oid, critical, value] if critical.identifier == BOOLEAN => (oid, critical.is_true(), value),
        _ => return None,
    };
    let oid = oid.object_identifier()?;
    let der = value.content;
    Some(ExtensionDescription {
        name: name(oid),
        is_critical,
        lines: lines(oid, der),
        der: hex::encode(der),
        mailboxes: extension_text::mailboxes(oid, der),
        is_authority: oid.small() == Some(BASIC_CONSTRAINTS) && is_authority(der).unwrap_or(false),
        oid: oid.dotted(),
    })
}

fn unreadable(der: &[u8]) -> ExtensionDescription {
    ExtensionDescription {
        oid: String::new(),
        name: "Unreadable extension".to_owned(),
        is_critical: false,
        lines: Vec::new(),
        der: hex::encode(der),
        mailboxes: Vec::new(),
        is_authority: false,
    }
}

/// Those that requests have are named where requests are read.
fn name(oid: Oid<'_>) -> String {
    find(NAMES, oid).map_or_else(|| extension_text::name(oid), str::to_owned)
}

/// What an extension says; one part that is not read is shown as hex, and hides nothing beside it.
fn lines(oid: Oid<'_>, der: &[u8]) -> Vec<String> {
    let lines = match oid.small() {
        Some(CERTIFICATE_POLICIES) => each(der, policy),
        Some(CRL_DISTRIBUTION_POINTS | FRESHEST_CRL) => each(der, distribution_point),
        Some(AUTHORITY_INFORMATION_ACCESS | SUBJECT_INFORMATION_ACCESS) => each(der, information_access),
        Some(AUTHORITY_KEY_IDENTIFIER) => each(der, authority_key_identifier),
        Some(ISSUER_ALTERNATIVE_NAME) => each(der, |name| Some(vec![general_name(name)])),
        Some(BASIC_CONSTRAINTS) => basic_constraints(der),
        Some(OCSP_NO_CHECK) => Some(vec!["this certificate is not asked about".to_owned()]),
        _ => None,
    };
    let in_one_line =
        || extension_text::words(oid, der).into_iter().filter(|line| !line.is_empty()).collect();
    lines.unwrap_or_else(in_one_line)
}

/// The lines of each element of a SEQUENCE.
fn each(der: &[u8], lines: fn(&Element<'_>) -> Option<Vec<String>>) -> Option<Vec<String>> {
    let elements = Element::read(der)?.all_inside(SEQUENCE)?;
    let lines =
        elements.iter().flat_map(|element| lines(element).unwrap_or_else(|| vec![unread(element.der)]));
    Some(lines.collect())
}

/// RFC 5280 §4.2.1.4: the meaning, and what its qualifiers say.
fn policy(element: &Element<'_>) -> Option<Vec<String>> {
    let parts = element.all_inside(SEQUENCE)?;
    let (policy, rest) = parts.split_first()?;
    let oid = policy.object_identifier()?;
    let mut lines = vec![match find(POLICIES, oid) {
        Some(meaning) => format!("{meaning} ({})", oid.dotted()),
        None => oid.dotted(),
    }];
    for part in rest {
        match part.all_inside(SEQUENCE) {
            Some(qualifiers) => lines.extend(
                qualifiers.iter().map(|element| qualifier(element).unwrap_or_else(|| unread(element.der))),
            ),
            None => lines.push(unread(part.der)),
        }
    }
    Some(lines)
}

/// The address of the practice statement, or the text of a notice.
fn qualifier(element: &Element<'_>) -> Option<String> {
    let parts = element.inside(SEQUENCE)?;
    let [oid, value] = parts.as_slice() else { return None };
    if oid.object_identifier()?.small() == Some(PRACTICE_STATEMENT) {
        return Some(format!("practice statement: {}", text(value)));
    }
    let notice = value.inside(SEQUENCE)?;
    let explicit = notice.iter().find(|part| part.identifier != SEQUENCE)?;
    Some(format!("notice: {}", text(explicit)))
}

/// RFC 5280 §4.2.1.13: where the lists of revoked certificates are, and who issues them.
fn distribution_point(point: &Element<'_>) -> Option<Vec<String>> {
    let mut lines = Vec::new();
    for part in &point.all_inside(SEQUENCE)? {
        if part.is_context(0) {
            for name in &all_elements(part.content) {
                if name.is_context(0) {
                    lines.extend(all_elements(name.content).iter().map(general_name));
                } else {
                    lines.push(unread(name.der));
                }
            }
        } else if part.is_context(2) {
            let issuers = all_elements(part.content);
            lines.extend(issuers.iter().map(|name| format!("issued by {}", general_name(name))));
        } else if !part.is_context(1) {
            lines.push(unread(part.der));
        }
    }
    Some(lines)
}

/// RFC 5280 §4.2.2: what is found where.
fn information_access(description: &Element<'_>) -> Option<Vec<String>> {
    let parts = description.inside(SEQUENCE)?;
    let [method, location] = parts.as_slice() else { return None };
    let method = method.object_identifier()?;
    let method = find(ACCESS_METHODS, method).map_or_else(|| method.dotted(), str::to_owned);
    Some(vec![format!("{method}: {}", general_name(location))])
}

/// RFC 5280 §4.2.1.1.
fn authority_key_identifier(part: &Element<'_>) -> Option<Vec<String>> {
    if part.is_context(1) {
        return Some(all_elements(part.content).iter().map(general_name).collect());
    }
    let content = hex::encode(part.content);
    match part {
        part if part.is_context(0) => Some(vec![content]),
        part if part.is_context(2) => Some(vec![format!("serial number {content}")]),
        _ => None,
    }
}

/// An address of any kind; of the kinds that usually stand in these extensions, without the kind.
fn general_name(name: &Element<'_>) -> String {
    if name.is_context(4) {
        return extension_text::directory_name(name.content);
    }
    if [1, 2, 6].iter().any(|kind| name.is_context(*kind)) {
        return text(name);
    }
    extension_text::general_name(name).unwrap_or_else(|| unread(name.der))
}

/// RFC 5280 §4.2.1.9.
fn basic_constraints(der: &[u8]) -> Option<Vec<String>> {
    let is_authority = is_authority(der)?;
    let mut lines = vec![
        if is_authority { "a certification authority" } else { "not a certification authority" }.to_owned(),
    ];
    let parts = Element::read(der)?.all_inside(SEQUENCE)?;
    for part in parts.iter().filter(|part| part.identifier != BOOLEAN) {
        lines.push(match u64::from_der(part.der) {
            Ok(0) => "no certification authority below it".to_owned(),
            Ok(1) => "at most one certification authority below it".to_owned(),
            Ok(more) => format!("at most {more} certification authorities below it"),
            Err(_) => unread(part.der),
        });
    }
    Some(lines)
}

fn is_authority(der: &[u8]) -> Option<bool> {
    Some(Element::read(der)?.all_inside(SEQUENCE)?.first().is_some_and(Element::is_true))
}

/// The characters of a string of any type, without those that change how a line is read.
fn text(element: &Element<'_>) -> String {
    let text = match name_text::characters(element) {
        Some(text) => text,
        None if element.identifier & CLASS != 0 => name_text::text(element.content),
        None => unread(element.der),
    };
    name_text::printable(&text)
}

fn find(names: &[(&str, &'static str)], oid: Oid<'_>) -> Option<&'static str> {
    let oid = oid.dotted();
    names.iter().find(|(known, _)| *known == oid).map(|(_, name)| *name)
}

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

const BASIC_CONSTRAINTS: ObjectIdentifier = oid("2.5.29.19");
const ISSUER_ALTERNATIVE_NAME: ObjectIdentifier = oid("2.5.29.18");
const CRL_DISTRIBUTION_POINTS: ObjectIdentifier = oid("2.5.29.31");
const CERTIFICATE_POLICIES: ObjectIdentifier = oid("2.5.29.32");
const AUTHORITY_KEY_IDENTIFIER: ObjectIdentifier = oid("2.5.29.35");
const FRESHEST_CRL: ObjectIdentifier = oid("2.5.29.46");
const AUTHORITY_INFORMATION_ACCESS: ObjectIdentifier = oid("1.3.6.1.5.5.7.1.1");
const SUBJECT_INFORMATION_ACCESS: ObjectIdentifier = oid("1.3.6.1.5.5.7.1.11");
const OCSP_NO_CHECK: ObjectIdentifier = oid("1.3.6.1.5.5.7.48.1.5");
const PRACTICE_STATEMENT: ObjectIdentifier = oid("1.3.6.1.5.5.7.2.1");

/// Those that stand in certificates only (RFC 5280 §4.2, RFC 6960 §4.2.2.2.1, RFC 6962 §3.3, RFC 3739 §3.2.6).
const NAMES: &[(&str, &str)] = &[
    ("2.5.29.9", "Subject directory attributes"),
    ("2.5.29.16", "Private key usage period"),
    ("2.5.29.18", "Issuer alternative name"),
    ("2.5.29.33", "Policy mappings"),
    ("2.5.29.36", "Policy constraints"),
    ("2.5.29.46", "Freshest CRL"),
    ("2.5.29.54", "Inhibit any policy"),
    ("1.3.6.1.5.5.7.1.3", "Qualified certificate statements"),
    ("1.3.6.1.5.5.7.1.11", "Subject information access"),
    ("1.3.6.1.5.5.7.1.12", "Logotype"),
    ("1.3.6.1.5.5.7.48.1.5", "No revocation check"),
    ("1.3.6.1.4.1.11129.2.4.2", "Certificate transparency timestamps"),
    ("1.2.840.113533.7.65.0", "Entrust version"),
];

/// RFC 5280 §4.2.2, RFC 6960 §3.1.
const ACCESS_METHODS: &[(&str, &str)] = &[
    ("1.3.6.1.5.5.7.48.1", "status (OCSP)"),
    ("1.3.6.1.5.5.7.48.2", "issuer's certificate"),
    ("1.3.6.1.5.5.7.48.3", "time stamping"),
    ("1.3.6.1.5.5.7.48.5", "repository"),
];

/// S/MIME BR §7.1.6.1, TLS BR §7.1.6.1, RFC 5280 §4.2.1.4.
const POLICIES: &[(&str, &str)] = &[
    ("2.23.140.1.5.1.1", "S/MIME, the address was verified, legacy"),
    ("2.23.140.1.5.1.2", "S/MIME, the address was verified, multipurpose"),
    ("2.23.140.1.5.1.3", "S/MIME, the address was verified, strict"),
    ("2.23.140.1.5.2.1", "S/MIME, the organization was verified, legacy"),
    ("2.23.140.1.5.2.2", "S/MIME, the organization was verified, multipurpose"),
    ("2.23.140.1.5.2.3", "S/MIME, the organization was verified, strict"),
    ("2.23.140.1.5.3.1", "S/MIME, a person of a verified organization, legacy"),
    ("2.23.140.1.5.3.2", "S/MIME, a person of a verified organization, multipurpose"),
    ("2.23.140.1.5.3.3", "S/MIME, a person of a verified organization, strict"),
    ("2.23.140.1.5.4.1", "S/MIME, the person was verified, legacy"),
    ("2.23.140.1.5.4.2", "S/MIME, the person was verified, multipurpose"),
    ("2.23.140.1.5.4.3", "S/MIME, the person was verified, strict"),
    ("2.23.140.1.2.1", "web server, the domain was verified"),
    ("2.23.140.1.2.2", "web server, the organization was verified"),
    ("2.23.140.1.2.3", "web server, the person was verified"),
    ("2.23.140.1.1", "web server, extended validation"),
    ("2.23.140.1.4.1", "code signing, the organization was verified"),
    ("2.23.140.1.3", "code signing, extended validation"),
    ("2.5.29.32.0", "any policy"),
];
