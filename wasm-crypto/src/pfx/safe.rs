//! The parts inside a PFX: bags, their attributes, and the safes that hold them.

use super::{PfxContent, PfxError};
use crate::password_based_encryption::Encryption;
use der::{
    Any, Encode, Tag,
    asn1::{OctetString, SetOfVec},
};
use pkcs12::{
    BagType, CertBag, PKCS_12_X509_CERT_OID, SafeBag,
    cms::{
        content_info::{CmsVersion, ContentInfo},
        encrypted_data::EncryptedData,
        enveloped_data::EncryptedContentInfo,
    },
    pbe_params::EncryptedPrivateKeyInfo,
    safe_bag::SafeContents,
};
use sha1::{Digest, Sha1};
use x509_cert::attr::{Attribute, Attributes};

/// `friendlyName` and `localKeyId`, the same on the key and on its certificate: by the id a program finds that the two
/// belong together; without a name when it is empty. RFC 2985 §5.5.1 and §5.5.2.
pub(super) fn entry_attributes(friendly_name: &str, leaf_der: &[u8]) -> Result<Attributes, PfxError> {
    let attribute = |oid, value| Ok::<_, der::Error>(Attribute { oid, values: SetOfVec::try_from([value])? });
    let local_key_id = Any::encode_from(&OctetString::new(Sha1::digest(leaf_der).as_slice())?)?;
    let mut attributes =
        SetOfVec::try_from([attribute(const_oid::db::rfc2985::PKCS_9_AT_LOCAL_KEY_ID, local_key_id)?])?;
    if !friendly_name.is_empty() {
        let name: Vec<u8> = friendly_name.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let name = Any::new(Tag::BmpString, name)?;
        attributes.insert(attribute(const_oid::db::rfc2985::PKCS_9_AT_FRIENDLY_NAME, name)?)?;
    }
    Ok(attributes)
}

/// The key's certificate with the attributes, then the chain without: a program shows a certificate that has a name as
/// the person's own.
pub(super) fn certificate_bags(
    content: &PfxContent<'_>,
    attributes: &Attributes,
) -> Result<SafeContents, PfxError> {
    let leaf = certificate_bag(content.leaf_der, Some(attributes.clone()));
    let chain = content.chain_der.iter().map(|der| certificate_bag(der, None));
    std::iter::once(leaf).chain(chain).collect()
}

fn certificate_bag(der: &[u8], bag_attributes: Option<Attributes>) -> Result<SafeBag, PfxError> {
    let bag = CertBag { cert_id: PKCS_12_X509_CERT_OID, cert_value: OctetString::new(der)? };
    Ok(SafeBag { bag_id: BagType::Cert.into(), bag_value: bag.to_der()?, bag_attributes })
}

/// The key in a bag that is encrypted by itself. Java finds no key in a plain one.
pub(super) fn key_bag(
    encryption: &Encryption,
    ciphertext: Vec<u8>,
    attributes: Attributes,
) -> Result<SafeContents, PfxError> {
    let info = EncryptedPrivateKeyInfo {
        encryption_algorithm: encryption.identifier()?,
        encrypted_data: OctetString::new(ciphertext)?,
    };
    Ok(vec![SafeBag {
        bag_id: BagType::Pkcs8.into(),
        bag_value: info.to_der()?,
        bag_attributes: Some(attributes),
    }])
}

/// A safe whose bags need no encryption, as they are encrypted themselves.
pub(super) fn plain(bags: &SafeContents) -> Result<ContentInfo, PfxError> {
    let content = Any::encode_from(&OctetString::new(bags.to_der()?)?)?;
    Ok(ContentInfo { content_type: const_oid::db::rfc5911::ID_DATA, content })
}

/// A safe that is encrypted as a whole.
pub(super) fn encrypted(encryption: &Encryption, ciphertext: Vec<u8>) -> Result<ContentInfo, PfxError> {
    let data = EncryptedData {
        version: CmsVersion::V0,
        enc_content_info: EncryptedContentInfo {
            content_type: const_oid::db::rfc5911::ID_DATA,
            content_enc_alg: encryption.identifier()?,
            encrypted_content: Some(OctetString::new(ciphertext)?),
        },
        unprotected_attrs: None,
    };
    Ok(ContentInfo {
        content_type: const_oid::db::rfc5911::ID_ENCRYPTED_DATA,
        content: Any::encode_from(&data)?,
    })
}
