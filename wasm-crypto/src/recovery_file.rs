//! The recovery file: a private key, encrypted under the person's passphrase, as PEM `ENCRYPTED PRIVATE KEY`.
//!
//! Other programs read it too: `openssl pkey -in recovery.pem`. It has no integrity check of its own, so all that
//! comes out is checked against itself.

use crate::{
    key_pair::{KeyPair, KeyPairError},
    passphrase::{self, PassphraseProblem},
    password_based_encryption::{Encryption, EncryptionError, Password, derive_cipher_key},
    pbkdf2::{Pbkdf2, Secret},
    private_key::{self, PrivateKeyError},
};
use der::{
    Decode, Encode, Tag, Tagged,
    asn1::{AnyRef, OctetString},
};
use pkcs12::pbe_params::EncryptedPrivateKeyInfo;
use pki::pem;
use rand_core::CryptoRng;

/// What the person waits for at the start of the PFX: under half a second in a browser. OWASP's Password Storage Cheat
/// Sheet has 600,000 for PBKDF2-HMAC-SHA256.
const ITERATIONS: u32 = 600_000;

/// A longer text is not looked at. Our choice: ten times the file of the largest key.
const LIMIT_BYTES: usize = 64 * 1024;

const LABEL: &str = "ENCRYPTED PRIVATE KEY";
const FIRST_LINE: &str = "-----BEGIN ENCRYPTED PRIVATE KEY-----";
/// A copy may end within the last line, and have the whole key.
const LAST_LINE_BEGINNING: &str = "-----END";
const LAST_LINE: &str = "-----END ENCRYPTED PRIVATE KEY-----";

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
    /// The text begins as a recovery file, and ends too early.
    #[error("the recovery file is cut off; download or copy it again")]
    CutOff,
    /// The passphrase opens the file, and the key in it is not the expected one.
    #[error("the recovery file holds the key of another order")]
    OtherKey,
    /// It is a private key that anybody can read.
    #[error(
        "the private key is not encrypted; encrypt a copy of it with \
         `openssl pkcs8 -topk8 -v2 aes-256-cbc -in OLD -out NEW`"
    )]
    NotEncrypted,
    /// It is a private key that is not read, whichever the passphrase is.
    #[error(transparent)]
    PrivateKey(PrivateKeyError),
    /// The encryption is none that is read here.
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
pub async fn write(
    key: &KeyPair,
    passphrase: &str,
    random: &mut impl CryptoRng,
    pbkdf2: &impl Pbkdf2,
) -> Result<String, RecoveryError> {
    passphrase::check(passphrase)?;
    write_with_iterations(key, passphrase, ITERATIONS, random, pbkdf2).await
}

async fn write_with_iterations(
    key: &KeyPair,
    passphrase: &str,
    iterations: u32,
    random: &mut impl CryptoRng,
    pbkdf2: &impl Pbkdf2,
) -> Result<String, RecoveryError> {
    let encryption = Encryption::generate_aes_256(iterations, random);
    let private_key = key.to_pkcs8_der().map_err(|source| RecoveryError::Key { source })?;
    let cipher_key = derive_cipher_key(&encryption, &Password::new(passphrase), pbkdf2)
        .await
        .or(Err(RecoveryError::UnsupportedEncryption))?;
    let encrypted = encryption
        .encrypt(&cipher_key, private_key.as_bytes())
        .or(Err(RecoveryError::UnsupportedEncryption))?;
    let encode = || -> der::Result<String> {
        let info = EncryptedPrivateKeyInfo {
            encryption_algorithm: encryption.identifier()?,
            encrypted_data: OctetString::new(encrypted)?,
        };
        Ok(pem::encode(LABEL, &info.to_der()?))
    };
    encode().map_err(|source| RecoveryError::Key { source: KeyPairError::Encoding { source: source.into() } })
}

