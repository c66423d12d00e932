//! Rules on the fields outside subject and extensions.

use super::Report;
use super::element::{Element, GENERALIZED_TIME, UTC_TIME};
use super::rule::Rule;
use super::tbs::Certificate;
use crate::authority::Issuer;
use crate::key_policy::{KeyAlgorithm, PublicKey};
use der::Decode;
use der::asn1::{GeneralizedTime, UtcTime};

/// `[0]` of version 3: INTEGER 2.
const VERSION_3: [u8; 3] = [0x02, 0x01, 0x02];
/// Most octets of a serial number (RFC 5280 §4.1.2.2).
const SERIAL_NUMBER_MAXIMUM_BYTES: usize = 20;
/// Least octets: 64 random bits (S/MIME BR §7.1).
const SERIAL_NUMBER_MINIMUM_BYTES: usize = 8;
/// 824 days, both ends included: one day less than S/MIME BR §6.3.2 allows.
const MAXIMUM_VALIDITY_SECONDS: u64 = 824 * 86_400;
/// How far `notBefore` may be from the moment of issuance. Our choice: what TLS BR §7.1.2.7 allows.
const MAXIMUM_SHIFT_SECONDS: u64 = 48 * 3_600;
/// The first second of 2050, when `UTCTime` ends (RFC 5280 §4.1.2.5).
const YEAR_2050: u64 = 2_524_608_000;

/// The exact encodings of S/MIME BR §7.1.3.2.
const RSA_WITH_SHA_256: &[u8] = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00";
const ECDSA_WITH_SHA_256: &[u8] = b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02";
const ECDSA_WITH_SHA_384: &[u8] = b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03";
/// What no certificate has: of a CA key that the key policy does not accept, nothing is right.
const NO_SIGNATURE: &[u8] = &[];

pub(super) fn check(certificate: &Certificate<'_>, issuer: &Issuer, at: u64, report: &mut Report) {
    report.add_unless(certificate.version == Some(&VERSION_3), Rule::Version);
    check_serial_number(certificate.serial_number, report);
    let signature = match issuer.public_key().algorithm() {
        KeyAlgorithm::EcP256 => ECDSA_WITH_SHA_256,
        KeyAlgorithm::EcP384 => ECDSA_WITH_SHA_384,
        KeyAlgorithm::Rsa2048 | KeyAlgorithm::Rsa3072 | KeyAlgorithm::Rsa4096 => RSA_WITH_SHA_256,
        KeyAlgorithm::EcP521 | KeyAlgorithm::Ed25519 => NO_SIGNATURE,
    };
    report.add_unless(certificate.signature.der == signature, Rule::SignatureAlgorithm);
    report.add_unless(certificate.issuer.der == issuer.name_der(), Rule::IssuerName);
    report.add_unless(!certificate.has_unique_id, Rule::UniqueId);
    check_key(certificate.subject_public_key_info.der, issuer, report);
    check_validity(certificate, issuer, at, report);
}

fn check_serial_number(content: &[u8], report: &mut Report) {
    let positive =
        content.first().is_some_and(|byte| byte & 0x80 == 0) && content.iter().any(|byte| *byte != 0);
    report.add_unless(positive, Rule::SerialNumberNotPositive);
    report.add_unless(content.len() <= SERIAL_NUMBER_MAXIMUM_BYTES, Rule::SerialNumberTooLong);
    report.add_unless(content.len() >= SERIAL_NUMBER_MINIMUM_BYTES, Rule::SerialNumberTooShort);
}

fn check_key(spki_der: &[u8], issuer: &Issuer, report: &mut Report) {
    report.add_unless(PublicKey::from_spki_der(spki_der).is_ok(), Rule::Key);
    report.add_unless(spki_der != issuer.public_key().spki_der(), Rule::KeyOfIssuer);
}

fn check_validity(certificate: &Certificate<'_>, issuer: &Issuer, at: u64, report: &mut Report) {
    let times = (read_time(&certificate.not_before), read_time(&certificate.not_after));
    let (Some(not_before), Some(not_after)) = times else {
        report.add(Rule::TimeEncoding);
        return;
    };
    let Some(seconds) = not_after.checked_sub(not_before) else {
        report.add(Rule::ValidityNegative);
        return;
    };
    report.add_unless(seconds < MAXIMUM_VALIDITY_SECONDS, Rule::ValidityTooLong);
    let inside = issuer.validity().not_before() <= not_before && not_after <= issuer.validity().not_after();
    report.add_unless(inside, Rule::ValidityOutsideIssuer);
    report.add_unless(not_before.abs_diff(at) <= MAXIMUM_SHIFT_SECONDS, Rule::NotBeforeShifted);
    report.add_unless(at <= not_after, Rule::AlreadyExpired);
}

/// Unix time of a `UTCTime` until 2049 and of a `GeneralizedTime` after; nothing for any other form.
fn read_time(element: &Element<'_>) -> Option<u64> {
    let seconds = match element.identifier {
        UTC_TIME => UtcTime::from_der(element.der).ok()?.to_unix_duration().as_secs(),
        GENERALIZED_TIME => GeneralizedTime::from_der(element.der).ok()?.to_unix_duration().as_secs(),
        _ => return None,
    };
    ((element.identifier == GENERALIZED_TIME) == (seconds >= YEAR_2050)).then_some(seconds)
}
