//! PFX files (PKCS #12): the key, its certificate and the chain, under one password, as mail programs import them.
//!
//! Nearly every program reports a scheme that it does not know as a wrong password. So there are two presets with
//! nothing to choose inside, each made of what the programs were seen to read.

mod reading;
mod safe;

pub use reading::{OpenPfxError, OpenedPfx, open};

use crate::{
    key_pair::{KeyPair, KeyPairError},
    passphrase::{self, PassphraseProblem},
    password_based_encryption::{
        Encryption, EncryptionError, bmp_password, derive_cipher_keys, generate_mac_salt,
    },
    pbkdf2::Pbkdf2,
};
use der::{
    Any, Encode,
    asn1::{Null, OctetString},
    oid::AssociatedOid,
};
use hmac::{Hmac, KeyInit, Mac};
use pkcs12::{
    AuthenticatedSafe, DigestInfo, MacData, Pfx,
    cms::content_info::ContentInfo,
    kdf::{Pkcs12KeyType, derive_key},
    pfx::Version,
};
use pki::certificate::{Certificate, CertificateError};
use rand_core::CryptoRng;
use sha1::Sha1;
use sha2::Sha256;
use spki::AlgorithmIdentifierOwned;
use zeroize::Zeroizing;

/// Of each of the three derivations. Our choice: with the sum of 300,000, half of what Windows accepts at most.
const ITERATIONS: u32 = 100_000;

/// How a PFX is encrypted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preset {
    /// PBES2 with PBKDF2-HMAC-SHA256 and AES-256-CBC, HMAC-SHA256 over it: Windows 10 and later, Outlook, Thunderbird,
    /// Linux, Java.
    #[default]
    Modern,
    /// Triple DES and HMAC-SHA1: weak, so it needs a long password, and read by every program: Apple Mail, iPhone,
    /// Android up to 13, Windows Server 2016, Kleopatra.
    Compatible,
}

/// What stands in a PFX.
#[derive(Debug)]
pub struct PfxContent<'a> {
    /// The key.
    pub key: &'a KeyPair,
    /// Its certificate, DER.
    pub leaf_der: &'a [u8],
    /// The certificates above it, issuing CA first, DER.
    pub chain_der: &'a [Vec<u8>],
    /// The name that programs show for the entry: the mailbox.
    pub friendly_name: &'a str,
}

/// Why a PFX was not written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PfxError {
    /// The password is not accepted.
    #[error(transparent)]
    Password(#[from] PassphraseProblem),
    /// The certificate, or one of the chain, cannot be read.
    #[error("a certificate cannot be read")]
    Certificate {
        /// Why.
        source: CertificateError,
    },
    /// The certificate is for another key.
    #[error("the certificate is for another key")]
    OtherKey,
    /// A certificate is not followed by its issuer's.
    #[error("a certificate is not followed by its issuer's")]
    BrokenChain,
    /// The key cannot be written.
    #[error("the key cannot be written")]
    Key {
        /// Why.
        source: KeyPairError,
    },
    /// A part cannot be encrypted.
    #[error("a part of the file cannot be encrypted")]
    Encryption,
    /// The file cannot be encoded.
    #[error("the file cannot be encoded")]
    Encoding {
        /// Why.
        source: der::Error,
    },
    /// The file does not open again.
    #[error("the file does not open again")]
    NotOpened {
        /// Why.
        source: OpenPfxError,
    },
    /// The file opens, with something else inside.
    #[error("the file opens with something else inside")]
    OtherContent,
}

impl From<der::Error> for PfxError {
    fn from(source: der::Error) -> Self {
        Self::Encoding { source }
    }
}

impl From<EncryptionError> for PfxError {
    fn from(_: EncryptionError) -> Self {
        Self::Encryption
    }
}

/// Writes a PFX, opens it again and compares what is inside.
///
/// # Errors
/// When the password is not accepted, a certificate does not fit, or the file does not pass.
pub async fn write(
    content: &PfxContent<'_>,
    password: &str,
    preset: Preset,
    random: &mut impl CryptoRng,
    pbkdf2: &impl Pbkdf2,
) -> Result<Vec<u8>, PfxError> {
    passphrase::check(password)?;
    check_certificates(content)?;
    let pfx = write_with_iterations(content, password, preset, ITERATIONS, random, pbkdf2).await?;
    let opened = open(&pfx, password, pbkdf2).await.map_err(|source| PfxError::NotOpened { source })?;
    if opened.holds(content) { Ok(pfx) } else { Err(PfxError::OtherContent) }
}

fn check_certificates(content: &PfxContent<'_>) -> Result<(), PfxError> {
    let read = |der| Certificate::from_der(der).map_err(|source| PfxError::Certificate { source });
    let mut certificate = read(content.leaf_der)?;
    if certificate.public_key().spki_der() != content.key.spki_der() {
        return Err(PfxError::OtherKey);
    }
    for issuer_der in content.chain_der {
        let issuer = read(issuer_der)?;
        if certificate.issuer_text() != issuer.subject_text() {
            return Err(PfxError::BrokenChain);
        }
        certificate = issuer;
    }
    Ok(())
}

