//! Verification of signatures over requests and certificates.

use crate::key_policy::{KeyAlgorithm, PublicKey, elliptic_curve};
use der::asn1::ObjectIdentifier;
use der::{AnyRef, Decode};
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use rsa::Pkcs1v15Sign;
use rsa::pkcs1::{DecodeRsaPublicKey, RsaPublicKeyRef};
use sha2::{Digest, Sha256, Sha384, Sha512};
use spki::AlgorithmIdentifierRef;

/// A signature algorithm that can be verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct VerificationAlgorithm {
    scheme: Scheme,
    hash: Hash,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scheme {
    RsaPkcs1,
    Ecdsa,
}

/// What a message is hashed with before it is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl Hash {
    /// Such as `SHA-256`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        }
    }
}

/// Why a signature algorithm is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AlgorithmRejection {
    /// Its digest is broken: MD2, MD5, SHA-1 (S/MIME BR §7.1.3.2).
    Weak(&'static str),
    /// Sound perhaps, but not known here.
    Unsupported(Option<&'static str>),
    /// Known, with parameters that it must not have.
    Parameters,
}

impl VerificationAlgorithm {
    /// Reads an algorithm identifier. RSA has the parameters NULL or none, ECDSA none (RFC 4055 §5, RFC 5758 §3.2).
    pub(crate) fn from_identifier(
        identifier: &AlgorithmIdentifierRef<'_>,
    ) -> Result<Self, AlgorithmRejection> {
        let (_, algorithm) = ACCEPTED
            .iter()
            .find(|(oid, _)| *oid == identifier.oid)
            .ok_or_else(|| rejection_of(identifier.oid))?;
        let parameters_fit = match (algorithm.scheme, identifier.parameters) {
            (Scheme::RsaPkcs1, Some(parameters)) => parameters == AnyRef::NULL,
            (_, parameters) => parameters.is_none(),
        };
        if parameters_fit { Ok(*algorithm) } else { Err(AlgorithmRejection::Parameters) }
    }

    /// Such as `SHA-256 with RSA`.
    pub(crate) fn name(self) -> &'static str {
        match (self.scheme, self.hash) {
            (Scheme::RsaPkcs1, Hash::Sha256) => "SHA-256 with RSA",
            (Scheme::RsaPkcs1, Hash::Sha384) => "SHA-384 with RSA",
            (Scheme::RsaPkcs1, Hash::Sha512) => "SHA-512 with RSA",
            (Scheme::Ecdsa, Hash::Sha256) => "ECDSA with SHA-256",
            (Scheme::Ecdsa, Hash::Sha384) => "ECDSA with SHA-384",
            (Scheme::Ecdsa, Hash::Sha512) => "ECDSA with SHA-512",
        }
    }

    /// What the message is hashed with.
    pub(crate) fn hash(self) -> Hash {
        self.hash
    }

    /// Whether a key of this algorithm can make such signatures.
    pub(crate) fn fits(self, key: KeyAlgorithm) -> bool {
        match self.scheme {
            Scheme::RsaPkcs1 => key.is_rsa(),
            Scheme::Ecdsa => matches!(key, KeyAlgorithm::EcP256 | KeyAlgorithm::EcP384),
        }
    }

    /// Whether the signature over the message is the key's.
    pub(crate) fn verifies(self, key: &PublicKey, message: &[u8], signature: &[u8]) -> bool {
        if !self.fits(key.algorithm()) {
            return false;
        }
        let digest = self.digest(message);
        match key.algorithm() {
            KeyAlgorithm::EcP256 => verifies_p256(key, &digest, signature),
            KeyAlgorithm::EcP384 => verifies_p384(key, &digest, signature),
            KeyAlgorithm::Rsa2048 | KeyAlgorithm::Rsa3072 | KeyAlgorithm::Rsa4096 => {
                self.verifies_rsa(key, &digest, signature)
            }
            KeyAlgorithm::EcP521 | KeyAlgorithm::Ed25519 => false,
        }
    }

    /// The signature as the numbers in it, each of its full length: of RSA one below the modulus (RFC 8017 §8.2.2), of ECDSA
    /// r and s, from strict DER. None when it is anything else, which never verifies.
    pub(crate) fn fixed_length(self, key: &PublicKey, signature: &[u8]) -> Option<Vec<u8>> {
        if !self.fits(key.algorithm()) {
            return None;
        }
        match key.algorithm() {
            KeyAlgorithm::EcP256 => {
                Some(p256::ecdsa::Signature::from_der(signature).ok()?.to_bytes().to_vec())
            }
            KeyAlgorithm::EcP384 => {
                Some(p384::ecdsa::Signature::from_der(signature).ok()?.to_bytes().to_vec())
            }
            KeyAlgorithm::Rsa2048 | KeyAlgorithm::Rsa3072 | KeyAlgorithm::Rsa4096 => {
                let modulus = RsaPublicKeyRef::from_der(key.key_bits()).ok()?.modulus;
                let is_below = signature.len() == modulus.as_bytes().len() && signature < modulus.as_bytes();
                is_below.then(|| signature.to_vec())
            }
            KeyAlgorithm::EcP521 | KeyAlgorithm::Ed25519 => None,
        }
    }

    fn digest(self, message: &[u8]) -> Vec<u8> {
        match self.hash {
            Hash::Sha256 => Sha256::digest(message).to_vec(),
            Hash::Sha384 => Sha384::digest(message).to_vec(),
            Hash::Sha512 => Sha512::digest(message).to_vec(),
        }
    }

    fn verifies_rsa(self, key: &PublicKey, digest: &[u8], signature: &[u8]) -> bool {
        let padding = match self.hash {
            Hash::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
            Hash::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
            Hash::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
        };
        rsa::RsaPublicKey::from_pkcs1_der(key.key_bits())
            .is_ok_and(|key| key.verify(padding, digest, signature).is_ok())
    }
}

