//! Rules on the extensions (S/MIME BR §7.1.2.3, RFC 5280 §4.2).

use super::Report;
use super::element::{BIT_STRING, Element, OCTET_STRING, SEQUENCE};
use super::names::{
    AUTHORITY_INFO_ACCESS, AUTHORITY_KEY_IDENTIFIER, BASIC_CONSTRAINTS, CA_ISSUERS, CERTIFICATE_POLICIES,
    CRL_DISTRIBUTION_POINTS, EMAIL_PROTECTION, EXTENDED_KEY_USAGE, KEY_USAGE, ORGANIZATION_STRICT,
    SUBJECT_ALT_NAME, SUBJECT_KEY_IDENTIFIER,
};
use super::rule::Rule;
use super::tbs::{Certificate, Extension};
use crate::authority::Issuer;
use crate::mailbox::Mailbox;
use crate::profile::HttpUrl;
use der::asn1::ObjectIdentifier;
use sha1::{Digest, Sha1};

/// What must be there, and whether it is critical.
const REQUIRED: [(ObjectIdentifier, bool); 8] = [
    (AUTHORITY_KEY_IDENTIFIER, false),
    (SUBJECT_KEY_IDENTIFIER, false),
    (KEY_USAGE, true),
    (EXTENDED_KEY_USAGE, false),
    (CERTIFICATE_POLICIES, false),
    (SUBJECT_ALT_NAME, false),
    (CRL_DISTRIBUTION_POINTS, false),
    (AUTHORITY_INFO_ACCESS, false),
];

/// The BIT STRING of keyUsage: unused bits, then bits from digitalSignature (0) on.
const SIGNATURE_AND_KEY_ENCIPHERMENT: [u8; 2] = [5, 0b1010_0000];
const SIGNATURE_AND_KEY_AGREEMENT: [u8; 2] = [3, 0b1000_1000];
/// The OID rsaEncryption with its tag and length.
const RSA_ENCRYPTION: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";

/// Checks all extensions and gives the addresses of subjectAltName.
pub(super) fn check<'a>(certificate: &Certificate<'a>, issuer: &Issuer, report: &mut Report) -> Vec<&'a str> {
    for (oid, critical) in REQUIRED {
        match certificate.extensions.iter().find(|extension| extension.oid == oid) {
            Some(extension) => {
                report.add_unless_at(extension.critical == critical, Rule::ExtensionCritical, oid);
            }
            None => report.add_at(Rule::ExtensionMissing, oid),
        }
    }
    let mut addresses = Vec::new();
    for (index, extension) in certificate.extensions.iter().enumerate() {
        let repeated = certificate.extensions.iter().take(index).any(|before| before.oid == extension.oid);
        report.add_unless_at(!repeated, Rule::ExtensionRepeated, extension.oid);
        match check_one(extension, certificate, issuer, report) {
            Some(found) => addresses.extend(found),
            None => report.add_at(Rule::ExtensionUndecodable, extension.oid),
        }
    }
    addresses
}

/// Checks one extension; nothing when it cannot be read.
fn check_one<'a>(
    extension: &Extension<'a>,
    certificate: &Certificate<'a>,
    issuer: &Issuer,
    report: &mut Report,
) -> Option<Vec<&'a str>> {
    let value = Element::read(extension.value)?;
    match extension.oid {
        AUTHORITY_KEY_IDENTIFIER => check_authority_key_identifier(&value, issuer, report)?,
        SUBJECT_KEY_IDENTIFIER => check_subject_key_identifier(&value, certificate, report)?,
        KEY_USAGE => check_key_usage(&value, certificate, report)?,
        EXTENDED_KEY_USAGE => check_extended_key_usage(&value, report)?,
        CERTIFICATE_POLICIES => check_policies(&value, report)?,
        SUBJECT_ALT_NAME => return check_alt_name(&value, report),
        CRL_DISTRIBUTION_POINTS => check_distribution_points(&value, report)?,
        AUTHORITY_INFO_ACCESS => check_information_access(&value, report)?,
        // CA FALSE is the default, so that nothing may stand inside.
        BASIC_CONSTRAINTS => {
            report.add_unless(value.inside(SEQUENCE)?.is_empty(), Rule::BasicConstraints);
        }
        other => report.add_at(Rule::ExtensionProhibited, other),
    }
    Some(Vec::new())
}

fn check_authority_key_identifier(value: &Element<'_>, issuer: &Issuer, report: &mut Report) -> Option<()> {
    let parts = value.inside(SEQUENCE)?;
    let key_identifier = parts.iter().find(|part| part.is_context(0)).map(|part| part.content);
    report.add_unless(key_identifier == Some(issuer.key_identifier()), Rule::AuthorityKeyIdentifier);
    report.add_unless(parts.iter().all(|part| part.is_context(0)), Rule::AuthorityKeyIdentifierForm);
    Some(())
}

