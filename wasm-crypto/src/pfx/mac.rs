//! The integrity check over all that is inside. RFC 7292 §5.1 and appendix A; PBMAC1: RFC 9879 §3.

use super::Preset;
use crate::{
    password_based_encryption::{
        EncryptionError, PBKDF2_SALT_BYTES, PKCS12_SALT_BYTES, Password, Pbkdf2Scheme, Purpose, checked,
        identifier, parameters, random_bytes,
    },
    pbkdf2::{Derivation, Prf, Secret},
};
use der::{
    Any, Sequence,
    asn1::{Null, ObjectIdentifier, OctetString},
};
use hmac::{Hmac, KeyInit};
use pkcs12::{DigestInfo, MacData};
use rand_core::CryptoRng;
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};
use spki::AlgorithmIdentifierOwned;

const PBMAC1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.5.14");

/// What stands in the field of the salt, which PBMAC1 has elsewhere. RFC 9879 §3.
const UNUSED_SALT: &[u8] = b"NOT USED";

/// The longest MAC key that is derived: the block of SHA-512. More would only cost time.
const MAXIMUM_KEY_BYTES: usize = 128;

/// RFC 8018 §A.5.
#[derive(Sequence)]
struct Pbmac1Parameters {
    kdf: AlgorithmIdentifierOwned,
    mac: AlgorithmIdentifierOwned,
}

/// How a MAC is computed, with all that is needed but the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mac {
    /// An HMAC under a key that the derivation of PKCS #12 gives.
    Pkcs12 { hmac: Prf, salt: Vec<u8>, iterations: u32 },
    /// An HMAC under a key that PBKDF2 gives.
    Pbmac1 { kdf: Pbkdf2Scheme, key_bytes: usize, hmac: Prf },
}

impl Mac {
    pub(super) fn generate(preset: Preset, iterations: u32, random: &mut impl CryptoRng) -> Self {
        let hmac = match preset {
            Preset::Modern => Prf::HmacSha256,
            Preset::Compatible => Prf::HmacSha1,
            Preset::Pbmac1 => {
                let salt = random_bytes(PBKDF2_SALT_BYTES, random);
                let key_bytes = Prf::HmacSha256.output_bytes();
                let kdf = Pbkdf2Scheme { prf: Prf::HmacSha256, salt, iterations, key_bytes: Some(key_bytes) };
                return Self::Pbmac1 { kdf, key_bytes, hmac: Prf::HmacSha256 };
            }
        };
        Self::Pkcs12 { hmac, salt: random_bytes(PKCS12_SALT_BYTES, random), iterations }
    }

    pub(super) fn from_parts(
        algorithm: &AlgorithmIdentifierOwned,
        salt: &[u8],
        iterations: u32,
    ) -> Result<Self, EncryptionError> {
        if algorithm.oid == PBMAC1 {
            return Self::from_pbmac1(&parameters(algorithm)?);
        }
        let hmac = Prf::from_digest_oid(algorithm.oid).ok_or(algorithm.oid)?;
        if !algorithm.parameters.as_ref().is_none_or(Any::is_null) {
            return Err(EncryptionError::Malformed);
        }
        Ok(Self::Pkcs12 { hmac, salt: salt.to_vec(), iterations: checked(iterations)? })
    }

    fn from_pbmac1(pbmac1: &Pbmac1Parameters) -> Result<Self, EncryptionError> {
        let kdf = Pbkdf2Scheme::from_identifier(&pbmac1.kdf)?;
        let hmac = Prf::from_hmac_oid(pbmac1.mac.oid).ok_or(pbmac1.mac.oid)?;
        if !pbmac1.mac.parameters.as_ref().is_none_or(Any::is_null) {
            return Err(EncryptionError::Malformed);
        }
        // RFC 9879 §5: a file without the length is not to be read.
        match kdf.key_bytes {
            Some(key_bytes @ 1..=MAXIMUM_KEY_BYTES) => Ok(Self::Pbmac1 { kdf, key_bytes, hmac }),
            _ => Err(EncryptionError::Malformed),
        }
    }

    pub(super) fn iterations(&self) -> u32 {
        match self {
            Self::Pkcs12 { iterations, .. } | Self::Pbmac1 { kdf: Pbkdf2Scheme { iterations, .. }, .. } => {
                *iterations
            }
        }
    }

    pub(super) fn salt(&self) -> &[u8] {
        match self {
            Self::Pkcs12 { salt, .. } | Self::Pbmac1 { kdf: Pbkdf2Scheme { salt, .. }, .. } => salt,
        }
    }

    pub(super) fn hmac(&self) -> Prf {
        let (Self::Pkcs12 { hmac, .. } | Self::Pbmac1 { hmac, .. }) = self;
        *hmac
    }

    /// What PBKDF2 has to derive.
    pub(super) fn derivation(&self) -> Option<Derivation<'_>> {
        match self {
            Self::Pkcs12 { .. } => None,
            Self::Pbmac1 { kdf, key_bytes, .. } => Some(Derivation {
                prf: kdf.prf,
                salt: &kdf.salt,
                iterations: kdf.iterations,
                key_bytes: *key_bytes,
            }),
        }
    }

    /// `derived` is the answer to [`Self::derivation`].
    pub(super) fn compute(
        &self,
        password: &Password,
        derived: Option<Secret>,
        message: &[u8],
    ) -> Result<Vec<u8>, EncryptionError> {
        let key = match self {
            Self::Pbmac1 { .. } => derived.ok_or(EncryptionError::Malformed)?,
            // As long as the digest. RFC 7292 §B.4.
            Self::Pkcs12 { hmac, salt, iterations } => {
                password.derive_pkcs12(*hmac, Purpose::Mac, salt, *iterations, hmac.output_bytes())?
            }
        };
        match self.hmac() {
            Prf::HmacSha1 => hmac::<Hmac<Sha1>>(&key, message),
            Prf::HmacSha224 => hmac::<Hmac<Sha224>>(&key, message),
            Prf::HmacSha256 => hmac::<Hmac<Sha256>>(&key, message),
            Prf::HmacSha384 => hmac::<Hmac<Sha384>>(&key, message),
            Prf::HmacSha512 => hmac::<Hmac<Sha512>>(&key, message),
        }
    }

    /// As it stands in a file.
    pub(super) fn data(&self, mac: Vec<u8>) -> der::Result<MacData> {
        let (algorithm, salt, iterations) = match self {
            Self::Pkcs12 { hmac, salt, iterations } => {
                (identifier(hmac.digest_oid(), &Null)?, salt.as_slice(), *iterations)
            }
            Self::Pbmac1 { kdf, hmac, .. } => {
                let mac = identifier(hmac.hmac_oid(), &Null)?;
                let parameters = Pbmac1Parameters { kdf: kdf.identifier()?, mac };
                (identifier(PBMAC1, &parameters)?, UNUSED_SALT, 1)
            }
        };
        Ok(MacData {
            mac: DigestInfo { algorithm, digest: OctetString::new(mac)? },
            mac_salt: OctetString::new(salt)?,
            iterations: i32::try_from(iterations).or(Err(der::ErrorKind::Overflow))?,
        })
    }
}

fn hmac<M: hmac::Mac + KeyInit>(key: &[u8], message: &[u8]) -> Result<Vec<u8>, EncryptionError> {
    let mac = <M as KeyInit>::new_from_slice(key).or(Err(EncryptionError::Malformed))?;
    Ok(mac.chain_update(message).finalize().into_bytes().to_vec())
}
