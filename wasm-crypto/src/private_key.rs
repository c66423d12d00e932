//! A private key in the forms in which programs write one: PKCS #8, PKCS #1 (RSA) and SEC 1 (curves), as PEM or DER,
//! and PKCS #8 encrypted under a passphrase.

mod refused;

pub use refused::RefusedKey;

use crate::{
    key_pair::KeyPair,
    password_based_encryption::{
        Container, Encryption, EncryptionError, Password, UnsupportedScheme, derive_cipher_key,
    },
    pbkdf2::{Pbkdf2, Secret},
};
use der::{
    Any, AnyRef, Decode, Encode, Reader, SliceReader, Tag, Tagged,
    asn1::{Null, ObjectIdentifier, OctetStringRef},
};
use pkcs8::PrivateKeyInfoRef;
use pki::ber::{self, BerError};
use pki::pasted::{self, Content, Kind, PrivateKeyForm};
use spki::{AlgorithmIdentifier, AlgorithmIdentifierOwned};
use std::borrow::Cow;
use zeroize::Zeroizing;

/// Why there is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PrivateKeyError {
    /// The bytes are something else.
    #[error("this is not a private key in a form that is known")]
    NotAPrivateKey,
    /// Something else that is known.
    #[error("this is {}{}", .kind.name(), way_out(*.kind))]
    Other {
        /// What.
        kind: Kind,
    },
    /// The key is encrypted, and there is no passphrase.
    #[error("the private key is encrypted; enter its passphrase")]
    PassphraseNeeded,
    /// The passphrase is another one. A change in the encrypted bytes may look the same.
    #[error("the passphrase does not open the private key")]
    WrongPassphrase,
    /// Encrypted in OpenSSL's own old way, `Proc-Type: 4,ENCRYPTED`: under one round of MD5.
    #[error(
        "the private key is encrypted in OpenSSL's old way, which is not supported; convert it with \
         `openssl pkcs8 -topk8 -v2 aes-256-cbc -in OLD -out NEW`"
    )]
    TraditionalEncryption,
    /// In the form of OpenSSH.
    #[error(
        "the private key is in the form of OpenSSH; convert a copy of it with \
         `ssh-keygen -p -m PKCS8 -f COPY`"
    )]
    OpenSsh,
    /// Encrypted in another way.
    #[error(
        "the private key is encrypted with {0}, which is not supported; convert it with \
         `openssl pkcs8{options} -topk8 -v2 aes-256-cbc -in OLD -out NEW`",
        options = .0.openssl_options()
    )]
    UnsupportedEncryption(UnsupportedScheme),
    /// The file asks for more work than is done.
    #[error("the private key asks for {iterations} iterations, which is out of range")]
    Iterations {
        /// What it asks for.
        iterations: u32,
    },
    /// Of another kind or size than those that are read.
    #[error("the private key is {0}")]
    UnsupportedKey(RefusedKey),
    /// The key is not whole.
    #[error("the private key is damaged")]
    Damaged,
}

impl From<EncryptionError> for PrivateKeyError {
    fn from(error: EncryptionError) -> Self {
        match error {
            EncryptionError::Unsupported(scheme) => Self::UnsupportedEncryption(scheme),
            EncryptionError::Malformed => Self::Damaged,
            EncryptionError::Iterations { iterations } => Self::Iterations { iterations },
            EncryptionError::Undecryptable => Self::WrongPassphrase,
        }
    }
}

/// What to do with something else.
fn way_out(kind: Kind) -> String {
    match kind {
        Kind::PrivateKey(PrivateKeyForm::Pfx) => "; open it as a PFX file".to_owned(),
        Kind::PrivateKey(form) => {
            form.conversion().map(|conversion| format!("; {conversion}")).unwrap_or_default()
        }
        Kind::Archive => "; unpack it, and choose the key inside".to_owned(),
        _ => ", not a private key; choose the file of the key that was made with it".to_owned(),
    }
}

