//! A private key of any of our algorithms: making, encoding, signing. The crates wipe it on drop.

use super::{KeyPairError, elliptic_curve::secret_key, structure::rsa_numbers};
use der::{Encode, asn1::BitStringRef};
use p256::elliptic_curve::Generate;
use pkcs8::{EncodePrivateKey, EncodePublicKey, PrivateKeyInfoRef, SecretDocument};
use pki::{
    key_policy::{KeyAlgorithm, KeyRejection, PublicKey},
    signer::SignatureAlgorithm,
};
use rand_core::CryptoRng;
use rsa::{RsaPrivateKey, pkcs1v15, traits::PublicKeyParts};
use sha2::Sha256;
use signature::{Keypair, SignatureEncoding, Signer, Verifier};
use spki::SubjectPublicKeyInfoRef;

pub(super) enum PrivateKey {
    Rsa(pkcs1v15::SigningKey<Sha256>),
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    #[cfg(feature = "more-keys")]
    P521(p521::ecdsa::SigningKey),
    #[cfg(feature = "more-keys")]
    Ed25519(ed25519_dalek::SigningKey),
}

/// What a key pair signs to be tested.
pub(super) const TEST_MESSAGE: &[u8] = b"pairwise consistency test";

const EC_PUBLIC_KEY: der::oid::ObjectIdentifier = const_oid::db::rfc5912::ID_EC_PUBLIC_KEY;
const P_256: der::oid::ObjectIdentifier = const_oid::db::rfc5912::SECP_256_R_1;
const P_384: der::oid::ObjectIdentifier = const_oid::db::rfc5912::SECP_384_R_1;
#[cfg(feature = "more-keys")]
const P_521: der::oid::ObjectIdentifier = const_oid::db::rfc5912::SECP_521_R_1;
#[cfg(feature = "more-keys")]
const ED_25519: der::oid::ObjectIdentifier = const_oid::db::rfc8410::ID_ED_25519;

/// Why the key policy does not accept the public half of an `RSAPrivateKey`. RFC 8017 §A.1.2.
pub(crate) fn rsa_rejection(der: &[u8]) -> Option<KeyRejection> {
    let key_bits = rsa_numbers(der)?.of_two_primes.public_key().to_der().ok()?;
    let subject_public_key = BitStringRef::from_bytes(&key_bits).ok()?;
    let spki = SubjectPublicKeyInfoRef { algorithm: rsa::pkcs1::ALGORITHM_ID, subject_public_key };
    PublicKey::from_spki_der(&spki.to_der().ok()?).err()
}

impl PrivateKey {
    /// A random key on a curve. FIPS 186-5 §A.2.2; RFC 8032 §5.1.5.
    pub(super) fn generate_on_curve(
        algorithm: KeyAlgorithm,
        random: &mut impl CryptoRng,
    ) -> Result<Self, KeyPairError> {
        Ok(match algorithm {
            KeyAlgorithm::EcP256 => Self::P256(p256::ecdsa::SigningKey::generate_from_rng(random)),
            KeyAlgorithm::EcP384 => Self::P384(p384::ecdsa::SigningKey::generate_from_rng(random)),
            #[cfg(feature = "more-keys")]
            KeyAlgorithm::EcP521 => Self::P521(p521::ecdsa::SigningKey::generate_from_rng(random)),
            #[cfg(feature = "more-keys")]
            KeyAlgorithm::Ed25519 => Self::Ed25519(ed25519_dalek::SigningKey::generate(random)),
            _ => return Err(KeyPairError::UnsupportedAlgorithm),
        })
    }

    /// Reads the structure inside a PKCS #8 file (RFC 5958 §2).
    pub(super) fn from_pkcs8(info: &PrivateKeyInfoRef<'_>) -> Result<Self, KeyPairError> {
        let curve = info.algorithm.parameters_oid().ok();
        let private_key = info.private_key.as_bytes();
        match (info.algorithm.oid, curve) {
            (rsa::pkcs1::ALGORITHM_OID, _) => return Self::from_pkcs1(private_key),
            (EC_PUBLIC_KEY, Some(P_256)) => secret_key(private_key).map(|key| Self::P256(key.into())),
            (EC_PUBLIC_KEY, Some(P_384)) => secret_key(private_key).map(|key| Self::P384(key.into())),
            #[cfg(feature = "more-keys")]
            (EC_PUBLIC_KEY, Some(P_521)) => secret_key(private_key).map(|key| Self::P521(key.into())),
            #[cfg(feature = "more-keys")]
            (ED_25519, None) => ed25519_dalek::SigningKey::try_from(info.clone()).ok().map(Self::Ed25519),
            _ => return Err(KeyPairError::UnsupportedAlgorithm),
        }
        .ok_or(KeyPairError::Decoding)
    }

    /// Reads `RSAPrivateKey`. RFC 8017 §A.1.2.
    fn from_pkcs1(der: &[u8]) -> Result<Self, KeyPairError> {
        let numbers = rsa_numbers(der).ok_or(KeyPairError::Decoding)?;
        if numbers.has_more_primes {
            return Err(KeyPairError::UnsupportedAlgorithm);
        }
        let key = RsaPrivateKey::try_from(numbers.of_two_primes).map(|key| Self::Rsa(key.into()));
        // The crate has limits of its own, and does not say which was met.
        key.map_err(|_error| match rsa_rejection(der) {
            Some(source) => KeyPairError::Policy { source },
            None => KeyPairError::Decoding,
        })
    }

