//! Certificates as they are shown and handed out.

pub mod description;
mod issuer_signature;

pub use issuer_signature::{IssuerSignature, verify_issuer_signature};

use crate::key_policy::{KeyAlgorithm, KeyRejection, PublicKey};
use crate::profile::Validity;
use crate::signed::Signed;
use crate::tbs::TbsCertificate;
use crate::{hex, name_text, pem};
use der::{AnyRef, Decode, Encode};
use sha2::{Digest, Sha256};

/// The PEM label of a certificate (RFC 7468 §5).
const PEM_LABEL: &str = "CERTIFICATE";

/// A certificate, read. That its signature is right is known to who made it, not here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    public_key: PublicKey,
    serial_number: Vec<u8>,
    subject: Vec<name_text::Attribute>,
    issuer: Vec<name_text::Attribute>,
    validity: Validity,
}

impl Certificate {
    /// Reads DER.
    ///
    /// # Errors
    /// When it is not a certificate, or its key is one that this project never certifies.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        let signed = Signed::from_der(der)?;
        let tbs_der = signed.to_be_signed_der()?;
        let tbs = TbsCertificate::from_der(&tbs_der)?;
        let name = |name: &AnyRef<'_>| name_text::read(&name.to_der()?).ok_or(CertificateError::Name);
        Ok(Self {
            der: der.to_vec(),
            public_key: PublicKey::from_spki_der(&tbs.subject_public_key_info.to_der()?)?,
            serial_number: tbs.serial_number.as_bytes().to_vec(),
            subject: name(&tbs.subject)?,
            issuer: name(&tbs.issuer)?,
            validity: tbs.validity().ok_or(CertificateError::Validity)?,
        })
    }

    /// The DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The PEM.
    pub fn to_pem(&self) -> String {
        to_pem(&self.der)
    }

    /// The serial number, lower-case hex without separators.
    pub fn serial_number_hex(&self) -> String {
        hex::encode(&self.serial_number)
    }

    /// Label such as `Organization` and value of each attribute of the subject, in order.
    pub fn subject_attributes(&self) -> Vec<(String, String)> {
        name_text::labelled(&self.subject)
    }

    /// The subject such as `C=PL, O=Example, CN=Example`.
    pub fn subject_text(&self) -> String {
        name_text::format(&self.subject)
    }

    /// The issuer such as `C=PL, O=Example CA, CN=Example Issuing CA`.
    pub fn issuer_text(&self) -> String {
        name_text::format(&self.issuer)
    }

    /// First second of validity, Unix time.
    pub fn not_before(&self) -> u64 {
        self.validity.not_before()
    }

    /// Last second of validity, Unix time.
    pub fn not_after(&self) -> u64 {
        self.validity.not_after()
    }

    /// SHA-256 of the DER, lower-case hex without separators.
    pub fn fingerprint_sha256(&self) -> String {
        hex::encode(&Sha256::digest(&self.der))
    }

    /// The key.
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// The key's algorithm and size.
    pub fn key_algorithm(&self) -> KeyAlgorithm {
        self.public_key.algorithm()
    }
}

/// The PEM of a certificate's DER.
pub(crate) fn to_pem(der: &[u8]) -> String {
    pem::encode(PEM_LABEL, der)
}

/// Why bytes are not a certificate of this project.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// Not the DER of a certificate.
    #[error("this is not a certificate")]
    Undecodable(#[from] der::Error),
    /// Its subject or its issuer is no name.
    #[error("this is not a certificate")]
    Name,
    /// Its validity ends before it begins, or after the year 9999.
    #[error("the certificate's validity makes no sense")]
    Validity,
    /// Its key is not one that this project certifies.
    #[error("the certificate has a key that is not accepted")]
    Key(#[from] KeyRejection),
}