/// Opens the key file of one order: the key must be that whose public key has this SHA-256, lower-case hex.
///
/// The file may be a recovery file, or the encrypted PKCS #8 file of any program: where the request was made elsewhere, so
/// was the key. What [`read`] asks of each byte is not needed here: a file whose change goes unnoticed has the very key
/// that is expected, signing and verified.
///
/// # Errors
/// Why it does not open; another order's file is told apart from a wrong passphrase.
pub async fn read_key(
    file: &[u8],
    passphrase: &str,
    spki_sha256_hex: &str,
    pbkdf2: &impl Pbkdf2,
) -> Result<KeyPair, RecoveryError> {
    if is_cut_off(file) {
        return Err(RecoveryError::CutOff);
    }
    let der = private_key::to_der(file)?;
    let key = private_key::read_der(&der, passphrase, pbkdf2).await?;
    // What is no key, or one that is not read, is told first.
    if !private_key::is_encrypted(&der) {
        return Err(RecoveryError::NotEncrypted);
    }
    if key.spki_sha256_hex() == spki_sha256_hex { Ok(key) } else { Err(RecoveryError::OtherKey) }
}

/// Whether the block of an encrypted key begins and does not end.
fn is_cut_off(file: &[u8]) -> bool {
    let begun = str::from_utf8(file).ok().and_then(|text| text.split_once(FIRST_LINE));
    begun.is_some_and(|(_, block)| !block.contains(LAST_LINE_BEGINNING))
}

impl From<PrivateKeyError> for RecoveryError {
    fn from(error: PrivateKeyError) -> Self {
        match error {
            PrivateKeyError::NotAPrivateKey => Self::NotARecoveryFile,
            PrivateKeyError::PassphraseNeeded | PrivateKeyError::WrongPassphrase => Self::WrongPassphrase,
            PrivateKeyError::Damaged => Self::Damaged,
            other => Self::PrivateKey(other),
        }
    }
}

/// As [`read_key`], of a file as [`write()`] writes it: any other byte in it, and it is refused.
///
/// # Errors
/// Why it does not open.
pub async fn read_own_key(
    file: &[u8],
    passphrase: &str,
    spki_sha256_hex: &str,
    pbkdf2: &impl Pbkdf2,
) -> Result<KeyPair, RecoveryError> {
    let text = str::from_utf8(file).or(Err(RecoveryError::NotARecoveryFile))?;
    let key = read(text, passphrase, pbkdf2).await?;
    if key.spki_sha256_hex() == spki_sha256_hex { Ok(key) } else { Err(RecoveryError::OtherKey) }
}

