//! Object identifiers as the lint knows them, written out so that a wrong constant elsewhere shows.

use der::asn1::ObjectIdentifier;

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

pub(super) const COMMON_NAME: ObjectIdentifier = oid("2.5.4.3");
pub(super) const COUNTRY: ObjectIdentifier = oid("2.5.4.6");
pub(super) const LOCALITY: ObjectIdentifier = oid("2.5.4.7");
pub(super) const STATE_OR_PROVINCE: ObjectIdentifier = oid("2.5.4.8");
pub(super) const ORGANIZATION: ObjectIdentifier = oid("2.5.4.10");
pub(super) const ORGANIZATION_IDENTIFIER: ObjectIdentifier = oid("2.5.4.97");
pub(super) const EMAIL_ADDRESS: ObjectIdentifier = oid("1.2.840.113549.1.9.1");

pub(super) const SUBJECT_KEY_IDENTIFIER: ObjectIdentifier = oid("2.5.29.14");
pub(super) const KEY_USAGE: ObjectIdentifier = oid("2.5.29.15");
pub(super) const SUBJECT_ALT_NAME: ObjectIdentifier = oid("2.5.29.17");
pub(super) const BASIC_CONSTRAINTS: ObjectIdentifier = oid("2.5.29.19");
pub(super) const CRL_DISTRIBUTION_POINTS: ObjectIdentifier = oid("2.5.29.31");
pub(super) const CERTIFICATE_POLICIES: ObjectIdentifier = oid("2.5.29.32");
pub(super) const AUTHORITY_KEY_IDENTIFIER: ObjectIdentifier = oid("2.5.29.35");
pub(super) const EXTENDED_KEY_USAGE: ObjectIdentifier = oid("2.5.29.37");
pub(super) const AUTHORITY_INFO_ACCESS: ObjectIdentifier = oid("1.3.6.1.5.5.7.1.1");

pub(super) const EMAIL_PROTECTION: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.4");
pub(super) const CA_ISSUERS: ObjectIdentifier = oid("1.3.6.1.5.5.7.48.2");
pub(super) const ORGANIZATION_STRICT: ObjectIdentifier = oid("2.23.140.1.5.2.3");
