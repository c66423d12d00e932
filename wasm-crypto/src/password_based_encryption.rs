//! Encryption under a password, as PFX, recovery and key files use it: what we write, and what others write.

mod password;
mod scheme;
mod unsupported;

pub(crate) use password::{Container, Password, Purpose};
pub(crate) use scheme::{Pbkdf2Scheme, identifier, parameters};
pub use unsupported::UnsupportedScheme;

use crate::pbkdf2::{Derivation, Pbkdf2, Prf, Secret};
use aes::{Aes128, Aes192, Aes256};
use cbc::cipher::{
    BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, KeyInit, KeyIvInit,
    block_padding::Pkcs7,
};
use des::{TdesEde2, TdesEde3};
use rand_core::CryptoRng;
use rc2::Rc2;
use zeroize::Zeroizing;

/// Salt of PBKDF2. NIST SP 800-132 §5.1 asks for 128 bits.
pub(crate) const PBKDF2_SALT_BYTES: usize = 16;
/// Salt of the PKCS #12 key derivation. All programs write eight; RFC 7292 §C has no number.
pub(crate) const PKCS12_SALT_BYTES: usize = 8;

const AES_BLOCK_BYTES: usize = 16;
/// What one round of the PKCS #12 derivation gives, and the blocks it hashes.
const SHA1_BYTES: usize = 20;
const SHA1_BLOCK_BYTES: usize = 64;

/// More iterations are not read: a forged file could keep the worker busy for hours. Our choice: what Java takes at most.
pub(crate) const MAXIMUM_ITERATIONS: u32 = 5_000_000;

/// A cipher in CBC mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cipher {
    Aes128,
    Aes192,
    Aes256,
    /// With three keys.
    TripleDes,
    /// With two keys.
    TwoKeyTripleDes,
    /// With a key of 128 bits.
    Rc2,
    /// With a key of 40 bits, which a single computer tries out.
    Rc2With40Bits,
}

impl Cipher {
    pub(crate) fn key_bytes(self) -> usize {
        match self {
            Self::Rc2With40Bits => 5,
            Self::Aes128 | Self::TwoKeyTripleDes | Self::Rc2 => 16,
            Self::Aes192 | Self::TripleDes => 24,
            Self::Aes256 => 32,
        }
    }

    pub(crate) fn block_bytes(self) -> usize {
        match self {
            Self::Aes128 | Self::Aes192 | Self::Aes256 => AES_BLOCK_BYTES,
            Self::TripleDes | Self::TwoKeyTripleDes | Self::Rc2 | Self::Rc2With40Bits => 8,
        }
    }

    /// As people call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Aes128 => "AES-128",
            Self::Aes192 => "AES-192",
            Self::Aes256 => "AES-256",
            Self::TripleDes => "triple DES",
            Self::TwoKeyTripleDes => "triple DES with two keys",
            Self::Rc2 => "RC2 with 128 bits",
            Self::Rc2With40Bits => "RC2 with 40 bits",
        }
    }
}

/// How bytes are encrypted, with all that is needed to decrypt them but the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Encryption {
    /// PBES2 with PBKDF2. RFC 8018 §6.2.
    Pbes2 { prf: Prf, salt: Vec<u8>, iterations: u32, cipher: Cipher, initialization_vector: Vec<u8> },
    /// With the key derivation of PKCS #12 from SHA-1. RFC 7292 §C.
    Pkcs12 { cipher: Cipher, salt: Vec<u8>, iterations: u32 },
}

/// Why bytes were not encrypted or decrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EncryptionError {
    #[error("the encryption is not one of ours")]
    Unsupported(UnsupportedScheme),
    #[error("the parameters of the encryption make no sense")]
    Malformed,
    #[error("the iterations are out of range")]
    Iterations { iterations: u32 },
    #[error("wrong password, or the bytes were changed")]
    Undecryptable,
}

impl Encryption {
    /// AES-256 and PBKDF2-HMAC-SHA256, with a new salt.
    pub(crate) fn generate_aes_256(iterations: u32, random: &mut impl CryptoRng) -> Self {
        Self::Pbes2 {
            prf: Prf::HmacSha256,
            initialization_vector: random_bytes(AES_BLOCK_BYTES, random),
            salt: random_bytes(PBKDF2_SALT_BYTES, random),
            iterations,
            cipher: Cipher::Aes256,
        }
    }

