//! Certification authorities: the certificates of a root and of an issuing CA, made and read.

use crate::certificate::{self, Certificate, CertificateError};
use crate::country::CountryCode;
use crate::extensions::ExtensionList;
use crate::key_policy::{KeyAlgorithm, KeyRejection, PublicKey};
use crate::profile::{HttpUrl, ORGANIZATION_STRICT_POLICY, SerialNumber, Validity};
use crate::signature::VerificationAlgorithm;
use crate::signed::{Signed, frame};
use crate::signer::{SignError, SignatureAlgorithm, Signer};
use crate::subject::name_element;
use crate::tbs::{Parts, TbsCertificate};
use const_oid::AssociatedOid;
use der::asn1::ObjectIdentifier;
use der::{Decode, Encode, Tag};
use x509_cert::ext::Extensions;
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage, KeyUsages, SubjectKeyIdentifier};
use x509_cert::name::RdnSequence;

const COUNTRY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.6");
const ORGANIZATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");

/// Who a CA is.
///
/// S/MIME BR §7.1.4.3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorityName {
    /// Where its organization is.
    pub country: CountryCode,
    /// Its organization.
    pub organization: String,
    /// Its own name, another one for each key.
    pub common_name: String,
}

impl AuthorityName {
    fn to_der(&self) -> der::Result<Vec<u8>> {
        let mut name = RdnSequence::default();
        name.push(name_element(COUNTRY, Tag::PrintableString, self.country.as_str())?);
        name.push(name_element(ORGANIZATION, Tag::Utf8String, &self.organization)?);
        name.push(name_element(COMMON_NAME, Tag::Utf8String, &self.common_name)?);
        name.to_der()
    }
}

/// A root to be made: self-signed, for certificates and CRLs only.
///
/// RFC 5280 §4.2.1.9, S/MIME BR §7.1.2.1.
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
    /// Makes the certificate, DER, and reads it again.
    ///
    /// # Errors
    /// When the key does not sign or is too weak for a CA.
    pub fn sign(&self, signer: &dyn Signer) -> Result<Vec<u8>, AuthorityError> {
        let public_key = authority_key(signer.subject_public_key_info())?;
        let name_der = self.name.to_der()?;
        let extensions = ExtensionList::default()
            .authority(None)?
            .key_usage(KeyUsages::KeyCertSign | KeyUsages::CRLSign)?
            .subject_key_identifier(&public_key)?;
        let parts = Parts {
            serial_number: &self.serial_number,
            signature_algorithm: signature_algorithm_of(public_key.algorithm()),
            issuer_der: &name_der,
            validity: self.validity,
            subject_der: &name_der,
            public_key: &public_key,
            extensions: extensions.into_inner(),
        };
        sign_checked(&parts, &public_key, signer)
    }
}

/// An issuing CA to be made: for e-mail protection only, with no CA below it.
///
/// S/MIME BR §7.1.2.2.
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
    /// A policy beside *organization-validated, strict*, such as [`DEMONSTRATION_POLICY`](crate::profile::DEMONSTRATION_POLICY).
    pub further_policy: Option<ObjectIdentifier>,
    /// Where the root's CRL is.
    pub crl_url: HttpUrl,
    /// Where the root's certificate is.
    pub issuer_certificate_url: HttpUrl,
}

