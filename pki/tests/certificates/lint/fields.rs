//! Certificates that are wrong outside subject and extensions.

use super::{Fixture, fixture};
use crate::tree::Node;
use pki::lint::Rule;

const INTEGER: u8 = 0x02;
const NULL: u8 = 0x05;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SET: u8 = 0x31;

const SERIAL_NUMBER: usize = 1;
const SIGNATURE: usize = 2;
const ISSUER: usize = 3;
const VALIDITY: usize = 4;
const PUBLIC_KEY: usize = 6;

pub(super) const FIXTURES: [Fixture; 19] = [
    fixture("version 1, which is not written", |tbs| drop(tbs.children.remove(0)), &[Rule::Version]),
    fixture("version 2", |tbs| tbs.at(&[0, 0]).bytes = vec![1], &[Rule::Version]),
    fixture(
        "serial number zero",
        |tbs| tbs.at(&[SERIAL_NUMBER]).bytes = vec![0],
        &[Rule::SerialNumberNotPositive, Rule::SerialNumberTooShort],
    ),
    fixture(
        "negative serial number",
        |tbs| tbs.at(&[SERIAL_NUMBER]).bytes = vec![0xbf; 16],
        &[Rule::SerialNumberNotPositive],
    ),
    fixture(
        "serial number of 21 octets",
        |tbs| tbs.at(&[SERIAL_NUMBER]).bytes = vec![0x40; 21],
        &[Rule::SerialNumberTooLong],
    ),
    fixture(
        "serial number of 7 octets",
        |tbs| tbs.at(&[SERIAL_NUMBER]).bytes = vec![0x40; 7],
        &[Rule::SerialNumberTooShort],
    ),
    fixture(
        "ECDSA with SHA-1",
        |tbs| tbs.at(&[SIGNATURE, 0]).bytes = b"\x2a\x86\x48\xce\x3d\x04\x01".to_vec(),
        &[Rule::SignatureAlgorithm],
    ),
    fixture(
        "ECDSA with the parameters NULL",
        |tbs| tbs.at(&[SIGNATURE]).children.push(Node::new(NULL, &[])),
        &[Rule::SignatureAlgorithm],
    ),
    fixture(
        "the issuer's name in another string type",
        |tbs| tbs.at(&[ISSUER, 1, 0, 1]).tag = 0x13,
        &[Rule::IssuerName],
    ),
    fixture(
        "a unique identifier of the subject",
        |tbs| tbs.children.insert(7, Node::new(0x82, &[0, 1])),
        &[Rule::UniqueId],
    ),
    fixture(
        "a point that is not on the curve",
        |tbs| *tbs.at(&[PUBLIC_KEY, 1]).bytes.last_mut().unwrap() ^= 1,
        &[Rule::Key, Rule::SubjectKeyIdentifier],
    ),
    fixture(
        "a curve that is not accepted",
        |tbs| tbs.at(&[PUBLIC_KEY, 0, 1]).bytes = b"\x2b\x81\x04\x00\x0a".to_vec(),
        &[Rule::Key],
    ),
    fixture(
        "a year before 2050 as GeneralizedTime",
        |tbs| *tbs.at(&[VALIDITY, 1]) = Node::new(GENERALIZED_TIME, b"20270101000000Z"),
        &[Rule::TimeEncoding],
    ),
    fixture(
        "a time without seconds",
        |tbs| *tbs.at(&[VALIDITY, 0]) = Node::new(UTC_TIME, b"2601010000Z"),
        &[Rule::TimeEncoding],
    ),
    fixture(
        "a time in a time zone",
        |tbs| *tbs.at(&[VALIDITY, 0]) = Node::new(UTC_TIME, b"260101000000+0100"),
        &[Rule::TimeEncoding],
    ),
    fixture(
        "a number for a time",
        |tbs| *tbs.at(&[VALIDITY, 0]) = Node::new(INTEGER, &[1]),
        &[Rule::TimeEncoding],
    ),
    fixture(
        "an end before the beginning",
        |tbs| tbs.at(&[VALIDITY, 1]).bytes = b"251231235959Z".to_vec(),
        &[Rule::ValidityNegative],
    ),
    fixture(
        "825 days",
        |tbs| tbs.at(&[VALIDITY, 1]).bytes = b"280404235959Z".to_vec(),
        &[Rule::ValidityTooLong],
    ),
    fixture("a subject that is a set", |tbs| tbs.at(&[5]).tag = SET, &[Rule::SubjectUndecodable]),
];
