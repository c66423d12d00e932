//! Key pairs of subscribers. The private key leaves only encrypted, through a recovery file or a PFX.

use crate::rsa_primes;
use p256::elliptic_curve::Generate;
use pkcs8::{EncodePrivateKey, EncodePublicKey, PrivateKeyInfoRef, SecretDocument};
use pki::{
    key_policy::{KeyAlgorithm, KeyRejection, PublicKey},
    signer::{SignError, SignatureAlgorithm, Signer},
};
use rand_core::CryptoRng;
use rsa::{RsaPrivateKey, pkcs1v15};
use sha2::Sha256;
use signature::{Keypair, SignatureEncoding, Signer as _, Verifier};
use std::fmt;

/// A private key and its public key.
///
/// Cannot be copied, printed or serialized; overwritten when it is dropped, as far as the module's documentation says.
pub struct KeyPair {
    private_key: PrivateKey,
    public_key: PublicKey,
}

/// The crates wipe these on drop.
enum PrivateKey {
    Rsa(pkcs1v15::SigningKey<Sha256>),
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
}

/// How far the making of a key pair is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyProgress {
    /// The first prime of an RSA key. About 32 candidates on average for a key of 2048 bits, 64 for 4096.
    SearchingFirstPrime {
        /// Numbers tested so far.
        candidates: u32,
    },
    /// The second prime of an RSA key.
    SearchingSecondPrime {
        /// Numbers tested so far.
        candidates: u32,
    },
    /// The key is made; its parts are being checked.
    Checking,
}

/// Why there is no key pair.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyPairError {
    /// The prime search could not be set up.
    #[error("the prime search could not be set up")]
    PrimeSearch,
    /// The parts do not make an RSA key.
    #[error("the parts do not make an RSA key")]
    Components {
        /// What is wrong with them.
        source: rsa::Error,
    },
    /// The key cannot be encoded.
    #[error("the key cannot be encoded")]
    Encoding {
        /// What the encoder said.
        source: pkcs8::Error,
    },
    /// The bytes are not a whole private key.
    #[error("the bytes are not a whole private key")]
    Decoding,
    /// The private key is of another kind than ours.
    #[error("the private key is of a kind that is not supported")]
    UnsupportedAlgorithm,
    /// The key policy does not accept the public key.
    #[error("the key policy does not accept the public key")]
    Policy {
        /// Why.
        source: KeyRejection,
    },
    /// What the private key signs, the public key does not verify.
    #[error("the key pair did not pass its self-test")]
    SelfTest,
}

impl From<pkcs8::Error> for KeyPairError {
    fn from(source: pkcs8::Error) -> Self {
        Self::Encoding { source }
    }
}

impl From<spki::Error> for KeyPairError {
    fn from(source: spki::Error) -> Self {
        Self::Encoding { source: source.into() }
    }
}

/// Makes a key pair, and signs and verifies with it once.
///
/// # Errors
/// When the key pair does not pass; it is then thrown away.
pub fn generate_key_pair(
    algorithm: KeyAlgorithm,
    random: &mut impl CryptoRng,
    progress: &mut dyn FnMut(KeyProgress),
) -> Result<KeyPair, KeyPairError> {
    let mut rsa = |modulus_bits| -> Result<PrivateKey, KeyPairError> {
        Ok(PrivateKey::Rsa(rsa_primes::generate(modulus_bits, random, progress)?.into()))
    };
    let private_key = match algorithm {
        KeyAlgorithm::Rsa2048 => rsa(2048)?,
        KeyAlgorithm::Rsa3072 => rsa(3072)?,
        KeyAlgorithm::Rsa4096 => rsa(4096)?,
        KeyAlgorithm::EcP256 => {
            progress(KeyProgress::Checking);
            PrivateKey::P256(p256::ecdsa::SigningKey::generate_from_rng(random))
        }
        KeyAlgorithm::EcP384 => {
            progress(KeyProgress::Checking);
            PrivateKey::P384(p384::ecdsa::SigningKey::generate_from_rng(random))
        }
    };
    KeyPair::new(private_key)
}

impl KeyPair {
    fn new(private_key: PrivateKey) -> Result<Self, KeyPairError> {
        let spki = match &private_key {
            PrivateKey::Rsa(key) => key.verifying_key().to_public_key_der()?,
            PrivateKey::P256(key) => key.verifying_key().to_public_key_der()?,
            PrivateKey::P384(key) => key.verifying_key().to_public_key_der()?,
        };
        private_key.test()?;
        let public_key =
            PublicKey::from_spki_der(spki.as_bytes()).map_err(|source| KeyPairError::Policy { source })?;
        Ok(Self { private_key, public_key })
    }