fn check_subject_key_identifier(
    value: &Element<'_>,
    certificate: &Certificate<'_>,
    report: &mut Report,
) -> Option<()> {
    let parts = certificate.subject_public_key_info.inside(SEQUENCE)?;
    let (_, key) = parts.last().filter(|part| part.identifier == BIT_STRING)?.content.split_first()?;
    let fits = value.identifier == OCTET_STRING && value.content == Sha1::digest(key).as_slice();
    report.add_unless(fits, Rule::SubjectKeyIdentifier);
    Some(())
}

fn check_key_usage(value: &Element<'_>, certificate: &Certificate<'_>, report: &mut Report) -> Option<()> {
    let parts = certificate.subject_public_key_info.inside(SEQUENCE)?;
    let expected = if parts.first()?.content.starts_with(RSA_ENCRYPTION) {
        SIGNATURE_AND_KEY_ENCIPHERMENT
    } else {
        SIGNATURE_AND_KEY_AGREEMENT
    };
    report.add_unless(value.identifier == BIT_STRING && value.content == expected, Rule::KeyUsage);
    Some(())
}

fn check_extended_key_usage(value: &Element<'_>, report: &mut Report) -> Option<()> {
    let purposes = value.inside(SEQUENCE)?;
    let only_email =
        matches!(purposes.as_slice(), [one] if one.small_object_identifier() == Some(EMAIL_PROTECTION));
    report.add_unless(only_email, Rule::ExtendedKeyUsage);
    Some(())
}

fn check_policies(value: &Element<'_>, report: &mut Report) -> Option<()> {
    let policies = value.inside(SEQUENCE)?;
    let [policy] = policies.as_slice() else {
        report.add(Rule::Policy);
        return Some(());
    };
    let parts = policy.inside(SEQUENCE)?;
    let (identifier, qualifiers) = parts.split_first()?;
    report.add_unless(identifier.small_object_identifier() == Some(ORGANIZATION_STRICT), Rule::Policy);
    report.add_unless(qualifiers.is_empty(), Rule::PolicyQualifier);
    Some(())
}

fn check_alt_name<'a>(value: &Element<'a>, report: &mut Report) -> Option<Vec<&'a str>> {
    let names = value.inside(SEQUENCE)?;
    let mut addresses = Vec::new();
    for name in &names {
        if !name.is_context(1) {
            report.add(Rule::AltNameType);
            continue;
        }
        let address = name.ascii()?;
        let plain = Mailbox::parse(address).is_ok_and(|mailbox| mailbox.as_str() == address);
        report.add_unless(plain, Rule::AltNameAddress);
        report.add_unless(!addresses.contains(&address), Rule::AltNameRepeated);
        addresses.push(address);
    }
    report.add_unless(!addresses.is_empty(), Rule::AltNameWithoutAddress);
    Some(addresses)
}

fn check_distribution_points(value: &Element<'_>, report: &mut Report) -> Option<()> {
    let points = value.inside(SEQUENCE)?;
    report.add_unless(!points.is_empty(), Rule::CrlDistributionPoint);
    for point in points {
        let parts = point.inside(SEQUENCE)?;
        // distributionPoint [0] { fullName [0] { uniformResourceIdentifier [6] … } } and nothing else
        let [name] = parts.as_slice() else {
            report.add(Rule::CrlDistributionPoint);
            continue;
        };
        let full_name = name.is_context(0).then(|| Element::read(name.content))??;
        let uris = super::element::elements(full_name.content)?;
        let all_http = full_name.is_context(0) && !uris.is_empty() && uris.iter().all(is_http_url);
        report.add_unless(all_http, Rule::CrlDistributionPoint);
    }
    Some(())
}

fn check_information_access(value: &Element<'_>, report: &mut Report) -> Option<()> {
    let mut has_issuer = false;
    for description in value.inside(SEQUENCE)? {
        let parts = description.inside(SEQUENCE)?;
        let [method, location] = parts.as_slice() else { return None };
        let is_issuer = method.small_object_identifier() == Some(CA_ISSUERS);
        report.add_unless(is_issuer && is_http_url(location), Rule::AuthorityInfoAccess);
        has_issuer |= is_issuer;
    }
    report.add_unless(has_issuer, Rule::AuthorityInfoAccess);
    Some(())
}

/// A uniformResourceIdentifier with a public http URL.
fn is_http_url(name: &Element<'_>) -> bool {
    name.is_context(6) && name.ascii().is_some_and(|url| HttpUrl::parse(url).is_ok())
}