/// Reads a private key, and tests it. The passphrase is looked at only when the key is encrypted; a key that is encrypted
/// under an empty one opens under it.
///
/// # Errors
/// Why there is no key.
pub async fn read(input: &[u8], passphrase: &str, pbkdf2: &impl Pbkdf2) -> Result<KeyPair, PrivateKeyError> {
    read_der(&to_der(input)?, passphrase, pbkdf2).await
}

/// The structure of a private key in a text or a file: DER, with whatever stands behind its end.
pub(crate) fn to_der(input: &[u8]) -> Result<Secret, PrivateKeyError> {
    let ber = find(input)?;
    match ber::to_der(&ber) {
        Ok(Cow::Owned(der)) => Ok(Zeroizing::new(der)),
        Ok(Cow::Borrowed(_)) | Err(BerError::Trailing) => Ok(ber),
        Err(_) => Err(PrivateKeyError::NotAPrivateKey),
    }
}

/// Whether the structure is that of an encrypted key. RFC 5958 §3.
pub(crate) fn is_encrypted(der: &[u8]) -> bool {
    matches!(Form::of(der), Some(Form::Encrypted))
}

/// Reads what [`to_der`] gave, and tests the key.
pub(crate) async fn read_der(
    der: &[u8],
    passphrase: &str,
    pbkdf2: &impl Pbkdf2,
) -> Result<KeyPair, PrivateKeyError> {
    match Form::of(der).ok_or(PrivateKeyError::NotAPrivateKey)? {
        Form::Pkcs8 => key_pair(der),
        Form::Pkcs1 => {
            let parameters = Any::encode_from(&Null).or(Err(PrivateKeyError::Damaged))?;
            wrapped(der, rsa::pkcs1::ALGORITHM_OID, &parameters)
        }
        Form::Dsa => Err(PrivateKeyError::UnsupportedKey(RefusedKey::DSA)),
        Form::Sec1(curve) => {
            let curve = curve.ok_or(PrivateKeyError::UnsupportedKey(RefusedKey::WITHOUT_CURVE))?;
            wrapped(der, const_oid::db::rfc5912::ID_EC_PUBLIC_KEY, &curve)
        }
        Form::Encrypted => open(der, passphrase, pbkdf2).await,
    }
}

/// The bytes of the private key in a text or a file, DER or BER: the first that can be read on.
fn find(input: &[u8]) -> Result<Secret, PrivateKeyError> {
    let contents = pasted::contents(input);
    let is_key = |content: &&Content| content.kind.is_private();
    let is_whole = |content: &&Content| is_key(content) && !content.is_damaged && !content.bytes.is_empty();
    let content = contents.iter().find(is_whole).or_else(|| contents.iter().find(is_key));
    let content = content.or_else(|| contents.first()).ok_or(PrivateKeyError::NotAPrivateKey)?;
    if content.has_proc_type {
        return Err(PrivateKeyError::TraditionalEncryption);
    }
    match content.kind {
        Kind::PrivateKey(PrivateKeyForm::OpenSsh) => Err(PrivateKeyError::OpenSsh),
        // Bytes that say nothing may be a key in BER.
        Kind::Unknown => Ok(content.bytes.clone()),
        Kind::PrivateKey(
            PrivateKeyForm::Pkcs8
            | PrivateKeyForm::EncryptedPkcs8
            | PrivateKeyForm::Rsa
            | PrivateKeyForm::Ec
            | PrivateKeyForm::Dsa
            | PrivateKeyForm::Other,
        ) => {
            let is_whole = !content.is_damaged && !content.bytes.is_empty();
            if is_whole { Ok(content.bytes.clone()) } else { Err(PrivateKeyError::Damaged) }
        }
        kind => Err(PrivateKeyError::Other { kind }),
    }
}

/// By what stands first in the outer sequence.
enum Form {
    /// RFC 5958 §2: a version, then an algorithm.
    Pkcs8,
    /// RFC 8017 §A.1.2: a version, then numbers.
    Pkcs1,
    /// Of OpenSSL and no standard: a version, then five numbers.
    Dsa,
    /// RFC 5915 §3: a version, then the number, then the curve: its name, or its numbers.
    Sec1(Option<Any>),
    /// RFC 5958 §3: an algorithm, then bytes.
    Encrypted,
}

