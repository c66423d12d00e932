//! How an encryption stands in a file: its algorithm identifier.

use super::{Cipher, Encryption, EncryptionError, checked};
use crate::pbkdf2::Prf;
use der::{
    Any, DecodeValue, EncodeValue, FixedTag, Sequence, Tagged,
    asn1::{Null, ObjectIdentifier, OctetString},
};
use pkcs8::pkcs5::pbes2::{AES_128_CBC_OID, AES_192_CBC_OID, AES_256_CBC_OID, PBES2_OID, PBKDF2_OID};
use spki::AlgorithmIdentifierOwned;

const PKCS_12_PBE_WITH_TRIPLE_DES: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.1.3");
const PKCS_12_PBE_WITH_TWO_KEY_TRIPLE_DES: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.1.4");
const PKCS_12_PBE_WITH_RC2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.1.5");
const PKCS_12_PBE_WITH_RC2_40: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.12.1.6");

/// RFC 8018 §B.2.2.
const DES_EDE3_CBC_OID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.3.7");

/// RFC 8018 §A.4.
#[derive(Sequence)]
struct Pbes2Parameters {
    kdf: AlgorithmIdentifierOwned,
    encryption: AlgorithmIdentifierOwned,
}

/// RFC 8018 §A.2, but for salts that are found elsewhere, which nobody writes.
#[derive(Sequence)]
struct Pbkdf2Parameters {
    salt: OctetString,
    iterations: u32,
    #[asn1(optional = "true")]
    key_bytes: Option<u16>,
    #[asn1(optional = "true")]
    prf: Option<AlgorithmIdentifierOwned>,
}

/// RFC 7292 §C.
#[derive(Sequence)]
struct Pkcs12Parameters {
    salt: OctetString,
    iterations: u32,
}

/// PBKDF2 and its parameters, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pbkdf2Scheme {
    pub(crate) prf: Prf,
    pub(crate) salt: Vec<u8>,
    pub(crate) iterations: u32,
    pub(crate) key_bytes: Option<usize>,
}

impl Pbkdf2Scheme {
    pub(crate) fn identifier(&self) -> der::Result<AlgorithmIdentifierOwned> {
        let key_bytes = self.key_bytes.map(u16::try_from).transpose().or(Err(der::ErrorKind::Overflow))?;
        let parameters = Pbkdf2Parameters {
            salt: OctetString::new(self.salt.as_slice())?,
            iterations: self.iterations,
            key_bytes,
            prf: Some(identifier(self.prf.hmac_oid(), &Null)?),
        };
        identifier(PBKDF2_OID, &parameters)
    }

    pub(crate) fn from_identifier(identifier: &AlgorithmIdentifierOwned) -> Result<Self, EncryptionError> {
        if identifier.oid != PBKDF2_OID {
            return Err(identifier.oid.into());
        }
        let Pbkdf2Parameters { salt, iterations, key_bytes, prf } = parameters(identifier)?;
        let prf = match prf {
            None => Prf::HmacSha1,
            Some(prf) if prf.parameters.as_ref().is_none_or(Any::is_null) => {
                Prf::from_hmac_oid(prf.oid).ok_or(prf.oid)?
            }
            Some(_) => return Err(EncryptionError::Malformed),
        };
        Ok(Self {
            prf,
            salt: salt.into_bytes().into(),
            iterations: checked(iterations)?,
            key_bytes: key_bytes.map(usize::from),
        })
    }
}

impl Cipher {
    /// In PBES2. None is in no PBES2 file that is read here.
    fn oid(self) -> Option<ObjectIdentifier> {
        match self {
            Self::Aes128 => Some(AES_128_CBC_OID),
            Self::Aes192 => Some(AES_192_CBC_OID),
            Self::Aes256 => Some(AES_256_CBC_OID),
            Self::TripleDes => Some(DES_EDE3_CBC_OID),
            Self::TwoKeyTripleDes | Self::Rc2 | Self::Rc2With40Bits => None,
        }
    }

    fn from_oid(oid: ObjectIdentifier) -> Option<Self> {
        [Self::Aes128, Self::Aes192, Self::Aes256, Self::TripleDes]
            .into_iter()
            .find(|cipher| cipher.oid() == Some(oid))
    }