    /// The public key.
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// The private key, unencrypted: only on its way into an encryption.
    pub(crate) fn to_pkcs8_der(&self) -> Result<SecretDocument, KeyPairError> {
        Ok(match &self.private_key {
            PrivateKey::Rsa(key) => {
                let key: &RsaPrivateKey = key.as_ref();
                key.to_pkcs8_der()?
            }
            PrivateKey::P256(key) => key.to_pkcs8_der()?,
            PrivateKey::P384(key) => key.to_pkcs8_der()?,
        })
    }

    /// Reads what [`KeyPair::to_pkcs8_der`] wrote, and tests the key.
    ///
    /// The encryption around it does not tell a changed byte, so every byte must be as we would write it: then a
    /// change shows, even in a part of the key that the reader computes anew.
    pub(crate) fn from_pkcs8_der(der: &[u8]) -> Result<Self, KeyPairError> {
        let info = PrivateKeyInfoRef::try_from(der).or(Err(KeyPairError::Decoding))?;
        let private_key = PrivateKey::read(info)?;
        let key_pair = Self::new(private_key)?;
        if key_pair.to_pkcs8_der()?.as_bytes() == der { Ok(key_pair) } else { Err(KeyPairError::Decoding) }
    }
}

impl PrivateKey {
    fn read(info: PrivateKeyInfoRef<'_>) -> Result<Self, KeyPairError> {
        let curve = info.algorithm.parameters_oid().ok();
        match (info.algorithm.oid, curve) {
            (rsa::pkcs1::ALGORITHM_OID, _) => RsaPrivateKey::try_from(info).map(|key| Self::Rsa(key.into())),
            (EC_PUBLIC_KEY, Some(P_256)) => p256::ecdsa::SigningKey::try_from(info).map(Self::P256),
            (EC_PUBLIC_KEY, Some(P_384)) => p384::ecdsa::SigningKey::try_from(info).map(Self::P384),
            _ => return Err(KeyPairError::UnsupportedAlgorithm),
        }
        .or(Err(KeyPairError::Decoding))
    }

    fn sign(&self, message: &[u8]) -> signature::Result<Vec<u8>> {
        Ok(match self {
            Self::Rsa(key) => key.try_sign(message)?.to_vec(),
            Self::P256(key) => {
                let signature: p256::ecdsa::Signature = key.try_sign(message)?;
                signature.to_der().as_bytes().to_vec()
            }
            Self::P384(key) => {
                let signature: p384::ecdsa::Signature = key.try_sign(message)?;
                signature.to_der().as_bytes().to_vec()
            }
        })
    }

    /// Signs, and verifies what it signed (FIPS 140-3 IG 10.3.A calls it a pairwise consistency test).
    fn test(&self) -> Result<(), KeyPairError> {
        const MESSAGE: &[u8] = b"pairwise consistency test";
        let signature = self.sign(MESSAGE).or(Err(KeyPairError::SelfTest))?;
        let verified = match self {
            Self::Rsa(key) => pkcs1v15::Signature::try_from(signature.as_slice())
                .and_then(|signature| key.verifying_key().verify(MESSAGE, &signature)),
            Self::P256(key) => p256::ecdsa::Signature::from_der(&signature)
                .and_then(|signature| key.verifying_key().verify(MESSAGE, &signature)),
            Self::P384(key) => p384::ecdsa::Signature::from_der(&signature)
                .and_then(|signature| key.verifying_key().verify(MESSAGE, &signature)),
        };
        verified.or(Err(KeyPairError::SelfTest))
    }
}

const EC_PUBLIC_KEY: der::oid::ObjectIdentifier = const_oid::db::rfc5912::ID_EC_PUBLIC_KEY;
const P_256: der::oid::ObjectIdentifier = const_oid::db::rfc5912::SECP_256_R_1;
const P_384: der::oid::ObjectIdentifier = const_oid::db::rfc5912::SECP_384_R_1;

impl Signer for KeyPair {
    fn signature_algorithm(&self) -> SignatureAlgorithm {
        match self.private_key {
            PrivateKey::Rsa(_) => SignatureAlgorithm::RsaPkcs1Sha256,
            PrivateKey::P256(_) => SignatureAlgorithm::EcdsaSha256,
            PrivateKey::P384(_) => SignatureAlgorithm::EcdsaSha384,
        }
    }