impl IssuingProfile {
    /// Makes the certificate, DER, signed by the root, and reads it again.
    ///
    /// # Errors
    /// When a key is too weak for a CA, the signing key is not the root's, or the validity is not inside the root's.
    pub fn sign(&self, root: &Issuer, signer: &dyn Signer) -> Result<Vec<u8>, AuthorityError> {
        let public_key = authority_key(self.public_key.spki_der())?;
        if !root.validity().contains(self.validity) {
            return Err(AuthorityError::ValidityOutsideIssuer);
        }
        let extensions = ExtensionList::default()
            .authority_key_identifier(root.key_identifier())?
            .subject_key_identifier(&public_key)?
            .authority(Some(0))?
            .key_usage(KeyUsages::KeyCertSign | KeyUsages::CRLSign)?
            .email_protection()?
            .policies([ORGANIZATION_STRICT_POLICY].into_iter().chain(self.further_policy))?
            .crl_distribution_point(&self.crl_url)?
            .issuer_certificate(&self.issuer_certificate_url)?;
        let parts = Parts {
            serial_number: &self.serial_number,
            signature_algorithm: root.signature_algorithm(),
            issuer_der: root.name_der(),
            validity: self.validity,
            subject_der: &self.name.to_der()?,
            public_key: &public_key,
            extensions: extensions.into_inner(),
        };
        sign_checked(&parts, root.public_key(), signer)
    }
}

/// The algorithm with which a CA key of this kind signs (S/MIME BR §7.1.3.2).
fn signature_algorithm_of(key: KeyAlgorithm) -> SignatureAlgorithm {
    match key {
        KeyAlgorithm::EcP256 => SignatureAlgorithm::EcdsaSha256,
        KeyAlgorithm::EcP384 => SignatureAlgorithm::EcdsaSha384,
        KeyAlgorithm::Rsa2048 | KeyAlgorithm::Rsa3072 | KeyAlgorithm::Rsa4096 => {
            SignatureAlgorithm::RsaPkcs1Sha256
        }
        KeyAlgorithm::EcP521 => SignatureAlgorithm::EcdsaSha512,
        KeyAlgorithm::Ed25519 => SignatureAlgorithm::Ed25519,
    }
}

/// A key that a CA may have: RSA from 4096 bits on, P-256, P-384 (S/MIME BR §6.1.5, ballot `SMC017v2`).
fn authority_key(spki_der: &[u8]) -> Result<PublicKey, AuthorityError> {
    let public_key = PublicKey::from_spki_der(spki_der)?;
    match public_key.algorithm() {
        algorithm @ (KeyAlgorithm::Rsa2048 | KeyAlgorithm::Rsa3072) => {
            Err(AuthorityError::KeyTooWeak { algorithm })
        }
        KeyAlgorithm::Rsa4096 | KeyAlgorithm::EcP256 | KeyAlgorithm::EcP384 => Ok(public_key),
        algorithm @ (KeyAlgorithm::EcP521 | KeyAlgorithm::Ed25519) => {
            Err(KeyRejection::NotForMail { algorithm }.into())
        }
    }
}

fn sign_checked(parts: &Parts<'_>, key: &PublicKey, signer: &dyn Signer) -> Result<Vec<u8>, AuthorityError> {
    let der = sign_as(&parts.to_der()?, key, parts.signature_algorithm, signer)?;
    Issuer::from_certificate_der(&der)?;
    Ok(der)
}

/// Signs bytes with a CA's key and verifies the signature with the CA's public key.
pub(crate) fn sign_as(
    to_be_signed: &[u8],
    key: &PublicKey,
    algorithm: SignatureAlgorithm,
    signer: &dyn Signer,
) -> Result<Vec<u8>, AuthorityError> {
    if signer.subject_public_key_info() != key.spki_der() || signer.signature_algorithm() != algorithm {
        return Err(AuthorityError::SignerIsAnother);
    }
    let signature = signer.sign(to_be_signed)?;
    let der = frame(to_be_signed, algorithm, &signature)?;
    let signed = Signed::from_der(&der)?;
    let verifies = VerificationAlgorithm::from_identifier(&signed.algorithm)
        .is_ok_and(|algorithm| algorithm.verifies(key, to_be_signed, &signature));
    if !verifies || signed.to_be_signed_der()? != to_be_signed {
        return Err(AuthorityError::SignatureWrong);
    }
    Ok(der)
}

