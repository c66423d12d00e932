//! A private key on a card that signs a request.

use super::key::{self, PublicKeyOnCard};
use crate::problem::Failure;
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use der::asn1::UintRef;
use der::{Encode, Sequence};
use pki::key_policy::KeyAlgorithm;
use pki::signer::{SignError, SignatureAlgorithm, Signer};
use protocol::CardProblemCode as Code;
use sha2::{Digest, Sha256, Sha384};

/// What stands before a SHA-256 digest in a signature of RSA (RFC 8017 §9.2, note 1).
const SHA_256_DIGEST_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
    0x04, 0x20,
];

/// Signs with the two mechanisms that every card has: the digest is made here.
#[derive(Debug)]
pub(crate) struct CardSigner<'a> {
    session: &'a Session,
    private_key: ObjectHandle,
    public_key: &'a PublicKeyOnCard,
}

impl<'a> CardSigner<'a> {
    /// The private key that belongs to this public key. Its user must be logged in.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) fn new(session: &'a Session, public_key: &'a PublicKeyOnCard) -> Result<Self, Failure> {
        let keys = key::find(session, ObjectClass::PRIVATE_KEY, Some(&public_key.id))?;
        let private_key = keys.first().copied().ok_or(Code::KeyNotOnCard)?;
        Ok(Self { session, private_key, public_key })
    }

    fn sign_on_card(&self, message: &[u8]) -> Result<Vec<u8>, Failure> {
        let sign = |mechanism, data: &[u8]| self.session.sign(mechanism, self.private_key, data);
        Ok(match self.signature_algorithm() {
            SignatureAlgorithm::EcdsaSha256 => {
                ecdsa_signature(&sign(&Mechanism::Ecdsa, &Sha256::digest(message))?)?
            }
            SignatureAlgorithm::EcdsaSha384 => {
                ecdsa_signature(&sign(&Mechanism::Ecdsa, &Sha384::digest(message))?)?
            }
            _ => {
                let digest_info = [&SHA_256_DIGEST_INFO[..], &Sha256::digest(message)].concat();
                sign(&Mechanism::RsaPkcs, &digest_info)?
            }
        })
    }
}

impl Signer for CardSigner<'_> {
    fn signature_algorithm(&self) -> SignatureAlgorithm {
        match self.public_key.algorithm {
            KeyAlgorithm::EcP256 => SignatureAlgorithm::EcdsaSha256,
            KeyAlgorithm::EcP384 => SignatureAlgorithm::EcdsaSha384,
            _ => SignatureAlgorithm::RsaPkcs1Sha256,
        }
    }

    fn subject_public_key_info(&self) -> &[u8] {
        &self.public_key.spki
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        self.sign_on_card(message).map_err(SignError::new)
    }
}

/// `Ecdsa-Sig-Value` (RFC 5480 §A).
#[derive(Sequence)]
struct EcdsaSignature<'a> {
    r: UintRef<'a>,
    s: UintRef<'a>,
}

/// The DER of what a token gives: two numbers of the same length in a row.
///
/// PKCS #11 v3.1 §6.3.1.
fn ecdsa_signature(raw: &[u8]) -> Result<Vec<u8>, Failure> {
    let (r, s) =
        raw.split_at_checked(raw.len() / 2).filter(|(r, s)| r.len() == s.len()).ok_or(Code::CardFault)?;
    let signature = UintRef::new(r).and_then(|r| Ok(EcdsaSignature { r, s: UintRef::new(s)? }));
    signature.and_then(|signature| signature.to_der()).map_err(|_refused| Code::CardFault.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_raw_signature_becomes_two_integers() {
        let der = ecdsa_signature(&[0x00, 0x01, 0x80, 0x02]).expect("a signature");
        assert_eq!(der, [0x30, 0x08, 0x02, 0x01, 0x01, 0x02, 0x03, 0x00, 0x80, 0x02]);
    }

    #[test]
    fn half_a_signature_is_none() {
        assert_eq!(ecdsa_signature(&[1, 2, 3]), Err(Failure::new(Code::CardFault)));
    }
}
