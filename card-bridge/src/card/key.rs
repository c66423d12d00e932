//! Keys and certificates on a token.

use super::public_key;
use cryptoki::error::Error;
use cryptoki::object::{Attribute, AttributeType, CertificateType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use der::{Decode, Encode};
use pki::key_policy::KeyAlgorithm;
use x509_cert::Certificate;

/// A public key for which certificates are made.
#[derive(Clone, Debug)]
pub(crate) struct PublicKeyOnCard {
    /// `CKA_ID`, which the private key and the certificate share.
    pub(crate) id: Vec<u8>,
    pub(crate) spki: Vec<u8>,
    pub(crate) algorithm: KeyAlgorithm,
}

impl PublicKeyOnCard {
    pub(crate) fn sha256(&self) -> String {
        pki::key_policy::spki_sha256_hex(&self.spki)
    }
}

/// A certificate.
#[derive(Clone, Debug)]
pub(crate) struct CardCertificate {
    pub(crate) id: Vec<u8>,
    pub(crate) der: Vec<u8>,
    pub(crate) object: ObjectHandle,
}

impl CardCertificate {
    /// The DER of the key that it is for; `None` when the certificate cannot be read.
    pub(crate) fn spki(&self) -> Option<Vec<u8>> {
        certificate_spki(&Certificate::from_der(&self.der).ok()?)
    }
}

/// The DER of the key that a certificate is for.
pub(crate) fn certificate_spki(certificate: &Certificate) -> Option<Vec<u8>> {
    certificate.tbs_certificate().subject_public_key_info().to_der().ok()
}

/// The public keys that can be seen.
pub(crate) fn public_keys(session: &Session) -> Result<Vec<PublicKeyOnCard>, Error> {
    let objects = find(session, ObjectClass::PUBLIC_KEY, None)?;
    Ok(objects.into_iter().filter_map(|object| read_public_key(session, object)).collect())
}

/// A public key; `None` when certificates are not made for its kind.
pub(crate) fn read_public_key(session: &Session, object: ObjectHandle) -> Option<PublicKeyOnCard> {
    let spki = public_key::spki(session, object)?;
    let algorithm = algorithm(&spki)?;
    Some(PublicKeyOnCard { id: bytes(session, object, AttributeType::Id)?, spki, algorithm })
}

/// Also of a key that the policy refuses: it is on the card, and can be removed.
fn algorithm(spki: &[u8]) -> Option<KeyAlgorithm> {
    use const_oid::db::rfc5912::{ID_EC_PUBLIC_KEY, RSA_ENCRYPTION, SECP_256_R_1, SECP_384_R_1};
    let spki = spki::SubjectPublicKeyInfoRef::from_der(spki).ok()?;
    match (spki.algorithm.oid, spki.algorithm.parameters?.decode_as::<der::oid::ObjectIdentifier>()) {
        (RSA_ENCRYPTION, _) => {
            let key =
                pkcs1::RsaPublicKey::<der::asn1::UintRef<'_>>::from_der(spki.subject_public_key.as_bytes()?)
                    .ok()?;
            match key.modulus.as_bytes().len() {
                256 => Some(KeyAlgorithm::Rsa2048),
                384 => Some(KeyAlgorithm::Rsa3072),
                512 => Some(KeyAlgorithm::Rsa4096),
                _ => None,
            }
        }
        (ID_EC_PUBLIC_KEY, Ok(SECP_256_R_1)) => Some(KeyAlgorithm::EcP256),
        (ID_EC_PUBLIC_KEY, Ok(SECP_384_R_1)) => Some(KeyAlgorithm::EcP384),
        _ => None,
    }
}

/// The certificates that can be seen.
pub(crate) fn certificates(session: &Session) -> Result<Vec<CardCertificate>, Error> {
    let objects = session.find_objects(&[
        Attribute::Token(true),
        Attribute::Class(ObjectClass::CERTIFICATE),
        Attribute::CertificateType(CertificateType::X_509),
    ])?;
    let certificate = |object| {
        let der = bytes(session, object, AttributeType::Value)?;
        Some(CardCertificate {
            id: bytes(session, object, AttributeType::Id).unwrap_or_default(),
            der,
            object,
        })
    };
    Ok(objects.into_iter().filter_map(certificate).collect())
}

/// The objects of a class that last; with an id only those that have it.
pub(crate) fn find(
    session: &Session,
    class: ObjectClass,
    id: Option<&[u8]>,
) -> Result<Vec<ObjectHandle>, Error> {
    let mut template = vec![Attribute::Token(true), Attribute::Class(class)];
    template.extend(id.map(|id| Attribute::Id(id.to_vec())));
    session.find_objects(&template)
}

/// An attribute that is bytes. What may not be read is not there.
fn bytes(session: &Session, object: ObjectHandle, wanted: AttributeType) -> Option<Vec<u8>> {
    match session.get_attributes(object, &[wanted]).ok()?.pop()? {
        Attribute::Id(value) | Attribute::Value(value) => Some(value),
        _ => None,
    }
}
