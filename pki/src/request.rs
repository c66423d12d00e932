//! Certification requests.
use crate::{
    key_policy::{KeyAlgorithm, PublicKey},
    mailbox::Mailbox,
    signer::{SignError, Signer},
};
/// Where in the text, counted from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Line.
    pub line: usize,
    /// Column, in characters.
    pub column: usize,
}
/// Why a text is not a request that can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Defect {
    /// Nothing.
    Empty,
}
impl Defect {
    /// Stable, such as `signature-invalid`.
    pub fn code(&self) -> &'static str {
        todo!()
    }
    /// What is wrong, as a sentence.
    pub fn message(&self) -> String {
        todo!()
    }
    /// What to do next, as a sentence.
    pub fn remedy(&self) -> String {
        todo!()
    }
    /// Where, when there is a place.
    pub fn position(&self) -> Option<Position> {
        todo!()
    }
    /// Whether a private key was given away.
    pub fn is_private_key(&self) -> bool {
        todo!()
    }
}
impl std::fmt::Display for Defect {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.message())
    }
}
impl std::error::Error for Defect {}
/// What the person may want to know about a request that is correct.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// The request holds a challenge password.
    ChallengePassword,
}
impl Warning {
    /// Stable.
    pub fn code(&self) -> &'static str {
        todo!()
    }
    /// A sentence.
    pub fn message(&self) -> String {
        todo!()
    }
}
/// A PKCS #10 request whose key is acceptable and whose signature is right.
#[derive(Clone, Debug)]
pub struct CertificationRequest {
    der: Vec<u8>,
    public_key: PublicKey,
}
impl CertificationRequest {
    /// The key.
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }
    /// The key's algorithm.
    pub fn key_algorithm(&self) -> KeyAlgorithm {
        self.public_key.algorithm()
    }
    /// The subject as text, such as `CN=Anna Nowak, O=Example`; may be empty.
    pub fn subject_text(&self) -> &str {
        todo!()
    }
    /// Such as `SHA-256 with RSA`.
    pub fn signature_algorithm_name(&self) -> &'static str {
        todo!()
    }
    /// What the person may want to know.
    pub fn warnings(&self) -> &[Warning] {
        todo!()
    }
    /// DER.
    pub fn to_der(&self) -> &[u8] {
        &self.der
    }
    /// PEM.
    pub fn to_pem(&self) -> String {
        todo!()
    }
}
/// Judges a pasted text or a file.
/// # Errors
/// What is wrong with it.
pub fn examine(input: &[u8]) -> Result<CertificationRequest, Defect> {
    todo!("{input:?}")
}
/// Why a request could not be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The key did not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
}
/// Builds a request for an address.
/// # Errors
/// When the key does not sign, or is not acceptable.
pub fn build(mailbox: &Mailbox, signer: &dyn Signer) -> Result<Vec<u8>, BuildError> {
    let _ = signer;
    todo!("{mailbox}")
}
