//! Root and issuing CA.

use crate::keys::TestKey;
use crate::world::{NOW, World, authority_name, profile, url};
use pki::authority::{AuthorityError, Issuer, IssuingProfile, RootProfile};
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