fn verifies_p256(key: &PublicKey, digest: &[u8], signature: &[u8]) -> bool {
    let Some(key) = elliptic_curve::public_key(key.key_bits()) else { return false };
    p256::ecdsa::Signature::from_der(signature).is_ok_and(|signature| {
        p256::ecdsa::VerifyingKey::from(key).verify_prehash(digest, &signature).is_ok()
    })
}

fn verifies_p384(key: &PublicKey, digest: &[u8], signature: &[u8]) -> bool {
    let Some(key) = elliptic_curve::public_key(key.key_bits()) else { return false };
    p384::ecdsa::Signature::from_der(signature).is_ok_and(|signature| {
        p384::ecdsa::VerifyingKey::from(key).verify_prehash(digest, &signature).is_ok()
    })
}

/// RFC 4055 §5, RFC 5758 §3.2.
const ACCEPTED: [(ObjectIdentifier, VerificationAlgorithm); 6] = [
    accepted("1.2.840.113549.1.1.11", Scheme::RsaPkcs1, Hash::Sha256),
    accepted("1.2.840.113549.1.1.12", Scheme::RsaPkcs1, Hash::Sha384),
    accepted("1.2.840.113549.1.1.13", Scheme::RsaPkcs1, Hash::Sha512),
    accepted("1.2.840.10045.4.3.2", Scheme::Ecdsa, Hash::Sha256),
    accepted("1.2.840.10045.4.3.3", Scheme::Ecdsa, Hash::Sha384),
    accepted("1.2.840.10045.4.3.4", Scheme::Ecdsa, Hash::Sha512),
];

const fn accepted(oid: &str, scheme: Scheme, hash: Hash) -> (ObjectIdentifier, VerificationAlgorithm) {
    (ObjectIdentifier::new_unwrap(oid), VerificationAlgorithm { scheme, hash })
}

/// RFC 3279 §2.2, RFC 5758 §3.1, RFC 8410 §3.
const REJECTED: &[(ObjectIdentifier, AlgorithmRejection)] = &[
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.2"), AlgorithmRejection::Weak("MD2")),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.3"), AlgorithmRejection::Weak("MD4")),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.4"), AlgorithmRejection::Weak("MD5")),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.5"), AlgorithmRejection::Weak("SHA-1")),
    (ObjectIdentifier::new_unwrap("1.3.14.3.2.29"), AlgorithmRejection::Weak("SHA-1")),
    (ObjectIdentifier::new_unwrap("1.2.840.10045.4.1"), AlgorithmRejection::Weak("SHA-1")),
    (ObjectIdentifier::new_unwrap("1.2.840.10040.4.3"), AlgorithmRejection::Weak("SHA-1")),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.14"), AlgorithmRejection::Unsupported(Some("SHA-224"))),
    (ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.1"), AlgorithmRejection::Unsupported(Some("SHA-224"))),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10"), AlgorithmRejection::Unsupported(Some("RSA-PSS"))),
    (ObjectIdentifier::new_unwrap("1.3.101.112"), AlgorithmRejection::Unsupported(Some("Ed25519"))),
    (ObjectIdentifier::new_unwrap("1.3.101.113"), AlgorithmRejection::Unsupported(Some("Ed448"))),
];

fn rejection_of(oid: ObjectIdentifier) -> AlgorithmRejection {
    REJECTED
        .iter()
        .find(|(known, _)| *known == oid)
        .map_or(AlgorithmRejection::Unsupported(None), |(_, rejection)| *rejection)
}
