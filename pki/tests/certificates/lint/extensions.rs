//! Certificates whose extensions are wrong.

use super::{Fixture, fixture};
use crate::tree::Node;
use pki::lint::Rule;

const BOOLEAN: u8 = 0x01;
const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const OID: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
const DNS_NAME: u8 = 0x82;
const RFC822_NAME: u8 = 0x81;

const AUTHORITY_KEY_IDENTIFIER: usize = 0;
const SUBJECT_KEY_IDENTIFIER: usize = 1;
const KEY_USAGE: usize = 2;
const EXTENDED_KEY_USAGE: usize = 3;
const POLICIES: usize = 4;
const ALT_NAME: usize = 5;
const CRL_DISTRIBUTION_POINTS: usize = 6;
const INFORMATION_ACCESS: usize = 7;

fn list(tbs: &mut Node) -> &mut Vec<Node> {
    &mut tbs.at(&[7, 0]).children
}

/// Bends what stands inside the OCTET STRING of an extension.
fn bend(tbs: &mut Node, extension: usize, bend: impl FnOnce(&mut Node)) {
    let octets = list(tbs)[extension].children.last_mut().unwrap();
    let mut value = Node::read(&octets.bytes);
    bend(&mut value);
    octets.bytes = value.to_der();
}

fn add(tbs: &mut Node, oid: &[u8], value: &[u8]) {
    let extension = vec![Node::new(OID, oid), Node::new(OCTET_STRING, value)];
    list(tbs).push(Node::parent(SEQUENCE, extension));
}

fn make_critical(tbs: &mut Node, extension: usize) {
    list(tbs)[extension].children.insert(1, Node::new(BOOLEAN, &[0xff]));
}

/// The URL of the CRL distribution point.
fn crl_url(value: &mut Node) -> &mut Node {
    value.at(&[0, 0, 0, 0])
}

