//! Which public keys are good enough for a certificate.

use der::Decode;
use der::asn1::ObjectIdentifier;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use spki::SubjectPublicKeyInfoRef;
use std::fmt;

pub use published::{KnownKeys, KnownKeysError};
pub use rejection::KeyRejection;

pub(crate) mod elliptic_curve;
mod fermat;
mod names;
mod number;
mod published;
mod rejection;
mod roca;
mod rsa;

/// The exponent that is in use everywhere, and the smallest that is accepted (S/MIME BR §6.1.6).
pub const MINIMUM_RSA_EXPONENT: u64 = 65_537;
/// No modulus may be divisible by a prime below this number (S/MIME BR §6.1.6).
pub const SMALL_FACTOR_LIMIT: u32 = 752;

/// The key algorithms and sizes that keys are made for.
///
/// S/MIME BR §6.1.5 allows all of them, but no certificate is made for the last two: linters and most mail programs
/// refuse them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyAlgorithm {
    /// RSA, 2048 bits.
    Rsa2048,
    /// RSA, 3072 bits.
    Rsa3072,
    /// RSA, 4096 bits.
    Rsa4096,
    /// NIST P-256.
    EcP256,
    /// NIST P-384.
    EcP384,
    /// NIST P-521.
    EcP521,
    /// Ed25519 (RFC 8032).
    Ed25519,
}

impl KeyAlgorithm {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 7] = [
        Self::Rsa2048,
        Self::Rsa3072,
        Self::Rsa4096,
        Self::EcP256,
        Self::EcP384,
        Self::EcP521,
        Self::Ed25519,
    ];
    /// Those that a certificate is made for: every mail program and Gmail's requirements know them.
    pub const FOR_CERTIFICATES: [Self; 5] =
        [Self::Rsa2048, Self::Rsa3072, Self::Rsa4096, Self::EcP256, Self::EcP384];

    /// Its stable id, such as `rsa-2048`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Rsa2048 => "rsa-2048",
            Self::Rsa3072 => "rsa-3072",
            Self::Rsa4096 => "rsa-4096",
            Self::EcP256 => "p-256",
            Self::EcP384 => "p-384",
            Self::EcP521 => "p-521",
            Self::Ed25519 => "ed25519",
        }
    }

    /// The algorithm with this stable id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.id() == id)
    }

    /// Whether it is RSA, at any size.
    pub fn is_rsa(self) -> bool {
        matches!(self, Self::Rsa2048 | Self::Rsa3072 | Self::Rsa4096)
    }
}

impl fmt::Display for KeyAlgorithm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Rsa2048 => "RSA 2048",
            Self::Rsa3072 => "RSA 3072",
            Self::Rsa4096 => "RSA 4096",
            Self::EcP256 => "P-256",
            Self::EcP384 => "P-384",
            Self::EcP521 => "P-521",
            Self::Ed25519 => "Ed25519",
        })
    }
}

/// A public key that the policy accepts, with exactly the bytes that were judged.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PublicKey {
    algorithm: KeyAlgorithm,
    spki_der: Vec<u8>,
    key_bits: Vec<u8>,
}

impl PublicKey {
    /// Reads and judges the DER of a `SubjectPublicKeyInfo`.
    ///
    /// # Errors
    /// When the policy does not accept the key, or its encoding is not the one that S/MIME BR §7.1.3.1 fixes.
    pub fn from_spki_der(der: &[u8]) -> Result<Self, KeyRejection> {
        let spki = SubjectPublicKeyInfoRef::from_der(der).or(Err(KeyRejection::Undecodable))?;
        let subject_public_key = spki.subject_public_key.as_bytes().ok_or(KeyRejection::Undecodable)?;
        let algorithm = match spki.algorithm.oid {
            RSA_ENCRYPTION => {
                if spki.algorithm.parameters != Some(der::AnyRef::NULL) {
                    return Err(KeyRejection::ParametersNotNull);
                }
                rsa::judge(subject_public_key)?
            }
            EC_PUBLIC_KEY => elliptic_curve::judge(spki.algorithm.parameters, subject_public_key)?,
            ED_25519 => return Err(KeyRejection::NotForMail { algorithm: KeyAlgorithm::Ed25519 }),
            other => return Err(KeyRejection::AlgorithmUnsupported { name: names::algorithm(other) }),
        };
        let key = Self { algorithm, spki_der: der.to_vec(), key_bits: subject_public_key.to_vec() };
        if published::is_listed(&key) { Err(KeyRejection::Published) } else { Ok(key) }
    }

    /// The algorithm and size.
    pub fn algorithm(&self) -> KeyAlgorithm {
        self.algorithm
    }

    /// The DER of the `SubjectPublicKeyInfo`.
    pub fn spki_der(&self) -> &[u8] {
        &self.spki_der
    }

    /// SHA-256 of [`PublicKey::spki_der`]: the name by which a key is known in this project.
    pub fn sha256(&self) -> [u8; 32] {
        Sha256::digest(&self.spki_der).into()
    }

    /// [`PublicKey::sha256`] as lower-case hex.
    pub fn sha256_hex(&self) -> String {
        spki_sha256_hex(&self.spki_der)
    }

    /// The key identifier of subjectKeyIdentifier and authorityKeyIdentifier: SHA-1 of the key's bits.
    ///
    /// RFC 5280 §4.2.1.2, method 1. It identifies, it protects nothing.
    pub fn key_identifier(&self) -> [u8; 20] {
        Sha1::digest(&self.key_bits).into()
    }

    /// The bits of the key: `RSAPublicKey`, or an uncompressed point.
    pub(crate) fn key_bits(&self) -> &[u8] {
        &self.key_bits
    }
}

/// SHA-256 of the DER of a `SubjectPublicKeyInfo`, also of one that the policy does not accept, as lower-case hex.
pub fn spki_sha256_hex(spki_der: &[u8]) -> String {
    crate::hex::encode(&Sha256::digest(spki_der))
}

const RSA_ENCRYPTION: ObjectIdentifier = const_oid::db::rfc5912::RSA_ENCRYPTION;
const EC_PUBLIC_KEY: ObjectIdentifier = const_oid::db::rfc5912::ID_EC_PUBLIC_KEY;
const ED_25519: ObjectIdentifier = const_oid::db::rfc8410::ID_ED_25519;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_algorithm_is_found_by_its_id() {
        for algorithm in KeyAlgorithm::ALL {
            assert_eq!(KeyAlgorithm::from_id(algorithm.id()), Some(algorithm));
        }
        assert_eq!(KeyAlgorithm::from_id("p-224"), None);
    }

    #[test]
    fn certificates_are_for_all_algorithms_but_those_that_mail_programs_refuse() {
        let (for_certificates, others): (Vec<_>, Vec<_>) = KeyAlgorithm::ALL
            .into_iter()
            .partition(|algorithm| KeyAlgorithm::FOR_CERTIFICATES.contains(algorithm));
        assert_eq!(for_certificates, KeyAlgorithm::FOR_CERTIFICATES);
        assert_eq!(others, [KeyAlgorithm::EcP521, KeyAlgorithm::Ed25519]);
    }
}