    /// The algorithm and size.
    pub(super) fn algorithm(&self) -> Result<KeyAlgorithm, KeyPairError> {
        Ok(match self {
            Self::Rsa(key) => {
                let key: &RsaPrivateKey = key.as_ref();
                match key.n().bits() {
                    2048 => KeyAlgorithm::Rsa2048,
                    3072 => KeyAlgorithm::Rsa3072,
                    4096 => KeyAlgorithm::Rsa4096,
                    _ => return Err(KeyPairError::UnsupportedAlgorithm),
                }
            }
            Self::P256(_) => KeyAlgorithm::EcP256,
            Self::P384(_) => KeyAlgorithm::EcP384,
            #[cfg(feature = "more-keys")]
            Self::P521(_) => KeyAlgorithm::EcP521,
            #[cfg(feature = "more-keys")]
            Self::Ed25519(_) => KeyAlgorithm::Ed25519,
        })
    }

    /// With which algorithm [`PrivateKey::sign`] signs.
    pub(super) fn signature_algorithm(&self) -> SignatureAlgorithm {
        match self {
            Self::Rsa(_) => SignatureAlgorithm::RsaPkcs1Sha256,
            Self::P256(_) => SignatureAlgorithm::EcdsaSha256,
            Self::P384(_) => SignatureAlgorithm::EcdsaSha384,
            #[cfg(feature = "more-keys")]
            Self::P521(_) => SignatureAlgorithm::EcdsaSha512,
            #[cfg(feature = "more-keys")]
            Self::Ed25519(_) => SignatureAlgorithm::Ed25519,
        }
    }

    /// Unencrypted, DER.
    pub(super) fn to_pkcs8_der(&self) -> Result<SecretDocument, KeyPairError> {
        Ok(match self {
            Self::Rsa(key) => {
                let key: &RsaPrivateKey = key.as_ref();
                key.to_pkcs8_der()?
            }
            Self::P256(key) => key.to_pkcs8_der()?,
            Self::P384(key) => key.to_pkcs8_der()?,
            #[cfg(feature = "more-keys")]
            Self::P521(key) => key.to_pkcs8_der()?,
            #[cfg(feature = "more-keys")]
            Self::Ed25519(key) => key.to_pkcs8_der()?,
        })
    }

    /// The public key, DER.
    pub(super) fn to_spki_der(&self) -> Result<Vec<u8>, KeyPairError> {
        let spki = match self {
            Self::Rsa(key) => key.verifying_key().to_public_key_der()?,
            Self::P256(key) => key.verifying_key().to_public_key_der()?,
            Self::P384(key) => key.verifying_key().to_public_key_der()?,
            #[cfg(feature = "more-keys")]
            Self::P521(key) => key.verifying_key().to_public_key_der()?,
            #[cfg(feature = "more-keys")]
            Self::Ed25519(key) => key.verifying_key().to_public_key_der()?,
        };
        Ok(spki.into_vec())
    }

    /// Signs a message. ECDSA: the DER of `Ecdsa-Sig-Value`.
    pub(super) fn sign(&self, message: &[u8]) -> signature::Result<Vec<u8>> {
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
            #[cfg(feature = "more-keys")]
            Self::P521(key) => {
                let signature: p521::ecdsa::Signature = key.try_sign(message)?;
                signature.to_der().as_bytes().to_vec()
            }
            #[cfg(feature = "more-keys")]
            Self::Ed25519(key) => key.try_sign(message)?.to_vec(),
        })
    }

    /// Verifies, with the public key, what [`PrivateKey::sign`] gave.
    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> signature::Result<()> {
        match self {
            Self::Rsa(key) => key.verifying_key().verify(message, &pkcs1v15::Signature::try_from(signature)?),
            Self::P256(key) => {
                key.verifying_key().verify(message, &p256::ecdsa::Signature::from_der(signature)?)
            }
            Self::P384(key) => {
                key.verifying_key().verify(message, &p384::ecdsa::Signature::from_der(signature)?)
            }
            #[cfg(feature = "more-keys")]
            Self::P521(key) => {
                key.verifying_key().verify(message, &p521::ecdsa::Signature::from_der(signature)?)
            }
            #[cfg(feature = "more-keys")]
            Self::Ed25519(key) => {
                key.verifying_key().verify(message, &ed25519_dalek::Signature::from_slice(signature)?)
            }
        }
    }

    /// Verifies that signature of [`TEST_MESSAGE`]; without one, signs it first (FIPS 140-3 IG 10.3.A calls it a pairwise
    /// consistency test).
    ///
    /// Whoever computed the signature, nobody can without all parts of the private key being right.
    pub(super) fn test(&self, signature: Option<Vec<u8>>) -> Result<(), KeyPairError> {
        let signature = match signature {
            Some(signature) => signature,
            None => self.sign(TEST_MESSAGE).or(Err(KeyPairError::SelfTest))?,
        };
        self.verify(TEST_MESSAGE, &signature).or(Err(KeyPairError::SelfTest))
    }
}
