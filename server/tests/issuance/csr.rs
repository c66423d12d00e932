//! Requests for certificates, honest and hostile.

use aws_lc_rs::{
    encoding::{AsDer, PublicKeyX509Der},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use der::{
    Decode, Encode, EncodePem,
    asn1::{Any, BitString, ObjectIdentifier, OctetString, SetOfVec},
    pem::LineEnding,
};
use pki::{
    key_policy::PublicKey,
    signer::{SignError, SignatureAlgorithm, Signer},
};
use std::str::FromStr;
use x509_cert::{
    attr::{Attribute, Attributes},
    ext::Extension,
    name::Name,
    request::{CertReq, CertReqInfo, Version},
    spki::SubjectPublicKeyInfoOwned,
};

/// A customer's key, P-256.
pub(crate) struct CustomerKey {
    pair: EcdsaKeyPair,
    spki: Vec<u8>,
}

impl CustomerKey {
    pub(crate) fn generate() -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key can be made");
        let spki: PublicKeyX509Der<'_> = pair.public_key().as_der().expect("a public key has an encoding");
        Self { spki: spki.as_ref().to_vec(), pair }
    }

    /// As a list of known keys names it.
    pub(crate) fn sha256_hex(&self) -> String {
        PublicKey::from_spki_der(&self.spki).unwrap().sha256_hex()
    }

    /// A request like the page makes it.
    pub(crate) fn csr(&self) -> String {
        let mailbox = pki::mailbox::Mailbox::parse("someone@example.com").unwrap();
        let der = pki::request::build(&mailbox, self).unwrap();
        CertReq::from_der(&der).unwrap().to_pem(LineEnding::LF).unwrap()
    }

    /// A request that asks for this subject and these extensions.
    pub(crate) fn csr_with(&self, subject: &str, extensions: &[Extension]) -> String {
        let mut values = SetOfVec::new();
        values.insert(Any::encode_from(&extensions.to_vec()).unwrap()).unwrap();
        let mut attributes = Attributes::new();
        attributes.insert(Attribute { oid: EXTENSION_REQUEST, values }).unwrap();
        let info = CertReqInfo {
            version: Version::V1,
            subject: Name::from_str(subject).unwrap(),
            public_key: SubjectPublicKeyInfoOwned::from_der(&self.spki).unwrap(),
            attributes,
        };
        let signature = BitString::from_bytes(&self.sign(&info.to_der().unwrap()).unwrap()).unwrap();
        let algorithm = self.signature_algorithm().identifier();
        CertReq { info, algorithm, signature }.to_pem(LineEnding::LF).unwrap()
    }
}

/// PKCS #9 §5.4.2.
const EXTENSION_REQUEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.14");

/// An extension with this value, critical.
pub(crate) fn extension(oid: &str, value: &impl Encode) -> Extension {
    Extension {
        extn_id: ObjectIdentifier::new_unwrap(oid),
        critical: true,
        extn_value: OctetString::new(value.to_der().unwrap()).unwrap(),
    }
}

impl Signer for CustomerKey {
    fn signature_algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::EcdsaSha256
    }

    fn subject_public_key_info(&self) -> &[u8] {
        &self.spki
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let signature = self.pair.sign(&SystemRandom::new(), message).map_err(SignError::new)?;
        Ok(signature.as_ref().to_vec())
    }
}
