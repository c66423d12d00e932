//! Requests that were built here.

use crate::keys::TestKey;
use pki::key_policy::KeyRejection;
use pki::mailbox::Mailbox;
use pki::request::{BuildError, Defect, Warning, build, examine};
use pki::signer::{SignError, SignatureAlgorithm, Signer};

fn mailbox() -> Mailbox {
    Mailbox::parse("Anna.Nowak@example.com").unwrap()
}

#[test]
fn a_request_for_each_key_algorithm_is_judged_correct() {
    for key in
        [TestKey::rsa_2048(), TestKey::rsa_3072(), TestKey::rsa_4096(), TestKey::p256(1), TestKey::p384(1)]
    {
        let der = build(&mailbox(), &key).unwrap();
        let request = examine(&der).unwrap();
        assert_eq!(request.public_key(), &key.public_key());
        assert_eq!(request.warnings(), [Warning::ExtensionsIgnored]);
        let address = b"Anna.Nowak@example.com";
        assert!(der.windows(address.len()).any(|window| window == address));
    }
}

/// A key that says one thing and does another.
struct Liar {
    key: TestKey,
    spki_der: Vec<u8>,
    algorithm: SignatureAlgorithm,
}

impl Signer for Liar {
    fn signature_algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    fn subject_public_key_info(&self) -> &[u8] {
        &self.spki_der
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        self.key.sign(message)
    }
}

fn refusal(liar: &Liar) -> Defect {
    match build(&mailbox(), liar) {
        Err(BuildError::Unacceptable(defect)) => defect,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_request_that_would_be_refused_is_not_built() {
    let p256 = || SignatureAlgorithm::EcdsaSha256;
    let other = TestKey::p256(2).subject_public_key_info().to_vec();
    assert_eq!(
        refusal(&Liar { key: TestKey::p256(1), spki_der: other, algorithm: p256() }),
        Defect::SignatureInvalid
    );
    let rsa = TestKey::rsa_2048().subject_public_key_info().to_vec();
    assert_eq!(
        refusal(&Liar { key: TestKey::p256(1), spki_der: rsa.clone(), algorithm: p256() }),
        Defect::SignatureMismatch
    );
    let mut even = rsa;
    *even.last_mut().unwrap() = 0;
    assert_eq!(
        refusal(&Liar {
            key: TestKey::rsa_2048(),
            spki_der: even,
            algorithm: SignatureAlgorithm::RsaPkcs1Sha256
        }),
        Defect::Key(KeyRejection::ExponentEven)
    );
}