    /// With the key derivation of PKCS #12.
    fn pkcs_12_oid(self) -> Option<ObjectIdentifier> {
        match self {
            Self::TripleDes => Some(PKCS_12_PBE_WITH_TRIPLE_DES),
            Self::TwoKeyTripleDes => Some(PKCS_12_PBE_WITH_TWO_KEY_TRIPLE_DES),
            Self::Rc2 => Some(PKCS_12_PBE_WITH_RC2),
            Self::Rc2With40Bits => Some(PKCS_12_PBE_WITH_RC2_40),
            Self::Aes128 | Self::Aes192 | Self::Aes256 => None,
        }
    }

    fn from_pkcs_12_oid(oid: ObjectIdentifier) -> Option<Self> {
        [Self::TripleDes, Self::TwoKeyTripleDes, Self::Rc2, Self::Rc2With40Bits]
            .into_iter()
            .find(|cipher| cipher.pkcs_12_oid() == Some(oid))
    }
}

impl Encryption {
    /// As it stands in a file.
    pub(crate) fn identifier(&self) -> der::Result<AlgorithmIdentifierOwned> {
        let unwritable = der::Error::from(der::ErrorKind::Failed);
        match self {
            Self::Pbes2 { prf, salt, iterations, cipher, initialization_vector } => {
                let kdf =
                    Pbkdf2Scheme { prf: *prf, salt: salt.clone(), iterations: *iterations, key_bytes: None };
                let initialization_vector = OctetString::new(initialization_vector.as_slice())?;
                let parameters = Pbes2Parameters {
                    kdf: kdf.identifier()?,
                    encryption: identifier(cipher.oid().ok_or(unwritable)?, &initialization_vector)?,
                };
                identifier(PBES2_OID, &parameters)
            }
            Self::Pkcs12 { cipher, salt, iterations } => {
                let parameters =
                    Pkcs12Parameters { salt: OctetString::new(salt.as_slice())?, iterations: *iterations };
                identifier(cipher.pkcs_12_oid().ok_or(unwritable)?, &parameters)
            }
        }
    }

    /// Reads the parameters from a file.
    pub(crate) fn from_identifier(identifier: &AlgorithmIdentifierOwned) -> Result<Self, EncryptionError> {
        if identifier.oid == PBES2_OID {
            return Self::from_pbes2(&parameters(identifier)?);
        }
        let cipher = Cipher::from_pkcs_12_oid(identifier.oid).ok_or(identifier.oid)?;
        let Pkcs12Parameters { salt, iterations } = parameters(identifier)?;
        Ok(Self::Pkcs12 { cipher, salt: salt.into_bytes().into(), iterations: checked(iterations)? })
    }

    fn from_pbes2(pbes2: &Pbes2Parameters) -> Result<Self, EncryptionError> {
        let cipher = Cipher::from_oid(pbes2.encryption.oid).ok_or(pbes2.encryption.oid)?;
        let initialization_vector: OctetString = parameters(&pbes2.encryption)?;
        let kdf = Pbkdf2Scheme::from_identifier(&pbes2.kdf)?;
        let has_right_lengths = kdf.key_bytes.is_none_or(|bytes| bytes == cipher.key_bytes())
            && initialization_vector.as_bytes().len() == cipher.block_bytes();
        if !has_right_lengths {
            return Err(EncryptionError::Malformed);
        }
        Ok(Self::Pbes2 {
            prf: kdf.prf,
            salt: kdf.salt,
            iterations: kdf.iterations,
            cipher,
            initialization_vector: initialization_vector.into_bytes().into(),
        })
    }
}

pub(crate) fn identifier(
    oid: ObjectIdentifier,
    parameters: &(impl EncodeValue + Tagged),
) -> der::Result<AlgorithmIdentifierOwned> {
    Ok(AlgorithmIdentifierOwned { oid, parameters: Some(Any::encode_from(parameters)?) })
}

pub(crate) fn parameters<'a, T>(identifier: &'a AlgorithmIdentifierOwned) -> Result<T, EncryptionError>
where
    T: DecodeValue<'a, Error = der::Error> + FixedTag + 'a,
{
    let parameters = identifier.parameters.as_ref().ok_or(EncryptionError::Malformed)?;
    parameters.decode_as().or(Err(EncryptionError::Malformed))
}
