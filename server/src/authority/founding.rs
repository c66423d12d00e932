use super::{
    AuthorityError, ISSUING_CERTIFICATE, ISSUING_KEY, Passphrase, ROOT_CERTIFICATE, ROOT_CRL, ROOT_KEY,
    key::SigningKey, root_crl,
};
use crate::{
    durable::{Access, NewFolder},
    failpoint::Failpoint,
    random::RandomSource,
    storage::installation::Purpose,
};
use pki::{
    authority::{AuthorityName, Issuer, IssuingProfile, RootProfile},
    country::CountryCode,
    key_policy::PublicKey,
    profile::{DEMONSTRATION_POLICY, HttpUrl, SerialNumber, Validity},
    signer::Signer,
};
use protocol::Timestamp;
use std::path::Path;

/// Twenty years, with their leap days. Our choice.
const ROOT_VALIDITY_DAYS: u16 = 7_305;

/// Ten years, with their leap days: inside the root's, and longer than any certificate that it signs. Our choice.
const ISSUING_VALIDITY_DAYS: u16 = 3_652;

/// What the certificates of a new certification authority say. Once they are made, changing this changes nothing.
#[derive(Clone, Debug)]
pub struct Founding {
    /// The beginning of both common names.
    pub product_name: String,
    /// Who runs the authority.
    pub organization: String,
    /// Where that organization is.
    pub country: CountryCode,
    /// Where CRLs and CA certificates are found, without a slash at the end.
    pub pki_url: String,
    /// A demonstration's CA says so in its names and in its policy.
    pub purpose: Purpose,
}

/// Whether [`found`] had to do anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Keys and certificates are new.
    Founded,
    /// There was an authority already; at most the root's CRL was signed anew, because it was half a year old.
    AlreadyThere,
}

/// Makes root and issuing CA in `folder`, unless the folder exists: every start may call it. The folder appears whole at the end: a crash on
/// the way leaves nothing that counts. Takes some seconds for the two RSA keys.
///
/// # Errors
/// The folder cannot be written, or the names cannot stand in a certificate.
pub fn found(
    folder: &Path,
    founding: &Founding,
    passphrase: &Passphrase,
    random: &dyn RandomSource,
    at: Timestamp,
) -> Result<Outcome, AuthorityError> {
    if folder.exists() {
        root_crl::renew_if_old(folder, passphrase, at)?;
        return Ok(Outcome::AlreadyThere);
    }
    let root_key = SigningKey::generate()?;
    let issuing_key = SigningKey::generate()?;
    let root = sign_root(founding, &root_key, random, at)?;
    let issuing = sign_issuing(founding, &root, &root_key, &issuing_key, random, at)?;
    let crl = root_crl::sign(&root, &root_key, at)?;
    let root_pem = root_key.to_encrypted_pem(passphrase, random)?;
    let issuing_pem = issuing_key.to_encrypted_pem(passphrase, random)?;

    let write = || {
        let new = NewFolder::begin(folder)?;
        new.write(ROOT_KEY, root_pem.as_bytes(), Access::Owner)?;
        new.write(ISSUING_KEY, issuing_pem.as_bytes(), Access::Owner)?;
        for (certificate, der_name, pem_name) in
            [(&root, ROOT_CERTIFICATE, "root.pem"), (&issuing, ISSUING_CERTIFICATE, "issuing.pem")]
        {
            new.write(der_name, certificate.certificate_der(), Access::Everybody)?;
            new.write(pem_name, certificate.certificate_pem().as_bytes(), Access::Everybody)?;
        }
        new.write(ROOT_CRL, &crl, Access::Everybody)?;
        Failpoint::AuthorityWritten.pass();
        new.publish()
    };
    write().map_err(|source| AuthorityError::Unwritable { file: folder.to_owned(), source })?;
    Ok(Outcome::Founded)
}

fn sign_root(
    founding: &Founding,
    key: &SigningKey,
    random: &dyn RandomSource,
    at: Timestamp,
) -> Result<Issuer, AuthorityError> {
    let refused = |source| AuthorityError::Certificate { certificate: ROOT_CERTIFICATE, source };
    let profile = RootProfile {
        name: founding.name("Root CA"),
        serial_number: random_serial_number(random),
        validity: Validity::from_days(at.unix_seconds(), ROOT_VALIDITY_DAYS)?,
    };
    let der = profile.sign(key).map_err(refused)?;
    Issuer::from_certificate_der(&der).map_err(refused)
}

fn sign_issuing(
    founding: &Founding,
    root: &Issuer,
    root_key: &SigningKey,
    key: &SigningKey,
    random: &dyn RandomSource,
    at: Timestamp,
) -> Result<Issuer, AuthorityError> {
    let refused = |source| AuthorityError::Certificate { certificate: ISSUING_CERTIFICATE, source };
    let public_key = PublicKey::from_spki_der(key.subject_public_key_info())
        .expect("an RSA 4096 key of aws-lc passes the key policy");
    let profile = IssuingProfile {
        name: founding.name("Issuing CA"),
        serial_number: random_serial_number(random),
        validity: Validity::from_days(at.unix_seconds(), ISSUING_VALIDITY_DAYS)?,
        public_key,
        further_policy: match founding.purpose {
            Purpose::RealUse => None,
            Purpose::Demonstration => Some(DEMONSTRATION_POLICY),
        },
        crl_url: founding.url(ROOT_CRL)?,
        issuer_certificate_url: founding.url(ROOT_CERTIFICATE)?,
    };
    let der = profile.sign(root, root_key).map_err(refused)?;
    Issuer::from_certificate_der(&der).map_err(refused)
}

/// A serial number from the random source.
pub(crate) fn random_serial_number(random: &dyn RandomSource) -> SerialNumber {
    let mut bytes = [0; 16];
    random.fill(&mut bytes);
    SerialNumber::from_random_bytes(bytes)
}

impl Founding {
    fn name(&self, role: &str) -> AuthorityName {
        AuthorityName {
            country: self.country,
            organization: self.labelled(&self.organization),
            common_name: format!("{} {role}", self.labelled(&self.product_name)),
        }
    }

    fn labelled(&self, name: &str) -> String {
        match self.purpose {
            Purpose::RealUse => name.to_owned(),
            Purpose::Demonstration => format!("{name} Demonstration"),
        }
    }

    fn url(&self, file: &str) -> Result<HttpUrl, AuthorityError> {
        published_url(&self.pki_url, file)
    }
}

/// Where a file of the authority is found by whoever verifies a certificate.
pub(crate) fn published_url(pki_url: &str, file: &str) -> Result<HttpUrl, AuthorityError> {
    let url = format!("{pki_url}/pki/{file}");
    HttpUrl::parse(&url).map_err(|source| AuthorityError::PkiUrl { url, source })
}
