//! Certificates as they are shown and handed out.
use crate::key_policy::{KeyAlgorithm, PublicKey};
/// A certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    public_key: PublicKey,
}
/// Why bytes are not a certificate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// Not DER of a certificate.
    #[error("this is not a certificate")]
    Undecodable,
}
impl Certificate {
    /// Reads DER. The signature is not verified here.
    /// # Errors
    /// When it is not a certificate.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        todo!("{der:?}")
    }
    /// DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }
    /// PEM.
    pub fn to_pem(&self) -> String {
        todo!()
    }
    /// Serial number, lower-case hex.
    pub fn serial_number_hex(&self) -> String {
        todo!()
    }
    /// Label such as `Organization` and value, in order.
    pub fn subject_attributes(&self) -> Vec<(String, String)> {
        todo!()
    }
    /// The subject as text (RFC 4514 order reversed as read: C first).
    pub fn subject_text(&self) -> String {
        todo!()
    }
    /// The issuer as text.
    pub fn issuer_text(&self) -> String {
        todo!()
    }
    /// First second of validity, Unix time.
    pub fn not_before(&self) -> u64 {
        todo!()
    }
    /// Last second of validity, Unix time.
    pub fn not_after(&self) -> u64 {
        todo!()
    }
    /// SHA-256 of the DER, lower-case hex.
    pub fn fingerprint_sha256(&self) -> String {
        todo!()
    }
    /// The key.
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }
    /// The key's algorithm.
    pub fn key_algorithm(&self) -> KeyAlgorithm {
        self.public_key.algorithm()
    }
}
