//! Encryption under a password, as PFX and recovery files use it.

use crate::{
    pbkdf2::{Derivation, Pbkdf2, Prf, Secret},
    pfx::Preset,
};
use aes::Aes256;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit, block_padding::Pkcs7};
use der::{
    Any, DecodeValue, EncodeValue, FixedTag, Tagged,
    asn1::{Null, ObjectIdentifier, OctetString},
};
use des::TdesEde3;
use pkcs8::pkcs5::pbes2::{AES_256_CBC_OID, HMAC_WITH_SHA256_OID, PBES2_OID, PBKDF2_OID};
use pkcs12::{
    PKCS_12_PBE_WITH_SHAAND3_KEY_TRIPLE_DES_CBC,
    kdf::{Pkcs12KeyType, derive_key},
    pbe_params::{Pbes2Params, Pbkdf2Params, Pkcs12PbeParams},
};
use rand_core::CryptoRng;
use sha1::Sha1;
use spki::AlgorithmIdentifierOwned;
use zeroize::Zeroizing;

const AES_256_KEY_BYTES: usize = 32;
const AES_BLOCK_BYTES: usize = 16;
const TRIPLE_DES_KEY_BYTES: usize = 24;
const TRIPLE_DES_BLOCK_BYTES: usize = 8;

/// Salt of PBKDF2. NIST SP 800-132 §5.1 asks for 128 bits.
const PBKDF2_SALT_BYTES: usize = 16;
/// Salt of the PKCS #12 key derivation. All programs write eight; RFC 7292 §C has no number.
const PKCS12_SALT_BYTES: usize = 8;

/// More iterations are not read: a forged file could keep the worker busy for hours. Our choice: what Java takes at most.
pub(crate) const MAXIMUM_ITERATIONS: u32 = 5_000_000;

/// How bytes are encrypted, with all that is needed to decrypt them but the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Encryption {
    /// PBES2 with PBKDF2-HMAC-SHA256 and AES-256-CBC. RFC 8018 §6.2.
    Aes256 { salt: Vec<u8>, initialization_vector: [u8; AES_BLOCK_BYTES], iterations: u32 },
    /// pbeWithSHAAnd3-KeyTripleDES-CBC. RFC 7292 §C.
    TripleDes { salt: Vec<u8>, iterations: u32 },
}

/// Why bytes were not encrypted or decrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EncryptionError {
    #[error("the encryption is not one of ours")]
    Unsupported,
    #[error("the iterations are out of range")]
    Iterations,
    #[error("wrong password, or the bytes were changed")]
    Undecryptable,
}

impl Encryption {
    /// With a new salt.
    pub(crate) fn generate(preset: Preset, iterations: u32, random: &mut impl CryptoRng) -> Self {
        match preset {
            Preset::Modern => {
                let mut initialization_vector = [0; AES_BLOCK_BYTES];
                random.fill_bytes(&mut initialization_vector);
                Self::Aes256 {
                    salt: random_salt(PBKDF2_SALT_BYTES, random),
                    initialization_vector,
                    iterations,
                }
            }
            Preset::Compatible => {
                Self::TripleDes { salt: random_salt(PKCS12_SALT_BYTES, random), iterations }
            }
        }
    }

    /// As it stands in a file.
    pub(crate) fn identifier(&self) -> der::Result<AlgorithmIdentifierOwned> {
        match self {
            Self::Aes256 { salt, initialization_vector, iterations } => {
                let kdf = Pbkdf2Params {
                    salt: OctetString::new(salt.as_slice())?,
                    iteration_count: *iterations,
                    key_length: None,
                    prf: identifier(HMAC_WITH_SHA256_OID, &Null)?,
                };
                let initialization_vector = OctetString::new(initialization_vector.as_slice())?;
                let parameters = Pbes2Params {
                    kdf: identifier(PBKDF2_OID, &kdf)?,
                    encryption: identifier(AES_256_CBC_OID, &initialization_vector)?,
                };
                identifier(PBES2_OID, &parameters)
            }
            Self::TripleDes { salt, iterations } => {
                let iterations = i32::try_from(*iterations).or(Err(der::ErrorKind::Overflow))?;
                let parameters = Pkcs12PbeParams { salt: OctetString::new(salt.as_slice())?, iterations };
                identifier(PKCS_12_PBE_WITH_SHAAND3_KEY_TRIPLE_DES_CBC, &parameters)
            }
        }
    }

