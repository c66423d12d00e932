//! Which public keys are good enough for a certificate.

use der::Decode;
use der::asn1::{ObjectIdentifier, UintRef};
use rsa::pkcs1::RsaPublicKeyRef;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use spki::SubjectPublicKeyInfoRef;
use std::fmt;

mod names;

/// The exponent that is in use everywhere, and the smallest that is accepted (S/MIME BR §6.1.6).
pub const MINIMUM_RSA_EXPONENT: u64 = 65_537;
/// No modulus may be divisible by a prime below this number (S/MIME BR §6.1.6).
pub const SMALL_FACTOR_LIMIT: u32 = 752;
/// Longest RSA exponent. Our choice: Windows reads no more than 32 bits.
const MAXIMUM_RSA_EXPONENT_BYTES: usize = 4;
/// First byte of a point with both coordinates (SEC 1 §2.3.3).
const UNCOMPRESSED_POINT: u8 = 4;

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
    /// EdDSA on Curve25519 (RFC 8032).
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
                judge_rsa(subject_public_key)?
            }
            EC_PUBLIC_KEY => judge_ec(spki.algorithm.parameters, subject_public_key)?,
            ED_25519 => return Err(KeyRejection::NotForMail { algorithm: KeyAlgorithm::Ed25519 }),
            other => return Err(KeyRejection::AlgorithmUnsupported { name: names::algorithm(other) }),
        };
        Ok(Self { algorithm, spki_der: der.to_vec(), key_bits: subject_public_key.to_vec() })
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
const P_256: ObjectIdentifier = const_oid::db::rfc5912::SECP_256_R_1;
const P_384: ObjectIdentifier = const_oid::db::rfc5912::SECP_384_R_1;
const P_521: ObjectIdentifier = const_oid::db::rfc5912::SECP_521_R_1;
const ED_25519: ObjectIdentifier = const_oid::db::rfc8410::ID_ED_25519;

/// Why the policy does not accept a public key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyRejection {
    /// The structure is damaged.
    #[error("The public key inside cannot be read.")]
    Undecodable,
    /// An RSA key whose algorithm identifier has other parameters than NULL.
    #[error("The public key inside is not encoded as the standard says.")]
    ParametersNotNull,
    /// Not RSA and not an elliptic curve.
    #[error("The key is {}; certificates can be made for RSA and elliptic-curve keys only.", .name.unwrap_or("of an unknown kind"))]
    AlgorithmUnsupported {
        /// What it is, when known.
        name: Option<&'static str>,
    },
    /// A curve other than P-256 and P-384.
    #[error("The key uses {}; only P-256 and P-384 are accepted.", .name.unwrap_or("an unknown curve"))]
    CurveUnsupported {
        /// Which, when known.
        name: Option<&'static str>,
    },
    /// A good key that S/MIME BR §6.1.5 allows, and that linters and mail programs refuse all the same.
    #[error(
        "The key is {algorithm}: the rules for mail certificates allow it, but certificate checkers and most mail programs refuse it."
    )]
    NotForMail {
        /// P-521 or Ed25519.
        algorithm: KeyAlgorithm,
    },
    /// Curve parameters written out instead of the curve's name: a way to smuggle in a weak curve (CVE-2020-0601).
    #[error("The key spells out the numbers of its curve instead of naming the curve.")]
    CurveParametersExplicit,
    /// Fewer than 2048 bits.
    #[error("The RSA key has {bits} bits, which is too weak; 2048 are the least.")]
    ModulusTooShort {
        /// How many.
        bits: usize,
    },
    /// More than 4096 bits.
    #[error("The RSA key has {bits} bits; many mail programs accept no more than 4096.")]
    ModulusTooLong {
        /// How many.
        bits: usize,
    },
    /// Between 2048 and 4096 bits, but none of the three usual sizes.
    #[error("The RSA key has {bits} bits; the sizes 2048, 3072 and 4096 are accepted.")]
    ModulusSizeUnusual {
        /// How many.
        bits: usize,
    },
    /// Divisible by a prime below [`SMALL_FACTOR_LIMIT`]: not a product of two large primes.
    #[error("The RSA key is broken: its modulus is divisible by {factor}.")]
    ModulusSmallFactor {
        /// By which.
        factor: u32,
    },
    /// An even exponent does not work at all.
    #[error("The RSA key is broken: its exponent is an even number.")]
    ExponentEven,
    /// Less than [`MINIMUM_RSA_EXPONENT`].
    #[error("The exponent of the RSA key is {exponent}, which is too small; 65537 is the usual one.")]
    ExponentTooSmall {
        /// Which.
        exponent: u64,
    },
    /// More than 32 bits.
    #[error("The exponent of the RSA key is larger than mail programs accept; 65537 is the usual one.")]
    ExponentTooLarge,
    /// A point with one coordinate only.
    #[error("The elliptic-curve key is written in compressed form, which many mail programs cannot read.")]
    PointCompressed,
    /// A point that is not on its curve, or at infinity.
    #[error("The elliptic-curve key is broken: its point is not on the curve.")]
    PointNotOnCurve,
}