    /// Triple DES and the derivation of PKCS #12, with a new salt.
    pub(crate) fn generate_triple_des(iterations: u32, random: &mut impl CryptoRng) -> Self {
        let salt = random_bytes(PKCS12_SALT_BYTES, random);
        Self::Pkcs12 { cipher: Cipher::TripleDes, salt, iterations }
    }

    /// Whether some programs find another key and call the password wrong: of the sums that the second round of the
    /// derivation begins with, they drop a zero in front (RFC 7292 §B.2, step 6C). So do gpgsm 2.2 and GNOME Keyring, with
    /// one salt in 128 where the password is no longer than a block.
    pub(crate) fn loses_a_zero(&self, key: &CipherKey, password: &Password) -> bool {
        let (Self::Pkcs12 { salt, .. }, Some(first_round)) = (self, key.key.first_chunk::<SHA1_BYTES>())
        else {
            return false;
        };
        let addend = repeated(first_round, SHA1_BLOCK_BYTES);
        [salt, password.bmp()].into_iter().any(|part| {
            let blocks = repeated(part, part.len().next_multiple_of(SHA1_BLOCK_BYTES));
            blocks.chunks(SHA1_BLOCK_BYTES).any(|block| begins_with_zero(block, &addend))
        })
    }

    pub(crate) fn cipher(&self) -> Cipher {
        let (Self::Pbes2 { cipher, .. } | Self::Pkcs12 { cipher, .. }) = self;
        *cipher
    }

    pub(crate) fn iterations(&self) -> u32 {
        let (Self::Pbes2 { iterations, .. } | Self::Pkcs12 { iterations, .. }) = self;
        *iterations
    }

    pub(crate) fn salt(&self) -> &[u8] {
        let (Self::Pbes2 { salt, .. } | Self::Pkcs12 { salt, .. }) = self;
        salt
    }

    pub(crate) fn encrypt(&self, key: &CipherKey, plaintext: &[u8]) -> Result<Vec<u8>, EncryptionError> {
        match self.cipher() {
            Cipher::Aes128 => encrypt::<Aes128>(key, plaintext),
            Cipher::Aes192 => encrypt::<Aes192>(key, plaintext),
            Cipher::Aes256 => encrypt::<Aes256>(key, plaintext),
            Cipher::TripleDes => encrypt::<TdesEde3>(key, plaintext),
            Cipher::TwoKeyTripleDes => encrypt::<TdesEde2>(key, plaintext),
            Cipher::Rc2 | Cipher::Rc2With40Bits => encrypt::<Rc2>(key, plaintext),
        }
    }

    /// A wrong password shows here only by chance: what comes out must be checked.
    pub(crate) fn decrypt(&self, key: &CipherKey, ciphertext: &[u8]) -> Result<Secret, EncryptionError> {
        match self.cipher() {
            Cipher::Aes128 => decrypt::<Aes128>(key, ciphertext),
            Cipher::Aes192 => decrypt::<Aes192>(key, ciphertext),
            Cipher::Aes256 => decrypt::<Aes256>(key, ciphertext),
            Cipher::TripleDes => decrypt::<TdesEde3>(key, ciphertext),
            Cipher::TwoKeyTripleDes => decrypt::<TdesEde2>(key, ciphertext),
            Cipher::Rc2 | Cipher::Rc2With40Bits => decrypt::<Rc2>(key, ciphertext),
        }
    }

    /// What PBKDF2 has to derive.
    fn derivation(&self) -> Option<Derivation<'_>> {
        match self {
            Self::Pbes2 { prf, salt, iterations, cipher, .. } => {
                Some(Derivation { prf: *prf, salt, iterations: *iterations, key_bytes: cipher.key_bytes() })
            }
            Self::Pkcs12 { .. } => None,
        }
    }

    /// `derived` is the answer to [`Self::derivation`].
    fn cipher_key(&self, password: &Password, derived: Option<Secret>) -> Result<CipherKey, EncryptionError> {
        match self {
            Self::Pbes2 { initialization_vector, .. } => Ok(CipherKey {
                key: derived.ok_or(EncryptionError::Malformed)?,
                initialization_vector: Zeroizing::new(initialization_vector.clone()),
            }),
            Self::Pkcs12 { cipher, salt, iterations } => {
                let derive =
                    |purpose, bytes| password.derive_pkcs12(Prf::HmacSha1, purpose, salt, *iterations, bytes);
                Ok(CipherKey {
                    key: derive(Purpose::Encryption, cipher.key_bytes())?,
                    initialization_vector: derive(Purpose::InitializationVector, cipher.block_bytes())?,
                })
            }
        }
    }
}

