use super::passphrase::Passphrase;
use crate::random::RandomSource;
use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der},
    rand::SystemRandom,
    rsa::{KeyPair, KeySize},
    signature::{KeyPair as _, RSA_PKCS1_SHA256},
};
use der::{Decode, SecretDocument, pem::PemLabel};
use pkcs8::{EncryptedPrivateKeyInfoRef, LineEnding, PrivateKeyInfoRef, pkcs5::pbes2};
use pki::signer::{SignError, SignatureAlgorithm, Signer};
use std::fmt;
use zeroize::Zeroizing;

/// RSA keys of a CA must be at least this long since 2026-09-15 (S/MIME BR §6.1.5).
const KEY_SIZE: KeySize = KeySize::Rsa4096;

/// Rounds of PBKDF2-HMAC-SHA256 between the passphrase and the file's key: OWASP, Password Storage Cheat Sheet.
const PBKDF2_ITERATIONS: u32 = 600_000;

/// Length of the salt (RFC 8018 §4.1 asks for at least 8).
const SALT_BYTES: usize = 16;

/// Length of an initialization vector (FIPS 197 §5).
const AES_BLOCK_BYTES: usize = 16;

/// A CA's private key. In memory it stays inside aws-lc, which wipes it when it is dropped; on disk it is PKCS#8,
/// encrypted with a passphrase.
///
/// Its signatures are RSASSA-PKCS1-v1_5 with SHA-256, which has no random part: the same bytes signed again, after
/// a crash, give the very same certificate (RFC 8017 §8.2).
pub(super) struct SigningKey {
    pair: KeyPair,
    subject_public_key_info: Vec<u8>,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SigningKey")
    }
}

/// The cryptographic library refuses to make or to write a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the cryptographic library cannot make a CA key on this computer")]
pub struct KeyGenerationError;

/// Why a key file cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// Not a PEM of the kind that this program writes.
    #[error("it is not an encrypted private key (PEM, ENCRYPTED PRIVATE KEY)")]
    NotAnEncryptedKey,
    /// The encryption does not open. A wrong passphrase and damaged content look alike.
    #[error("the passphrase does not open it")]
    WrongPassphrase,
    /// It opens, and holds something else than an RSA key.
    #[error("it does not hold an RSA private key")]
    NotRsa,
}

impl SigningKey {
    /// A new key from the random source of aws-lc, which is the operating system's.
    pub(super) fn generate() -> Result<Self, KeyGenerationError> {
        let pair = KeyPair::generate(KEY_SIZE).map_err(|_unspecified| KeyGenerationError)?;
        Self::new(pair).ok_or(KeyGenerationError)
    }

    fn new(pair: KeyPair) -> Option<Self> {
        let spki: PublicKeyX509Der<'_> = pair.public_key().as_der().ok()?;
        Some(Self { subject_public_key_info: spki.as_ref().to_vec(), pair })
    }

    /// PKCS#8 under PBES2 with PBKDF2-HMAC-SHA256 and AES-256-CBC, which every OpenSSL opens (RFC 8018 §6.2).
    pub(super) fn to_encrypted_pem(
        &self,
        passphrase: &Passphrase,
        random: &dyn RandomSource,
    ) -> Result<Zeroizing<String>, KeyGenerationError> {
        let plain: Pkcs8V1Der<'_> = self.pair.as_der().map_err(|_unspecified| KeyGenerationError)?;
        let mut salt = [0; SALT_BYTES];
        random.fill(&mut salt);
        let mut iv = [0; AES_BLOCK_BYTES];
        random.fill(&mut iv);
        let encrypt = || -> Result<_, pkcs8::Error> {
            let parameters =
                pbes2::Parameters::generate_pbkdf2_sha256_aes256cbc(PBKDF2_ITERATIONS, &salt, iv)?;
            let encrypted = PrivateKeyInfoRef::try_from(plain.as_ref())?
                .encrypt_with_params(parameters, passphrase.as_bytes())?;
            Ok(encrypted.to_pem(EncryptedPrivateKeyInfoRef::PEM_LABEL, LineEnding::LF)?)
        };
        encrypt().map_err(|_encoding| KeyGenerationError)
    }

    /// Reads what [`Self::to_encrypted_pem`] wrote, or `openssl pkcs8 -topk8` with other PBES2 parameters.
    pub(super) fn from_encrypted_pem(pem: &str, passphrase: &Passphrase) -> Result<Self, KeyFileError> {
        let (label, encrypted) =
            SecretDocument::from_pem(pem).map_err(|_syntax| KeyFileError::NotAnEncryptedKey)?;
        if label != EncryptedPrivateKeyInfoRef::PEM_LABEL {
            return Err(KeyFileError::NotAnEncryptedKey);
        }
        let plain = EncryptedPrivateKeyInfoRef::from_der(encrypted.as_bytes())
            .map_err(|_syntax| KeyFileError::NotAnEncryptedKey)?
            .decrypt(passphrase.as_bytes())
            .map_err(|_padding| KeyFileError::WrongPassphrase)?;
        let pair = KeyPair::from_pkcs8(plain.as_bytes()).map_err(|_rejected| KeyFileError::NotRsa)?;
        Self::new(pair).ok_or(KeyFileError::NotRsa)
    }
}

impl Signer for SigningKey {
    fn signature_algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::RsaPkcs1Sha256
    }

    fn subject_public_key_info(&self) -> &[u8] {
        &self.subject_public_key_info
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
            .map_err(SignError::new)?;
        Ok(signature)
    }
}