/// S/MIME BR §6.1.5, §6.1.6.
fn judge_rsa(subject_public_key: &[u8]) -> Result<KeyAlgorithm, KeyRejection> {
    let key = RsaPublicKeyRef::from_der(subject_public_key).or(Err(KeyRejection::Undecodable))?;
    let bits = bit_length(&key.modulus);
    let algorithm = match bits {
        0..2048 => return Err(KeyRejection::ModulusTooShort { bits }),
        2048 => KeyAlgorithm::Rsa2048,
        3072 => KeyAlgorithm::Rsa3072,
        4096 => KeyAlgorithm::Rsa4096,
        4097.. => return Err(KeyRejection::ModulusTooLong { bits }),
        _ => return Err(KeyRejection::ModulusSizeUnusual { bits }),
    };
    judge_exponent(key.public_exponent.as_bytes())?;
    match small_factor(key.modulus.as_bytes()) {
        Some(factor) => Err(KeyRejection::ModulusSmallFactor { factor }),
        None => Ok(algorithm),
    }
}

fn bit_length(number: &UintRef<'_>) -> usize {
    let bytes = number.as_bytes();
    let leading_zeros = bytes.first().map_or(0, |byte| byte.leading_zeros());
    bytes.len().saturating_mul(8).saturating_sub(usize::try_from(leading_zeros).unwrap_or_default())
}

fn judge_exponent(bytes: &[u8]) -> Result<(), KeyRejection> {
    if bytes.last().is_none_or(|byte| byte & 1 == 0) {
        return Err(KeyRejection::ExponentEven);
    }
    if bytes.len() > MAXIMUM_RSA_EXPONENT_BYTES {
        return Err(KeyRejection::ExponentTooLarge);
    }
    let exponent = bytes.iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
    if exponent < MINIMUM_RSA_EXPONENT {
        return Err(KeyRejection::ExponentTooSmall { exponent });
    }
    Ok(())
}

/// The smallest divisor below [`SMALL_FACTOR_LIMIT`], which is always a prime.
fn small_factor(modulus: &[u8]) -> Option<u32> {
    let remainder_by = |divisor: u32| {
        modulus
            .iter()
            .try_fold(0_u32, |remainder, byte| (remainder << 8 | u32::from(*byte)).checked_rem(divisor))
    };
    (2..SMALL_FACTOR_LIMIT).find(|divisor| remainder_by(*divisor) == Some(0))
}

/// A named curve and a point with both coordinates on it (RFC 5480 §2).
fn judge_ec(parameters: Option<der::AnyRef<'_>>, point: &[u8]) -> Result<KeyAlgorithm, KeyRejection> {
    let parameters = parameters.ok_or(KeyRejection::Undecodable)?;
    if der::Tagged::tag(&parameters) == der::Tag::Sequence {
        return Err(KeyRejection::CurveParametersExplicit);
    }
    let curve = parameters.decode_as::<ObjectIdentifier>().or(Err(KeyRejection::Undecodable))?;
    let algorithm = match curve {
        P_256 => KeyAlgorithm::EcP256,
        P_384 => KeyAlgorithm::EcP384,
        P_521 => return Err(KeyRejection::NotForMail { algorithm: KeyAlgorithm::EcP521 }),
        other => return Err(KeyRejection::CurveUnsupported { name: names::curve(other) }),
    };
    if matches!(point.first(), Some(2 | 3)) {
        return Err(KeyRejection::PointCompressed);
    }
    let on_curve = point.first() == Some(&UNCOMPRESSED_POINT)
        && match algorithm {
            KeyAlgorithm::EcP384 => p384::PublicKey::from_sec1_bytes(point).is_ok(),
            _ => p256::PublicKey::from_sec1_bytes(point).is_ok(),
        };
    if on_curve { Ok(algorithm) } else { Err(KeyRejection::PointNotOnCurve) }
}

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

    #[test]
    fn an_exponent_is_odd_and_between_65537_and_32_bits() {
        assert_eq!(judge_exponent(&[1, 0, 1]), Ok(()));
        assert_eq!(judge_exponent(&[0xff, 0xff, 0xff, 0xff]), Ok(()));
        assert_eq!(judge_exponent(&[1, 0, 0, 0, 1]), Err(KeyRejection::ExponentTooLarge));
        assert_eq!(judge_exponent(&[1, 0, 0]), Err(KeyRejection::ExponentEven));
        assert_eq!(judge_exponent(&[]), Err(KeyRejection::ExponentEven));
        assert_eq!(judge_exponent(&[3]), Err(KeyRejection::ExponentTooSmall { exponent: 3 }));
        assert_eq!(judge_exponent(&[0xff, 0xff]), Err(KeyRejection::ExponentTooSmall { exponent: 65_535 }));
    }

    #[test]
    fn a_small_factor_is_found_up_to_the_limit() {
        assert_eq!(small_factor(&[6]), Some(2));
        // 751 × 757, then 757 × 761: the first prime past the limit.
        assert_eq!(small_factor(&568_507_u32.to_be_bytes()), Some(751));
        assert_eq!(small_factor(&576_077_u32.to_be_bytes()), None);
    }

    #[test]
    fn bits_are_counted_without_leading_zeros() {
        assert_eq!(bit_length(&UintRef::new(&[0x80; 256]).unwrap()), 2048);
        assert_eq!(bit_length(&UintRef::new(&[0x7f; 256]).unwrap()), 2047);
        assert_eq!(bit_length(&UintRef::new(&[0]).unwrap()), 0);
    }
}
