//! Prepare, lint, issue.

use crate::keys::TestKey;
use crate::world::{NOW, World, input, profile, subject_fields};
use pki::authority::AuthorityError;
use pki::certificate::Certificate;
use pki::issuance::{CertificateInput, IssueError, LintedCertificate, PrepareError, issue, prepare};
use pki::key_policy::KeyAlgorithm;
use pki::profile::Validity;
use pki::signer::{SignError, SignatureAlgorithm, Signer};
use pki::subject::{CommonName, Subject, SubjectFields};

#[test]
fn every_key_algorithm_is_certified_by_either_kind_of_ca() {
    for world in [World::elliptic(), World::rsa()] {
        for key in [TestKey::rsa_2048(), TestKey::rsa_3072(), TestKey::p256(1), TestKey::p384(1)] {
            let linted = prepare(&profile(), &input(key.public_key()), &world.issuing, NOW).unwrap();
            let certificate = issue(linted, &world.issuing, &world.issuing_key).unwrap();
            assert_eq!(certificate.public_key(), &key.public_key());
        }
    }
}

#[test]
fn a_certificate_tells_what_is_in_it() {
    let world = World::elliptic();
    let linted = prepare(&profile(), &input(TestKey::p256(1).public_key()), &world.issuing, NOW).unwrap();
    let certificate = issue(linted, &world.issuing, &world.issuing_key).unwrap();
    assert_eq!(certificate.serial_number_hex(), "43030303030303030303030303030303");
    assert_eq!(certificate.issuer_text(), "C=PL, O=Example Trust, CN=Example Issuing CA");
    assert_eq!(
        certificate.subject_text(),
        "C=PL, ST=Zachodniopomorskie, L=Szczecin, O=Przykładowa Spółka z o.o., \
         organizationIdentifier=NTRPL-0000123456, CN=Przykładowa Spółka z o.o., emailAddress=Anna.Nowak@example.com"
    );
    let expected = Subject::new(subject_fields()).unwrap().attributes();
    let expected: Vec<(String, String)> =
        expected.into_iter().map(|(label, value)| (label.to_owned(), value)).collect();
    assert_eq!(certificate.subject_attributes(), expected);
    assert_eq!((certificate.not_before(), certificate.not_after()), (NOW, NOW + 365 * 86_400 - 1));
    assert_eq!(certificate.key_algorithm(), KeyAlgorithm::EcP256);
    assert_eq!(certificate.fingerprint_sha256().len(), 64);
    assert_eq!(Certificate::from_der(certificate.der()).unwrap(), certificate);
}

#[test]
fn optional_fields_may_be_left_out_and_the_common_name_may_be_the_address() {
    let world = World::elliptic();
    let fields = SubjectFields {
        common_name: CommonName::Mailbox,
        country: None,
        state_or_province: None,
        locality: None,
        ..subject_fields()
    };
    let input =
        CertificateInput { subject: Subject::new(fields).unwrap(), ..input(TestKey::p384(1).public_key()) };
    assert!(prepare(&profile(), &input, &world.issuing, NOW).is_ok());
}

#[test]
fn the_profile_allows_824_days_and_no_more() {
    let world = World::elliptic();
    let with = |days| CertificateInput {
        validity: Validity::from_days(NOW, days).unwrap(),
        ..input(TestKey::p256(1).public_key())
    };
    assert!(prepare(&profile(), &with(824), &world.issuing, NOW).is_ok());
    let longer = prepare(&profile(), &with(825), &world.issuing, NOW);
    assert!(matches!(longer, Err(PrepareError::ValidityTooLong { maximum_days: 824 })), "{longer:?}");
}

#[test]
fn stored_bytes_are_linted_again_and_give_the_same_certificate() {
    let world = World::rsa();
    let linted = prepare(&profile(), &input(TestKey::p256(1).public_key()), &world.issuing, NOW).unwrap();
    let stored = linted.tbs_der().to_vec();
    let first = issue(linted, &world.issuing, &world.issuing_key).unwrap();
    let again = LintedCertificate::from_stored(&stored, &world.issuing, NOW).unwrap();
    assert_eq!(issue(again, &world.issuing, &world.issuing_key).unwrap(), first);

    let mut changed = stored;
    changed.pop();
    let refused = LintedCertificate::from_stored(&changed, &world.issuing, NOW);
    assert!(matches!(refused, Err(PrepareError::Lint { .. })), "{refused:?}");
}

/// A CA key that gives a signature over something else, or a damaged one.
struct Faulty<'a> {
    key: &'a TestKey,
    damage: fn(&mut Vec<u8>),
}

impl Signer for Faulty<'_> {
    fn signature_algorithm(&self) -> SignatureAlgorithm {
        self.key.signature_algorithm()
    }

    fn subject_public_key_info(&self) -> &[u8] {
        self.key.subject_public_key_info()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let mut signature = self.key.sign(message)?;
        (self.damage)(&mut signature);
        Ok(signature)
    }
}

#[test]
fn a_wrong_signature_never_leaves_as_a_certificate() {
    for world in [World::elliptic(), World::rsa()] {
        let damages: [fn(&mut Vec<u8>); 3] = [
            |signature| *signature.last_mut().unwrap() ^= 1,
            |signature| signature.clear(),
            |signature| signature.push(0),
        ];
        for damage in damages {
            let linted =
                prepare(&profile(), &input(TestKey::p256(1).public_key()), &world.issuing, NOW).unwrap();
            let issued = issue(linted, &world.issuing, &Faulty { key: &world.issuing_key, damage });
            assert!(
                matches!(issued, Err(IssueError::Authority(AuthorityError::SignatureWrong))),
                "{issued:?}"
            );
        }
    }
}

#[test]
fn another_ca_does_not_sign() {
    let world = World::elliptic();
    let linted = prepare(&profile(), &input(TestKey::p256(1).public_key()), &world.issuing, NOW).unwrap();
    let issued = issue(linted, &world.issuing, &TestKey::p256(9));
    assert!(matches!(issued, Err(IssueError::Authority(AuthorityError::SignerIsAnother))), "{issued:?}");
}

#[test]
fn a_ca_does_not_certify_its_own_key_for_a_subscriber() {
    let world = World::elliptic();
    let refused = prepare(&profile(), &input(world.issuing_key.public_key()), &world.issuing, NOW);
    assert!(matches!(refused, Err(PrepareError::Lint { findings }) if findings[0].code() == "key-of-issuer"));
}