pub(super) const FIXTURES: [Fixture; 37] = [
    fixture(
        "no authorityKeyIdentifier",
        |tbs| drop(list(tbs).remove(AUTHORITY_KEY_IDENTIFIER)),
        &[Rule::ExtensionMissing],
    ),
    fixture("no keyUsage", |tbs| drop(list(tbs).remove(KEY_USAGE)), &[Rule::ExtensionMissing]),
    fixture(
        "no subjectAltName",
        |tbs| drop(list(tbs).remove(ALT_NAME)),
        &[Rule::ExtensionMissing, Rule::SubjectAddressNotInAltName],
    ),
    fixture(
        "no CRL distribution point",
        |tbs| drop(list(tbs).remove(CRL_DISTRIBUTION_POINTS)),
        &[Rule::ExtensionMissing],
    ),
    fixture(
        "an extension twice",
        |tbs| {
            let again = list(tbs)[POLICIES].clone();
            list(tbs).push(again);
        },
        &[Rule::ExtensionRepeated],
    ),
    fixture(
        "subjectDirectoryAttributes",
        |tbs| add(tbs, b"\x55\x1d\x09", b"\x30\x00"),
        &[Rule::ExtensionProhibited],
    ),
    fixture("nameConstraints", |tbs| add(tbs, b"\x55\x1d\x1e", b"\x30\x00"), &[Rule::ExtensionProhibited]),
    fixture(
        "a keyUsage that is not critical",
        |tbs| drop(list(tbs)[KEY_USAGE].children.remove(1)),
        &[Rule::ExtensionCritical],
    ),
    fixture("a critical subjectAltName", |tbs| make_critical(tbs, ALT_NAME), &[Rule::ExtensionCritical]),
    fixture(
        "a FALSE that DER does not write",
        |tbs| {
            make_critical(tbs, ALT_NAME);
            list(tbs)[ALT_NAME].children[1].bytes = vec![0];
        },
        &[Rule::Undecodable],
    ),
    fixture(
        "an extension of no bytes",
        |tbs| list(tbs)[POLICIES].children[1].bytes.clear(),
        &[Rule::ExtensionUndecodable],
    ),
    fixture(
        "an extension with bytes after its value",
        |tbs| list(tbs)[POLICIES].children[1].bytes.extend([5, 0]),
        &[Rule::ExtensionUndecodable],
    ),
    fixture(
        "the key identifier of another issuer",
        |tbs| bend(tbs, AUTHORITY_KEY_IDENTIFIER, |value| value.at(&[0]).bytes[0] ^= 1),
        &[Rule::AuthorityKeyIdentifier],
    ),
    fixture(
        "an authorityKeyIdentifier with a serial number",
        |tbs| {
            bend(tbs, AUTHORITY_KEY_IDENTIFIER, |value| value.children.push(Node::new(0x82, &[1])));
        },
        &[Rule::AuthorityKeyIdentifierForm],
    ),
    fixture(
        "the identifier of another key",
        |tbs| bend(tbs, SUBJECT_KEY_IDENTIFIER, |value| value.bytes[0] ^= 1),
        &[Rule::SubjectKeyIdentifier],
    ),
    fixture(
        "keyCertSign",
        |tbs| bend(tbs, KEY_USAGE, |value| value.bytes = vec![2, 0b1000_1100]),
        &[Rule::KeyUsage],
    ),
    fixture(
        "key encipherment with an elliptic-curve key",
        |tbs| bend(tbs, KEY_USAGE, |value| value.bytes = vec![5, 0b1010_0000]),
        &[Rule::KeyUsage],
    ),
    fixture(
        "clientAuth besides emailProtection",
        |tbs| {
            bend(tbs, EXTENDED_KEY_USAGE, |value| {
                value.children.push(Node::new(OID, b"\x2b\x06\x01\x05\x05\x07\x03\x02"));
            });
        },
        &[Rule::ExtendedKeyUsage],
    ),
    fixture(
        "no purpose",
        |tbs| bend(tbs, EXTENDED_KEY_USAGE, |value| value.children.clear()),
        &[Rule::ExtendedKeyUsage],
    ),
    fixture(
        "the policy of the multipurpose generation",
        |tbs| bend(tbs, POLICIES, |value| *value.at(&[0, 0]).bytes.last_mut().unwrap() = 2),
        &[Rule::Policy],
    ),
    fixture(
        "two policies",
        |tbs| {
            bend(tbs, POLICIES, |value| {
                let again = value.children[0].clone();
                value.children.push(again);
            });
        },
        &[Rule::Policy],
    ),
    fixture(
        "a policy qualifier",
        |tbs| bend(tbs, POLICIES, |value| value.at(&[0]).children.push(Node::parent(SEQUENCE, vec![]))),
        &[Rule::PolicyQualifier],
    ),
    fixture(
        "a dNSName",
        |tbs| bend(tbs, ALT_NAME, |value| value.children.push(Node::new(DNS_NAME, b"example.com"))),
        &[Rule::AltNameType],
    ),
    fixture(
        "an address that is none",
        |tbs| bend(tbs, ALT_NAME, |value| value.children.push(Node::new(RFC822_NAME, b"anna"))),
        &[Rule::AltNameAddress],
    ),
    fixture(
        "a domain in capital letters",
        |tbs| bend(tbs, ALT_NAME, |value| value.children.push(Node::new(RFC822_NAME, b"a@EXAMPLE.com"))),
        &[Rule::AltNameAddress],
    ),
    fixture(
        "an address that is not ASCII",
        |tbs| {
            bend(tbs, ALT_NAME, |value| {
                value.children.push(Node::new(RFC822_NAME, "ó@example.com".as_bytes()));
            });
        },
        &[Rule::ExtensionUndecodable, Rule::SubjectAddressNotInAltName],
    ),
    fixture(
        "the address twice",
        |tbs| {
            bend(tbs, ALT_NAME, |value| {
                let again = value.children[0].clone();
                value.children.push(again);
            });
        },
        &[Rule::AltNameRepeated],
    ),
    fixture(
        "a subjectAltName without name",
        |tbs| bend(tbs, ALT_NAME, |value| value.children.clear()),
        &[Rule::AltNameWithoutAddress, Rule::SubjectAddressNotInAltName],
    ),
    fixture(
        "a CRL over https",
        |tbs| {
            bend(tbs, CRL_DISTRIBUTION_POINTS, |value| {
                crl_url(value).bytes = b"https://pki.example.com/a.crl".to_vec();
            });
        },
        &[Rule::CrlDistributionPoint],
    ),
    fixture(
        "a CRL in a local network",
        |tbs| {
            bend(tbs, CRL_DISTRIBUTION_POINTS, |value| {
                crl_url(value).bytes = b"http://localhost/a.crl".to_vec();
            });
        },
        &[Rule::CrlDistributionPoint],
    ),
    fixture(
        "a CRL for some reasons only",
        |tbs| {
            bend(tbs, CRL_DISTRIBUTION_POINTS, |value| {
                value.at(&[0]).children.push(Node::new(0x81, &[6, 0x40]));
            });
        },
        &[Rule::CrlDistributionPoint],
    ),
    fixture(
        "no distribution point in the extension",
        |tbs| bend(tbs, CRL_DISTRIBUTION_POINTS, |value| value.children.clear()),
        &[Rule::CrlDistributionPoint],
    ),
    fixture(
        "the issuer's certificate over ldap",
        |tbs| {
            bend(tbs, INFORMATION_ACCESS, |value| {
                value.at(&[0, 1]).bytes = b"ldap://pki.example.com/a".to_vec();
            });
        },
        &[Rule::AuthorityInfoAccess],
    ),
    fixture(
        "OCSP instead of the issuer's certificate",
        |tbs| {
            bend(tbs, INFORMATION_ACCESS, |value| *value.at(&[0, 0]).bytes.last_mut().unwrap() = 1);
        },
        &[Rule::AuthorityInfoAccess],
    ),
    fixture(
        "basicConstraints of a CA",
        |tbs| add(tbs, b"\x55\x1d\x13", b"\x30\x03\x01\x01\xff"),
        &[Rule::BasicConstraints],
    ),
    fixture(
        "basicConstraints with a path length",
        |tbs| {
            let value = Node::parent(SEQUENCE, vec![Node::new(INTEGER, &[0])]).to_der();
            add(tbs, b"\x55\x1d\x13", &value);
        },
        &[Rule::BasicConstraints],
    ),
    fixture("basicConstraints of no CA", |tbs| add(tbs, b"\x55\x1d\x13", b"\x30\x00"), &[]),
];
