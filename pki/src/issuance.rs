//! From verified data to a certificate, in two steps that cannot be swapped: what is signed was linted.
//!
//! 1. [`prepare`] builds the to-be-signed bytes and lints them.
//! 2. The caller stores [`LintedCertificate::tbs_der`]; after a crash, [`LintedCertificate::from_stored`] takes them up
//!    again, and lints them again.
//! 3. [`issue`] takes the token by value, signs exactly those bytes, and verifies what came out.

use crate::authority::{AuthorityError, Issuer, sign_as};
use crate::certificate::{Certificate, CertificateError};
use crate::extensions::ExtensionList;
use crate::key_policy::PublicKey;
use crate::lint::{Finding, lint};
use crate::profile::{DAY_SECONDS, Profile, SerialNumber, Validity};
use crate::signer::Signer;
use crate::subject::Subject;
use crate::tbs::Parts;
use der::Encode;
use der::flagset::FlagSet;
use x509_cert::ext::pkix::KeyUsages;

/// What differs from certificate to certificate.
#[derive(Clone, Debug)]
pub struct CertificateInput {
    /// The serial number.
    pub serial_number: SerialNumber,
    /// The validity.
    pub validity: Validity,
    /// The subject with its address, which becomes the subjectAltName too.
    pub subject: Subject,
    /// The key.
    pub public_key: PublicKey,
}

/// To-be-signed bytes in which the lint found nothing. Only this can be signed, and only once.
#[derive(Debug)]
pub struct LintedCertificate {
    tbs_der: Vec<u8>,
}

impl LintedCertificate {
    /// The bytes, to be stored before they are signed.
    pub fn tbs_der(&self) -> &[u8] {
        &self.tbs_der
    }

    /// Takes stored bytes up again. They are linted again, as of the moment when they were prepared (Unix time).
    ///
    /// # Errors
    /// When the lint finds something.
    pub fn from_stored(tbs_der: &[u8], issuer: &Issuer, prepared_at: u64) -> Result<Self, PrepareError> {
        let findings = lint(tbs_der, issuer, prepared_at);
        if !findings.is_empty() {
            return Err(PrepareError::Lint { findings });
        }
        Ok(Self { tbs_der: tbs_der.to_vec() })
    }
}

/// Why there is nothing that may be signed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PrepareError {
    /// The profile allows a shorter validity only.
    #[error("the validity is longer than the {maximum_days} days of the profile")]
    ValidityTooLong {
        /// How many days the profile allows.
        maximum_days: u16,
    },
    /// A part cannot be encoded.
    #[error("the certificate cannot be encoded")]
    Encoding(#[from] der::Error),
    /// The lint found something: an error of this program, or data that should have been refused before.
    #[error("the certificate would break {} rule(s), the first being {}", .findings.len(), .findings.first().map_or("", Finding::code))]
    Lint {
        /// What it found.
        findings: Vec<Finding>,
    },
}

/// Builds the to-be-signed bytes of a certificate and lints them. `at` is now, Unix time.
///
/// # Errors
/// When the validity is longer than the profile allows, or the lint finds something.
///
/// S/MIME BR §4.3.1.2 (pre-issuance linting), §7.1.
pub fn prepare(
    profile: &Profile,
    input: &CertificateInput,
    issuer: &Issuer,
    at: u64,
) -> Result<LintedCertificate, PrepareError> {
    let maximum_days = profile.maximum_validity_days();
    let last = input.validity.not_after().saturating_sub(input.validity.not_before());
    if last >= u64::from(maximum_days).saturating_mul(DAY_SECONDS) {
        return Err(PrepareError::ValidityTooLong { maximum_days });
    }
    let extensions = ExtensionList::default()
        .authority_key_identifier(issuer.key_identifier())?
        .subject_key_identifier(&input.public_key)?
        .key_usage(key_usages(&input.public_key))?
        .email_protection()?
        .policies([profile.policy()])?
        .rfc822_name(input.subject.mailbox())?
        .crl_distribution_point(profile.crl_url())?
        .issuer_certificate(profile.issuer_certificate_url())?;
    let tbs_der = Parts {
        serial_number: &input.serial_number,
        signature_algorithm: issuer.signature_algorithm(),
        issuer_der: issuer.name_der(),
        validity: input.validity,
        subject_der: &input.subject.to_name().to_der()?,
        public_key: &input.public_key,
        extensions: extensions.into_inner(),
    }
    .to_der()?;
    LintedCertificate::from_stored(&tbs_der, issuer, at)
}

/// Signing and encryption with one key (S/MIME BR §7.1.2.3): RSA encrypts the message's key, EC agrees on it.
fn key_usages(key: &PublicKey) -> FlagSet<KeyUsages> {
    if key.algorithm().is_rsa() {
        KeyUsages::DigitalSignature | KeyUsages::KeyEncipherment
    } else {
        KeyUsages::DigitalSignature | KeyUsages::KeyAgreement
    }
}

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IssueError {
    /// The CA's key did not sign, is another one, or its signature is wrong.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// What came out cannot be read.
    #[error("the certificate that came out cannot be read")]
    Certificate(#[from] CertificateError),
}

/// Signs exactly the linted bytes, and gives the certificate once its signature was verified.
///
/// # Errors
/// When the key is not the issuer's, does not sign, or signs wrongly.
pub fn issue(
    linted: LintedCertificate,
    issuer: &Issuer,
    signer: &dyn Signer,
) -> Result<Certificate, IssueError> {
    let LintedCertificate { tbs_der } = linted;
    let der = sign_as(&tbs_der, issuer.public_key(), issuer.signature_algorithm(), signer)?;
    Ok(Certificate::from_der(&der)?)
}
