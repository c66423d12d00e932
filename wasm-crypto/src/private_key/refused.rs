//! Which kind of key a private key is that is not read here, and why it is not.

use crate::key_pair::{KeyPairError, private_key_info, rsa_rejection};
use der::{
    Encode,
    asn1::{BitStringRef, ObjectIdentifier},
};
use pkcs8::PrivateKeyInfoRef;
use pki::key_policy::{KeyAlgorithm, KeyRejection, PublicKey};
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use std::fmt;

/// A private key that is whole, as far as that is known, and of a kind or a size that is not read.
///
/// Written as a noun with its reason: "an RSA key with 1024 bits, which is too weak; 2048 are the least".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefusedKey(Reason);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason {
    /// The key policy does not accept its public half.
    Policy(KeyRejection),
    /// An algorithm without a name here.
    Algorithm(ObjectIdentifier),
    /// A curve without a name here.
    Curve(ObjectIdentifier),
    /// On a curve that the file does not name.
    NoCurve,
    /// RSA with more than two primes. RFC 8017 §3.2.
    ManyPrimes,
}

impl RefusedKey {
    /// In the traditional form of OpenSSL, without a curve.
    pub(super) const WITHOUT_CURVE: Self = Self(Reason::NoCurve);
    /// In the traditional form of OpenSSL, which no standard has.
    pub(super) const DSA: Self =
        Self(Reason::Policy(KeyRejection::AlgorithmUnsupported { name: Some("a DSA key") }));

    /// Why `KeyPair::from_foreign_pkcs8_der` did not read this structure (RFC 5958 §2); None where it is damaged.
    pub(crate) fn of(error: &KeyPairError, pkcs8_der: &[u8]) -> Option<Self> {
        match error {
            KeyPairError::Policy { source } => Some(Self(Reason::Policy(*source))),
            KeyPairError::UnsupportedAlgorithm => Reason::of(&private_key_info(pkcs8_der)?).map(Self),
            _ => None,
        }
    }
}

impl Reason {
    /// What the key policy says of a public key of that kind.
    fn of(info: &PrivateKeyInfoRef<'_>) -> Option<Self> {
        let algorithm = info.algorithm;
        if algorithm.oid == rsa::pkcs1::ALGORITHM_OID {
            let rejection = rsa_rejection(info.private_key.as_bytes());
            return Some(rejection.map_or(Self::ManyPrimes, Self::Policy));
        }
        match rejection_of_kind(algorithm)? {
            KeyRejection::AlgorithmUnsupported { name: None } => Some(Self::Algorithm(algorithm.oid)),
            KeyRejection::CurveUnsupported { name: None } => algorithm.parameters_oid().ok().map(Self::Curve),
            KeyRejection::Undecodable => Some(Self::NoCurve),
            rejection => Some(Self::Policy(rejection)),
        }
    }
}

/// The policy meets the algorithm before it meets the key, which is empty here.
fn rejection_of_kind(algorithm: AlgorithmIdentifierRef<'_>) -> Option<KeyRejection> {
    let spki = SubjectPublicKeyInfoRef { algorithm, subject_public_key: BitStringRef::from_bytes(&[]).ok()? };
    PublicKey::from_spki_der(&spki.to_der().ok()?).err()
}

impl fmt::Display for RefusedKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Reason::Policy(rejection) => write_rejection(rejection, formatter),
            Reason::Algorithm(oid) => {
                write!(formatter, "a key of the algorithm {oid}, which is not supported")
            }
            Reason::Curve(oid) => write!(formatter, "a key on the curve {oid}, which is not supported"),
            Reason::NoCurve => formatter.write_str("an elliptic-curve key without the name of its curve"),
            Reason::ManyPrimes => {
                formatter.write_str("an RSA key with more than two primes, which is not supported")
            }
        }
    }
}

fn write_rejection(rejection: KeyRejection, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    match rejection {
        KeyRejection::AlgorithmUnsupported { name } => {
            write!(formatter, "{}, which is not supported", name.unwrap_or("a key of another kind"))
        }
        KeyRejection::CurveUnsupported { name } => {
            write!(formatter, "a key on {}, which is not supported", name.unwrap_or("another curve"))
        }
        KeyRejection::NotForMail { algorithm: KeyAlgorithm::Ed25519 } => {
            formatter.write_str("an Ed25519 key, which no certificate for e-mail is made for")
        }
        KeyRejection::NotForMail { algorithm } => {
            write!(formatter, "a key on {algorithm}, which no certificate for e-mail is made for")
        }
        KeyRejection::CurveParametersExplicit => formatter.write_str(
            "a key that spells out the numbers of its curve instead of naming the curve; make a copy that names it with \
             `openssl ec -in OLD -out NEW -param_enc named_curve`",
        ),
        KeyRejection::ModulusTooShort { bits } => {
            write!(formatter, "an RSA key with {bits} bits, which is too weak; 2048 are the least")
        }
        KeyRejection::ModulusTooLong { bits } => {
            write!(formatter, "an RSA key with {bits} bits; many mail programs accept no more than 4096")
        }
        KeyRejection::ModulusSizeNotBytes { bits } | KeyRejection::ModulusSizeUnusual { bits } => {
            write!(formatter, "an RSA key with {bits} bits; the sizes 2048, 3072 and 4096 are accepted")
        }
        KeyRejection::ExponentTooSmall { exponent } => {
            write!(formatter, "an RSA key with the exponent {exponent}, which is too small; 65537 is the usual one")
        }
        KeyRejection::Published => formatter.write_str(
            "a key that was published, for example in a standard or with a program: anybody can use it",
        ),
        other => write!(formatter, "a key that is not accepted: {other}"),
    }
}
