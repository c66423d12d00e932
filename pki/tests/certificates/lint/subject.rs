//! Certificates whose subject is wrong.

use super::{Fixture, fixture};
use crate::tree::Node;
use pki::lint::Rule;

const OID: u8 = 0x06;
const UTF8_STRING: u8 = 0x0c;
const PRINTABLE_STRING: u8 = 0x13;
const BMP_STRING: u8 = 0x1e;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;

const SUBJECT: usize = 5;
const COUNTRY: usize = 0;
const STATE: usize = 1;
const LOCALITY: usize = 2;
const ORGANIZATION: usize = 3;
const IDENTIFIER: usize = 4;
const COMMON_NAME: usize = 5;
const ADDRESS: usize = 6;

/// The value of an attribute.
fn value(tbs: &mut Node, attribute: usize) -> &mut Node {
    tbs.at(&[SUBJECT, attribute, 0, 1])
}

fn set(tbs: &mut Node, attribute: usize, text: &str) {
    value(tbs, attribute).bytes = text.as_bytes().to_vec();
}

fn remove(tbs: &mut Node, attribute: usize) {
    tbs.at(&[SUBJECT]).children.remove(attribute);
}

fn add(tbs: &mut Node, oid: &[u8], text: &str) {
    let attribute =
        Node::parent(SEQUENCE, vec![Node::new(OID, oid), Node::new(UTF8_STRING, text.as_bytes())]);
    tbs.at(&[SUBJECT]).children.push(Node::parent(SET, vec![attribute]));
}

pub(super) const FIXTURES: [Fixture; 30] = [
    fixture(
        "no organization",
        |tbs| remove(tbs, ORGANIZATION),
        &[Rule::SubjectAttributeMissing, Rule::CommonNameSource],
    ),
    fixture("no organization identifier", |tbs| remove(tbs, IDENTIFIER), &[Rule::SubjectAttributeMissing]),
    fixture("a surname", |tbs| add(tbs, b"\x55\x04\x04", "Nowak"), &[Rule::SubjectAttributeProhibited]),
    fixture("a street", |tbs| add(tbs, b"\x55\x04\x09", "Prosta 1"), &[Rule::SubjectAttributeProhibited]),
    fixture(
        "an organizational unit",
        |tbs| add(tbs, b"\x55\x04\x0b", "Sales"),
        &[Rule::SubjectAttributeProhibited],
    ),
    fixture(
        "a second organization",
        |tbs| add(tbs, b"\x55\x04\x0a", "Another"),
        &[Rule::SubjectAttributeRepeated],
    ),
    fixture(
        "two attributes in one relative distinguished name",
        |tbs| {
            let mut locality = tbs.at(&[SUBJECT]).children.remove(LOCALITY);
            tbs.at(&[SUBJECT, STATE]).children.append(&mut locality.children);
        },
        &[Rule::SubjectSeveralInOneRdn],
    ),
    fixture(
        "a relative distinguished name without attribute",
        |tbs| tbs.at(&[SUBJECT]).children.push(Node::parent(SET, vec![])),
        &[Rule::SubjectSeveralInOneRdn],
    ),
    fixture(
        "the country as UTF8String",
        |tbs| value(tbs, COUNTRY).tag = UTF8_STRING,
        &[Rule::SubjectAttributeEncoding],
    ),
    fixture(
        "the address as UTF8String",
        |tbs| value(tbs, ADDRESS).tag = UTF8_STRING,
        &[Rule::SubjectAttributeEncoding],
    ),
    fixture(
        "the locality as PrintableString",
        |tbs| value(tbs, LOCALITY).tag = PRINTABLE_STRING,
        &[Rule::SubjectAttributeEncoding],
    ),
    fixture(
        "the locality as BMPString",
        |tbs| *value(tbs, LOCALITY) = Node::new(BMP_STRING, b"\0S\0z"),
        &[Rule::SubjectAttributeEncoding, Rule::SubjectAttributeCharacters],
    ),
    fixture(
        "text that is not UTF-8",
        |tbs| value(tbs, LOCALITY).bytes = vec![0xff],
        &[Rule::SubjectUndecodable],
    ),
    fixture(
        "an organization of 65 characters",
        |tbs| {
            set(tbs, ORGANIZATION, &"ż".repeat(65));
            remove(tbs, COMMON_NAME);
        },
        &[Rule::SubjectAttributeTooLong],
    ),
    fixture(
        "a locality of 129 characters",
        |tbs| set(tbs, LOCALITY, &"ż".repeat(129)),
        &[Rule::SubjectAttributeTooLong],
    ),
    fixture("a state that is a hyphen", |tbs| set(tbs, STATE, "-"), &[Rule::SubjectAttributePlaceholder]),
    fixture("an empty state", |tbs| set(tbs, STATE, ""), &[Rule::SubjectAttributePlaceholder]),
    fixture(
        "a locality with a line break",
        |tbs| set(tbs, LOCALITY, "Szcze\ncin"),
        &[Rule::SubjectAttributeCharacters],
    ),
    fixture(
        "a locality with a space before it",
        |tbs| set(tbs, LOCALITY, " Szczecin"),
        &[Rule::SubjectAttributeCharacters],
    ),
    fixture(
        "an organization with HTML",
        |tbs| {
            set(tbs, ORGANIZATION, "A &amp; B");
            remove(tbs, COMMON_NAME);
        },
        &[Rule::SubjectAttributeHtml],
    ),
    fixture(
        "a country that does not exist",
        |tbs| {
            set(tbs, COUNTRY, "XX");
            set(tbs, IDENTIFIER, "LEIXG-529900T8BM49AURSDO55");
        },
        &[Rule::Country],
    ),
    fixture(
        "a country in small letters",
        |tbs| set(tbs, COUNTRY, "pl"),
        &[Rule::Country, Rule::OrganizationIdentifierCountry],
    ),
    fixture("places without country", |tbs| remove(tbs, COUNTRY), &[Rule::PlaceWithoutCountry]),
    fixture(
        "a D-U-N-S number",
        |tbs| set(tbs, IDENTIFIER, "DUNSPL-123456789"),
        &[Rule::OrganizationIdentifier, Rule::OrganizationIdentifierCountry],
    ),
    fixture(
        "a LEI with wrong check digits",
        |tbs| set(tbs, IDENTIFIER, "LEIXG-529900T8BM49AURSDO56"),
        &[Rule::OrganizationIdentifier],
    ),
    fixture(
        "an identifier of another country",
        |tbs| set(tbs, IDENTIFIER, "VATCZ-12345678"),
        &[Rule::OrganizationIdentifierCountry],
    ),
    fixture("a person as common name", |tbs| set(tbs, COMMON_NAME, "Anna Nowak"), &[Rule::CommonNameSource]),
    fixture(
        "another address as common name",
        |tbs| set(tbs, COMMON_NAME, "other@example.com"),
        &[Rule::CommonNameSource],
    ),
    fixture(
        "the address with another capital letter",
        |tbs| set(tbs, ADDRESS, "anna.Nowak@example.com"),
        &[Rule::SubjectAddressNotInAltName],
    ),
    fixture("an empty subject", |tbs| tbs.at(&[SUBJECT]).children.clear(), &[Rule::SubjectAttributeMissing]),
];
