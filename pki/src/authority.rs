//! Root and issuing CA certificates.
use crate::{
    country::CountryCode,
    key_policy::PublicKey,
    profile::{HttpUrl, SerialNumber, Validity},
    signer::{SignError, SignatureAlgorithm, Signer},
};
/// Who a CA is (S/MIME BR §7.1.4.3): C, O and CN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorityName {
    /// Country.
    pub country: CountryCode,
    /// Organization.
    pub organization: String,
    /// Common name, unique to the key.
    pub common_name: String,
}
/// A root to be made.
#[derive(Clone, Debug)]
pub struct RootProfile {
    /// Its name.
    pub name: AuthorityName,
    /// Its serial number.
    pub serial_number: SerialNumber,
    /// Its validity.
    pub validity: Validity,
}
impl RootProfile {
    /// Makes the self-signed certificate, DER.
    /// # Errors
    /// When the key does not sign or is too weak for a CA.
    pub fn sign(&self, signer: &dyn Signer) -> Result<Vec<u8>, AuthorityError> {
        let _ = signer;
        todo!()
    }
}
/// An issuing CA to be made.
#[derive(Clone, Debug)]
pub struct IssuingProfile {
    /// Its name.
    pub name: AuthorityName,
    /// Its serial number.
    pub serial_number: SerialNumber,
    /// Its validity, inside the root's.
    pub validity: Validity,
    /// Its key.
    pub public_key: PublicKey,
    /// Where the root's CRL is.
    pub crl_url: HttpUrl,
    /// Where the root's certificate is.
    pub issuer_certificate_url: HttpUrl,
}
impl IssuingProfile {
    /// Makes the certificate, DER, signed by the root.
    /// # Errors
    /// When the key does not sign, is not the root's, or the profile cannot stand.
    pub fn sign(&self, root: &Issuer, signer: &dyn Signer) -> Result<Vec<u8>, AuthorityError> {
        let _ = (root, signer);
        todo!()
    }
}
/// Why a CA certificate could not be made or used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuthorityError {
    /// The key did not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
}
/// A CA that issues: its certificate, read.
#[derive(Clone, Debug)]
pub struct Issuer {
    certificate_der: Vec<u8>,
    public_key: PublicKey,
}
impl Issuer {
    /// Reads a CA certificate.
    /// # Errors
    /// When it is not the certificate of a CA.
    pub fn from_certificate_der(der: &[u8]) -> Result<Self, AuthorityError> {
        todo!("{der:?}")
    }
    /// Its certificate.
    pub fn certificate_der(&self) -> &[u8] {
        &self.certificate_der
    }
    /// Its certificate, PEM.
    pub fn certificate_pem(&self) -> String {
        todo!()
    }
    /// Its key.
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }
    /// With which algorithm it signs.
    pub fn signature_algorithm(&self) -> SignatureAlgorithm {
        todo!()
    }
    /// Its subject, DER of the name.
    pub fn name_der(&self) -> &[u8] {
        todo!()
    }
    /// Its subjectKeyIdentifier.
    pub fn key_identifier(&self) -> &[u8] {
        todo!()
    }
    /// Its validity.
    pub fn validity(&self) -> Validity {
        todo!()
    }
}
