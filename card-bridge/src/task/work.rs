//! A task, read: nothing in it can be wrong any more.

use crate::card::key;
use crate::problem::Failure;
use der::{Decode, Encode};
use pki::key_policy::KeyAlgorithm;
use pki::mailbox::Mailbox;
use protocol::{CardProblemCode as Code, CardTask};
use x509_cert::Certificate;

/// The PEM label of a certificate (RFC 7468 §5).
const PEM_LABEL: &str = "CERTIFICATE";

/// What to do.
#[derive(Debug)]
pub(super) enum Work {
    Generate { card: Option<String>, algorithm: KeyAlgorithm, mailbox: Mailbox },
    Reuse { card: Option<String>, public_key_sha256: String, mailbox: Mailbox },
    Remove { card: Option<String>, public_key_sha256: String },
    Install(Box<NewCertificate>),
}

/// A certificate with what a card wants to know of it.
#[derive(Debug)]
pub(super) struct NewCertificate {
    pub(super) der: Vec<u8>,
    pub(super) spki: Vec<u8>,
    pub(super) subject: Vec<u8>,
    pub(super) issuer: Vec<u8>,
    pub(super) serial_number: Vec<u8>,
}

impl Work {
    pub(super) fn parse(task: &CardTask) -> Result<Self, Failure> {
        let mailbox =
            |text: &str| Mailbox::parse(text).map_err(|_refused| Failure::new(Code::TaskUnreadable));
        Ok(match task {
            CardTask::Generate { card, algorithm, mailbox: address } => {
                let algorithm = KeyAlgorithm::from_id(algorithm).ok_or(Code::TaskUnreadable)?;
                Self::Generate { card: card.clone(), algorithm, mailbox: mailbox(address)? }
            }
            CardTask::Reuse { card, public_key_sha256, mailbox: address } => Self::Reuse {
                card: card.clone(),
                public_key_sha256: public_key_sha256.clone(),
                mailbox: mailbox(address)?,
            },
            CardTask::Remove { card, public_key_sha256 } => {
                Self::Remove { card: card.clone(), public_key_sha256: public_key_sha256.clone() }
            }
            CardTask::Install { certificate_pem } => Self::Install(Box::new(
                NewCertificate::from_pem(certificate_pem).ok_or(Code::CertificateUnreadable)?,
            )),
        })
    }
}

impl NewCertificate {
    fn from_pem(text: &str) -> Option<Self> {
        let der = pki::pem::decode(PEM_LABEL, text)?;
        let certificate = Certificate::from_der(&der).ok()?;
        let contents = certificate.tbs_certificate();
        Some(Self {
            spki: key::certificate_spki(&certificate)?,
            subject: contents.subject().to_der().ok()?,
            issuer: contents.issuer().to_der().ok()?,
            serial_number: contents.serial_number().to_der().ok()?,
            der,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(task: &CardTask) -> Option<Code> {
        Work::parse(task).err().map(|failure| failure.code())
    }

    fn generate(algorithm: &str, mailbox: &str) -> CardTask {
        CardTask::Generate { card: None, algorithm: algorithm.to_owned(), mailbox: mailbox.to_owned() }
    }

    #[test]
    fn an_address_and_an_algorithm_must_be_ones() {
        assert_eq!(code(&generate("rsa-2048", "anna@example.org")), None);
        assert_eq!(code(&generate("rsa-2048", "anna")), Some(Code::TaskUnreadable));
        assert_eq!(code(&generate("rsa-1024", "anna@example.org")), Some(Code::TaskUnreadable));
    }

    #[test]
    fn a_certificate_must_be_one() {
        for certificate_pem in ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            let task = CardTask::Install { certificate_pem: certificate_pem.to_owned() };
            assert_eq!(code(&task), Some(Code::CertificateUnreadable));
        }
    }
}