/// Why a CA certificate could not be made or used, or a CA's signature not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuthorityError {
    /// The key did not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// Something cannot be encoded or decoded.
    #[error("the structure cannot be encoded or decoded")]
    Encoding(#[from] der::Error),
    /// The key is not acceptable at all.
    #[error("the CA's key is not acceptable")]
    Key(#[from] KeyRejection),
    /// The key would do for a subscriber, not for a CA.
    #[error("a CA needs RSA 4096, P-256 or P-384, and this key is {algorithm}")]
    KeyTooWeak {
        /// What it is.
        algorithm: KeyAlgorithm,
    },
    /// Not a certificate.
    #[error("this is not a certificate")]
    Certificate(#[from] CertificateError),
    /// A certificate without the rights or the identifiers of a CA.
    #[error("this is not the certificate of a CA")]
    NotAnAuthority,
    /// The signing key is not the one in the CA's certificate.
    #[error("the signing key is not the one in the CA's certificate")]
    SignerIsAnother,
    /// The signature that came back does not verify.
    #[error("the signature that the key made is wrong")]
    SignatureWrong,
    /// A CA cannot vouch longer than its own certificate is valid.
    #[error("the validity is not inside that of the issuer")]
    ValidityOutsideIssuer,
}

/// A CA that issues, known by its certificate.
#[derive(Clone, Debug)]
pub struct Issuer {
    certificate_der: Vec<u8>,
    public_key: PublicKey,
    name_der: Vec<u8>,
    key_identifier: Vec<u8>,
    validity: Validity,
}

impl Issuer {
    /// Reads a CA certificate. Who vouches for it is not looked at.
    ///
    /// # Errors
    /// When it is not a certificate, or not of a CA that may sign certificates and CRLs.
    pub fn from_certificate_der(der: &[u8]) -> Result<Self, AuthorityError> {
        let certificate = Certificate::from_der(der)?;
        let tbs_der = Signed::from_der(der)?.to_be_signed_der()?;
        let tbs = TbsCertificate::from_der(&tbs_der)?;
        let extensions = tbs.extensions.unwrap_or_default();
        let constraints: BasicConstraints = extension(&extensions)?;
        let usage: KeyUsage = extension(&extensions)?;
        if !constraints.ca || !usage.key_cert_sign() || !usage.crl_sign() {
            return Err(AuthorityError::NotAnAuthority);
        }
        let key_identifier: SubjectKeyIdentifier = extension(&extensions)?;
        Ok(Self {
            certificate_der: der.to_vec(),
            public_key: certificate.public_key().clone(),
            name_der: tbs.subject.to_der()?,
            key_identifier: key_identifier.0.into_bytes().into_vec(),
            validity: Validity::new(certificate.not_before(), certificate.not_after())
                .or(Err(CertificateError::Validity))?,
        })
    }

    /// Its certificate, DER.
    pub fn certificate_der(&self) -> &[u8] {
        &self.certificate_der
    }

    /// Its certificate, PEM.
    pub fn certificate_pem(&self) -> String {
        certificate::to_pem(&self.certificate_der)
    }

    /// Its key.
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// With which algorithm it signs.
    pub fn signature_algorithm(&self) -> SignatureAlgorithm {
        signature_algorithm_of(self.public_key.algorithm())
    }

    /// Its name, DER.
    pub fn name_der(&self) -> &[u8] {
        &self.name_der
    }

    /// Its subjectKeyIdentifier.
    pub fn key_identifier(&self) -> &[u8] {
        &self.key_identifier
    }

    /// Its validity.
    pub fn validity(&self) -> Validity {
        self.validity
    }
}

/// An extension that a CA certificate must have.
fn extension<T: AssociatedOid + for<'a> Decode<'a, Error = der::Error>>(
    extensions: &Extensions,
) -> Result<T, AuthorityError> {
    let found = extensions.iter().find(|extension| extension.extn_id == T::OID);
    let extension = found.ok_or(AuthorityError::NotAnAuthority)?;
    Ok(T::from_der(extension.extn_value.as_bytes())?)
}
