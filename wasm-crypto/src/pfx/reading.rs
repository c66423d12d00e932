//! Opens a PFX of the two presets: the check of what was written.

use super::{MacAlgorithm, PfxContent};
use crate::{
    key_pair::KeyPair,
    password_based_encryption::{CipherKey, Encryption, MAXIMUM_ITERATIONS, derive_cipher_keys},
    pbkdf2::{Pbkdf2, Secret},
};
use der::{
    Decode, Encode,
    asn1::{BmpString, ContextSpecific, ObjectIdentifier, OctetString},
};
use pkcs12::{
    AuthenticatedSafe, CertBag, MacData, PKCS_12_CERT_BAG_OID, PKCS_12_PKCS8_KEY_BAG_OID,
    PKCS_12_X509_CERT_OID, Pfx, SafeBag,
    cms::{content_info::ContentInfo, encrypted_data::EncryptedData},
    pbe_params::EncryptedPrivateKeyInfo,
    safe_bag::SafeContents,
};
use subtle::ConstantTimeEq;
use x509_cert::attr::Attributes;

/// What was in a PFX.
#[derive(Debug)]
pub struct OpenedPfx {
    /// The key, tested.
    pub key: KeyPair,
    /// The certificate that belongs to it, DER.
    pub leaf_der: Vec<u8>,
    /// The other certificates, in the file's order, DER.
    pub chain_der: Vec<Vec<u8>>,
    /// The name of the entry.
    pub friendly_name: String,
}

/// Why a PFX does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenPfxError {
    /// The bytes are not a PFX with a MAC, in DER.
    #[error("the bytes are not a PFX file")]
    NotAPfx,
    /// The file is made in another way than by our presets.
    #[error("the file is made in a way that is not supported")]
    Unsupported,
    /// The password is another one, or the file was changed.
    #[error("the password does not open the file, or the file was changed")]
    WrongPassword,
    /// A part inside is missing, there twice, or not whole.
    #[error("a part inside the file is missing or damaged")]
    Damaged,
}

/// Opens a PFX that [`super::write`] could have written.
///
/// # Errors
/// When the password is wrong, any bit was changed, or the file is of another make.
pub async fn open(pfx: &[u8], password: &str, pbkdf2: &impl Pbkdf2) -> Result<OpenedPfx, OpenPfxError> {
    let password = password.as_bytes();
    let authenticated_safe = authenticate(pfx, password)?;
    let [certificates, key] =
        <[ContentInfo; 2]>::try_from(authenticated_safe).or(Err(OpenPfxError::Unsupported))?;

    let certificates = Encrypted::read(&certificates)?;
    let [key] = <[SafeBag; 1]>::try_from(bags(&octets(&key)?)?).or(Err(OpenPfxError::Damaged))?;
    let key = Bag::read(key, PKCS_12_PKCS8_KEY_BAG_OID)?;
    let private_key = key.private_key()?;
    let encryptions = [&certificates.encryption, &private_key.encryption];
    let [certificates_key, key_key] =
        derive_cipher_keys(encryptions, password, pbkdf2).await.or(Err(OpenPfxError::Damaged))?;

    let certificates = certificates.decrypt(&certificates_key)?;
    let mut certificates = bags(&certificates)?.into_iter().map(|bag| Bag::read(bag, PKCS_12_CERT_BAG_OID));
    let leaf = certificates.next().ok_or(OpenPfxError::Damaged)??;
    let chain_der = certificates
        .map(|bag| {
            bag.and_then(|bag| {
                if bag.attributes.is_none() { bag.certificate() } else { Err(OpenPfxError::Damaged) }
            })
        })
        .collect::<Result<Vec<_>, _>>()?;

    if key.attributes.is_none() || key.attributes != leaf.attributes {
        return Err(OpenPfxError::Damaged);
    }
    Ok(OpenedPfx {
        key: KeyPair::from_pkcs8_der(&private_key.decrypt(&key_key)?).or(Err(OpenPfxError::Damaged))?,
        leaf_der: leaf.certificate()?,
        chain_der,
        friendly_name: key.friendly_name()?,
    })
}

impl OpenedPfx {
    /// Whether this is what was put in.
    pub(super) fn holds(&self, content: &PfxContent<'_>) -> bool {
        self.key.spki_der() == content.key.spki_der()
            && self.leaf_der == content.leaf_der
            && self.chain_der == content.chain_der
            && self.friendly_name == content.friendly_name
    }
}

