//! The recovery file: a private key, encrypted under the person's passphrase, as PEM `ENCRYPTED PRIVATE KEY`.
//!
//! Other programs read it too: `openssl pkey -in recovery.pem`. It has no integrity check of its own, so all that
//! comes out is checked against itself.

use crate::{
    key_pair::{KeyPair, KeyPairError},
    passphrase::{self, PassphraseProblem},
    password_based_encryption::{Encryption, EncryptionError},
    pfx::Preset,
};
use der::{
    Decode, EncodePem, Tag, Tagged,
    asn1::{AnyRef, OctetString},
    pem::{self, LineEnding},
};
use pkcs8::EncryptedPrivateKeyInfoOwned;
use rand_core::CryptoRng;

/// What the person waits for at the start of the PFX: under half a second in a browser. OWASP's Password Storage Cheat
/// Sheet has 600,000 for PBKDF2-HMAC-SHA256.
const ITERATIONS: u32 = 600_000;

/// A longer text is not looked at. Our choice: ten times the file of the largest key.
const LIMIT_BYTES: usize = 64 * 1024;

const LABEL: &str = "ENCRYPTED PRIVATE KEY";

/// Why a recovery file was not written, or does not open.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecoveryError {
    /// The passphrase for a new file is not accepted.
    #[error(transparent)]
    Passphrase(#[from] PassphraseProblem),
    /// The text is not PEM with the label `ENCRYPTED PRIVATE KEY`.
    #[error("the text is not an encrypted private key")]
    NotARecoveryFile,
    /// The encryption is not PBES2 with PBKDF2-HMAC-SHA256 and AES-256-CBC.
    #[error("the key is encrypted in a way that is not supported")]
    UnsupportedEncryption,
    /// The passphrase is another one. A change in the encrypted bytes may look the same.
    #[error("the passphrase does not open the file")]
    WrongPassphrase,
    /// The passphrase opens the file, but the key inside is not whole.
    #[error("the file is damaged")]
    Damaged,
    /// The key is of a kind that is not supported.
    #[error("the key is of a kind that is not supported")]
    UnsupportedKey,
    /// The key cannot be written.
    #[error("the key cannot be written")]
    Key {
        /// Why.
        source: KeyPairError,
    },
}

/// Writes a recovery file.
///
/// # Errors
/// When the passphrase is not accepted.
pub fn write(key: &KeyPair, passphrase: &str, random: &mut impl CryptoRng) -> Result<String, RecoveryError> {
    passphrase::check(passphrase)?;
    write_with_iterations(key, passphrase, ITERATIONS, random)
}

fn write_with_iterations(
    key: &KeyPair,
    passphrase: &str,
    iterations: u32,
    random: &mut impl CryptoRng,
) -> Result<String, RecoveryError> {
    let encryption = Encryption::generate(Preset::Modern, iterations, random);
    let private_key = key.to_pkcs8_der().map_err(|source| RecoveryError::Key { source })?;
    let encrypted = encryption
        .encrypt(passphrase.as_bytes(), private_key.as_bytes())
        .map_err(|_| RecoveryError::UnsupportedEncryption)?;
    let encode = || -> Result<String, pkcs8::Error> {
        let info = EncryptedPrivateKeyInfoOwned {
            encryption_algorithm: encryption.scheme()?,
            encrypted_data: OctetString::new(encrypted)?,
        };
        Ok(info.to_pem(LineEnding::LF)?)
    };
    encode().map_err(|source| RecoveryError::Key { source: source.into() })
}

/// Opens a recovery file, and tests the key.
///
/// # Errors
/// Why it does not open.
pub fn read(text: &str, passphrase: &str) -> Result<KeyPair, RecoveryError> {
    if text.len() > LIMIT_BYTES {
        return Err(RecoveryError::NotARecoveryFile);
    }
    let (label, der) =
        pem::decode_vec(text.trim_ascii().as_bytes()).map_err(|_| RecoveryError::NotARecoveryFile)?;
    if label != LABEL {
        return Err(RecoveryError::NotARecoveryFile);
    }
    let info =
        EncryptedPrivateKeyInfoOwned::from_der(&der).map_err(|_| RecoveryError::UnsupportedEncryption)?;
    let private_key = Encryption::from_scheme(&info.encryption_algorithm)
        .and_then(|encryption| encryption.decrypt(passphrase.as_bytes(), info.encrypted_data.as_bytes()))
        .map_err(|error| match error {
            EncryptionError::Undecryptable => RecoveryError::WrongPassphrase,
            _ => RecoveryError::UnsupportedEncryption,
        })?;
    KeyPair::from_pkcs8_der(&private_key).map_err(|error| match error {
        KeyPairError::UnsupportedAlgorithm | KeyPairError::Policy { .. } => RecoveryError::UnsupportedKey,
        _ if is_sequence(&private_key) => RecoveryError::Damaged,
        // One wrong passphrase in 256 passes the padding; what comes out is noise.
        _ => RecoveryError::WrongPassphrase,
    })
}

/// Whether the bytes begin as a private key does: a DER sequence as long as all of them.
fn is_sequence(der: &[u8]) -> bool {
    AnyRef::from_der(der).is_ok_and(|any| any.tag() == Tag::Sequence)
}
