//! The certification authority: a root that signs one issuing CA, and the issuing CA that signs for customers.
//!
//! Both keys are made at the first start and lie encrypted in one folder. A running server opens the issuing key
//! only; the root's is used while the authority is founded, and for the root's own CRL.

mod binding;
mod chain;
mod founding;
mod key;
mod passphrase;
pub(crate) mod revocation_list;
mod root_crl;

pub use binding::BindingError;
pub use founding::{Founding, Outcome, found};
pub(crate) use founding::{published_url, random_serial_number};
pub use key::{KeyFileError, KeyGenerationError};
pub use passphrase::{Passphrase, PassphraseError};

use key::SigningKey;
use pki::{authority::Issuer, signer::Signer};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

const ROOT_KEY: &str = "root.key.pem";
const ROOT_CERTIFICATE: &str = "root.cer";
const ROOT_CRL: &str = "root.crl";
const ISSUING_KEY: &str = "issuing.key.pem";
const ISSUING_CERTIFICATE: &str = "issuing.cer";

/// The certification authority of this server, ready to sign.
#[derive(Debug)]
pub struct Authority {
    root: Issuer,
    root_crl_der: Vec<u8>,
    issuing: Issuer,
    issuing_key: SigningKey,
}

/// Why the certification authority cannot be made or used, and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuthorityError {
    /// Nothing was made yet.
    #[error("there is no certification authority in {}: run `signet init` first", folder.display())]
    NotFounded {
        /// Where it would be.
        folder: PathBuf,
    },
    /// A file that belongs to it cannot be read.
    #[error("{} cannot be read: restore the folder from its backup, or give the server the right to read it", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("{} cannot be written: check the free space and the rights of the folder", file.display())]
    Unwritable {
        /// The file or folder.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A key file does not open.
    #[error("{} does not open: {source}. Check the passphrase file; where it is right, restore the key from its backup", file.display())]
    KeyFile {
        /// The file.
        file: PathBuf,
        /// Why.
        source: KeyFileError,
    },
    /// The key is not the certificate's.
    #[error("{} is not the key of {}: restore both from the same backup", key.display(), certificate.display())]
    KeyMismatch {
        /// The key's file.
        key: PathBuf,
        /// The certificate's file.
        certificate: PathBuf,
    },
    /// A certificate that the root did not sign.
    #[error("{} was not signed by the root beside it: restore the whole folder from one backup", file.display())]
    NotSignedByRoot {
        /// The certificate's file.
        file: PathBuf,
    },
    /// A certificate cannot be made or is not what a CA needs.
    #[error("the certificate {certificate} cannot stand")]
    Certificate {
        /// The name of the file.
        certificate: &'static str,
        /// Why.
        source: pki::authority::AuthorityError,
    },
    /// The root's CRL cannot be made.
    #[error("the root's CRL cannot be made")]
    Crl(#[from] pki::crl::CrlError),
    /// No key can be made.
    #[error(transparent)]
    KeyGeneration(#[from] KeyGenerationError),
    /// The address for CRL and CA certificates cannot stand in a certificate.
    #[error(
        "{url} cannot stand in a certificate as the address of CRLs and CA certificates: give a plain http:// address with --pki-url"
    )]
    PkiUrl {
        /// The address.
        url: String,
        /// Why.
        source: pki::profile::HttpUrlError,
    },
    /// The time of the computer leaves no room for a validity.
    #[error("the computer's clock shows a time that no certificate can have: set it")]
    Clock(#[from] pki::profile::ValidityError),
}

impl Authority {
    /// Opens what [`found`] made in `folder`, and checks that it is whole: the key is the issuing certificate's, the
    /// issuing certificate was signed by the root.
    ///
    /// # Errors
    /// A file is missing or does not fit the others.
    pub fn open(folder: &Path, passphrase: &Passphrase) -> Result<Self, AuthorityError> {
        if !folder.exists() {
            return Err(AuthorityError::NotFounded { folder: folder.to_owned() });
        }
        let root = read_certificate(folder, ROOT_CERTIFICATE)?;
        let issuing = read_certificate(folder, ISSUING_CERTIFICATE)?;
        for (certificate, name) in [(&root, ROOT_CERTIFICATE), (&issuing, ISSUING_CERTIFICATE)] {
            if !chain::is_issued_by(certificate, &root) {
                return Err(AuthorityError::NotSignedByRoot { file: folder.join(name) });
            }
        }
        let issuing_key = open_key(folder, ISSUING_KEY, passphrase)?;
        if issuing_key.subject_public_key_info() != issuing.public_key().spki_der() {
            return Err(AuthorityError::KeyMismatch {
                key: folder.join(ISSUING_KEY),
                certificate: folder.join(ISSUING_CERTIFICATE),
            });
        }
        Ok(Self { root, root_crl_der: read(&folder.join(ROOT_CRL))?, issuing, issuing_key })
    }

    /// The issuing CA's certificate.
    #[must_use]
    pub fn issuer(&self) -> &Issuer {
        &self.issuing
    }

    /// The issuing CA's key.
    #[must_use]
    pub fn signer(&self) -> &dyn Signer {
        &self.issuing_key
    }

    /// The root's certificate.
    #[must_use]
    pub fn root(&self) -> &Issuer {
        &self.root
    }

    /// The root's CRL, DER.
    #[must_use]
    pub fn root_crl_der(&self) -> &[u8] {
        &self.root_crl_der
    }

    /// The certificates above a customer's, PEM each: issuing CA first, root last.
    #[must_use]
    pub fn chain_pem(&self) -> Vec<String> {
        vec![self.issuing.certificate_pem(), self.root.certificate_pem()]
    }
}

fn read(file: &Path) -> Result<Vec<u8>, AuthorityError> {
    fs::read(file).map_err(|source| AuthorityError::Unreadable { file: file.to_owned(), source })
}

fn read_certificate(folder: &Path, name: &'static str) -> Result<Issuer, AuthorityError> {
    Issuer::from_certificate_der(&read(&folder.join(name))?)
        .map_err(|source| AuthorityError::Certificate { certificate: name, source })
}

fn open_key(folder: &Path, name: &str, passphrase: &Passphrase) -> Result<SigningKey, AuthorityError> {
    let file = folder.join(name);
    let pem = fs::read_to_string(&file)
        .map_err(|source| AuthorityError::Unreadable { file: file.clone(), source })?;
    SigningKey::from_encrypted_pem(&pem, passphrase)
        .map_err(|source| AuthorityError::KeyFile { file, source })
}