/// Verifies the MAC, and that all outside it is as we would write it.
fn authenticate(bytes: &[u8], password: &[u8]) -> Result<AuthenticatedSafe<'static>, OpenPfxError> {
    let pfx = Pfx::from_der(bytes).or(Err(OpenPfxError::NotAPfx))?;
    if pfx.to_der().ok().as_deref() != Some(bytes) {
        return Err(OpenPfxError::NotAPfx);
    }
    let authenticated_safe = octets(&pfx.auth_safe)?;
    let MacData { mac, mac_salt, iterations } = pfx.mac_data.ok_or(OpenPfxError::NotAPfx)?;
    let algorithm = MacAlgorithm::from_identifier(&mac.algorithm).ok_or(OpenPfxError::Unsupported)?;
    let iterations = u32::try_from(iterations).or(Err(OpenPfxError::Unsupported))?;
    if !(1..=MAXIMUM_ITERATIONS).contains(&iterations) || mac_salt.is_empty() {
        return Err(OpenPfxError::Unsupported);
    }
    let expected = algorithm
        .compute(password, mac_salt.as_bytes(), iterations, &authenticated_safe)
        .or(Err(OpenPfxError::WrongPassword))?;
    if !bool::from(expected.ct_eq(mac.digest.as_bytes())) {
        return Err(OpenPfxError::WrongPassword);
    }
    AuthenticatedSafe::from_der(&authenticated_safe).or(Err(OpenPfxError::Damaged))
}

/// The content of `Data`.
fn octets(info: &ContentInfo) -> Result<Vec<u8>, OpenPfxError> {
    if info.content_type != const_oid::db::rfc5911::ID_DATA {
        return Err(OpenPfxError::Unsupported);
    }
    let octets: OctetString = info.content.decode_as().or(Err(OpenPfxError::Damaged))?;
    Ok(octets.into_bytes().into())
}

/// Bytes and how they are encrypted.
struct Encrypted {
    encryption: Encryption,
    ciphertext: Vec<u8>,
}

impl Encrypted {
    /// The content of `EncryptedData`.
    fn read(info: &ContentInfo) -> Result<Self, OpenPfxError> {
        if info.content_type != const_oid::db::rfc5911::ID_ENCRYPTED_DATA {
            return Err(OpenPfxError::Unsupported);
        }
        let data: EncryptedData = info.content.decode_as().or(Err(OpenPfxError::Damaged))?;
        let ciphertext = data.enc_content_info.encrypted_content.ok_or(OpenPfxError::Damaged)?;
        let encryption = Encryption::from_identifier(&data.enc_content_info.content_enc_alg)
            .or(Err(OpenPfxError::Unsupported))?;
        Ok(Self { encryption, ciphertext: ciphertext.into_bytes().into() })
    }

    fn decrypt(&self, key: &CipherKey) -> Result<Secret, OpenPfxError> {
        self.encryption.decrypt(key, &self.ciphertext).or(Err(OpenPfxError::Damaged))
    }
}

fn bags(der: &[u8]) -> Result<SafeContents, OpenPfxError> {
    SafeContents::from_der(der).or(Err(OpenPfxError::Damaged))
}

/// A bag of a known type.
struct Bag {
    value: Vec<u8>,
    attributes: Option<Attributes>,
}

impl Bag {
    fn read(bag: SafeBag, expected: ObjectIdentifier) -> Result<Self, OpenPfxError> {
        if bag.bag_id == expected {
            Ok(Self { value: bag.bag_value, attributes: bag.bag_attributes })
        } else {
            Err(OpenPfxError::Unsupported)
        }
    }

    /// The value under its tag `[0]`, which the decoder leaves on, though the encoder puts it on.
    fn decode<T: for<'a> Decode<'a, Error = der::Error> + for<'a> der::Tagged + der::FixedTag>(
        &self,
    ) -> Result<T, OpenPfxError> {
        let value = ContextSpecific::<T>::from_der(&self.value).or(Err(OpenPfxError::Damaged))?;
        Ok(value.value)
    }

    fn certificate(&self) -> Result<Vec<u8>, OpenPfxError> {
        let bag: CertBag = self.decode()?;
        if bag.cert_id == PKCS_12_X509_CERT_OID {
            Ok(bag.cert_value.into_bytes().into())
        } else {
            Err(OpenPfxError::Unsupported)
        }
    }

    fn private_key(&self) -> Result<Encrypted, OpenPfxError> {
        let info: EncryptedPrivateKeyInfo = self.decode()?;
        let encryption =
            Encryption::from_identifier(&info.encryption_algorithm).or(Err(OpenPfxError::Unsupported))?;
        Ok(Encrypted { encryption, ciphertext: info.encrypted_data.into_bytes().into() })
    }

    fn friendly_name(&self) -> Result<String, OpenPfxError> {
        let attributes = self.attributes.iter().flat_map(|attributes| attributes.iter());
        let name = attributes
            .filter(|attribute| attribute.oid == const_oid::db::rfc2985::PKCS_9_AT_FRIENDLY_NAME)
            .find_map(|attribute| attribute.values.iter().next())
            .ok_or(OpenPfxError::Damaged)?;
        let name: BmpString = name.decode_as().or(Err(OpenPfxError::Damaged))?;
        Ok(name.to_string())
    }
}