    /// Reads the parameters from a file.
    pub(crate) fn from_identifier(identifier: &AlgorithmIdentifierOwned) -> Result<Self, EncryptionError> {
        match identifier.oid {
            PBES2_OID => Self::from_pbes2(&parameters(identifier)?),
            PKCS_12_PBE_WITH_SHAAND3_KEY_TRIPLE_DES_CBC => {
                let Pkcs12PbeParams { salt, iterations } = parameters(identifier)?;
                let iterations = u32::try_from(iterations).or(Err(EncryptionError::Iterations))?;
                Self::TripleDes { salt: salt.into_bytes().into(), iterations: checked(iterations)? }
                    .with_salt()
            }
            _ => Err(EncryptionError::Unsupported),
        }
    }

    fn from_pbes2(pbes2: &Pbes2Params) -> Result<Self, EncryptionError> {
        let kdf: Pbkdf2Params = parameters(&pbes2.kdf)?;
        let initialization_vector: OctetString = parameters(&pbes2.encryption)?;
        let is_ours = pbes2.kdf.oid == PBKDF2_OID
            && kdf.prf.oid == HMAC_WITH_SHA256_OID
            && kdf.prf.parameters.as_ref().is_none_or(Any::is_null)
            && kdf.key_length.is_none_or(|bytes| usize::from(bytes) == AES_256_KEY_BYTES)
            && pbes2.encryption.oid == AES_256_CBC_OID;
        if !is_ours {
            return Err(EncryptionError::Unsupported);
        }
        Self::Aes256 {
            salt: kdf.salt.into_bytes().into(),
            initialization_vector: initialization_vector
                .as_bytes()
                .try_into()
                .or(Err(EncryptionError::Unsupported))?,
            iterations: checked(kdf.iteration_count)?,
        }
        .with_salt()
    }

    /// The key derivation of PKCS #12 cannot fill a block from nothing.
    fn with_salt(self) -> Result<Self, EncryptionError> {
        let (Self::Aes256 { salt, .. } | Self::TripleDes { salt, .. }) = &self;
        if salt.is_empty() { Err(EncryptionError::Unsupported) } else { Ok(self) }
    }

    pub(crate) fn encrypt(&self, key: &CipherKey, plaintext: &[u8]) -> Result<Vec<u8>, EncryptionError> {
        let (key, vector) = (key.key.as_slice(), key.initialization_vector.as_slice());
        Ok(match self {
            Self::Aes256 { .. } => cbc::Encryptor::<Aes256>::new_from_slices(key, vector)
                .or(Err(EncryptionError::Unsupported))?
                .encrypt_padded_vec::<Pkcs7>(plaintext),
            Self::TripleDes { .. } => cbc::Encryptor::<TdesEde3>::new_from_slices(key, vector)
                .or(Err(EncryptionError::Unsupported))?
                .encrypt_padded_vec::<Pkcs7>(plaintext),
        })
    }

    /// A wrong password shows here only by chance: what comes out must be checked.
    pub(crate) fn decrypt(&self, key: &CipherKey, ciphertext: &[u8]) -> Result<Secret, EncryptionError> {
        let (key, vector) = (key.key.as_slice(), key.initialization_vector.as_slice());
        match self {
            Self::Aes256 { .. } => cbc::Decryptor::<Aes256>::new_from_slices(key, vector)
                .or(Err(EncryptionError::Unsupported))?
                .decrypt_padded_vec::<Pkcs7>(ciphertext),
            Self::TripleDes { .. } => cbc::Decryptor::<TdesEde3>::new_from_slices(key, vector)
                .or(Err(EncryptionError::Unsupported))?
                .decrypt_padded_vec::<Pkcs7>(ciphertext),
        }
        .map(Zeroizing::new)
        .or(Err(EncryptionError::Undecryptable))
    }

