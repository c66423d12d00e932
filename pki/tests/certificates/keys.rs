//! Keys for tests: fixed, public, worth nothing.

use pki::key_policy::PublicKey;
use pki::signer::{SignError, SignatureAlgorithm, Signer};
use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::pkcs1v15::SigningKey;
use rsa::signature::{SignatureEncoding, Signer as _};
use sha2::Sha256;
use spki::EncodePublicKey;

enum Key {
    Rsa(SigningKey<Sha256>),
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
}

/// A key pair that signs.
pub(crate) struct TestKey {
    key: Key,
    spki_der: Vec<u8>,
}

impl TestKey {
    pub(crate) fn rsa_2048() -> Self {
        Self::rsa(include_bytes!("../keys/rsa-2048.der"))
    }

    pub(crate) fn rsa_3072() -> Self {
        Self::rsa(include_bytes!("../keys/rsa-3072.der"))
    }

    pub(crate) fn rsa_4096() -> Self {
        Self::rsa(include_bytes!("../keys/rsa-4096.der"))
    }

    fn rsa(pkcs1_der: &[u8]) -> Self {
        let key = rsa::RsaPrivateKey::from_pkcs1_der(pkcs1_der).unwrap();
        let spki_der = key.to_public_key().to_public_key_der().unwrap().into_vec();
        Self { key: Key::Rsa(SigningKey::new(key)), spki_der }
    }

    /// The P-256 key whose secret number repeats this byte.
    pub(crate) fn p256(byte: u8) -> Self {
        let key = p256::ecdsa::SigningKey::from_slice(&[byte; 32]).unwrap();
        let spki_der = key.verifying_key().to_public_key_der().unwrap().into_vec();
        Self { key: Key::P256(key), spki_der }
    }

    /// The P-384 key whose secret number repeats this byte.
    pub(crate) fn p384(byte: u8) -> Self {
        let key = p384::ecdsa::SigningKey::from_slice(&[byte; 48]).unwrap();
        let spki_der = key.verifying_key().to_public_key_der().unwrap().into_vec();
        Self { key: Key::P384(key), spki_der }
    }

    pub(crate) fn public_key(&self) -> PublicKey {
        PublicKey::from_spki_der(&self.spki_der).unwrap()
    }
}

impl Signer for TestKey {
    fn signature_algorithm(&self) -> SignatureAlgorithm {
        match self.key {
            Key::Rsa(_) => SignatureAlgorithm::RsaPkcs1Sha256,
            Key::P256(_) => SignatureAlgorithm::EcdsaSha256,
            Key::P384(_) => SignatureAlgorithm::EcdsaSha384,
        }
    }

    fn subject_public_key_info(&self) -> &[u8] {
        &self.spki_der
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        match &self.key {
            Key::Rsa(key) => key.try_sign(message).map(|signature| signature.to_vec()),
            Key::P256(key) => key
                .try_sign(message)
                .map(|signature: p256::ecdsa::Signature| signature.to_der().as_bytes().to_vec()),
            Key::P384(key) => key
                .try_sign(message)
                .map(|signature: p384::ecdsa::Signature| signature.to_der().as_bytes().to_vec()),
        }
        .map_err(SignError::new)
    }
}
