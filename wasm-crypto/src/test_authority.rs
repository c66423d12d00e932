//! A root, an issuing CA and certificates, for tests. Knows only `pki`, so that tests of other crates can include it.

use pki::{
    authority::{AuthorityName, Issuer, IssuingProfile, RootProfile},
    country::CountryCode,
    issuance::{CertificateInput, issue, prepare},
    key_policy::PublicKey,
    mailbox::Mailbox,
    organization_identifier::OrganizationIdentifier,
    profile::{HttpUrl, Profile, SerialNumber, Validity},
    signer::Signer,
    subject::{CommonName, Subject, SubjectFields},
};

/// 2026-11-01.
const NOW: u64 = 1_793_491_200;
pub(crate) const MAILBOX: &str = "anna.nowak@example.com";

/// A certificate and those above it, DER.
pub(crate) struct Chain {
    pub(crate) leaf_der: Vec<u8>,
    /// Issuing CA first, root last.
    pub(crate) chain_der: Vec<Vec<u8>>,
}

pub(crate) fn certify(subscriber: &PublicKey, root_key: &dyn Signer, issuing_key: &dyn Signer) -> Chain {
    certify_with_serial_number([3; SerialNumber::BYTES], subscriber, root_key, issuing_key)
}

/// Two certificates of one authority under the same number are one to many programs.
pub(crate) fn certify_with_serial_number(
    serial_number: [u8; SerialNumber::BYTES],
    subscriber: &PublicKey,
    root_key: &dyn Signer,
    issuing_key: &dyn Signer,
) -> Chain {
    let root_der = RootProfile {
        name: authority_name("Test Root"),
        serial_number: SerialNumber::from_random_bytes([1; 16]),
        validity: Validity::from_days(NOW, 3650).unwrap(),
    }
    .sign(root_key)
    .unwrap();
    let root = Issuer::from_certificate_der(&root_der).unwrap();
    let issuing_der = IssuingProfile {
        name: authority_name("Test Issuing CA"),
        serial_number: SerialNumber::from_random_bytes([2; 16]),
        validity: Validity::from_days(NOW, 1825).unwrap(),
        public_key: PublicKey::from_spki_der(issuing_key.subject_public_key_info()).unwrap(),
        further_policy: None,
        crl_url: HttpUrl::parse("http://pki.example.com/root.crl").unwrap(),
        issuer_certificate_url: HttpUrl::parse("http://pki.example.com/root.cer").unwrap(),
    }
    .sign(&root, root_key)
    .unwrap();
    let issuer = Issuer::from_certificate_der(&issuing_der).unwrap();
    let profile = Profile::organization_strict(
        HttpUrl::parse("http://pki.example.com/issuing.crl").unwrap(),
        HttpUrl::parse("http://pki.example.com/issuing.cer").unwrap(),
    );
    let input = CertificateInput {
        serial_number: SerialNumber::from_random_bytes(serial_number),
        validity: Validity::from_days(NOW, 365).unwrap(),
        subject: subject(),
        public_key: subscriber.clone(),
    };
    let linted = prepare(&profile, &input, &issuer, NOW).unwrap();
    let leaf = issue(linted, &issuer, issuing_key).unwrap();
    Chain { leaf_der: leaf.der().to_vec(), chain_der: vec![issuing_der, root_der] }
}

fn authority_name(common_name: &str) -> AuthorityName {
    AuthorityName {
        country: CountryCode::parse("PL").unwrap(),
        organization: "Example Trust".into(),
        common_name: common_name.into(),
    }
}

fn subject() -> Subject {
    Subject::new(SubjectFields {
        organization: "Zażółć Sp. z o.o.".into(),
        organization_identifier: OrganizationIdentifier::parse("NTRPL-0000123456").unwrap(),
        common_name: CommonName::Mailbox,
        country: Some(CountryCode::parse("PL").unwrap()),
        state_or_province: None,
        locality: None,
        mailbox: Mailbox::parse(MAILBOX).unwrap(),
    })
    .unwrap()
}
