//! A private key that was in a PFX. Of many keys in one file not all are tested before one of them is used.

use super::{OpenPfxError, Part};
use crate::{key_pair::KeyPair, pbkdf2::Secret, private_key::RefusedKey};
use der::{AnyRef, Decode, Encode, Reader, SliceReader, Tag, Tagged, asn1::BitStringRef};
use pkcs8::PrivateKeyInfoRef;
use pki::key_policy::{KeyAlgorithm, spki_sha256_hex};
use rsa::pkcs1::RsaPrivateKeyRef;
use spki::SubjectPublicKeyInfoRef;
use std::fmt;

const EC_PUBLIC_KEY: der::oid::ObjectIdentifier = const_oid::db::rfc5912::ID_EC_PUBLIC_KEY;

/// Curves that certificates are made for.
const CURVES: [(der::oid::ObjectIdentifier, KeyAlgorithm); 2] = [
    (const_oid::db::rfc5912::SECP_256_R_1, KeyAlgorithm::EcP256),
    (const_oid::db::rfc5912::SECP_384_R_1, KeyAlgorithm::EcP384),
];

/// A private key of a file: tested, or read as far as its public key.
pub struct ListedKey {
    held: Held,
    algorithm: KeyAlgorithm,
    spki_der: Vec<u8>,
}

enum Held {
    Tested(Box<KeyPair>),
    /// PKCS #8.
    Untested(Secret),
}

impl ListedKey {
    /// Reads PKCS #8 and tests the key.
    pub(super) fn tested(pkcs8: &[u8]) -> Result<Self, OpenPfxError> {
        tested(pkcs8).map(Self::from)
    }

    /// Reads PKCS #8 as far as the public key that stands in it, which no test has confirmed. Where none stands in it, it is
    /// computed, and the key tested.
    pub(super) fn untested(pkcs8: &Secret) -> Result<Self, OpenPfxError> {
        match public_key(pkcs8) {
            Some((algorithm, spki_der)) => {
                Ok(Self { held: Held::Untested(pkcs8.clone()), algorithm, spki_der })
            }
            None => Self::tested(pkcs8),
        }
    }

    /// The algorithm and size.
    pub fn algorithm(&self) -> KeyAlgorithm {
        self.algorithm
    }

    /// The public key: the DER of a `SubjectPublicKeyInfo`.
    pub fn spki_der(&self) -> &[u8] {
        &self.spki_der
    }

    /// SHA-256 of [`Self::spki_der`], lower-case hex.
    pub fn spki_sha256_hex(&self) -> String {
        spki_sha256_hex(&self.spki_der)
    }

    /// Whether the key made a signature that its public key verifies.
    pub fn is_tested(&self) -> bool {
        matches!(self.held, Held::Tested(_))
    }

    /// The key, tested now where it was not.
    ///
    /// # Errors
    /// When it does not pass.
    pub fn into_key_pair(self) -> Result<KeyPair, OpenPfxError> {
        let key = match self.held {
            Held::Tested(key) => return Ok(*key),
            Held::Untested(pkcs8) => tested(&pkcs8)?,
        };
        let is_the_one = key.spki_der() == self.spki_der;
        if is_the_one { Ok(key) } else { Err(OpenPfxError::Damaged { part: Part::Key }) }
    }
}

impl From<KeyPair> for ListedKey {
    fn from(key: KeyPair) -> Self {
        let (algorithm, spki_der) = (key.algorithm(), key.spki_der().to_vec());
        Self { held: Held::Tested(Box::new(key)), algorithm, spki_der }
    }
}

impl fmt::Debug for ListedKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ListedKey").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

/// Of one that cannot be used: which kind it is and why, where it is not damaged.
fn tested(pkcs8: &[u8]) -> Result<KeyPair, OpenPfxError> {
    KeyPair::from_foreign_pkcs8_der(pkcs8).map_err(|error| {
        let refused = RefusedKey::of(&error, pkcs8);
        refused.map_or(OpenPfxError::Damaged { part: Part::Key }, OpenPfxError::UnsupportedKey)
    })
}

/// The algorithm and the `SubjectPublicKeyInfo` of PKCS #8, from what stands in it; None where that does not say it, or where it
/// is of a kind that is seldom or refused.
fn public_key(pkcs8: &[u8]) -> Option<(KeyAlgorithm, Vec<u8>)> {
    let (info, _) = PrivateKeyInfoRef::from_der_partial(pkcs8).ok()?;
    let private_key = info.private_key.as_bytes();
    let (algorithm, identifier, key_bits) = if info.algorithm.oid == rsa::pkcs1::ALGORITHM_OID {
        let (numbers, _) = RsaPrivateKeyRef::from_der_partial(private_key).ok()?;
        (rsa_algorithm(&numbers)?, rsa::pkcs1::ALGORITHM_ID, numbers.public_key().to_der().ok()?)
    } else {
        let curve = info.algorithm.parameters_oid().ok().filter(|_| info.algorithm.oid == EC_PUBLIC_KEY)?;
        let (_, algorithm) = CURVES.iter().find(|(oid, _)| curve == *oid)?;
        (*algorithm, info.algorithm, point(private_key)?)
    };
    let subject_public_key = BitStringRef::from_bytes(&key_bits).ok()?;
    let spki = SubjectPublicKeyInfoRef { algorithm: identifier, subject_public_key };
    Some((algorithm, spki.to_der().ok()?))
}

fn rsa_algorithm(numbers: &RsaPrivateKeyRef<'_>) -> Option<KeyAlgorithm> {
    let modulus = numbers.modulus.as_bytes();
    let is_whole = modulus.first().is_some_and(|byte| byte.leading_zeros() == 0);
    match modulus.len().checked_mul(8).filter(|_| is_whole)? {
        2048 => Some(KeyAlgorithm::Rsa2048),
        3072 => Some(KeyAlgorithm::Rsa3072),
        4096 => Some(KeyAlgorithm::Rsa4096),
        _ => None,
    }
}

/// The public key that stands beside the private one, uncompressed. RFC 5915 §3, SEC 1 §2.3.3.
fn point(ec_private_key: &[u8]) -> Option<Vec<u8>> {
    const UNCOMPRESSED: u8 = 4;
    let outer = AnyRef::from_der_partial(ec_private_key).ok()?.0;
    let mut reader = SliceReader::new(outer.value()).ok()?;
    let is_public_key =
        |any: &AnyRef<'_>| matches!(any.tag(), Tag::ContextSpecific { number, .. } if number.0 == 1);
    let mut parts = std::iter::from_fn(|| reader.decode::<AnyRef<'_>>().ok());
    let explicit = parts.find(is_public_key)?;
    let bits = BitStringRef::from_der(explicit.value()).ok()?;
    let point = bits.as_bytes().filter(|point| point.first() == Some(&UNCOMPRESSED))?;
    Some(point.to_vec())
}