/// Opens a recovery file as [`write()`] writes it, and tests the key: any other byte in the file, and it is refused.
///
/// # Errors
/// Why it does not open.
pub async fn read(text: &str, passphrase: &str, pbkdf2: &impl Pbkdf2) -> Result<KeyPair, RecoveryError> {
    if text.len() > LIMIT_BYTES {
        return Err(RecoveryError::NotARecoveryFile);
    }
    let text = text.trim_ascii();
    if !text.starts_with(FIRST_LINE) {
        return Err(RecoveryError::NotARecoveryFile);
    }
    if !text.ends_with(LAST_LINE) {
        return Err(RecoveryError::CutOff);
    }
    let der = pem::decode(LABEL, text).ok_or(RecoveryError::Damaged)?;
    let info = EncryptedPrivateKeyInfo::from_der(&der).or(Err(RecoveryError::UnsupportedEncryption))?;
    let private_key = decrypt(&info, passphrase, pbkdf2).await.map_err(|error| match error {
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

async fn decrypt(
    info: &EncryptedPrivateKeyInfo,
    passphrase: &str,
    pbkdf2: &impl Pbkdf2,
) -> Result<Secret, EncryptionError> {
    let encryption = Encryption::from_identifier(&info.encryption_algorithm)?;
    let cipher_key = derive_cipher_key(&encryption, &Password::new(passphrase), pbkdf2).await?;
    encryption.decrypt(&cipher_key, info.encrypted_data.as_bytes())
}

/// Whether the bytes begin as a private key does: a DER sequence as long as all of them.
fn is_sequence(der: &[u8]) -> bool {
    AnyRef::from_der(der).is_ok_and(|any| any.tag() == Tag::Sequence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{generate_key_pair, pbkdf2::Portable};
    use getrandom::{SysRng, rand_core::UnwrapErr};
    use pki::key_policy::KeyAlgorithm;

    const PASSPHRASE: &str = "correct horse battery staple";

    fn key(algorithm: KeyAlgorithm) -> KeyPair {
        generate_key_pair(algorithm, &mut UnwrapErr(SysRng), &mut |_| ()).unwrap()
    }

    fn write(key: &KeyPair, passphrase: &str) -> Result<String, RecoveryError> {
        pollster::block_on(super::write(key, passphrase, &mut UnwrapErr(SysRng), &Portable))
    }

    fn read(text: &str, passphrase: &str) -> Result<KeyPair, RecoveryError> {
        pollster::block_on(super::read(text, passphrase, &Portable))
    }

    /// With one iteration, so that thousands of files can be tried.
    fn quick_file(key: &KeyPair) -> String {
        let random = &mut UnwrapErr(SysRng);
        let file = write_with_iterations(key, PASSPHRASE, 1, random, &Portable);
        pollster::block_on(file).unwrap()
    }

    #[test]
    fn a_file_opens_under_its_passphrase_and_holds_the_same_key() {
        for algorithm in [KeyAlgorithm::Rsa3072, KeyAlgorithm::EcP384] {
            let key = key(algorithm);
            for passphrase in [PASSPHRASE, "Zażółć-Ωпароль 🔑"] {
                let file = write(&key, passphrase).unwrap();
                assert_eq!(read(&file, passphrase).unwrap().spki_der(), key.spki_der(), "{passphrase}");
            }
        }
    }

    #[test]
    fn a_file_is_pbes2_with_600_000_iterations_of_pbkdf2_hmac_sha256_and_aes_256_cbc() {
        let file = write(&key(KeyAlgorithm::EcP256), PASSPHRASE).unwrap();
        assert!(file.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
        let der = pem::decode(LABEL, &file).unwrap();
        let info = EncryptedPrivateKeyInfo::from_der(&der).unwrap();
        let encryption = Encryption::from_identifier(&info.encryption_algorithm).unwrap();
        let Encryption::Pbes2 { salt, iterations, .. } = encryption else { panic!("{encryption:?}") };
        assert_eq!(salt.len(), 16);
        assert_eq!(iterations, 600_000);
    }

    #[test]
    fn two_files_of_one_key_have_nothing_in_common() {
        let key = key(KeyAlgorithm::EcP256);
        let (first, second) = (quick_file(&key), quick_file(&key));
        let encrypted = |file: &str| {
            let der = pem::decode(LABEL, file).unwrap();
            EncryptedPrivateKeyInfo::from_der(&der).unwrap().encrypted_data
        };
        assert_ne!(encrypted(&first).as_bytes()[..16], encrypted(&second).as_bytes()[..16]);
    }

    #[test]
    fn any_other_passphrase_is_called_wrong() {
        let file = quick_file(&key(KeyAlgorithm::EcP256));
        // Over a thousand, as one in 256 gets past the padding.
        for attempt in 0..1200 {
            let refused = read(&file, &format!("{PASSPHRASE}{attempt}")).unwrap_err();
            assert!(matches!(refused, RecoveryError::WrongPassphrase), "{refused:?}");
        }
    }

    #[test]
    fn a_file_with_any_bit_flipped_is_refused() {
        let file = quick_file(&key(KeyAlgorithm::EcP256));
        for (index, bit) in (0..file.len()).flat_map(|index| (0..8).map(move |bit| (index, bit))) {
            let mut flipped = file.clone().into_bytes();
            flipped[index] ^= 1 << bit;
            let opened = String::from_utf8(flipped).map(|file| read(&file, PASSPHRASE));
            assert!(!matches!(opened, Ok(Ok(_))), "bit {bit} of byte {index}");
        }
    }

    #[test]
    fn with_a_flipped_bit_a_file_holds_the_expected_key_or_is_refused() {
        for algorithm in [KeyAlgorithm::EcP256, KeyAlgorithm::Rsa2048] {
            let key = key(algorithm);
            let (file, expected) = (quick_file(&key).into_bytes(), key.spki_sha256_hex());
            for index in (0..file.len()).step_by(7) {
                let mut flipped = file.clone();
                flipped[index] ^= 1 << (index % 8);
                let opened = pollster::block_on(read_key(&flipped, PASSPHRASE, &expected, &Portable));
                let is_accounted_for = match opened {
                    Ok(key) => key.spki_sha256_hex() == expected,
                    Err(error) => !matches!(error, RecoveryError::OtherKey),
                };
                assert!(is_accounted_for, "byte {index}");
            }
        }
    }

    #[test]
    fn an_rsa_file_with_a_flipped_bit_in_any_line_is_refused() {
        let file = quick_file(&key(KeyAlgorithm::Rsa2048));
        for index in (0..file.len()).step_by(11) {
            let mut flipped = file.clone().into_bytes();
            flipped[index] ^= 1 << (index % 7);
            let opened = String::from_utf8(flipped).map(|file| read(&file, PASSPHRASE));
            assert!(!matches!(opened, Ok(Ok(_))), "byte {index}");
        }
    }

    #[test]
    fn a_file_cut_off_anywhere_is_refused() {
        let file = quick_file(&key(KeyAlgorithm::EcP256));
        let mut cut = file.trim_end().to_owned();
        while cut.pop().is_some() {
            let refused = read(&cut, PASSPHRASE).unwrap_err();
            if cut.starts_with(FIRST_LINE) {
                assert!(matches!(refused, RecoveryError::CutOff), "{} bytes: {refused:?}", cut.len());
            } else {
                assert!(matches!(refused, RecoveryError::NotARecoveryFile), "{} bytes", cut.len());
            }
        }
    }

    #[test]
    fn a_text_that_is_no_recovery_file_is_called_so() {
        let certificate = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
        let too_long = quick_file(&key(KeyAlgorithm::EcP256)) + &" ".repeat(LIMIT_BYTES);
        for text in ["", "not PEM", certificate, too_long.as_str()] {
            assert!(matches!(read(text, PASSPHRASE), Err(RecoveryError::NotARecoveryFile)));
        }
    }

    #[test]
    fn spaces_and_windows_line_ends_around_a_file_do_no_harm() {
        let key = key(KeyAlgorithm::EcP256);
        let file = format!("\r\n  {}\r\n", quick_file(&key).replace('\n', "\r\n"));
        assert_eq!(read(&file, PASSPHRASE).unwrap().spki_der(), key.spki_der());
    }

    #[test]
    fn a_weak_passphrase_is_refused_before_a_file_is_written() {
        let refused = write(&key(KeyAlgorithm::EcP256), "short");
        assert!(matches!(refused, Err(RecoveryError::Passphrase(PassphraseProblem::TooShort))));
    }

    #[test]
    fn a_wrong_passphrase_a_cut_file_and_another_orders_file_are_three_errors() {
        let (key, other) = (key(KeyAlgorithm::EcP256), key(KeyAlgorithm::EcP256));
        let file = quick_file(&key);
        let read_key_of = |text: &str, passphrase, expected: &KeyPair| {
            let hash = expected.spki_sha256_hex();
            pollster::block_on(read_key(text.as_bytes(), passphrase, &hash, &Portable))
        };
        assert!(read_key_of(&file, PASSPHRASE, &key).is_ok());
        let wrong = read_key_of(&file, "another passphrase", &key);
        assert!(matches!(wrong, Err(RecoveryError::WrongPassphrase)), "{wrong:?}");
        let cut = read_key_of(file.split_at(200).0, PASSPHRASE, &key);
        assert!(matches!(cut, Err(RecoveryError::CutOff)), "{cut:?}");
        let another = read_key_of(&file, PASSPHRASE, &other);
        assert!(matches!(another, Err(RecoveryError::OtherKey)), "{another:?}");
    }
}
