//! A root, an issuing CA and a subject to test with.

use crate::keys::TestKey;
use pki::authority::{AuthorityName, Issuer, IssuingProfile, RootProfile};
use pki::country::CountryCode;
use pki::issuance::CertificateInput;
use pki::key_policy::PublicKey;
use pki::mailbox::Mailbox;
use pki::organization_identifier::OrganizationIdentifier;
use pki::profile::{HttpUrl, Profile, SerialNumber, Validity};
use pki::subject::{CommonName, Subject, SubjectFields};

/// 2026-01-01 00:00:00 UTC.
pub(crate) const NOW: u64 = 1_767_225_600;

pub(crate) fn url(path: &str) -> HttpUrl {
    HttpUrl::parse(&format!("http://pki.example.com/{path}")).unwrap()
}

pub(crate) fn authority_name(common_name: &str) -> AuthorityName {
    AuthorityName {
        country: CountryCode::parse("PL").unwrap(),
        organization: "Example Trust".into(),
        common_name: common_name.into(),
    }
}

/// A root and an issuing CA with their keys.
pub(crate) struct World {
    pub(crate) root: Issuer,
    pub(crate) issuing: Issuer,
    pub(crate) issuing_key: TestKey,
    pub(crate) root_key: TestKey,
}

impl World {
    /// P-384 root, P-256 issuing CA.
    pub(crate) fn elliptic() -> Self {
        Self::new(TestKey::p384(7), TestKey::p256(8))
    }

    /// RSA 4096 root, RSA 4096 issuing CA: the same key here, because only its size matters.
    pub(crate) fn rsa() -> Self {
        Self::new(TestKey::rsa_4096(), TestKey::rsa_4096())
    }

    pub(crate) fn new(root_key: TestKey, issuing_key: TestKey) -> Self {
        let root = RootProfile {
            name: authority_name("Example Root"),
            serial_number: SerialNumber::from_random_bytes([1; 16]),
            validity: Validity::from_days(NOW, 7_300).unwrap(),
        };
        let root = Issuer::from_certificate_der(&root.sign(&root_key).unwrap()).unwrap();
        let issuing = IssuingProfile {
            name: authority_name("Example Issuing CA"),
            serial_number: SerialNumber::from_random_bytes([2; 16]),
            validity: Validity::from_days(NOW, 3_650).unwrap(),
            public_key: issuing_key.public_key(),
            further_policy: None,
            crl_url: url("root.crl"),
            issuer_certificate_url: url("root.cer"),
        };
        let issuing = Issuer::from_certificate_der(&issuing.sign(&root, &root_key).unwrap()).unwrap();
        Self { root, issuing, issuing_key, root_key }
    }
}

pub(crate) fn profile() -> Profile {
    Profile::organization_strict(url("issuing.crl"), url("issuing.cer"))
}

pub(crate) fn subject_fields() -> SubjectFields {
    SubjectFields {
        organization: "Przykładowa Spółka z o.o.".into(),
        organization_identifier: OrganizationIdentifier::parse("NTRPL-0000123456").unwrap(),
        common_name: CommonName::Organization,
        country: CountryCode::parse("PL").ok(),
        state_or_province: Some("Zachodniopomorskie".into()),
        locality: Some("Szczecin".into()),
        mailbox: Mailbox::parse("Anna.Nowak@example.com").unwrap(),
    }
}

pub(crate) fn input(public_key: PublicKey) -> CertificateInput {
    CertificateInput {
        serial_number: SerialNumber::from_random_bytes([3; 16]),
        validity: Validity::from_days(NOW, 365).unwrap(),
        subject: Subject::new(subject_fields()).unwrap(),
        public_key,
    }
}