/// Elements of the traditional form of a DSA key: the version, p, q, g, y and x.
const DSA_ELEMENTS: usize = 6;

impl Form {
    fn of(der: &[u8]) -> Option<Self> {
        let (outer, _) = AnyRef::from_der_partial(der).ok()?;
        let mut reader = SliceReader::new(outer.value()).ok().filter(|_| outer.tag() == Tag::Sequence)?;
        let mut elements = std::iter::from_fn(|| reader.decode::<AnyRef<'_>>().ok());
        let (first, second) = (elements.next()?, elements.next()?);
        // A number of more than one byte is no version: public keys and parameters begin so.
        let is_version = first.tag() == Tag::Integer && first.value().len() == 1;
        match (first.tag(), second.tag()) {
            (Tag::Integer, _) if !is_version => None,
            (Tag::Integer, Tag::Sequence) => Some(Self::Pkcs8),
            (Tag::Integer, Tag::Integer) => {
                let is_dsa = elements.count().saturating_add(2) == DSA_ELEMENTS;
                Some(if is_dsa { Self::Dsa } else { Self::Pkcs1 })
            }
            (Tag::Integer, Tag::OctetString) => {
                let parameters = elements.next().filter(|element| element.tag().number().value() == 0);
                Some(Self::Sec1(parameters.and_then(|curve| Any::from_der(curve.value()).ok())))
            }
            (Tag::Sequence, Tag::OctetString) => Some(Self::Encrypted),
            _ => None,
        }
    }
}

/// A PKCS #8 structure around a key that has none.
fn wrapped(private_key: &[u8], oid: ObjectIdentifier, parameters: &Any) -> Result<KeyPair, PrivateKeyError> {
    let encode = || -> der::Result<Secret> {
        let parameters = Some(AnyRef::from(parameters));
        let algorithm = AlgorithmIdentifier { oid, parameters };
        let info = PrivateKeyInfoRef::new(algorithm, OctetStringRef::new(private_key)?);
        Ok(Zeroizing::new(info.to_der()?))
    };
    key_pair(&encode().or(Err(PrivateKeyError::Damaged))?)
}

fn key_pair(pkcs8_der: &[u8]) -> Result<KeyPair, PrivateKeyError> {
    KeyPair::from_foreign_pkcs8_der(pkcs8_der).map_err(|error| {
        RefusedKey::of(&error, pkcs8_der).map_or(PrivateKeyError::Damaged, PrivateKeyError::UnsupportedKey)
    })
}

/// Opens an encrypted key under the passphrase in whichever bytes its writer made of it.
async fn open(der: &[u8], passphrase: &str, pbkdf2: &impl Pbkdf2) -> Result<KeyPair, PrivateKeyError> {
    let read = || -> der::Result<(AlgorithmIdentifierOwned, AnyRef<'_>)> {
        let mut reader = SliceReader::new(AnyRef::from_der_partial(der)?.0.value())?;
        Ok((reader.decode()?, reader.decode()?))
    };
    let (algorithm, ciphertext) = read().or(Err(PrivateKeyError::Damaged))?;
    let encryption = Encryption::from_identifier(&algorithm)?;
    let typed = Password::new(passphrase);
    for password in std::iter::once(&typed).chain(&typed.other_forms(Container::PrivateKey)) {
        let key = derive_cipher_key(&encryption, password, pbkdf2).await?;
        let decrypted = encryption.decrypt(&key, ciphertext.value());
        // One wrong passphrase in 256 passes the padding; what comes out is noise.
        let private_key = decrypted.ok().filter(|der| matches!(Form::of(der), Some(Form::Pkcs8)));
        if let Some(private_key) = private_key {
            return key_pair(&private_key);
        }
    }
    Err(if typed.is_empty() { PrivateKeyError::PassphraseNeeded } else { PrivateKeyError::WrongPassphrase })
}
