//! prepare → lint → issue.
use crate::{
    authority::Issuer,
    certificate::Certificate,
    key_policy::PublicKey,
    lint::Finding,
    profile::{Profile, SerialNumber, Validity},
    signer::{SignError, Signer},
    subject::Subject,
};
/// What differs from certificate to certificate.
#[derive(Clone, Debug)]
pub struct CertificateInput {
    /// The serial number.
    pub serial_number: SerialNumber,
    /// The validity.
    pub validity: Validity,
    /// The subject with its address.
    pub subject: Subject,
    /// The key.
    pub public_key: PublicKey,
}
/// To-be-signed bytes without a finding. Only this can be signed.
#[derive(Debug)]
pub struct LintedCertificate {
    tbs_der: Vec<u8>,
}
impl LintedCertificate {
    /// The bytes, to be stored before signing.
    pub fn tbs_der(&self) -> &[u8] {
        &self.tbs_der
    }
    /// Takes stored bytes up again; lints them again. `prepared_at` is the moment of preparation, Unix time.
    /// # Errors
    /// When the lint finds something.
    pub fn from_stored(tbs_der: &[u8], issuer: &Issuer, prepared_at: u64) -> Result<Self, PrepareError> {
        let _ = (tbs_der, issuer, prepared_at);
        todo!()
    }
}
/// Why nothing can be signed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PrepareError {
    /// The lint found something.
    #[error("the certificate would break {} rules", .findings.len())]
    Lint {
        /// What.
        findings: Vec<Finding>,
    },
}
/// Builds the to-be-signed bytes and lints them. `at` is now, Unix time.
/// # Errors
/// When the lint finds something.
pub fn prepare(
    profile: &Profile,
    input: &CertificateInput,
    issuer: &Issuer,
    at: u64,
) -> Result<LintedCertificate, PrepareError> {
    let _ = (profile, input, issuer, at);
    todo!()
}
/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IssueError {
    /// The key did not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
}
/// Signs exactly the linted bytes and verifies the result.
/// # Errors
/// When the key does not sign or is not the issuer's.
pub fn issue(
    linted: LintedCertificate,
    issuer: &Issuer,
    signer: &dyn Signer,
) -> Result<Certificate, IssueError> {
    let _ = (linted, issuer, signer);
    todo!()
}