async fn write_with_iterations(
    content: &PfxContent<'_>,
    password: &str,
    preset: Preset,
    iterations: u32,
    random: &mut impl CryptoRng,
    pbkdf2: &impl Pbkdf2,
) -> Result<Vec<u8>, PfxError> {
    let password = password.as_bytes();
    let attributes = safe::entry_attributes(content.friendly_name, content.leaf_der)?;

    let certificates = safe::certificate_bags(content, &attributes)?.to_der()?;
    let encryptions = [(); 2].map(|()| Encryption::generate(preset, iterations, random));
    let [certificates_key, key_key] = derive_cipher_keys(encryptions.each_ref(), password, pbkdf2).await?;
    let [certificates_encryption, key_encryption] = encryptions;
    let certificates = certificates_encryption.encrypt(&certificates_key, &certificates)?;
    let certificates = safe::encrypted(&certificates_encryption, certificates)?;

    let private_key = content.key.to_pkcs8_der().map_err(|source| PfxError::Key { source })?;
    let private_key = key_encryption.encrypt(&key_key, private_key.as_bytes())?;
    let private_key = safe::plain(&safe::key_bag(&key_encryption, private_key, attributes)?)?;

    let authenticated_safe: AuthenticatedSafe<'_> = vec![certificates, private_key];
    let authenticated_safe = authenticated_safe.to_der()?;
    let mac_algorithm = MacAlgorithm::of(preset);
    let salt = generate_mac_salt(random);
    let mac = mac_algorithm.compute(password, &salt, iterations, &authenticated_safe)?;
    let pfx = Pfx {
        version: Version::V3,
        auth_safe: ContentInfo {
            content_type: const_oid::db::rfc5911::ID_DATA,
            content: Any::encode_from(&OctetString::new(authenticated_safe)?)?,
        },
        mac_data: Some(MacData {
            mac: DigestInfo { algorithm: mac_algorithm.identifier()?, digest: OctetString::new(mac)? },
            mac_salt: OctetString::new(salt)?,
            iterations: i32::try_from(iterations).or(Err(PfxError::Encryption))?,
        }),
    };
    Ok(pfx.to_der()?)
}

/// The integrity check over all that is inside. RFC 7292 §5.1 and appendix A.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum MacAlgorithm {
    HmacSha1,
    HmacSha256,
}

impl MacAlgorithm {
    const ALL: [Self; 2] = [Self::HmacSha1, Self::HmacSha256];

    fn of(preset: Preset) -> Self {
        match preset {
            Preset::Modern => Self::HmacSha256,
            Preset::Compatible => Self::HmacSha1,
        }
    }

    /// The digest's identifier: `MacData` names only that.
    fn identifier(self) -> Result<AlgorithmIdentifierOwned, der::Error> {
        let oid = match self {
            Self::HmacSha1 => Sha1::OID,
            Self::HmacSha256 => Sha256::OID,
        };
        Ok(AlgorithmIdentifierOwned { oid, parameters: Some(Any::encode_from(&Null)?) })
    }

    /// None for an algorithm that is not ours.
    fn from_identifier(identifier: &AlgorithmIdentifierOwned) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.identifier().is_ok_and(|ours| ours == *identifier))
    }

    fn compute(
        self,
        password: &[u8],
        salt: &[u8],
        iterations: u32,
        message: &[u8],
    ) -> Result<Vec<u8>, EncryptionError> {
        match self {
            Self::HmacSha1 => {
                let key = self.derive_key(password, salt, iterations)?;
                let mac = Hmac::<Sha1>::new_from_slice(&key).or(Err(EncryptionError::Unsupported))?;
                Ok(mac.chain_update(message).finalize().into_bytes().to_vec())
            }
            Self::HmacSha256 => {
                let key = self.derive_key(password, salt, iterations)?;
                let mac = Hmac::<Sha256>::new_from_slice(&key).or(Err(EncryptionError::Unsupported))?;
                Ok(mac.chain_update(message).finalize().into_bytes().to_vec())
            }
        }
    }

    /// A key as long as the digest. RFC 7292 §B.4.
    fn derive_key(
        self,
        password: &[u8],
        salt: &[u8],
        iterations: u32,
    ) -> Result<Zeroizing<Vec<u8>>, EncryptionError> {
        let password = bmp_password(password)?;
        let iterations = i32::try_from(iterations).or(Err(EncryptionError::Iterations))?;
        Ok(Zeroizing::new(match self {
            Self::HmacSha1 => {
                derive_key::<Sha1>(&password, salt, Pkcs12KeyType::Mac, iterations, SHA_1_BYTES)
            }
            Self::HmacSha256 => {
                derive_key::<Sha256>(&password, salt, Pkcs12KeyType::Mac, iterations, SHA_256_BYTES)
            }
        }))
    }
}

const SHA_1_BYTES: usize = 20;
const SHA_256_BYTES: usize = 32;

#[cfg(test)]
mod tests;