    /// What PBKDF2 has to derive.
    fn derivation(&self) -> Option<Derivation<'_>> {
        match self {
            Self::Aes256 { salt, iterations, .. } => Some(Derivation {
                prf: Prf::HmacSha256,
                salt,
                iterations: *iterations,
                key_bytes: AES_256_KEY_BYTES,
            }),
            Self::TripleDes { .. } => None,
        }
    }

    /// `derived` is the answer to [`Self::derivation`].
    fn cipher_key(&self, password: &[u8], derived: Option<Secret>) -> Result<CipherKey, EncryptionError> {
        match self {
            Self::Aes256 { initialization_vector, .. } => Ok(CipherKey {
                key: derived.ok_or(EncryptionError::Unsupported)?,
                initialization_vector: Zeroizing::new(initialization_vector.to_vec()),
            }),
            Self::TripleDes { salt, iterations } => {
                let password = bmp_password(password)?;
                let iterations = i32::try_from(*iterations).or(Err(EncryptionError::Iterations))?;
                let derive = |purpose, bytes| {
                    Zeroizing::new(derive_key::<Sha1>(&password, salt, purpose, iterations, bytes))
                };
                Ok(CipherKey {
                    key: derive(Pkcs12KeyType::EncryptionKey, TRIPLE_DES_KEY_BYTES),
                    initialization_vector: derive(Pkcs12KeyType::Iv, TRIPLE_DES_BLOCK_BYTES),
                })
            }
        }
    }
}

/// What a cipher takes.
#[derive(Debug)]
pub(crate) struct CipherKey {
    key: Secret,
    initialization_vector: Secret,
}

/// The keys for several encryptions under one password, side by side.
pub(crate) async fn derive_cipher_keys<const N: usize>(
    encryptions: [&Encryption; N],
    password: &[u8],
    pbkdf2: &impl Pbkdf2,
) -> Result<[CipherKey; N], EncryptionError> {
    let derivations: Vec<_> = encryptions.iter().filter_map(|encryption| encryption.derivation()).collect();
    let mut derived = pbkdf2.derive(password, &derivations).await.into_iter();
    let keys = encryptions
        .iter()
        .map(|encryption| {
            let derived = encryption.derivation().and_then(|_| derived.next());
            encryption.cipher_key(password, derived)
        })
        .collect::<Result<Vec<_>, _>>()?;
    keys.try_into().or(Err(EncryptionError::Unsupported))
}

fn identifier(
    oid: ObjectIdentifier,
    parameters: &(impl EncodeValue + Tagged),
) -> der::Result<AlgorithmIdentifierOwned> {
    Ok(AlgorithmIdentifierOwned { oid, parameters: Some(Any::encode_from(parameters)?) })
}

fn parameters<'a, T>(identifier: &'a AlgorithmIdentifierOwned) -> Result<T, EncryptionError>
where
    T: DecodeValue<'a, Error = der::Error> + FixedTag + 'a,
{
    let parameters = identifier.parameters.as_ref().ok_or(EncryptionError::Unsupported)?;
    parameters.decode_as().or(Err(EncryptionError::Unsupported))
}

/// A salt of the length that PKCS #12 files have.
pub(crate) fn generate_mac_salt(random: &mut impl CryptoRng) -> Vec<u8> {
    random_salt(PKCS12_SALT_BYTES, random)
}

fn random_salt(bytes: usize, random: &mut impl CryptoRng) -> Vec<u8> {
    let mut salt = vec![0; bytes];
    random.fill_bytes(&mut salt);
    salt
}

fn checked(iterations: u32) -> Result<u32, EncryptionError> {
    if (1..=MAXIMUM_ITERATIONS).contains(&iterations) {
        Ok(iterations)
    } else {
        Err(EncryptionError::Iterations)
    }
}