    fn subject_public_key_info(&self) -> &[u8] {
        self.public_key.spki_der()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        self.private_key.sign(message).map_err(SignError::new)
    }
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("KeyPair")
            .field("algorithm", &self.public_key.algorithm())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use getrandom::{SysRng, rand_core::UnwrapErr};

    // A test that the compiler runs: a private key can be neither copied nor shown nor sent.
    static_assertions::assert_not_impl_any!(KeyPair: Clone, fmt::Display, serde::Serialize);

    fn generate(algorithm: KeyAlgorithm) -> KeyPair {
        generate_key_pair(algorithm, &mut UnwrapErr(SysRng), &mut |_| ()).unwrap()
    }

    #[test]
    fn every_algorithm_makes_a_key_that_the_policy_knows_by_that_name() {
        for algorithm in KeyAlgorithm::ALL {
            let key = generate(algorithm);
            assert_eq!(key.public_key().algorithm(), algorithm);
            assert_eq!(key.subject_public_key_info(), key.public_key().spki_der());
        }
    }

    #[test]
    fn an_rsa_key_has_two_different_large_primes_and_the_usual_exponent() {
        use rsa::traits::{PrivateKeyParts, PublicKeyParts};
        let key = generate(KeyAlgorithm::Rsa2048);
        let PrivateKey::Rsa(key) = &key.private_key else { panic!("not RSA") };
        let key: &RsaPrivateKey = key.as_ref();
        assert_eq!(key.n().bits(), 2048);
        assert_eq!(key.e(), &rsa::BoxedUint::from(65537_u32));
        assert!(key.primes().iter().all(|prime| prime.bits() == 1024));
        assert_ne!(key.primes()[0], key.primes()[1]);
        key.validate().unwrap();
    }

    #[test]
    fn progress_counts_candidates_of_the_first_prime_then_of_the_second_then_checks() {
        let mut seen = Vec::new();
        generate_key_pair(KeyAlgorithm::Rsa2048, &mut UnwrapErr(SysRng), &mut |progress| seen.push(progress))
            .unwrap();
        let is_first = |progress: &KeyProgress| matches!(progress, KeyProgress::SearchingFirstPrime { .. });
        let is_second = |progress: &KeyProgress| matches!(progress, KeyProgress::SearchingSecondPrime { .. });
        assert_eq!(seen.first(), Some(&KeyProgress::SearchingFirstPrime { candidates: 1 }));
        assert_eq!(seen.last(), Some(&KeyProgress::Checking));
        assert!(seen[..seen.len() - 1].is_sorted_by_key(is_second));
        assert_eq!(seen.len(), seen.iter().filter(|seen| is_first(seen) || is_second(seen)).count() + 1);
    }

    #[test]
    fn a_key_reads_back_from_its_encoding() {
        for algorithm in [KeyAlgorithm::Rsa2048, KeyAlgorithm::EcP256, KeyAlgorithm::EcP384] {
            let key = generate(algorithm);
            let read = KeyPair::from_pkcs8_der(key.to_pkcs8_der().unwrap().as_bytes()).unwrap();
            assert_eq!(read.public_key(), key.public_key());
        }
    }

    #[test]
    fn an_rsa_key_with_any_changed_byte_is_refused() {
        let der = generate(KeyAlgorithm::Rsa2048).to_pkcs8_der().unwrap();
        // Every third byte touches all numbers of the key, also those that the reader does not use.
        for index in (0..der.as_bytes().len()).step_by(3) {
            let mut changed = der.as_bytes().to_vec();
            changed[index] ^= 0x10;
            assert!(KeyPair::from_pkcs8_der(&changed).is_err(), "byte {index}");
        }
    }

    #[test]
    fn a_key_on_another_curve_is_unsupported() {
        let der = generate(KeyAlgorithm::EcP256).to_pkcs8_der().unwrap();
        let mut info = PrivateKeyInfoRef::try_from(der.as_bytes()).unwrap();
        info.algorithm.parameters = Some((&const_oid::db::rfc5912::SECP_521_R_1).into());
        let other = SecretDocument::try_from(info).unwrap();
        let refused = KeyPair::from_pkcs8_der(other.as_bytes());
        assert!(matches!(refused, Err(KeyPairError::UnsupportedAlgorithm)));
    }

    #[test]
    fn a_key_pair_shows_nothing_but_its_algorithm() {
        let shown = format!("{:?}", generate(KeyAlgorithm::EcP256));
        assert_eq!(shown, "KeyPair { algorithm: EcP256, .. }");
    }
}
