//! Extensions of any certificate, in words and in hex.

use crate::element::{Element, elements};
use crate::{extension_text, hex, name_text};
use der::asn1::ObjectIdentifier;
use der::{Decode, Tag};

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
    let Some(extensions) = Element::read(der).and_then(|list| list.inside(Tag::Sequence)) else {
        return vec![unreadable(der)];
    };
    extensions
        .iter()
        .map(|extension| describe(extension).unwrap_or_else(|| unreadable(extension.der)))
        .collect()
}

fn describe(extension: &Element<'_>) -> Option<ExtensionDescription> {
    let parts = extension.inside(Tag::Sequence)?;
    let (oid, is_critical, value) = match parts.as_slice() {
        [oid, value] => (oid, false, value),
        [oid, critical, value] if critical.tag == Tag::Boolean => {
            (oid, critical.content.iter().any(|byte| *byte != 0), value)
        }
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
        is_authority: oid == BASIC_CONSTRAINTS && is_authority(der).unwrap_or(false),
        oid: oid.to_string(),
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
fn name(oid: ObjectIdentifier) -> String {
    find(NAMES, oid).map_or_else(|| extension_text::name(oid), str::to_owned)
}

fn lines(oid: ObjectIdentifier, der: &[u8]) -> Vec<String> {
    let lines = match oid {
        CERTIFICATE_POLICIES => policies(der),
        CRL_DISTRIBUTION_POINTS | FRESHEST_CRL => distribution_points(der),
        AUTHORITY_INFORMATION_ACCESS | SUBJECT_INFORMATION_ACCESS => information_access(der),
        AUTHORITY_KEY_IDENTIFIER => authority_key_identifier(der),
        ISSUER_ALTERNATIVE_NAME => general_names(der),
        BASIC_CONSTRAINTS => basic_constraints(der),
        OCSP_NO_CHECK => Some(vec!["this certificate is not asked about".to_owned()]),
        _ => None,
    };
    lines.unwrap_or_else(|| {
        let line = extension_text::value(oid, der);
        // A value without words comes as `#` and hex, which is shown apart.
        if line.starts_with('#') || line.is_empty() { Vec::new() } else { vec![line] }
    })
}

/// RFC 5280 §4.2.1.4: the meaning of each, and what its qualifiers say.
fn policies(der: &[u8]) -> Option<Vec<String>> {
    let policies = Element::read(der)?.inside(Tag::Sequence)?;
    let mut lines = Vec::new();
    for policy in &policies {
        let parts = policy.inside(Tag::Sequence)?;
        let oid = parts.first()?.object_identifier()?;
        lines.push(match find(POLICIES, oid) {
            Some(meaning) => format!("{meaning} ({oid})"),
            None => oid.to_string(),
        });
        if let Some(qualifiers) = parts.get(1).and_then(|qualifiers| qualifiers.inside(Tag::Sequence)) {
            lines.extend(qualifiers.iter().filter_map(qualifier));
        }
    }
    Some(lines)
}

/// The address of the practice statement, or the text of a notice.
fn qualifier(element: &Element<'_>) -> Option<String> {
    let parts = element.inside(Tag::Sequence)?;
    let [oid, value] = parts.as_slice() else { return None };
    if oid.object_identifier()? == PRACTICE_STATEMENT {
        return Some(format!("practice statement: {}", text(value)));
    }
    let notice = value.inside(Tag::Sequence)?;
    let explicit = notice.iter().find(|part| part.tag != Tag::Sequence)?;
    Some(format!("notice: {}", text(explicit)))
}

/// RFC 5280 §4.2.1.13: where the lists of revoked certificates are.
fn distribution_points(der: &[u8]) -> Option<Vec<String>> {
    let mut lines = Vec::new();
    for point in &Element::read(der)?.inside(Tag::Sequence)? {
        for part in point.inside(Tag::Sequence)?.iter().filter(|part| part.is_context(0)) {
            let names = elements(part.content)?.into_iter().filter(|name| name.is_context(0));
            for name in names {
                lines.extend(elements(name.content)?.iter().filter_map(general_name));
            }
        }
    }
    Some(lines)
}

/// RFC 5280 §4.2.2: what is found where.
fn information_access(der: &[u8]) -> Option<Vec<String>> {
    let mut lines = Vec::new();
    for description in &Element::read(der)?.inside(Tag::Sequence)? {
        let parts = description.inside(Tag::Sequence)?;
        let [method, location] = parts.as_slice() else { return None };
        let method = method.object_identifier()?;
        let method = find(ACCESS_METHODS, method).map_or_else(|| method.to_string(), str::to_owned);
        lines.push(format!("{method}: {}", general_name(location)?));
    }
    Some(lines)
}

/// RFC 5280 §4.2.1.1.
fn authority_key_identifier(der: &[u8]) -> Option<Vec<String>> {
    let parts = Element::read(der)?.inside(Tag::Sequence)?;
    let mut lines = Vec::new();
    for part in &parts {
        if part.is_context(0) {
            lines.push(hex::encode(part.content));
        } else if part.is_context(1) {
            lines.extend(elements(part.content)?.iter().filter_map(general_name));
        } else {
            lines.push(format!("serial number {}", hex::encode(part.content)));
        }
    }
    Some(lines)
}

fn general_names(der: &[u8]) -> Option<Vec<String>> {
    let names = Element::read(der)?.inside(Tag::Sequence)?;
    Some(names.iter().filter_map(general_name).collect())
}

/// An address of any kind; the kinds that occur in these extensions.
fn general_name(name: &Element<'_>) -> Option<String> {
    if name.is_context(4) {
        return Some(name_text::format(&name_text::read(name.content)?));
    }
    [1, 2, 6].iter().any(|kind| name.is_context(*kind)).then(|| text(name))
}

/// RFC 5280 §4.2.1.9.
fn basic_constraints(der: &[u8]) -> Option<Vec<String>> {
    let mut lines = vec![
        if is_authority(der)? { "a certification authority" } else { "not a certification authority" }
            .to_owned(),
    ];
    let parts = Element::read(der)?.inside(Tag::Sequence)?;
    if let Some(length) = parts.iter().find(|part| part.tag == Tag::Integer) {
        let length = u64::from_der(length.der).ok()?;
        lines.push(match length {
            0 => "no certification authority below it".to_owned(),
            1 => "at most one certification authority below it".to_owned(),
            more => format!("at most {more} certification authorities below it"),
        });
    }
    Some(lines)
}

fn is_authority(der: &[u8]) -> Option<bool> {
    let parts = Element::read(der)?.inside(Tag::Sequence)?;
    Some(
        parts
            .first()
            .is_some_and(|part| part.tag == Tag::Boolean && part.content.iter().any(|byte| *byte != 0)),
    )
}

/// The characters of a string of any type, without those that change how a line is read.
fn text(element: &Element<'_>) -> String {
    let text = match element.tag {
        Tag::BmpString => {
            let units = element.content.as_chunks::<2>().0.iter().map(|bytes| u16::from_be_bytes(*bytes));
            char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        _ => String::from_utf8_lossy(element.content).into_owned(),
    };
    name_text::printable(&text)
}

fn find(names: &[(&str, &'static str)], oid: ObjectIdentifier) -> Option<&'static str> {
    let oid = oid.to_string();
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
