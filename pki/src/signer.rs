//! What signs: a key in the browser, a CA key in a file or in an HSM. Only the capability is seen here, never the key.

use der::asn1::{Any, ObjectIdentifier};
use spki::AlgorithmIdentifierOwned;

/// The signature algorithms that this project makes: those of S/MIME BR §7.1.3.2 that its keys need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RsaPkcs1Sha256,
    /// ECDSA with SHA-256, for P-256.
    EcdsaSha256,
    /// ECDSA with SHA-384, for P-384.
    EcdsaSha384,
    /// ECDSA with SHA-512, for P-521.
    EcdsaSha512,
    /// Ed25519, without a digest of its own choice.
    Ed25519,
}

impl SignatureAlgorithm {
    /// The algorithm identifier, with the parameters that the standard fixes: NULL for RSA, none for the others.
    ///
    /// S/MIME BR §7.1.3.2, RFC 4055 §5, RFC 5758 §3.2, RFC 8410 §3.
    pub fn identifier(self) -> AlgorithmIdentifierOwned {
        let (oid, parameters) = match self {
            Self::RsaPkcs1Sha256 => (SHA_256_WITH_RSA, Some(Any::null())),
            Self::EcdsaSha256 => (ECDSA_WITH_SHA_256, None),
            Self::EcdsaSha384 => (ECDSA_WITH_SHA_384, None),
            Self::EcdsaSha512 => (ECDSA_WITH_SHA_512, None),
            Self::Ed25519 => (ED_25519, None),
        };
        AlgorithmIdentifierOwned { oid, parameters }
    }

    /// Whether it belongs to a key that a certificate is made for.
    pub fn is_for_certificates(self) -> bool {
        match self {
            Self::RsaPkcs1Sha256 | Self::EcdsaSha256 | Self::EcdsaSha384 => true,
            Self::EcdsaSha512 | Self::Ed25519 => false,
        }
    }
}

const SHA_256_WITH_RSA: ObjectIdentifier = const_oid::db::rfc5912::SHA_256_WITH_RSA_ENCRYPTION;
const ECDSA_WITH_SHA_256: ObjectIdentifier = const_oid::db::rfc5912::ECDSA_WITH_SHA_256;
const ECDSA_WITH_SHA_384: ObjectIdentifier = const_oid::db::rfc5912::ECDSA_WITH_SHA_384;
const ECDSA_WITH_SHA_512: ObjectIdentifier = const_oid::db::rfc5912::ECDSA_WITH_SHA_512;
const ED_25519: ObjectIdentifier = const_oid::db::rfc8410::ID_ED_25519;

/// A key pair that signs. Who implements it keeps the private key to itself.
pub trait Signer {
    /// With which algorithm [`Signer::sign`] signs.
    fn signature_algorithm(&self) -> SignatureAlgorithm;

    /// The public key as the DER of a `SubjectPublicKeyInfo`.
    fn subject_public_key_info(&self) -> &[u8];

    /// Signs the message (not its digest). An ECDSA signature is the DER of `Ecdsa-Sig-Value`.
    ///
    /// Signatures that are not [for certificates](SignatureAlgorithm::is_for_certificates) cannot be verified by this
    /// crate: the signer verifies them itself before it hands them over.
    ///
    /// # Errors
    /// When the key cannot be used now.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError>;
}

/// A key that did not sign.
#[derive(Debug, thiserror::Error)]
#[error("the key did not sign")]
pub struct SignError {
    source: Box<dyn std::error::Error + Send + Sync>,
}

impl SignError {
    /// With the reason that the key gave.
    pub fn new(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { source: source.into() }
    }
}
