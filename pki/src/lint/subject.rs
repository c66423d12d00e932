//! Rules on the subject (S/MIME BR §7.1.4.2).

use super::Report;
use super::element::{Element, IA5_STRING, PRINTABLE_STRING, SEQUENCE, SET, UTF8_STRING};
use super::names::{
    COMMON_NAME, COUNTRY, EMAIL_ADDRESS, LOCALITY, ORGANIZATION, ORGANIZATION_IDENTIFIER, STATE_OR_PROVINCE,
};
use super::rule::Rule;
use super::tbs::Certificate;
use crate::country::COUNTRY_CODES;
use crate::organization_identifier::OrganizationIdentifier;
use der::asn1::ObjectIdentifier;

/// What may stand in the subject, with its longest value in characters (RFC 5280 Appendix A.1).
const ALLOWED: [(ObjectIdentifier, usize); 7] = [
    (COUNTRY, 2),
    (STATE_OR_PROVINCE, 128),
    (LOCALITY, 128),
    (ORGANIZATION, 64),
    (ORGANIZATION_IDENTIFIER, 64),
    (COMMON_NAME, 64),
    (EMAIL_ADDRESS, 255),
];

/// An attribute with its value as text.
struct Attribute<'a> {
    oid: ObjectIdentifier,
    tag: u8,
    value: &'a str,
}

pub(super) fn check(certificate: &Certificate<'_>, addresses: &[&str], report: &mut Report) {
    let Some(attributes) = read(&certificate.subject, report) else {
        report.add(Rule::SubjectUndecodable);
        return;
    };
    for (index, attribute) in attributes.iter().enumerate() {
        check_attribute(attribute, report);
        let repeated = attributes.iter().take(index).any(|before| before.oid == attribute.oid);
        report.add_unless_at(!repeated, Rule::SubjectAttributeRepeated, attribute.oid);
    }
    let find =
        |oid| attributes.iter().find(|attribute| attribute.oid == oid).map(|attribute| attribute.value);
    for required in [ORGANIZATION, ORGANIZATION_IDENTIFIER] {
        report.add_unless_at(find(required).is_some(), Rule::SubjectAttributeMissing, required);
    }
    for place in [LOCALITY, STATE_OR_PROVINCE] {
        let alone = find(place).is_some() && find(COUNTRY).is_none();
        report.add_unless_at(!alone, Rule::PlaceWithoutCountry, place);
    }
    check_identifier(find(ORGANIZATION_IDENTIFIER), find(COUNTRY), report);
    if let Some(common_name) = find(COMMON_NAME) {
        let known = find(ORGANIZATION) == Some(common_name) || addresses.contains(&common_name);
        report.add_unless(known, Rule::CommonNameSource);
    }
    if let Some(address) = find(EMAIL_ADDRESS) {
        report.add_unless(addresses.contains(&address), Rule::SubjectAddressNotInAltName);
    }
}

fn read<'a>(subject: &Element<'a>, report: &mut Report) -> Option<Vec<Attribute<'a>>> {
    let mut attributes = Vec::new();
    for relative_name in subject.inside(SEQUENCE)? {
        let members = relative_name.inside(SET)?;
        report.add_unless(members.len() == 1, Rule::SubjectSeveralInOneRdn);
        for member in members {
            let parts = member.inside(SEQUENCE)?;
            let [oid, value] = parts.as_slice() else { return None };
            let text = std::str::from_utf8(value.content).ok()?;
            attributes.push(Attribute {
                oid: oid.small_object_identifier()?,
                tag: value.identifier,
                value: text,
            });
        }
    }
    Some(attributes)
}

fn check_attribute(attribute: &Attribute<'_>, report: &mut Report) {
    let Attribute { oid, tag, value } = *attribute;
    let Some((_, maximum)) = ALLOWED.iter().find(|(allowed, _)| *allowed == oid) else {
        report.add_at(Rule::SubjectAttributeProhibited, oid);
        return;
    };
    let encoding_fits = match oid {
        COUNTRY => tag == PRINTABLE_STRING,
        EMAIL_ADDRESS => tag == IA5_STRING && value.is_ascii(),
        _ => tag == UTF8_STRING,
    };
    report.add_unless_at(encoding_fits, Rule::SubjectAttributeEncoding, oid);
    report.add_unless_at(value.chars().count() <= *maximum, Rule::SubjectAttributeTooLong, oid);
    report.add_unless_at(value.chars().any(char::is_alphanumeric), Rule::SubjectAttributePlaceholder, oid);
    let clean = !value.chars().any(char::is_control) && value.trim() == value;
    report.add_unless_at(clean, Rule::SubjectAttributeCharacters, oid);
    report.add_unless_at(!has_html_entity(value), Rule::SubjectAttributeHtml, oid);
    if oid == COUNTRY {
        report.add_unless(COUNTRY_CODES.contains(&value), Rule::Country);
    }
}

/// `&name;` or `&#number;`.
fn has_html_entity(value: &str) -> bool {
    value.split('&').skip(1).any(|after| {
        after.split_once(';').is_some_and(|(name, _)| {
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'#')
        })
    })
}

fn check_identifier(identifier: Option<&str>, country: Option<&str>, report: &mut Report) {
    let Some(identifier) = identifier else { return };
    report.add_unless(OrganizationIdentifier::parse(identifier).is_ok(), Rule::OrganizationIdentifier);
    let worldwide = identifier.starts_with("LEIXG") || identifier.starts_with("INTXG");
    if let Some(country) = country.filter(|_| !worldwide) {
        report.add_unless(identifier.get(3..5) == Some(country), Rule::OrganizationIdentifierCountry);
    }
}
