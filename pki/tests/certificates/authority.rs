//! Root and issuing CA.

use crate::keys::TestKey;
use crate::world::{NOW, World, authority_name, profile, url};
use pki::authority::{AuthorityError, Issuer, IssuingProfile, RootProfile};
use pki::certificate::{IssuerSignature, verify_issuer_signature};
use pki::key_policy::KeyAlgorithm;
use pki::profile::{SerialNumber, Validity};

fn root_profile() -> RootProfile {
    RootProfile {
        name: authority_name("Example Root"),
        serial_number: SerialNumber::from_random_bytes([1; 16]),
        validity: Validity::from_days(NOW, 100).unwrap(),
    }
}

fn issuing_profile(key: &TestKey, days: u16) -> IssuingProfile {
    IssuingProfile {
        name: authority_name("Example Issuing CA"),
        serial_number: SerialNumber::from_random_bytes([2; 16]),
        validity: Validity::from_days(NOW, days).unwrap(),
        public_key: key.public_key(),
        further_policy: None,
        crl_url: url("root.crl"),
        issuer_certificate_url: url("root.cer"),
    }
}

#[test]
fn an_issuer_is_read_back_as_it_was_made() {
    for world in [World::elliptic(), World::rsa()] {
        assert_eq!(world.root.public_key(), &world.root_key.public_key());
        assert_eq!(world.issuing.public_key(), &world.issuing_key.public_key());
        assert_ne!(world.root.name_der(), world.issuing.name_der());
        assert_eq!(world.issuing.key_identifier(), world.issuing_key.public_key().key_identifier());
        assert_eq!(world.issuing.validity(), Validity::from_days(NOW, 3_650).unwrap());
        assert!(world.issuing.certificate_pem().starts_with("-----BEGIN CERTIFICATE-----\n"));
    }
}

#[test]
fn a_ca_key_has_4096_bits_or_a_curve() {
    for (key, actual) in
        [(TestKey::rsa_2048(), KeyAlgorithm::Rsa2048), (TestKey::rsa_3072(), KeyAlgorithm::Rsa3072)]
    {
        let root = root_profile().sign(&key);
        assert!(
            matches!(root, Err(AuthorityError::KeyTooWeak { algorithm }) if algorithm == actual),
            "{root:?}"
        );
        let world = World::elliptic();
        let issuing = issuing_profile(&key, 50).sign(&world.root, &world.root_key);
        assert!(matches!(issuing, Err(AuthorityError::KeyTooWeak { .. })), "{issuing:?}");
    }
}

#[test]
fn an_issuing_ca_ends_with_its_root_at_the_latest() {
    let key = TestKey::p384(7);
    let root = Issuer::from_certificate_der(&root_profile().sign(&key).unwrap()).unwrap();
    let issuing_key = TestKey::p256(8);
    assert!(issuing_profile(&issuing_key, 100).sign(&root, &key).is_ok());
    let longer = issuing_profile(&issuing_key, 101).sign(&root, &key);
    assert!(matches!(longer, Err(AuthorityError::ValidityOutsideIssuer)), "{longer:?}");
}

#[test]
fn only_the_key_of_the_root_signs_for_the_root() {
    let world = World::elliptic();
    let stranger = issuing_profile(&TestKey::p256(8), 100).sign(&world.root, &TestKey::p384(9));
    assert!(matches!(stranger, Err(AuthorityError::SignerIsAnother)), "{stranger:?}");
}

#[test]
fn a_subscribers_certificate_is_not_an_issuer() {
    let world = World::elliptic();
    let input = crate::world::input(TestKey::p256(1).public_key());
    let linted = pki::issuance::prepare(&profile(), &input, &world.issuing, NOW).unwrap();
    let leaf = pki::issuance::issue(linted, &world.issuing, &world.issuing_key).unwrap();
    let issuer = Issuer::from_certificate_der(leaf.der());
    assert!(matches!(issuer, Err(AuthorityError::NotAnAuthority)), "{issuer:?}");
}

#[test]
fn a_certificate_names_by_its_signature_the_key_that_made_it() {
    for (key, other) in [
        (TestKey::p256(7), TestKey::p256(8)),
        (TestKey::p384(7), TestKey::rsa_2048()),
        (TestKey::rsa_4096(), TestKey::p384(8)),
    ] {
        let spki = |key: &TestKey| key.public_key().spki_der().to_vec();
        let mut root = root_profile().sign(&key).unwrap();
        assert_eq!(verify_issuer_signature(&root, &spki(&key)), IssuerSignature::Valid);
        assert_eq!(verify_issuer_signature(&root, &spki(&other)), IssuerSignature::Invalid);
        // A part of the serial number.
        root[20] ^= 1;
        assert_eq!(verify_issuer_signature(&root, &spki(&key)), IssuerSignature::Invalid);
    }
}

#[test]
fn a_signature_of_an_algorithm_that_is_not_verified_says_nothing() {
    let root = root_profile().sign(&TestKey::p256(7)).unwrap();
    let spki = TestKey::p256(7).public_key().spki_der().to_vec();
    // ecdsa-with-SHA256 as ecdsa-with-SHA224, at the second place, which is the one that is not signed.
    let sha_256 = b"\x30\x0A\x06\x08\x2A\x86\x48\xCE\x3D\x04\x03\x02";
    let place = root.windows(sha_256.len()).rposition(|window| window == sha_256).unwrap();
    let mut sha_224 = root.clone();
    sha_224[place + 11] = 1;
    let no_certificate = b"\x30\x00".as_slice();
    let no_key = b"\x30\x00".as_slice();
    for (certificate, key) in [(&*sha_224, &*spki), (no_certificate, &*spki), (&*root, no_key)] {
        assert_eq!(verify_issuer_signature(certificate, key), IssuerSignature::Unverifiable);
    }
}