/// An ASCII password as PKCS #12 derives from it: two bytes each, big-endian, and a zero character at the end.
///
/// RFC 7292 §B.1. Written at once into memory of the right size, as a growing vector leaves copies behind.
pub(crate) fn bmp_password(password: &[u8]) -> Result<Secret, EncryptionError> {
    if !password.is_ascii() {
        return Err(EncryptionError::Undecryptable);
    }
    let characters = password.len().saturating_add(1);
    let mut bmp = Zeroizing::new(Vec::with_capacity(characters.saturating_mul(2)));
    bmp.extend(password.iter().chain(&[0]).flat_map(|byte| [0, *byte]));
    Ok(bmp)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pbkdf2::Portable;
    use getrandom::{SysRng, rand_core::UnwrapErr};
    use pkcs8::pkcs5::pbes2::{AES_128_CBC_OID, HMAC_WITH_SHA1_OID};

    #[test]
    fn what_is_encrypted_decrypts_under_the_same_password_and_read_parameters() {
        for preset in [Preset::Modern, Preset::Compatible] {
            let encryption = Encryption::generate(preset, 10, &mut UnwrapErr(SysRng));
            let key = |encryption: &Encryption| {
                let keys = derive_cipher_keys([encryption], b"password", &Portable);
                let [key] = pollster::block_on(keys).unwrap();
                key
            };
            let ciphertext =
                encryption.encrypt(&key(&encryption), b"a secret of a length that needs padding").unwrap();
            let read = Encryption::from_identifier(&encryption.identifier().unwrap()).unwrap();
            assert_eq!(read, encryption);
            let plaintext = read.decrypt(&key(&read), &ciphertext).unwrap();
            assert_eq!(plaintext.as_slice(), b"a secret of a length that needs padding");
        }
    }

    #[test]
    fn too_many_iterations_and_none_are_refused() {
        for (iterations, expected) in [
            (0, Err(EncryptionError::Iterations)),
            (1, Ok(())),
            (MAXIMUM_ITERATIONS, Ok(())),
            (MAXIMUM_ITERATIONS + 1, Err(EncryptionError::Iterations)),
        ] {
            for preset in [Preset::Modern, Preset::Compatible] {
                let identifier =
                    Encryption::generate(preset, iterations, &mut UnwrapErr(SysRng)).identifier();
                let read = Encryption::from_identifier(&identifier.unwrap());
                assert_eq!(read.map(drop), expected, "{iterations} {preset:?}");
            }
        }
    }

    #[test]
    fn another_cipher_hash_or_key_length_is_refused() {
        let ours = Encryption::generate(Preset::Modern, 1, &mut UnwrapErr(SysRng)).identifier().unwrap();
        let change = |change: &dyn Fn(&mut Pbes2Params, &mut Pbkdf2Params)| {
            let mut pbes2: Pbes2Params = parameters(&ours).unwrap();
            let mut kdf: Pbkdf2Params = parameters(&pbes2.kdf).unwrap();
            change(&mut pbes2, &mut kdf);
            pbes2.kdf = identifier(pbes2.kdf.oid, &kdf).unwrap();
            Encryption::from_identifier(&identifier(ours.oid, &pbes2).unwrap()).map(drop)
        };
        let refused = Err(EncryptionError::Unsupported);
        assert_eq!(change(&|_, _| ()), Ok(()));
        assert_eq!(change(&|_, kdf| kdf.key_length = Some(32)), Ok(()));
        assert_eq!(change(&|_, kdf| kdf.key_length = Some(16)), refused);
        assert_eq!(change(&|_, kdf| kdf.prf.oid = HMAC_WITH_SHA1_OID), refused);
        assert_eq!(change(&|_, kdf| kdf.salt = OctetString::new([]).unwrap()), refused);
        assert_eq!(change(&|pbes2, _| pbes2.kdf.oid = PBES2_OID), refused);
        assert_eq!(change(&|pbes2, _| pbes2.encryption.oid = AES_128_CBC_OID), refused);
        assert_eq!(change(&|pbes2, _| pbes2.encryption.parameters = None), refused);
    }

    #[test]
    fn a_password_ends_with_a_zero_character() {
        assert_eq!(bmp_password(b"ab").unwrap().as_slice(), [0, b'a', 0, b'b', 0, 0]);
    }
}