/// The bytes over and over, up to that length. RFC 7292 §B.2, steps 2, 3 and 6B.
fn repeated(bytes: &[u8], length: usize) -> Secret {
    let mut repeated = Zeroizing::new(Vec::with_capacity(length));
    repeated.extend(bytes.iter().cycle().take(length));
    repeated
}

/// Whether the sum of two big-endian numbers and one does, modulo 2 to their length.
fn begins_with_zero(a: &[u8], b: &[u8]) -> bool {
    let first =
        a.iter().zip(b).rev().fold(1 << 8, |sum: u16, (a, b)| {
            (sum >> 8).wrapping_add(u16::from(*a)).wrapping_add(u16::from(*b))
        });
    first.to_le_bytes().first() == Some(&0)
}

fn encrypt<C: BlockCipherEncrypt + KeyInit>(
    key: &CipherKey,
    plaintext: &[u8],
) -> Result<Vec<u8>, EncryptionError> {
    let encryptor = cbc::Encryptor::<C>::new_from_slices(&key.key, &key.initialization_vector);
    Ok(encryptor.or(Err(EncryptionError::Malformed))?.encrypt_padded_vec::<Pkcs7>(plaintext))
}

fn decrypt<C: BlockCipherDecrypt + KeyInit>(
    key: &CipherKey,
    ciphertext: &[u8],
) -> Result<Secret, EncryptionError> {
    let decryptor = cbc::Decryptor::<C>::new_from_slices(&key.key, &key.initialization_vector);
    decryptor
        .or(Err(EncryptionError::Malformed))?
        .decrypt_padded_vec::<Pkcs7>(ciphertext)
        .map(Zeroizing::new)
        .or(Err(EncryptionError::Undecryptable))
}

/// What a cipher takes.
#[derive(Debug)]
pub(crate) struct CipherKey {
    key: Secret,
    initialization_vector: Secret,
}

/// The keys for several encryptions under one password, side by side; and what PBKDF2 gives for `and`.
pub(crate) async fn derive_cipher_keys(
    encryptions: &[&Encryption],
    and: Option<Derivation<'_>>,
    password: &Password,
    pbkdf2: &impl Pbkdf2,
) -> Result<(Vec<CipherKey>, Option<Secret>), EncryptionError> {
    let derivations = encryptions.iter().filter_map(|encryption| encryption.derivation()).chain(and);
    let derivations: Vec<_> = derivations.collect();
    let mut derived = password.derive(&derivations, pbkdf2).await.into_iter();
    let keys = encryptions
        .iter()
        .map(|encryption| {
            let derived = encryption.derivation().and_then(|_| derived.next());
            encryption.cipher_key(password, derived)
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok((keys, derived.next()))
}

/// The key for one encryption.
pub(crate) async fn derive_cipher_key(
    encryption: &Encryption,
    password: &Password,
    pbkdf2: &impl Pbkdf2,
) -> Result<CipherKey, EncryptionError> {
    let (keys, _) = derive_cipher_keys(&[encryption], None, password, pbkdf2).await?;
    keys.into_iter().next().ok_or(EncryptionError::Malformed)
}

pub(crate) fn random_bytes(count: usize, random: &mut impl CryptoRng) -> Vec<u8> {
    let mut bytes = vec![0; count];
    random.fill_bytes(&mut bytes);
    bytes
}

pub(crate) fn checked(iterations: u32) -> Result<u32, EncryptionError> {
    if (1..=MAXIMUM_ITERATIONS).contains(&iterations) {
        Ok(iterations)
    } else {
        Err(EncryptionError::Iterations { iterations })
    }
}

#[cfg(test)]
mod tests;
